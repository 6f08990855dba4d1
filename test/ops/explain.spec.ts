import assert from "node:assert/strict";
import { type Explanation, explain } from "../../sdk/ops/explain";
import { functionIn, layerVersionsOf, useLooks } from "./looks";

const config = "layers:\n  base: { version: 2, names: [base-*] }\n  other: { version: 1 }\n";
const api = functionIn("us-east-1", "api", ["base-a:2", "base-b:2"]);

describe("an explanation", () => {
  const looks = useLooks();
  const explained = async (name: string, text = config, resources: readonly unknown[] = [api], others = {}) => {
    const loaded = await looks.write(text, resources);
    return explain(looks.ports, { stack: "dev", config: loaded, function: name, ...others });
  };
  const one = ({ functions: [fn, ...more] }: Explanation) => {
    assert.ok(fn && more.length === 0);
    return fn;
  };

  it("has the live versions, including those of layers that the state does not have", async () => {
    looks.aws.emulator.seed({ functions: [{ name: "api", layers: ["base-a:1", "base-b:2", "else:4"] }] });
    const explanation = await explained("api");
    const { urn, layers } = one(explanation);
    assert.match(urn ?? "", /::api$/);
    assert.deepEqual(explanation.live, { read: true });
    assert.deepEqual(explanation.totals, { functions: 1, layersOfFunctions: 3, drift: 1, unknown: 0 });
    assert.deepEqual(
      layers.map(({ layer, entry, recorded, live, verdict, changes, remedies }) => [
        ...[layer, entry?.rule, recorded, live, verdict, changes, remedies],
      ]),
      [
        ["base-a", "glob", 2, 1, "drift", { live: { from: 1, to: 2 } }, ["lambda-layers --stack dev --sync-aws"]],
        ["base-b", "glob", 2, 2, "as-declared", {}, []],
        ["else", undefined, "absent", 4, "undeclared", {}, []],
      ],
    );
  });

  it("distinguishes a deleted function from its namesake in another region, if records have only names", async () => {
    const twins = ["us-east-1", "eu-west-1"].map((region) => ({
      ...layerVersionsOf({ api: { other: 3 } }, region),
      urn: `urn:pulumi:dev::shop::layers::${region}`,
    }));
    looks.aws.emulator.seed({ functions: [{ name: "api", layers: ["other:1"] }] });
    const { functions } = await explained("api", config, twins);
    assert.deepEqual(
      functions.map(({ urn, region, layers: [layer], skipped }) => [
        urn?.split("::").at(-1),
        region,
        layer?.live,
        skipped,
      ]),
      [
        [
          "eu-west-1",
          "eu-west-1",
          "absent",
          "it does not exist in AWS in eu-west-1; `pulumi up` removes it from the record",
        ],
        ["us-east-1", "us-east-1", 1, undefined],
      ],
    );
  });

  it("covers both functions of one name, in two regions", async () => {
    const twins = [
      functionIn("eu-west-1", "api", ["base-a:1"], "api-eu"),
      functionIn("us-east-1", "api", ["base-a:2"]),
    ];
    for (const region of ["eu-west-1", "us-east-1"])
      looks.aws.emulator.seed({ functions: [{ name: "api", region, layers: ["base-a:1"] }] });
    const { functions } = await explained("api", config, twins);
    assert.deepEqual(
      functions.map(({ region, urn, layers: [layer] }) => [
        ...[region, urn?.split("::").at(-1), layer?.recorded, layer?.live, layer?.remedies],
      ]),
      [
        ["eu-west-1", "api-eu", 1, 1, ["lambda-layers --stack dev --sync-aws"]],
        ["us-east-1", "api", 2, 1, ["lambda-layers --stack dev --sync-aws"]],
      ],
    );
  });

  it("finds a function that AWS has named by its name in the program, and suggests the nearest otherwise", async () => {
    const autoNamed = [functionIn("us-east-1", "api-1a2b3c4", ["base-a:1"], "api")];
    looks.aws.emulator.seed({ functions: [{ name: "api-1a2b3c4", layers: ["base-a:1"] }] });
    assert.equal(one(await explained("api", config, autoNamed)).function, "api-1a2b3c4");
    await assert.rejects(explained("apii", config, autoNamed), {
      code: "usage",
      exitStatus: 2,
      message: /No function apii found in the state of dev or in AWS in us-east-1/,
      next: "Did you mean api?",
    });
    await assert.rejects(explained("apii", config, autoNamed, { stateFile: "state.json" }), {
      exitStatus: 2,
      next: "Did you mean api?",
    });
  });

  it("also covers a function that only AWS has, and says how to repair it", async () => {
    looks.aws.emulator.seed({ functions: [{ name: "elsewhere", layers: ["other:3"] }] });
    const { urn, recordedBy, layers } = one(await explained("elsewhere"));
    assert.deepEqual([urn, recordedBy], [undefined, undefined]);
    const [layer] = layers;
    assert.deepEqual(layer?.changes, { live: { from: 3, to: 1 } });
    assert.deepEqual(layer?.remedies, ["lambda-layers sync --stack dev -f elsewhere"]);
    assert.equal(layer?.recorded, undefined);
  });

  it("also covers a function that only a LayerVersions resource records, which `pulumi up` repairs", async () => {
    const shared = layerVersionsOf({ billing: { other: 3 }, mail: { other: 1 } });
    looks.aws.emulator.seed({ functions: ["billing", "mail"].map((name) => ({ name, layers: ["other:3"] })) });
    const billing = one(await explained("billing", config, [api, shared]));
    assert.deepEqual([billing.recordedBy, billing.urn], ["resource", shared.urn]);
    assert.deepEqual(
      billing.layers.map(({ recorded, live, verdict, remedies }) => [recorded, live, verdict, remedies]),
      [[3, 3, "drift", ["pulumi up --stack dev"]]],
    );
    const mail = one(await explained("mail", config, [api, shared]));
    assert.deepEqual(mail.layers[0]?.remedies, ["pulumi up --stack dev", "lambda-layers --stack dev --sync-aws"]);
  });

  it("says how to attach a lost layer again", async () => {
    looks.aws.emulator.seed({ functions: [{ name: "api", layers: ["base-a:2"] }] });
    const [, lost] = one(await explained("api")).layers;
    assert.deepEqual(
      [lost?.recorded, lost?.live, lost?.verdict, lost?.changes],
      [2, "absent", "drift", { live: { from: null, to: 2 } }],
    );
    assert.deepEqual(lost?.remedies, ["lambda-layers --stack dev --sync-aws"]);
  });

  it("says of a function that AWS does not have that no update restores it", async () => {
    const { skipped, layers } = one(await explained("api"));
    assert.equal(skipped, "it does not exist in AWS in us-east-1; `pulumi up --refresh` creates it again");
    assert.deepEqual(layers[0]?.remedies, ["pulumi up --stack dev --refresh"]);
    assert.deepEqual(layers[0]?.changes, {});
  });

  it("says why a function has no standing", async () => {
    const { skipped, layers } = one(await explained("api", config, [{ ...api, delete: true }]));
    assert.deepEqual([skipped, layers], ["it was replaced and is pending deletion", []]);
  });

  it("says why AWS was not read, and assumes nothing", async () => {
    looks.aws.emulator.deny({ action: "lambda:GetFunction" });
    const explanation = await explained("api");
    const { live } = explanation;
    assert.ok(!live.read && live.code === "aws-permission", JSON.stringify(live));
    assert.match(live.reason, /AWS permission missing: lambda:GetFunction/);
    assert.deepEqual(
      one(explanation).layers.map(({ live: version, verdict }) => [version, verdict]),
      [
        ["unknown", "unknown"],
        ["unknown", "unknown"],
      ],
    );
    await assert.rejects(explained("elsewhere"), { code: "aws-permission", exitStatus: 3 });
  });

  it("works without Pulumi if regions or tags are named", async () => {
    looks.aws.emulator.seed({
      functions: [{ name: "api", region: "eu-west-1", layers: ["other:3"], tags: { environment: "dev" } }],
    });
    for (const others of [{ regions: ["eu-west-1"] }, { regions: ["eu-west-1"], allFunctions: true }]) {
      const { urn, region, layers } = one(await explained("api", config, [api], others));
      assert.deepEqual([urn, region], [undefined, "eu-west-1"]);
      assert.deepEqual(layers[0]?.remedies, ["lambda-layers sync --stack dev -f api --regions eu-west-1"]);
    }
  });
});
