import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { LayersError } from "../../sdk/core/errors";
import { planPromotion } from "../../sdk/ops/promote";
import { executeUpgrade } from "../../sdk/ops/upgrade";
import { createPorts } from "../../sdk/wiring";
import { counts } from "../support/counts";

const config = `# the estate's layers
layers:
  base: {version: 5}   # for all
  tools: {version: 2}
  insights:
    version: 30
stack_overrides:
  staging:
    tools: {version: 3}
    extra: {version: 1}
    insights: {version: 31, enforce: minimum}
  prod:
    # prod waits for the audit
    base: {version: 4}
`;

describe("promotion", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "promote-"));
  });
  afterEach(() => rm(dir, { recursive: true }));
  const plan = async (text: string, layers: string[] = [], like = "staging", stack = "org/shop/prod") => {
    await writeFile(join(dir, "c.yaml"), text);
    return planPromotion(createPorts({ cwd: dir }), { stack, like, file: "c.yaml", layers });
  };

  it("declares for one stack what another has, and drops overrides that say no more than the base", async () => {
    const planned = await plan(config);
    assert.deepEqual(
      planned.upgrades.map(({ entry, from, to, at }) => [entry, from, to, at]),
      [
        ["base", 4, 5, "c.yaml:14"],
        ["tools", 2, 3, "c.yaml:4"],
      ],
    );
    assert.deepEqual(planned.held, [
      { entry: "insights", reason: "its enforce differs between the two stacks: edit that first" },
      { entry: "extra", reason: "only stack staging declares it" },
    ]);
    await executeUpgrade(createPorts({ cwd: dir }), planned);
    assert.equal(
      await readFile(join(dir, "c.yaml"), "utf8"),
      config.replace("    base: {version: 4}\n", "    tools: { version: 3 }\n"),
    );
    assert.deepEqual((await plan(planned.after)).upgrades, []);
  });

  it("removes an override that says no more than the base, and says how to turn what all declare into a base", async () => {
    const own = (base: number) =>
      `layers:\n  base: { version: ${base} }\nstack_overrides:\n${["dev", "staging", "prod"].map((stack) => `  ${stack}: { base: { version: 6 } }\n`).join("")}`;
    const shared = await plan(own(5));
    assert.deepEqual(shared.upgrades, []);
    assert.match(
      shared.warnings[0] ?? "",
      /of dev, staging, prod all declare version 6 of base\. .*: lambda-layers upgrade base --to 6, .*: lambda-layers upgrade base --like staging --stack org\/shop\/prod$/,
    );
    const removed = await plan(own(6));
    assert.deepEqual(
      removed.upgrades.map(({ from, to, edit }) => [from, to, edit]),
      [[6, 6, { kind: "removed", at: "c.yaml:6" }]],
    );
    assert.equal(removed.after, own(6).replace("  prod: { base: { version: 6 } }\n", ""));
  });

  it("takes only the named layers, and refuses those that do not exist", async () => {
    assert.deepEqual(
      (await plan(config, ["tools"])).upgrades.map(({ entry }) => entry),
      ["tools"],
    );
    await assert.rejects(plan(config, ["tolls"]), (error: LayersError) => {
      assert.deepEqual([error.code, error.next], ["usage", "Did you mean tools?"]);
      return true;
    });
    await assert.rejects(plan(config, [], "prod"), LayersError);
    assert.match(
      (await plan(config, [], "stagign")).warnings[0] ?? "",
      /has no override for stack stagign, .*\. Did you mean staging\?$/,
    );
    await assert.rejects(plan(config, [], "st*"), (error: LayersError) => {
      assert.deepEqual(
        [error.code, error.message.split(".")[0]],
        ["usage", "--like takes the name of one stack, and st* is a glob"],
      );
      return true;
    });
  });

  describe("like a stack without an override", () => {
    const like = (name: string, stacks: object) => {
      const ports = createPorts({ cwd: dir });
      const fake = {
        hasProject: () => true,
        configured: async () => ["dev"],
        list: async () => ["acme/shop/test", "prod"],
      };
      return planPromotion(
        { ...ports, stacks: { ...fake, ...stacks } as never },
        { stack: "prod", like: name, file: "c.yaml", layers: [] },
      );
    };
    const asked = () => assert.fail("Pulumi was asked");
    const warning = (name: string) =>
      `c.yaml has no override for stack ${name}, which uses the versions declared for all stacks.`;
    const refused = (name: string, next: string) => ({
      ...{ code: "usage", exitStatus: 2, next },
      message: `--like names stack ${name}, which neither c.yaml nor this project has. Nothing was changed.`,
    });
    beforeEach(() => writeFile(join(dir, "c.yaml"), config));

    it("is refused if neither a file nor Pulumi knows it, with the nearest name that is not the target", async () => {
      await assert.rejects(like("prdo", {}), refused("prdo", "Other stacks: staging, dev, test."));
      await assert.rejects(like("stagign", {}), refused("stagign", "Did you mean staging?"));
    });

    it("is taken with a warning if either does; Pulumi is asked only if no file does", async () => {
      assert.deepEqual((await like("dev", { list: asked })).warnings, [warning("dev")]);
      assert.deepEqual((await like("org/shop/test", {})).warnings, [warning("org/shop/test")]);
    });

    it("is taken with a warning if Pulumi cannot be asked, and the target is never suggested", async () => {
      const list = async () => {
        throw new LayersError("pulumi-login", "Not logged in.");
      };
      for (const stacks of [{ list }, { list: asked, hasProject: () => false }])
        assert.deepEqual((await like("prdo", stacks)).warnings, [warning("prdo")]);
    });
  });

  it("removes lines in front of variants that stay", async () => {
    const variants = "    multi:\n      variants:\n        - when: { region: us-east-2 }\n          version: 9\n";
    const text = (own: string) =>
      `layers:\n  base: { version: 5 }\n  multi: { version: 1 }\nstack_overrides:\n  prod:\n${own}${variants}`;
    const planned = await plan(text("    base: { version: 7 }\n"), ["base"]);
    assert.equal(planned.after, text(""));
  });

  it("leaves every other stack unchanged", async () => {
    const version = fc.integer({ min: 1, max: 3 });
    const names = ["a", "b", "c"] as const;
    const versions = fc.record({ a: version, b: version, c: version });
    const override = fc.option(fc.record({ a: version, b: version, c: version }, { requiredKeys: [] }), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(versions, override, override, override, async (base, dev, staging, prod) => {
        const block = (entries: Partial<typeof base>) =>
          Object.entries(entries).map(([key, number]) => `    ${key}: {version: ${number}} # ${key}\n`);
        const stacks = Object.entries({ dev, staging, prod }).filter(([, own]) => own && Object.keys(own).length > 0);
        const text = [
          "layers:\n",
          ...Object.entries(base).map(([key, number]) => `  ${key}: {version: ${number}}\n`),
          ...(stacks.length > 0 ? ["stack_overrides:\n"] : []),
          ...stacks.flatMap(([stack, own]) => [`  ${stack}:\n`, ...block(own ?? {})]),
        ].join("");
        const { after } = await plan(text);
        // Read with a separate reader of lines: a section, a stack, an entry.
        const declared = (file: string, stack: string) => {
          const [head = "", overrides = ""] = file.split("stack_overrides:\n");
          const of = (lines: string) =>
            Object.fromEntries(
              [...lines.matchAll(/^ +(\w): \{ ?version: (\d) ?\}/gm)].map(([, key, number]) => [key, Number(number)]),
            );
          const [, own = ""] = new RegExp(`^  ${stack}:\\n((?:    .*\\n)*)`, "m").exec(overrides) ?? [];
          return { ...of(head), ...of(own) };
        };
        assert.deepEqual(declared(after, "prod"), declared(text, "staging"));
        for (const stack of ["dev", "staging", "other"])
          assert.deepEqual(declared(after, stack), declared(text, stack));
        for (const name of names) {
          const prodHas = new RegExp(`  prod:\\n(?:    .*\\n)*    ${name}: `).test(after);
          const wasBase = declared(text, "staging")[name] === base[name];
          if (wasBase) assert.equal(prodHas, false);
        }
      }),
      counts({ sample: 60, full: 1000 }),
    );
  });
});
