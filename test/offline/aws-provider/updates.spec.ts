import assert from "node:assert/strict";
import { GetRoleCommand, IAMClient, ListRoleTagsCommand } from "@aws-sdk/client-iam";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack, preamble, recorded } from "../../support/aws-stack";
import { itSampled } from "../../support/counts";
import type { Project } from "../../support/engine";

const program = (policy: object, role: string, text: string, settings: string) => `${preamble}
const iam = require("@pulumi/aws/iam");
new iam.Role("role", { name: "role", assumeRolePolicy: ${JSON.stringify(JSON.stringify(policy))}, ${role} });
const text = new pulumi.asset.StringAsset(${JSON.stringify(text)});
fn("api", { code: new pulumi.asset.AssetArchive({ "index.js": text }), ${settings} });`;

const allow = (service: string) => ({ Version: "2012-10-17", Statement: [{ Action: service, Effect: "Allow" }] });

const first = program(
  allow("a"),
  `description: "one", tags: { a: "1", b: "1" }`,
  "one",
  `environment: { variables: { A: "1" } }, deadLetterConfig: { targetArn: "arn:aws:sqs:us-east-1:123456789012:q" },
   description: "one", reservedConcurrentExecutions: 5, tags: { a: "1", b: "1" }`,
);
const second = program(
  allow("b"),
  `maxSessionDuration: 7200, tags: { a: "2" }`,
  "two",
  `architectures: ["arm64"], reservedConcurrentExecutions: 6, ephemeralStorage: { size: 1024 }, memorySize: 512,
   tracingConfig: { mode: "Active" }, tags: { a: "2" }`,
);

describe("aws provider: changes in place", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: Project;
  // biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own
  let atFirst: any;

  before(async () => {
    emulator = await startEmulator();
    stack = await createAwsStack({ env: emulator.env, program: first });
    await stack.up();
    atFirst = await recorded(stack, "api");
    await stack.write({ "index.js": second });
    await stack.up();
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  itSampled("makes every change and clears what the program no longer gives", async () => {
    assert.equal(atFirst.outputs.reservedConcurrentExecutions, 5);
    await stack.preview("--expect-no-changes");

    const { outputs } = await recorded(stack, "api");
    const { configuration, tags } = emulator.functions()[0] ?? assert.fail();
    assert.notEqual(outputs.sourceCodeHash, atFirst.outputs.sourceCodeHash);
    assert.equal(configuration.CodeSha256, outputs.sourceCodeHash);
    assert.deepEqual([configuration.Architectures, outputs.architectures], [["arm64"], ["arm64"]]);
    assert.deepEqual([configuration.MemorySize, configuration.Description], [512, ""]);
    assert.deepEqual(
      [configuration.EphemeralStorage, configuration.TracingConfig],
      [{ Size: 1024 }, { Mode: "Active" }],
    );
    assert.deepEqual(configuration.Environment?.Variables ?? {}, {});
    assert.deepEqual([outputs.reservedConcurrentExecutions, tags], [6, { a: "2" }]);
  });

  it("changes roles", async () => {
    const credentials = { accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: "x" };
    const iam = new IAMClient({ endpoint: emulator.url, region: "us-east-1", credentials });
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: "role" }));
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: "role" }));
    iam.destroy();
    assert.deepEqual(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")), allow("b"));
    assert.deepEqual([Role?.Description ?? "", Role?.MaxSessionDuration, Tags], ["", 7200, [{ Key: "a", Value: "2" }]]);
  });
});
