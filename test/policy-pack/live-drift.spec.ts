import assert from "node:assert/strict";
import { join } from "node:path";
import { useAws } from "../aws/harness";
import { type Emulator, startEmulator } from "../emulator";
import { checkout, createProject, type Project } from "../support/engine";
import { awsFunction, layer, stateOf } from "../support/states";
import { analyzeStack, type TestResource, unknownString } from "./harness";

// Compiled: the policy loads the AWS SDK through a module that only exists then.
const { PolicyContext } = require(`${checkout}/dist/policy-pack/context.js`);
const { liveDrift } = require(`${checkout}/dist/policy-pack/policies/live-drift.js`);

describe("layer-live-drift", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let project: Project;
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    project = await createProject({ env: emulator.env });
  });
  after(async () => {
    await project.dispose();
    await emulator.close();
  });
  beforeEach(() => emulator.resetCounts());

  /** Analyzes a stack of functions as recorded: all at version 5, whatever runs in AWS. */
  async function analyze(names: readonly string[], settings: object | undefined, env = {}) {
    const layers = { base: { version: 5 } };
    await project.write({
      "export.json": stateOf(names.map((name) => awsFunction(name, [layer("base", 5)]))),
      "settings.json": {
        "layer-version-pinned": { layers },
        ...(settings && { "layer-live-drift": { enforcementLevel: "mandatory", ...settings } }),
      },
    });
    const pack = ["--policy-pack", join(checkout, "policy-pack"), "--policy-pack-config", "settings.json"];
    const { code, output } = await project.pulumi(["policy", "analyze", "--file", "export.json", ...pack], { env });
    const lines = output.split("\n").map((line) => line.trim());
    return { code, output, drift: lines.filter((line) => line.startsWith("In AWS: ")) };
  }

  it("does not read AWS unless configured to", async () => {
    emulator.seed({ functions: [{ name: "off", layers: ["base:1"] }] });
    const { code, output } = await analyze(["off"], undefined);
    assert.equal(code, 0, output);
    assert.deepEqual(emulator.counts(), {});
  });

  it("compares what runs in AWS with the config, in as few calls as there are pages", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `fn-${index}`);
    const drifting = (name: string) => name === "fn-7" || name === "fn-41";
    emulator.seed({ functions: names.map((name) => ({ name, layers: [drifting(name) ? "base:2" : "base:5"] })) });
    const { code, output, drift } = await analyze([...names, "not-there"], {});
    assert.notEqual(code, 0);
    assert.deepEqual(drift.sort(), [
      "In AWS: Function fn-41: Layer base version 2 -> 5",
      "In AWS: Function fn-7: Layer base version 2 -> 5",
    ]);
    assert.match(output, /layer-live-drift {2}\(aws:lambda:Function: fn-7\)/);
    assert.match(output, /Not checked against AWS: not-there\. Not found in AWS/);
    // The one that the list lacks is requested separately.
    assert.deepEqual(emulator.counts(), { ListFunctions: 2, GetFunction: 1 });
  });
});

describe("layer-live-drift if AWS does not answer", () => {
  const aws = useAws();

  async function check(settings = {}): Promise<string> {
    aws.emulator.seed({ functions: [{ name: "secret-one", layers: ["base:5"] }] });
    const resource = { name: "secret-one", props: { name: "secret-one", layers: [layer("base", 5)] } };
    const config = { "layer-live-drift": { layers: { base: { version: 5 } }, ...settings } };
    const policy = { ...liveDrift(new PolicyContext({ PWD: "/" })), enforcementLevel: "mandatory" as const };
    const { violations } = await analyzeStack([policy], [resource], config);
    return violations.map(({ message }) => message).join("\n");
  }

  it("says which functions it could not check, and why", async () => {
    aws.emulator.deny({ action: "lambda:*" });
    assert.match(await check(), /^Not checked against AWS: secret-one\. .*lambda:GetFunction/s);
  });

  it("waits no longer than allowed", async () => {
    aws.emulator.fault({ operation: "GetFunction", delayMs: 20_000 });
    const message = await check({ timeoutSeconds: 1 });
    assert.match(
      message,
      /^Not checked against AWS: secret-one\. AWS took longer than 1 s\. To allow more, raise `timeoutSeconds`/,
    );
  });
});

