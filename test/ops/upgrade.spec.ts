import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executeUpgrade, planUpgrade } from "../../sdk/ops/upgrade";
import { functionIn, useLooks } from "./looks";

const config = "layers:\n  base: { version: 2, names: [base-*] }\n  other: { version: 1 }\n";
const resources = [functionIn("us-east-1", "api", ["base-a:2", "base-b:2"]), functionIn("us-east-1", "bare", [])];

describe("in a stack", () => {
  const looks = useLooks();
  const { aws } = looks;
  beforeEach(() => looks.write(config, resources));

  const upgrade = (others: object = {}, ports = looks.ports) =>
    planUpgrade(ports, { stack: "dev", override: false, file: "layer_config.yaml", layers: ["base"], ...others });
  const text = () => readFile(join(looks.folder, "layer_config.yaml"), "utf8");

  it("an upgrade takes the newest version that all layers of an entry have", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 6 },
      ],
    });
    const plan = await upgrade();
    assert.deepEqual(
      plan.upgrades.map(({ entry, from, to, at }) => ({ entry, from, to, at })),
      [{ entry: "base", from: 2, to: 6, at: "layer_config.yaml:2" }],
    );
    assert.equal(await text(), config);
    await executeUpgrade(looks.ports, plan);
    assert.equal(await text(), config.replace("version: 2", "version: 6"));
  });

  it("an upgrade for all stacks names those that have their own version", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 9 },
      ],
    });
    const overridden = `${config}stack_overrides: { dev: { base: { version: 3 } }, prod: { other: { version: 4 } } }\n`;
    await writeFile(join(looks.folder, "layer_config.yaml"), overridden);
    const { upgrades, warnings } = await upgrade();
    assert.deepEqual(
      upgrades.map(({ from, to }) => [from, to]),
      [[2, 9]],
    );
    assert.deepEqual(warnings, ["Stack dev keeps version 3 of base from its override (layer_config.yaml:4)"]);
    assert.deepEqual((await upgrade({ override: true })).upgrades[0]?.from, 3);
  });

  it("an upgrade leaves an entry alone if its layers have no newer version in common", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9, deleted: [6] },
        { name: "base-b", versions: 6 },
      ],
    });
    const { upgrades, held, before, after } = await upgrade();
    assert.deepEqual(upgrades, []);
    assert.deepEqual(held, [
      { entry: "base", reason: "base-a has no version 6, the newest of the entry's other layers" },
    ]);
    assert.equal(after, before);
  });

  it("an upgrade takes only versions that are old enough", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 9 },
      ],
    });
    const week = 7 * 24 * 3_600_000;
    assert.deepEqual((await upgrade({ minimumAge: week })).upgrades, []);
    const later = new Date(Date.now() + week + 60_000);
    const ports = { ...looks.ports, clock: { ...looks.ports.clock, now: () => later } };
    assert.equal((await upgrade({ minimumAge: week }, ports)).upgrades[0]?.to, 9);
  });

  it("an upgrade does not overwrite what someone else has written meanwhile", async () => {
    aws.emulator.seed({
      layers: [
        { name: "base-a", versions: 9 },
        { name: "base-b", versions: 9 },
      ],
    });
    const plan = await upgrade();
    const theirs = `${config}# mine\n`;
    await writeFile(join(looks.folder, "layer_config.yaml"), theirs);
    await assert.rejects(executeUpgrade(looks.ports, plan), {
      code: "config-not-editable",
      message: /was changed by someone else during this run/,
    });
    assert.equal(await text(), theirs);
  });

  describe("for an entry whose layer has different versions in each region", () => {
    const text = "layers:\n  base: { version: 3 }\n";
    const regions = [functionIn("us-east-1", "api", ["base:2"]), functionIn("eu-west-1", "euapi", ["base:1"])];
    const plan = async (others: object = {}) => {
      await looks.write(text, regions);
      return planUpgrade(looks.ports, {
        ...{ stack: "dev", override: false, file: "layer_config.yaml", layers: [], stateFile: "state.json" },
        ...others,
      });
    };
    beforeEach(() =>
      looks.aws.emulator.seed({
        layers: [
          { name: "base", versions: 5 },
          { name: "base", versions: 2, region: "eu-west-1" },
        ],
      }),
    );

    it("says which region holds it back, and at what version", async () => {
      const { upgrades, held } = await plan();
      assert.deepEqual(upgrades, []);
      assert.deepEqual(held, [
        {
          entry: "base",
          reason:
            "base (eu-west-1) has no version above 2, while base (us-east-1) has 5. To give each its own version, add to `layers.base.variants`: { when: { region: eu-west-1 }, version: 2 }",
        },
      ]);
    });

    it("lists the existing versions if the requested one does not exist", async () => {
      await assert.rejects(plan({ to: 5 }), {
        code: "layer-version-missing",
        message: /does not exist.*:eu-west-1:123456789012:layer:base:5\. Nothing was changed\.$/,
        next: [
          "Nearest existing versions of base (eu-west-1): 2, 1.",
          "Version 5 exists in us-east-1. To move only that, first add to `layers.base.variants`: { when: { region: eu-west-1 }, version: 2 }",
        ].join("\n"),
      });
      await assert.rejects(plan({ to: 99 }), {
        next: /^Nearest existing versions of base \((us-east-1|eu-west-1)\): /,
      });
    });

    it("says which other regions an edit for one region reaches, and what declares a version for that region alone", async () => {
      looks.aws.emulator.seed({ layers: [{ name: "base", versions: 4, region: "eu-west-1" }] });
      const request = { layers: ["base"], region: "eu-west-1", to: 4 };
      const { upgrades, warnings } = await plan(request);
      assert.equal(upgrades.length, 1);
      assert.deepEqual(warnings, [
        "The edit of base (layer_config.yaml:2) also applies to us-east-1, not only to eu-west-1. To declare version 4 for eu-west-1 alone, do not edit this but add to `layers.base.variants`: { when: { region: eu-west-1 }, version: 4 }",
      ]);
      const own = await plan({ ...request, override: true });
      assert.match(own.warnings.join("\n"), /but add to `stack_overrides\.dev\.base\.variants`: \{ when: /);
      assert.deepEqual((await plan({ layers: ["base"], to: 4 })).warnings, []);
    });

    it("leaves an entry alone if one of its layers could not be looked up", async () => {
      looks.aws.emulator.deny({ action: "lambda:*", resource: "*:eu-west-1:*" });
      const { upgrades, held } = await plan();
      assert.deepEqual(upgrades, []);
      assert.match(held[0]?.reason ?? "", /^base \(eu-west-1\): version 3 cannot be read: AWS denies/);
    });
  });

  it("an upgrade keeps a byte order mark", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "other-dev", versions: 4 }] });
    await looks.write(`\uFEFF${config}`, []);
    const found = await upgrade({ layers: ["other"], stateFile: "state.json" });
    assert.equal(found.after, `\uFEFF${config.replace("version: 1", "version: 4")}`);
  });
});
