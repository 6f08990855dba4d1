import assert from "node:assert/strict";
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

describe("over the ports of a stack whose entries have variants", () => {
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

  it("an upgrade edits each variant's own digits, and no other", async () => {
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

  it("an upgrade edits the variant or the region alone that is named", async () => {
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

  it("an upgrade of a stack alone does not invent variants", async () => {
    await assert.rejects(upgrade({ layers: ["insights"], variant: 1, override: true }), {
      code: "config-not-editable",
      message: /The variant of insights for region us-east-2 is not in the override of dev/,
    });
  });

  it("what is outdated has a row for each", async () => {
    const available = await readAvailable(looks.ports, {
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
