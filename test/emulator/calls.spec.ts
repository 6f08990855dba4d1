import assert from "node:assert/strict";
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import fc from "fast-check";
import { Peak, WriteLog } from "./calls";
import { refused } from "./conformance/aws";
import { useEmulator } from "./harness";

describe("the peak of calls a second", () => {
  it("is the highest number in any window of one second", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(900), { maxLength: 200 }), (gaps) => {
        const peak = new Peak();
        const times: number[] = [];
        for (const gap of gaps) {
          times.push((times.at(-1) ?? 0) + gap);
          peak.add(times.at(-1) ?? 0);
        }
        const inWindow = (end: number) => times.filter((time) => time > end - 1000 && time <= end).length;
        assert.equal(peak.highest, Math.max(0, ...times.map(inWindow)));
      }),
    );
  });

  it("is right over more calls than it remembers", () => {
    const peak = new Peak();
    for (let time = 0; time < 60_000; time += 1) peak.add(time);
    assert.equal(peak.highest, 1000);
  });
});

describe("the log of writes", () => {
  it("keeps the newest", () => {
    const log = new WriteLog(() => 0, 3);
    const write = { operation: "x", account: "1", region: "r", accessKeyId: "k" };
    for (let number = 1; number <= 10; number += 1) log.add({ ...write, resource: `${number}` });
    assert.deepEqual(
      log.list().map(({ resource }) => resource),
      ["8", "9", "10"],
    );
  });
});

describe("the emulator's counts", () => {
  const test = useEmulator(
    { accessKeys: { AKIAOTHER: "222222222222" } },
    { layers: [{ name: "base", versions: 2 }], functions: [{ name: "api", layers: ["base:1"] }] },
  );

  it("include every call by operation and by what it was about, however it was answered", async () => {
    await test.aws.lambda.send(new ListFunctionsCommand({}));
    await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }));
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:api";
    await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: arn, Qualifier: "$LATEST" }));
    await test.aws.lambda.send(new TagResourceCommand({ Resource: arn, Tags: { a: "b" } }));
    const missing = test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "missing" }));
    await refused(missing, "ResourceNotFoundException", 404);
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 1, GetFunction: 3, TagResource: 1 });
    assert.deepEqual(test.emulator.counts("api"), { GetFunction: 2, TagResource: 1 });
    assert.deepEqual(test.emulator.counts("missing"), { GetFunction: 1 });
    assert.deepEqual(test.emulator.counts("nobody"), {});
    assert.equal(test.emulator.stats().operations.GetFunction?.errors, 1);
    test.emulator.resetCounts();
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("distinguish callers and budgets", async () => {
    const other = test.aws.as({ accessKeyId: "AKIAOTHER", secretAccessKey: "x" });
    await Promise.all([1, 2, 3].map(() => test.aws.lambda.send(new ListFunctionsCommand({}))));
    await test.aws.lambda.send(new GetFunctionCommand({ FunctionName: "api" }));
    await other.lambda.send(new ListFunctionsCommand({}));
    other.destroy();
    const { accessKeys, peaks } = test.emulator.stats();
    assert.deepEqual(accessKeys, { AKIAEMULATOR00000001: 4, AKIAOTHER: 1 });
    const { "123456789012/us-east-1/control": highest, ...others } = peaks;
    assert.ok(highest && highest <= 3);
    assert.deepEqual(others, { "123456789012/us-east-1/getFunction": 1, "222222222222/us-east-1/control": 1 });
  });

  it("leave out what a test does itself", () => {
    test.emulator.seed({ functions: [{ name: "other" }] });
    test.emulator.edit("api", { Timeout: 9 });
    test.emulator.functions();
    assert.deepEqual([test.emulator.counts(), test.emulator.writes()], [{}, []]);
  });

  it("come with a log of what was written, before and after", async () => {
    const arn = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`;
    await test.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "api", Layers: [arn(2)] }));
    await test.aws.lambda.send(new DeleteFunctionCommand({ FunctionName: "api" }));
    const [update, removal] = test.emulator.writes();
    assert.deepEqual(
      [update?.operation, update?.resource, update?.region, update?.accessKeyId],
      ["UpdateFunctionConfiguration", "api", "us-east-1", "AKIAEMULATOR00000001"],
    );
    const layers = (value: unknown) => (value as { Layers: { Arn: string }[] }).Layers.map(({ Arn }) => Arn);
    assert.deepEqual([layers(update?.before), layers(update?.after)], [[arn(1)], [arn(2)]]);
    assert.deepEqual([removal?.operation, removal?.after], ["DeleteFunction", undefined]);
    assert.ok((removal?.at ?? 0) >= (update?.at ?? 0));
  });
});
