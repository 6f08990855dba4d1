import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { planSync, type SyncRequest } from "../../sdk/ops/sync";
import type { WiringOptions } from "../../sdk/wiring";
import { arnOf, base, setEnv } from "../aws/harness";
import { configFor, taggedFleet, useFleet } from "./fleet-harness";

describe("the plan of a sync", () => {
  const otherAccount = "222222222222";
  const fleet = useFleet({ accessKeys: { AKIATWO: otherAccount } });

  function plan(request: Partial<SyncRequest>, wiring: WiringOptions = {}) {
    const config = loadLayerConfig("layer_config.yaml", fleet.dir);
    return planSync(fleet.ports(wiring), { stack: "dev", config, ...request });
  }
  const namesOf = ({ changes }: { changes: readonly { function: string }[] }) => changes.map((one) => one.function);

  it("changes nothing, and writes no file", async () => {
    fleet.emulator.seed(taggedFleet(3));
    const { aws } = await fleet.sync({ dryRun: true });
    assert.deepEqual(fleet.lines, [
      "INFO - Found 3 layer version updates in AWS:",
      ...["fn-0000", "fn-0001", "fn-0002"].map((name) => `  - Function ${name}: Layer base version 1 -> 2`),
    ]);
    assert.deepEqual(aws.changes[0], {
      function: "fn-0000",
      functionArn: arnOf("fn-0000"),
      region: "us-east-1",
      layer: "base",
      arn: base(1).slice(0, -2),
      from: 1,
      to: 2,
      target: base(2),
    });
    assert.deepEqual(fleet.emulator.writes(), []);
    assert.deepEqual(await readdir(fleet.dir), ["layer_config.yaml"]);
  });

  it("takes one pass through the functions, and one request per distinct layer version", async () => {
    fleet.emulator.seed(taggedFleet(120));
    await plan({ allFunctions: true });
    const { ListFunctions, GetLayerVersion, GetResources, ...others } = fleet.emulator.counts();
    assert.deepEqual({ ListFunctions, GetLayerVersion }, { ListFunctions: 3, GetLayerVersion: 1 });
    assert.equal(GetResources, 3);
    // None of these counts against the budget of fifteen a second.
    assert.deepEqual(Object.keys(others).sort(), ["GetCallerIdentity", "GetFunction", "SimulatePrincipalPolicy"]);
  });

  it("covers functions by name, by ARN, by tags, and those tagged as the stack's", async () => {
    const layers = ["base:1"];
    fleet.emulator.seed({
      layers: [{ name: "base", versions: 5 }],
      functions: [
        { name: "a", layers, tags: { environment: "dev" } },
        { name: "b", layers, tags: { "pulumi:stack": "dev" } },
        { name: "c", layers, tags: { environment: "prod", team: "x" } },
        { name: "d", layers, tags: { team: "x", tier: "1" } },
      ],
    });
    assert.deepEqual(namesOf(await plan({ functions: ["d", arnOf("a")] })), ["a", "d"]);
    assert.deepEqual(namesOf(await plan({ allFunctions: true })), ["a", "b"]);
    assert.deepEqual(namesOf(await plan({ tags: { team: "x" } })), ["c", "d"]);
    assert.deepEqual(namesOf(await plan({ tags: { team: "x", tier: "1" } })), ["d"]);
    assert.deepEqual(namesOf(await plan({ tags: { team: "x" }, functions: ["c", "a"] })), ["c"]);
    assert.deepEqual(namesOf(await plan({ tags: { team: "x" }, exclude: [arnOf("c")] })), ["d"]);
  });

  it("refuses tags that no function has, naming them", async () => {
    fleet.emulator.seed(taggedFleet(2));
    const refused = (request: Partial<SyncRequest>) => plan(request).catch(({ code, message }) => ({ code, message }));
    assert.deepEqual(await refused({ stack: "prod", allFunctions: true }), {
      code: "usage",
      message: "No function has the tag environment=prod or pulumi:stack=prod in us-east-1. Nothing was changed.",
    });
    const both = { tags: { team: "x", tier: "1" }, functions: ["fn-0000"] };
    assert.match(
      ((await refused(both)) as { message: string }).message,
      /^No function has the tag team=x and tier=1 in us-east-1/,
    );
    assert.deepEqual((await plan({ allFunctions: true })).warnings, []);
  });

  it("names what a run over several regions and accounts changes, and asks each for its own", async () => {
    const regions = ["us-east-1", "eu-west-1"];
    for (const region of regions) fleet.emulator.seed(taggedFleet(2, { region }));
    fleet.emulator.seed(taggedFleet(1, { account: otherAccount }));
    const credentials = (key: string) => `aws_access_key_id = ${key}\naws_secret_access_key = x\n`;
    const file = join(fleet.dir, "credentials");
    await writeFile(file, `[one]\n${credentials("AKIAONE")}[two]\n${credentials("AKIATWO")}`);
    setEnv({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    const all = await plan({ allFunctions: true, regions, profiles: ["one", "two"] });
    const told = all.changes.map(({ functionArn }) => functionArn.split(":").slice(3).join(" "));
    assert.deepEqual(told, [
      "us-east-1 123456789012 function fn-0000",
      "us-east-1 123456789012 function fn-0001",
      "us-east-1 222222222222 function fn-0000",
      "eu-west-1 123456789012 function fn-0000",
      "eu-west-1 123456789012 function fn-0001",
    ]);
    const sites = all.sites.map(({ region, profile }) => [region, profile]);
    assert.deepEqual(sites, [
      ["us-east-1", "one"],
      ["us-east-1", "two"],
      ["eu-west-1", "one"],
    ]);
    // The same name in two accounts means two functions; an ARN belongs to one.
    const named = await plan({ functions: [arnOf("fn-0001"), "fn-0000"], profiles: ["one", "two"] });
    assert.deepEqual(namesOf(named), ["fn-0000", "fn-0001", "fn-0000"]);
    assert.deepEqual(named.skipped, []);
    const elsewhere = await plan({
      functions: [arnOf("fn-0000"), "fn-0001"],
      regions: ["eu-west-1"],
      profiles: ["one"],
    });
    assert.deepEqual(namesOf(elsewhere), ["fn-0001"]);
    assert.match(elsewhere.skipped[0]?.reason ?? "", /^it is in us-east-1, but this run is for eu-west-1$/);
  });

  it("says which of several regions have none of the functions", async () => {
    fleet.emulator.seed(taggedFleet(2));
    await fleet.sync({ dryRun: true, regions: ["us-east-1", "us-west-2", "eu-west-1"] });
    assert.deepEqual(
      fleet.lines.filter((line) => line.startsWith("WARN")),
      ["WARN - None of the functions is in us-west-2, eu-west-1."],
    );
    fleet.lines.length = 0;
    await fleet.sync({ dryRun: true, regions: ["us-east-1"] });
    assert.deepEqual(
      fleet.lines.filter((line) => line.startsWith("WARN")),
      [],
    );
  });

  it("takes a shard of the functions, always the same, and each function in one", async () => {
    fleet.emulator.seed(taggedFleet(60));
    const shards = await Promise.all(
      [1, 2, 3].map((index) => plan({ allFunctions: true, shard: { index, count: 3 } })),
    );
    const found = shards.flatMap(namesOf);
    assert.equal(found.length, 60);
    assert.equal(new Set(found).size, 60);
    assert.ok(shards.every((one) => one.changes.length > 5));
  });

  it("reports image functions, and puts functions with an update in progress last", async () => {
    fleet.emulator.seed(taggedFleet(3));
    fleet.emulator.seed({
      functions: [{ name: "image", PackageType: "Image", Code: { ImageUri: "i" }, tags: { environment: "dev" } }],
    });
    fleet.emulator.configure({ updateDelayMs: 3_600_000 });
    const lambda = new Lambda({});
    await lambda.updateFunctionConfiguration({ FunctionName: "fn-0000", MemorySize: 256 });
    lambda.destroy();
    const { warnings, sites } = await plan({ allFunctions: true });
    assert.deepEqual(warnings, [
      "Skipped, because functions deployed as container images cannot have layers: image.",
      "Function fn-0000 has an update in progress. It will be updated once that has finished.",
    ]);
    assert.deepEqual(
      sites[0]?.functions.map(({ name }) => name),
      ["fn-0001", "fn-0002", "fn-0000"],
    );
  });

  describe("refuses, before anything is changed,", () => {
    const refused = async (request: Partial<SyncRequest> = {}) => {
      const error = await fleet.sync(request).then(
        () => undefined,
        (thrown) => thrown,
      );
      assert.deepEqual(fleet.emulator.writes(), []);
      assert.deepEqual(await readdir(fleet.dir), ["layer_config.yaml"]);
      return error;
    };

    it("a named function that does not exist", async () => {
      fleet.emulator.seed(taggedFleet(2));
      for (const dryRun of [false, true]) {
        const error = await refused({ functions: ["fn-0000", "gone"], allFunctions: false, dryRun });
        assert.deepEqual([error.code, error.exitStatus], ["usage", 2]);
        assert.equal(error.message, "No function gone found in AWS in us-east-1. Nothing was changed.");
      }
    });

    it("a layer version that does not exist", async () => {
      fleet.emulator.seed(taggedFleet(3));
      await writeFile(join(fleet.dir, "layer_config.yaml"), configFor(9));
      const error = await refused();
      assert.equal(error.code, "layer-version-missing");
      assert.match(error.message, /base:9, needed by functions fn-0000, fn-0001, fn-0002.*Nothing was changed\.$/s);
    });

    it("a layer for another runtime or architecture", async () => {
      fleet.emulator.seed({
        layers: [{ name: "base", versions: 2, compatibleRuntimes: ["nodejs22.x"], compatibleArchitectures: ["arm64"] }],
        functions: [{ name: "api", layers: ["base:1"], tags: { environment: "dev" } }],
      });
      const error = await refused();
      assert.equal(error.code, "layer-incompatible");
      assert.match(
        error.message,
        /does not suit function api: it is for nodejs22\.x, but the function runs on python3/,
      );
    });

    it("what the caller may not do, by action and resource", async () => {
      fleet.emulator.seed(taggedFleet(8));
      fleet.emulator.deny({ action: "lambda:UpdateFunctionConfiguration", resource: arnOf("fn-000*") });
      const error = await refused();
      assert.deepEqual([error.code, error.exitStatus], ["aws-permission", 3]);
      const line = `AWS permission missing: lambda:UpdateFunctionConfiguration on ${arnOf("fn-0000")} is denied.`;
      assert.equal(error.message.split("\n")[0], line);
      assert.match(error.message, /^ {2}and 3 more\nNothing was changed\.$/m);
      assert.match(error.next, /--skip-preflight/);
    });

    it("a layer version that the caller may not read", async () => {
      fleet.emulator.seed(taggedFleet(2));
      fleet.emulator.deny({ action: "lambda:GetLayerVersion", resource: "*:layer:last:*" });
      const error = await refused();
      assert.match(error.message, /lambda:GetLayerVersion on arn:\S+:layer:last:1 is denied/);
    });

    it("a larger plan than expected", async () => {
      fleet.emulator.seed(taggedFleet(4));
      await assert.rejects(fleet.sync({}, { maxChanges: 3 }), {
        code: "too-many-changes",
        message: "The plan changes 4 layers of functions in AWS, but --max-changes allows only 3. Nothing was changed.",
      });
      assert.deepEqual(fleet.emulator.writes(), []);
      await fleet.sync({}, { maxChanges: 4 });
    });

    it("missing credentials", async () => {
      setEnv({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
      assert.equal((await refused()).code, "aws-credentials");
    });
  });

  it("reports permissions as unchecked if it may not ask", async () => {
    fleet.emulator.seed(taggedFleet(1));
    fleet.emulator.deny({ action: "iam:SimulatePrincipalPolicy" });
    await fleet.sync();
    assert.match(
      fleet.lines[0] ?? "",
      /^WARN - Permissions were not checked in advance\. .*iam:SimulatePrincipalPolicy/,
    );
    assert.equal(fleet.emulator.writes().length, 1);
  });

  it("checks nothing in advance with skipPreflight", async () => {
    fleet.emulator.seed(taggedFleet(3));
    const { callsBefore } = await plan({ allFunctions: true, skipPreflight: true });
    assert.deepEqual(callsBefore, {});
    assert.deepEqual(Object.keys(fleet.emulator.counts()).sort(), ["GetFunction", "GetResources", "ListAliases"]);
  });

  describe("for aliases", () => {
    const publishAs = async (name: string, alias: string) => {
      const lambda = new Lambda({});
      const { Version } = await lambda.publishVersion({ FunctionName: name });
      await lambda.createAlias({ FunctionName: name, Name: alias, FunctionVersion: Version });
      lambda.destroy();
    };

    for (const size of [3, 60]) {
      it(`names those that serve other layer versions, of ${size} functions`, async () => {
        fleet.emulator.seed(taggedFleet(size));
        await publishAs("fn-0001", "live");
        fleet.emulator.edit("fn-0002", { Layers: ["first:1", "base:2", "last:1"] });
        await publishAs("fn-0002", "live");
        fleet.emulator.edit("fn-0001", { Layers: ["first:1", "base:2", "last:1"] });
        fleet.emulator.resetCounts();
        const { aliases, changes } = await plan({ allFunctions: true });
        const layer = { layer: "base", arn: base(1).slice(0, -2), from: 1, to: 2 };
        const [name, functionArn] = ["fn-0001", arnOf("fn-0001")];
        assert.deepEqual(aliases, [
          { function: name, functionArn, region: "us-east-1", alias: "live", version: "1", layers: [layer] },
        ]);
        assert.equal(changes.length, size - 2);
        // If there are many functions, only those with old versions have their aliases read.
        assert.equal(fleet.emulator.counts().ListAliases, size > 50 ? 1 : size);
      });
    }

    it("lists none with skipAliases, and warns if they may not be read", async () => {
      fleet.emulator.seed(taggedFleet(2));
      await plan({ allFunctions: true, skipAliases: true });
      assert.equal(fleet.emulator.counts().ListAliases, undefined);
      fleet.emulator.deny({ action: "lambda:ListAliases" });
      const { warnings } = await plan({ allFunctions: true });
      assert.match(warnings.join(), /^Aliases in us-east-1 were not checked\. .*lambda:ListAliases/);
    });
  });
});
