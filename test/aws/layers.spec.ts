import assert from "node:assert/strict";
import { dateOf } from "../../sdk/aws/layer-versions";
import { base, useAws } from "./harness";

describe("layerVersion", () => {
  const test = useAws();

  it("says what a version suits, and asks once for any number of callers", async () => {
    test.emulator.seed({
      layers: [{ name: "base", versions: 2, compatibleRuntimes: ["python3.12"], compatibleArchitectures: ["arm64"] }],
    });
    const aws = await test.connect();
    const answers = await Promise.all([1, 2, 3].map(() => aws.layerVersion(base(2))));
    const [answer] = answers;
    assert.ok(typeof answer === "object" && answer.published instanceof Date);
    assert.deepEqual(answer, {
      arn: base(2),
      compatibleRuntimes: ["python3.12"],
      compatibleArchitectures: ["arm64"],
      published: answer.published,
    });
    assert.deepEqual(await aws.layerVersion(base(2)), answer);
    assert.deepEqual(test.emulator.counts(), { GetLayerVersion: 1 });
  });

  it("distinguishes missing versions from unreadable ones", async () => {
    test.emulator.seed({
      layers: [
        { name: "base", versions: 2, deleted: [1] },
        { name: "theirs", versions: 1, account: "210987654321" },
      ],
    });
    const aws = await test.connect();
    const theirs = base(1, "theirs").replace("123456789012", "210987654321");
    assert.equal(await aws.layerVersion(base(1)), "missing");
    assert.equal(await aws.layerVersion(base(3)), "missing");
    assert.equal(typeof (await aws.layerVersion(theirs)), "object");
    assert.equal(await aws.layerVersion(theirs.replace(/1$/, "2")), "denied");
    test.emulator.deny({ action: "lambda:GetLayerVersion" });
    assert.equal(await aws.layerVersion(base(2)), "denied");
  });

  it("does not cache a failure", async () => {
    test.emulator.seed({ layers: [{ name: "base", versions: 1 }] });
    test.emulator.fault({ operation: "GetLayerVersion", times: 1, status: 400, code: "SomethingElse" });
    const aws = await test.connect();
    await assert.rejects(aws.layerVersion(base(1)), { code: "aws-failed" });
    assert.equal(typeof (await aws.layerVersion(base(1))), "object");
  });

  it("refuses anything but a layer version ARN", async () => {
    const aws = await test.connect();
    await assert.rejects(aws.layerVersion("base:1"), { code: "usage" });
  });
});

describe("dateOf", () => {
  it("reads a date as Lambda writes it, including its time zone", () => {
    assert.equal(dateOf("2018-11-27T15:10:45.123+0130")?.toISOString(), "2018-11-27T13:40:45.123Z");
    assert.equal(dateOf("yesterday"), undefined);
    assert.equal(dateOf(undefined), undefined);
  });
});

describe("listLayerVersions", () => {
  const test = useAws();

  it("distinguishes a layer without versions from an unreadable one", async () => {
    test.emulator.seed({ layers: [{ name: "base", versions: 3, deleted: [2] }] });
    const aws = await test.connect();
    const list = (name: string) => aws.listLayerVersions(base(1, name).replace(/:1$/, ""));
    const page = await list("base");
    assert.ok(page !== "denied");
    assert.deepEqual(
      page.versions.map(({ version }) => version),
      [3, 1],
    );
    test.emulator.fault({ operation: "ListLayerVersions", status: 404, times: 1 });
    assert.deepEqual(await list("base"), { versions: [], next: undefined });
    test.emulator.deny({ action: "lambda:ListLayerVersions" });
    assert.equal(await list("base"), "denied");
  });
});

describe("parameter", () => {
  const test = useAws();

  it("is read once, even if it does not exist", async () => {
    test.emulator.seed({ parameters: { "/layers/base": "7" } });
    const aws = await test.connect();
    for (let round = 0; round < 2; round++) {
      assert.equal(await aws.parameter("/layers/base"), "7");
      assert.equal(await aws.parameter("/layers/none"), undefined);
    }
    assert.deepEqual(test.emulator.counts(), { GetParameter: 2 });
  });
});