describe("layer-live-drift of one stack", () => {
  const test = useAws();

  const arnOf = (name: string, region: string) => `arn:aws:lambda:${region}:123456789012:function:${name}`;
  const fn = (name: string, layers: unknown[], region = "us-east-1"): TestResource => ({
    name: `${name}-${region}`,
    props: { name, arn: arnOf(name, region), region, layers },
  });

  async function violations(resources: readonly TestResource[], settings = {}) {
    test.emulator.seed({ layers: [{ name: "base", versions: 5 }] });
    const config = { "layer-live-drift": { layers: { base: { version: 5 } }, ...settings } };
    const policy = { ...liveDrift(new PolicyContext({ PWD: "/" })), enforcementLevel: "mandatory" as const };
    return (await analyzeStack([policy], resources, config)).violations.map(
      ({ level, message }) => `${level}: ${message}`,
    );
  }

  const declares = "the policy's configuration for base declares version 5";

  it("reports declared layers that AWS has lost, and ignores differences that only the program has", async () => {
    test.emulator.seed({
      functions: [{ name: "lost" }, { name: "fine", layers: ["base:5"] }, { name: "old", layers: ["base:2"] }],
    });
    assert.deepEqual(
      await violations([fn("lost", [layer("base", 5)]), fn("fine", [layer("base", 4)]), fn("old", [layer("base", 4)])]),
      [
        `mandatory: In AWS: Function lost: Layer base version - -> 5\n${declares}. Repair it with \`pulumi up --refresh\`.`,
        `mandatory: In AWS: Function old: Layer base version 2 -> 5\n${declares}. Set version 5 in the program, or pin it with pinLayers, and run \`pulumi up\`.`,
      ],
    );
  });

  it("distinguishes functions of one name by their regions", async () => {
    const functions = ["us-east-1", "eu-west-1"].map((region) => ({ name: "api", layers: ["base:1"], region }));
    test.emulator.seed({ functions });
    const found = await violations(
      functions.map(({ region }) => fn("api", [layer("base", 5).replace("us-east-1", region)], region)),
      // For functions without a region of their own.
      { region: "us-west-2" },
    );
    assert.deepEqual(found.map((text) => text.split("\n")[0]).sort(), [
      "mandatory: In AWS: Function api (eu-west-1): Layer base version 1 -> 5",
      "mandatory: In AWS: Function api (us-east-1): Layer base version 1 -> 5",
    ]);
  });

  it("compares functions of its own account if others are of another one, and mixes up none", async () => {
    const other = "222222222222";
    test.emulator.seed({ functions: ["api", "soon"].map((name) => ({ name, layers: ["base:1"] })) });
    const inOther = (name: string, arn?: string): TestResource => {
      const { props } = fn(name, [layer("base", 5).replace("123456789012", other)]);
      return { name: `${name}-other`, props: { ...props, arn, role: `arn:aws:iam::${other}:role/lambda` } };
    };
    const arn = arnOf("api", "us-east-1");
    const found = await violations([
      fn("api", [layer("base", 5)]),
      inOther("api", arn.replace("123456789012", other)),
      // About to be created.
      inOther("soon"),
    ]);
    assert.equal(found.length, 2);
    assert.match(
      found[0] ?? "",
      /^mandatory: In AWS: Function api \(us-east-1, 123456789012\): Layer base version 1 -> 5/,
    );
    assert.match(found[1] ?? "", /^mandatory: Not checked against AWS: api \(us-east-1, 222222222222\) and soon\./);
  });

  it("says for which functions the layers are unknown, and still compares what runs", async () => {
    test.emulator.seed({ functions: ["later", "secret"].map((name) => ({ name, layers: ["base:1"] })) });
    const found = await violations([fn("later", [unknownString]), fn("secret", ["[secret]"])]);
    assert.deepEqual(
      found.map((text) => text.split("\n")[0]),
      [
        "mandatory: In AWS: Function later: Layer base version 1 -> 5",
        "mandatory: In AWS: Function secret: Layer base version 1 -> 5",
        "mandatory: Not checked against AWS: secret. Some of their layers are secrets that cannot be read here, so it is unknown whether any were removed in AWS.",
        "advisory: can't run policy 'layer-live-drift' from policy pack 'test-pack@v1.0.0' during preview: which layers later should have: not yet known, checked during the update",
      ],
    );
  });
});
