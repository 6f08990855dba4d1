import assert from "node:assert/strict";
import { readAvailable, unreadOf } from "../../sdk/ops/outdated";
import { functionIn, layerVersionsOf, useLooks } from "./looks";

const region = "us-east-1";
const byName = "layers:\n  base: { version: 3 }\n";
const threeRegions = [
  functionIn(region, "api", ["base:2"]),
  functionIn("eu-west-1", "euapi", ["base:1"]),
  functionIn("ca-central-1", "capi", ["base:1"]),
];

describe("what is out of date", () => {
  const looks = useLooks();
  const read = async (config: string, resources: readonly unknown[], others = { stateFile: "state.json" }) =>
    (await readAvailable(looks.ports, { stack: "dev", config: await looks.write(config, resources), ...others }))
      .available;
  const rows = async (...args: Parameters<typeof read>) =>
    (await read(...args)).layers.map((row) => [
      ...[row.region, row.declaredVersion, row.newest?.version, row.outdated, row.code],
    ]);

  it("is reported by region, and a version that was never published there is not called deleted", async () => {
    looks.aws.emulator.seed({
      layers: [
        { name: "base", versions: 5, deleted: [3] },
        { name: "base", versions: 2, region: "eu-west-1" },
      ],
    });
    assert.deepEqual(await rows(byName, threeRegions), [
      ["ca-central-1", "never-published", undefined, true, undefined],
      ["eu-west-1", "missing", 2, true, undefined],
      [region, "deleted", 5, true, undefined],
    ]);
  });

  it("is unknown if AWS's list and its single answers contradict each other", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "base", versions: 3 }] });
    const { aws } = looks.ports;
    for (const [versions, listed] of [
      [[], "does not list it"],
      [
        [{ arn: "", version: 2, published: undefined, compatibleRuntimes: [], compatibleArchitectures: [] }],
        "does not list it",
      ],
    ] as const) {
      const connect: typeof aws.connect = async (...args) => {
        const session = await aws.connect(...args);
        session.listLayerVersions = async () => ({ versions, next: undefined });
        return session;
      };
      const config = await looks.write(byName, [functionIn(region, "api", ["base:3"])]);
      const { available } = await readAvailable({ ...looks.ports, aws: { ...aws, connect } }, { stack: "dev", config });
      assert.equal(unreadOf(available), "not-known");
      assert.match(available.layers[0]?.reason ?? "", new RegExp(listed));
    }
  });

  it("does not treat a version with an unknown date as old enough", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "base", versions: 4 }] });
    const { aws } = looks.ports;
    const before = new Date("2026-01-01");
    const published = { 4: undefined, 3: new Date("2026-01-02"), 2: before };
    const versions = Object.entries(published).map(([version, date]) => ({
      ...{ arn: "", version: Number(version), published: date, compatibleRuntimes: [], compatibleArchitectures: [] },
    }));
    const connect: typeof aws.connect = async (...args) =>
      Object.assign(await aws.connect(...args), {
        listLayerVersions: async () => ({ versions: versions.toReversed(), next: undefined }),
      });
    const config = await looks.write("layers:\n  base: { version: 1 }\n", [functionIn(region, "api", ["base:1"])]);
    const request = { stack: "dev", config, publishedBefore: before };
    const [row] = (await readAvailable({ ...looks.ports, aws: { ...aws, connect } }, request)).available.layers;
    assert.deepEqual(
      [row?.newest?.version, row?.compatible?.version, row?.outdated, row?.reason],
      [4, 2, true, "version 4 is too new"],
    );
  });

  const parameters =
    "layers:\n  base: { version: 4, latest: 'ssm:/base' }\n  tools: { version: 1, latest: 'ssm:/tools' }\n";
  const api = functionIn(region, "api", ["base:4", "tools:1"]);

  it("is unknown if a parameter is older than the declared version, or names another layer", async () => {
    looks.aws.emulator.seed({
      layers: ["base", "tools"].map((name) => ({ name, versions: 5 })),
      parameters: { "/base": "3", "/tools": `arn:aws:lambda:${region}:123456789012:layer:other:9` },
    });
    const available = await read(parameters, [api]);
    assert.deepEqual(
      available.layers.map(({ outdated, code, reason = "" }) => [outdated, code, reason]),
      [
        [
          ...[false, "not-known"],
          `SSM parameter /base names version 3, which is older than the declared version 4 (in ${region}).`,
        ],
        [
          ...[false, "not-known"],
          `SSM parameter /tools holds arn:aws:lambda:${region}:123456789012:layer:other:9, which is not a version of arn:aws:lambda:${region}:123456789012:layer:tools (in ${region}).`,
        ],
      ],
    );
    assert.equal(unreadOf(available), "not-known");
  });

  it("is unknown for a parameter that may not be read, and known for the others", async () => {
    looks.aws.emulator.seed({
      layers: ["base", "tools"].map((name) => ({ name, versions: 5 })),
      parameters: { "/base": "5", "/tools": "2" },
    });
    looks.aws.emulator.deny({ action: "ssm:GetParameter", resource: "*/tools" });
    const available = await read(parameters, [api]);
    assert.deepEqual(
      available.layers.map(({ newest, outdated, code }) => [newest?.version, outdated, code]),
      [
        [5, true, undefined],
        [undefined, false, "aws-permission"],
      ],
    );
    assert.equal(unreadOf(available), "aws-permission");
  });

  it("is unknown for a declared version that may not be read, although there are newer ones", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    looks.aws.emulator.deny({ action: "lambda:GetLayerVersion" });
    assert.deepEqual(await rows(byName, [functionIn(region, "api", ["base:2"])]), [
      [region, "unreadable", 5, true, "aws-permission"],
    ]);
    looks.aws.emulator.deny({ action: "lambda:ListLayerVersions" });
    assert.deepEqual(await rows(byName, [functionIn(region, "api", ["base:2"])]), [
      [region, "unreadable", undefined, false, "aws-permission"],
    ]);
  });

  it("does not call a layer never published if its list may not be read", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "base", versions: 7 }] });
    const presence = async () => (await rows(byName, [functionIn(region, "api", ["base:2"])]))[0]?.[1];
    const nowhere = "layers: { nowhere: { version: 20 } }";
    const ofNowhere = async () => (await rows(nowhere, [functionIn(region, "api", ["nowhere:1"])]))[0]?.[1];
    assert.deepEqual([await presence(), await ofNowhere()], ["available", "never-published"]);
    looks.aws.emulator.deny({ action: "lambda:ListLayerVersions" });
    assert.deepEqual([await presence(), await ofNowhere()], ["available", "missing"]);
  });

  it("counts the functions of a LayerVersions resource, whose account nothing records", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    const shared = [functionIn(region, "api", ["base:2"]), layerVersionsOf({ billing: { base: 3 } })];
    assert.deepEqual(await rows(byName, shared), [[region, "available", 5, true, undefined]]);
  });

  it("is not fully known if live functions cannot be read, which decide what suits", async () => {
    looks.aws.emulator.seed({ layers: [{ name: "base", versions: 3 }] });
    looks.aws.emulator.deny({ action: "lambda:GetFunction" });
    const available = await read(byName, [functionIn(region, "api", ["base:3"])], {} as { stateFile: string });
    assert.deepEqual(
      available.layers.map(({ outdated, code }) => [outdated, code]),
      [[false, undefined]],
    );
    assert.equal(unreadOf(available), "aws-permission");
    assert.equal(available.totals.unknown, 1);
  });

  it("is unknown without credentials", async () => {
    looks.aws.setEnv({ AWS_ACCESS_KEY_ID: undefined });
    await assert.rejects(read(byName, threeRegions), { code: "aws-credentials", exitStatus: 3 });
  });
});
