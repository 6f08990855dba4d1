import assert from "node:assert/strict";
import { addToFeeds, type Feeds } from "../../sdk/cli/renovate";
import { renderUpgradeMarkdown } from "../../sdk/cli/report/upgrade-markdown";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import type { LayersError } from "../../sdk/core/errors";
import { readAvailable } from "../../sdk/ops/outdated";
import { planUpgrade } from "../../sdk/ops/upgrade";
import { functionIn, useLooks } from "./looks";

const vendor = "222222222222";
const config = `layers:
  insights: # all regions
    arn: arn:aws:lambda:{region}:${vendor}:layer:insights
    version: 3
    variants:
      - when: { region: us-east-2 }
        version: 2 # behind
      - { when: { region: eu-west-1 }, arn: "arn:aws:lambda:{region}:333333333333:layer:insights", version: 1 }
      - when: { runtime: python3.9 }
        description: the same version
  tools:
    arn: arn:aws:lambda:{region}:${vendor}:layer:tools-{runtime}-{architecture}
    version: 1
    latest: ssm:/tools/{runtime}/{architecture}/{region}
`;

describe("in a stack whose entries have variants", () => {
  const looks = useLooks();
  const { aws } = looks;
  beforeEach(async () => {
    const regions = { "us-east-1": 7, "us-east-2": 5, "eu-west-1": 1 };
    aws.emulator.seed({
      layers: [
        ...Object.entries(regions).map(([region, versions]) => ({
          name: "insights",
          account: vendor,
          region,
          versions,
        })),
        { name: "insights", account: "333333333333", region: "eu-west-1", versions: 4, sharedWith: "everyone" },
        { name: "tools-python312-arm64", account: vendor, region: "us-east-1", versions: 6 },
      ],
      parameters: {
        "/tools/python3.12/arm64/us-east-1": `arn:aws:lambda:us-east-1:${vendor}:layer:tools-python312-arm64:4`,
      },
    });
    const own = (region: string, name: string, account = vendor) => {
      const fn = functionIn(region, name, []);
      const tools = region === "us-east-1" ? [`arn:aws:lambda:${region}:${vendor}:layer:tools-python312-arm64:1`] : [];
      const layers = [`arn:aws:lambda:${region}:${account}:layer:insights:1`, ...tools];
      return { ...fn, inputs: { ...fn.inputs, layers }, outputs: { ...fn.outputs, layers } };
    };
    await looks.write(config, [own("us-east-1", "a"), own("us-east-2", "b"), own("eu-west-1", "c", "333333333333")]);
  });

  const upgrade = (others: object = {}) =>
    planUpgrade(looks.ports, { stack: "dev", override: false, file: "layer_config.yaml", layers: [], ...others });
  const edited = (plan: { readonly after: string }) => plan.after;

  it("an upgrade edits each variant's own digits, and no others", async () => {
    const plan = await upgrade();
    assert.deepEqual(
      plan.upgrades.map(({ entry, variant, from, to }) => [entry, variant?.when, from, to]),
      [
        ["insights", undefined, 3, 7],
        ["insights", "region us-east-2", 2, 5],
        ["insights", "region eu-west-1", 1, 4],
        ["tools", undefined, 1, 4],
      ],
    );
    const expected = config
      .replace("version: 3\n", "version: 7\n")
      .replace("version: 2 # behind", "version: 5 # behind")
      .replace('insights", version: 1 }', 'insights", version: 4 }')
      .replace("    version: 1\n    latest", "    version: 4\n    latest");
    assert.equal(edited(plan), expected);
  });

  it("an upgrade edits only the named variant or region", async () => {
    assert.equal(
      edited(await upgrade({ layers: ["insights"], variant: 1 })),
      config.replace("version: 2 #", "version: 5 #"),
    );
    const european = config.replace('insights", version: 1 }', 'insights", version: 4 }');
    assert.equal(edited(await upgrade({ region: "eu-west-1" })), european);
    assert.equal(
      edited(await upgrade({ layers: ["insights"], variant: 0 })),
      config.replace("version: 3\n", "version: 7\n"),
    );
  });

  it("an upgrade edits only the variant of a region, even if no function is known to be there", async () => {
    await looks.write(`${config}settings: { aws_region: us-east-2 }\n`, []);
    for (const override of [false, true]) {
      const { upgrades } = await upgrade({ layers: ["insights"], region: "us-east-2", to: 4, override });
      assert.deepEqual(
        upgrades.map(({ variant, from, to }) => [variant?.when, from, to]),
        [["region us-east-2", 2, 4]],
      );
    }
    // A region without a variant gets what the entry declares.
    await looks.write(config, []);
    const { upgrades } = await upgrade({ layers: ["insights"], region: "us-east-1", to: 7 });
    assert.deepEqual(
      upgrades.map(({ variant, to }) => [variant, to]),
      [[undefined, 7]],
    );
  });

  it("an upgrade for one stack adds the variants to its override, and changes no other stack", async () => {
    const plan = await upgrade({ layers: ["insights"], override: true });
    const expected = `${config}stack_overrides:
  dev:
    insights: { version: 7, variants: [{ when: { region: us-east-2 }, version: 5 }, { when: { region: eu-west-1 }, version: 4 }] }
`;
    assert.equal(edited(plan), expected);
    const parsed = parseConfig(edited(plan), "layer_config.yaml");
    assert(parsed.ok);
    const versions = (stack: string) =>
      declareFor(parsed.config, stack).layers.map(({ version, variants = [] }) => [
        version,
        ...variants.map(({ fields }) => fields.version),
      ]);
    assert.deepEqual(versions("dev"), [[7, 5, 4, undefined], [1]]);
    assert.deepEqual(versions("prod"), [[3, 2, 1, undefined], [1]]);
    // The next upgrade finds them there.
    await looks.write(edited(plan), []);
    assert.deepEqual(
      (await upgrade({ layers: ["insights"], override: true, to: 1, variant: 1 })).after,
      expected.replace("us-east-2 }, version: 5", "us-east-2 }, version: 1"),
    );
  });

  it("an upgrade for all stacks warns about a stack whose override has the variant", async () => {
    await looks.write(
      `${config}stack_overrides:\n  prod: { insights: { variants: [{ when: { region: [us-east-2] }, version: 2 }] } }\n`,
      [],
    );
    const { warnings } = await upgrade({ layers: ["insights"], variant: 1 });
    assert.deepEqual(warnings, [
      "Stack prod keeps version 2 of insights for region us-east-2 from its override (layer_config.yaml:16)",
    ]);
  });

  it("an upgrade of one region warns that its variant, or its entry, is for others too", async () => {
    const edit = "The edit of insights (layer_config.yaml:4)";
    const own = (region: string, version: number) =>
      `To declare version ${version} for ${region} alone, do not edit this but`;
    const warned = async (request: object) => (await upgrade({ layers: ["insights"], ...request })).warnings;
    // All functions elsewhere have variants.
    assert.deepEqual(await warned({ region: "us-east-1" }), []);
    assert.deepEqual(await warned({ region: "us-east-2" }), []);
    await looks.write(config, []);
    assert.deepEqual(await warned({ region: "us-east-1" }), [
      `${edit} also applies to every other region without a variant of its own, not only to us-east-1. ${own("us-east-1", 7)} add to \`layers.insights.variants\`: { when: { region: us-east-1 }, version: 7 }`,
    ]);
    const shared =
      "layers:\n  base: { version: 3, variants: [{ when: { region: [us-east-1, us-east-2] }, version: 1 }] }\n";
    aws.emulator.seed({ layers: ["us-east-1", "us-east-2"].map((region) => ({ name: "base", region, versions: 2 })) });
    await looks.write(shared, [functionIn("us-east-1", "a", ["base:1"]), functionIn("us-east-2", "b", ["base:1"])]);
    assert.deepEqual(await warned({ layers: ["base"], region: "us-east-2" }), [
      `The edit of base (layer_config.yaml:2) also applies to us-east-1, not only to us-east-2. ${own("us-east-2", 2)} put before that for region us-east-1 or us-east-2 in \`layers.base.variants\`: { when: { region: us-east-2 }, version: 2 }`,
    ]);
    // An ARN with its region is for that region alone.
    aws.emulator.seed({ layers: [{ name: "fixed", versions: 2 }] });
    await looks.write("layers:\n  fixed: { arn: arn:aws:lambda:us-east-1:123456789012:layer:fixed, version: 1 }\n", []);
    assert.deepEqual(await warned({ layers: ["fixed"], region: "us-east-1" }), []);
    assert.deepEqual(await warned({ layers: ["fixed"], region: "eu-west-1" }), [
      "The edit of fixed (layer_config.yaml:2) is for us-east-1, not for eu-west-1.",
    ]);
  });

  it("a version that one variant lacks is refused with the commands that move the others", async () => {
    await assert.rejects(upgrade({ layers: ["insights"], to: 5, override: true }), (error: LayersError) => {
      assert.deepEqual(error.nextLines, [
        "Nearest existing versions of insights (eu-west-1, 333333333333): 4, 3, 2.",
        "Version 5 exists in us-east-1. To move only the entry itself: lambda-layers upgrade insights --to 5 --variant 0 --stack dev",
        "Version 5 exists in us-east-2. To move only its variant for region us-east-2: lambda-layers upgrade insights --to 5 --variant 1 --stack dev",
      ]);
      return true;
    });
  });

  it("a pull request describes each variant separately, with its own functions", async () => {
    const plan = await upgrade({ layers: ["insights"] });
    const text = renderUpgradeMarkdown([{ label: "dev", folder: undefined, plan }], new Date());
    const cells = text.split("\n").filter((line) => line.startsWith("| <code>insights</code>"));
    assert.deepEqual(
      cells.map((line) => [0, 1, 3].map((index) => line.slice(2, -2).split(" | ")[index])),
      [
        ["<code>insights</code>", "3 → 7", "1"],
        ["<code>insights</code> for region us-east-2", "2 → 5", "1"],
        ["<code>insights</code> for region eu-west-1", "1 → 4", "1"],
      ],
    );
  });

  it("a pull request shows once what stacks share of a file, by its path from where the run was started", async () => {
    const plan = await upgrade({ layers: ["tools"], file: "layer_config.yaml" });
    const [first = assert.fail()] = plan.upgrades;
    const at = (folder: string, file: string, upgrades = plan.upgrades) => ({
      ...{ label: `dev of ${folder}`, folder },
      plan: { ...plan, file, upgrades: upgrades.map((one) => ({ ...one, edit: { ...one.edit, at: `${file}:9` } })) },
    });
    const stacks = [
      at("services/api", "../../layer_config.yaml"),
      // The second stack finds what the first has written; in a project of its own nothing is newer.
      at("web", "../layer_config.yaml", []),
      at("alone", "layer_config.yaml", []),
    ];
    const lines = renderUpgradeMarkdown(stacks, new Date()).split("\n");
    assert.deepEqual(
      lines.filter((line) => line.startsWith("###")),
      [
        "### Lambda layers in <code>layer_config.yaml</code>: 1 version for all stacks, chosen for the functions of <code>dev of services/api</code>, <code>dev of web</code>",
      ],
    );
    const functions = new Set(plan.rows?.flatMap(({ usedBy }) => usedBy?.functions ?? [])).size;
    const cells = lines.filter((line) => line.startsWith("| <code>")).map((line) => line.slice(2, -2).split(" | "));
    assert.deepEqual(
      cells.map(([entry, version, , number, , place]) => [entry, version, number, place]),
      [
        [
          `<code>${first.entry}</code>`,
          `${first.from} → ${first.to}`,
          String(2 * functions),
          "<code>layer_config.yaml&#58;9</code>",
        ],
      ],
    );
    assert.equal(renderUpgradeMarkdown([at("alone", "layer_config.yaml", [])], new Date()).match(/###/g)?.length, 1);
  });

  it("a feed is about the entry's own number, whatever its variants have", async () => {
    const { available } = await readAvailable(looks.ports, {
      ...{ stack: "dev", config: looks.ports.configs.load("layer_config.yaml") },
    });
    const feeds: Feeds = { byEntry: new Map(), varying: new Set() };
    addToFeeds(feeds, available.layers);
    assert.deepEqual(
      [...feeds.byEntry].map(([entry, feed]) => [entry, [...feed.keys()]]),
      [
        ["insights", [3, 7]],
        ["tools", [1, 4]],
      ],
    );
    assert.deepEqual([...feeds.varying], ["insights"]);
  });

  it("a variant or a region that does not exist is refused", async () => {
    const refused: [request: object, message: string, next: string][] = [
      [
        { layers: ["insights"], variant: 4 },
        "Entry insights has no variant 4. Nothing was changed.",
        "Variants are numbered from 1 to 3, and 0 means the entry itself.",
      ],
      [
        { variant: 9 },
        "No entry has a variant 9. Nothing was changed.",
        "Variants are numbered from 1 to 3, and 0 means the entry itself.",
      ],
      [
        { layers: ["tools"], variant: 1 },
        "Entry tools has no variant 1. Nothing was changed.",
        "Leave --variant out: there are no variants.",
      ],
      [
        { region: "eu-north-1" },
        "None of the declared layers is in eu-north-1. Nothing was changed.",
        "They are in eu-west-1, us-east-1, us-east-2.",
      ],
    ];
    for (const [request, message, next] of refused)
      await assert.rejects(upgrade(request), { code: "usage", message, next });
  });

  describe("of which some are exceptions, and some are for another stack", () => {
    const own = `layers:
  base:
    version: 5
    variants:
      - { when: { function: special }, version: 4, until: 2026-12-31 }
      - { when: { region: eu-west-1 }, version: 3 }
`;
    beforeEach(async () => {
      aws.emulator.seed({
        layers: [
          { name: "base-dev", versions: 9 },
          { name: "base-prod", region: "eu-west-1", versions: 6 },
        ],
      });
      await looks.write(own, [
        functionIn("us-east-1", "api", ["base-dev:5"]),
        functionIn("us-east-1", "special", ["base-dev:4"]),
      ]);
    });
    const withStacks = (others: object = {}) => {
      const stacks = {
        ...looks.ports.stacks,
        exportState: looks.ports.stacks.exportState,
        list: async () => ["dev", "prod"],
      };
      return planUpgrade(
        { ...looks.ports, stacks },
        { stack: "dev", override: false, file: "layer_config.yaml", layers: [], ...others },
      );
    };

    it("an exception stays and blocks nothing, unless it is named", async () => {
      for (const to of [undefined, 7]) {
        const { after, held } = await withStacks({ layers: ["base"], to });
        assert.equal(after, own.replace("version: 5", `version: ${to ?? 9}`));
        const kept = held.find(({ version }) => version === 4);
        assert.equal(kept?.entry, "base (function special)");
        const wanted = to === undefined ? "" : `--to ${to} `;
        assert.match(kept?.reason ?? "", new RegExp(`: lambda-layers upgrade base ${wanted}--variant 1$`));
      }
      assert.equal((await withStacks({ layers: ["base"], variant: 1 })).after, own.replace("version: 4", "version: 9"));
      const alone = await withStacks({ override: true });
      assert.equal(alone.after, `${own}stack_overrides:\n  dev:\n    base: { version: 9 }\n`);
      assert.deepEqual(alone.upgrades[0]?.edit, { kind: "added", at: "layer_config.yaml:9" });
      assert.match(alone.held[0]?.reason ?? "", /--variant 1 --stack dev$/);
    });

    it("a region of another stack only is moved by the advised command", async () => {
      const command = /lambda-layers upgrade base (?:--to 4 )?--variant 2 --stack prod$/;
      const [held] = (await withStacks({ region: "eu-west-1", variant: 2 })).held;
      assert.match(held?.reason ?? "", command);
      await assert.rejects(withStacks({ layers: ["base"], variant: 2, to: 4 }), (error: LayersError) => {
        assert.match([error.next].flat().join("\n"), command);
        return true;
      });
      await looks.write(own, [functionIn("eu-west-1", "billing", ["base-prod:3"])]);
      const moved = await withStacks({ stack: "prod", override: true, layers: ["base"], variant: 2 });
      assert.match(
        moved.after,
        /prod:\n {4}base: \{ variants: \[\{ when: \{ region: eu-west-1 \}, version: 6 \}\] \}\n$/,
      );
    });
  });

  it("the list of outdated versions has a row for each", async () => {
    const { available } = await readAvailable(looks.ports, {
      stack: "dev",
      config: looks.ports.configs.load("layer_config.yaml"),
    });
    assert.deepEqual(
      available.layers.map(({ layer, region, declared, compatible, variant, source }) => [
        ...[layer, region, declared, compatible?.version, variant?.number, source],
      ]),
      [
        ["insights", "us-east-1", 3, 7, undefined, "search"],
        ["insights", "us-east-2", 2, 5, 1, "search"],
        ["insights", "eu-west-1", 1, 4, 2, "search"],
        ["tools-python312-arm64", "us-east-1", 1, 4, undefined, "parameter"],
      ],
    );
  });
});
