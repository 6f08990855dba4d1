import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import type { Standing } from "../../sdk/core/assess";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { type Assessment, type AssessRequest, assessStack } from "../../sdk/ops/assess";
import { unexpected } from "../../sdk/ops/expectation";
import { createPorts } from "../../sdk/wiring";
import { keepLines, layer, useStack } from "./harness";

const config = `layers:
  receipt-dynamo: { version: 5 }
  receipt-label: { version: 3, enforce: minimum }
  nowhere: { version: 4 }
`;
const program = `
fn("a", { layers: [layer("unrelated", 1), layer("receipt-dynamo-dev", 1)] });
fn("b", { layers: [layer("receipt-dynamo-dev", 5), layer("receipt-label-dev", 4)] });
fn("bare");
fn("secret", { layers: pulumi.secret([layer("receipt-dynamo-dev", 1)]) });
`;

describe("assessStack", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });
  beforeEach(() => deployed.reset());

  const ports = () => createPorts({ cwd: deployed.project.dir, reporter: keepLines([]) });
  const read = (request: Partial<AssessRequest> = {}) =>
    assessStack(ports(), {
      stack: "dev",
      config: loadLayerConfig("layer_config.yaml", deployed.project.dir),
      ...request,
    });
  /** Runs without credentials. */
  const withoutCredentials = async <T>(work: () => Promise<T>): Promise<T> => {
    const { AWS_ACCESS_KEY_ID: key } = process.env;
    delete process.env.AWS_ACCESS_KEY_ID;
    try {
      return await work();
    } finally {
      process.env.AWS_ACCESS_KEY_ID = key;
    }
  };
  const row = ({ fn, layer: of, target, recorded, live, verdict }: Standing) =>
    [fn.name, of?.name ?? "?", target?.version, recorded, live, verdict].map((cell) => cell ?? "-").join(" ");
  const rows = ({ standings }: Assessment) => standings.map(row);

  it("shows declared, recorded and live versions, and where they differ", async () => {
    deployed.emulator.edit("b", {
      Layers: [layer("receipt-dynamo-dev", 4), layer("receipt-label-dev", 2), layer("unrelated", 3)],
    });
    deployed.emulator.edit("bare", { Layers: [layer("receipt-dynamo-dev", 5)] });
    const assessment = await read();
    assert.deepEqual(rows(assessment), [
      "a unrelated - 1 1 undeclared",
      "a receipt-dynamo-dev 5 1 1 drift",
      "b receipt-dynamo-dev 5 5 4 drift",
      "b receipt-label-dev 3 4 2 drift",
      "b unrelated - absent 3 undeclared",
      "bare receipt-dynamo-dev 5 absent 5 as-declared",
      "secret receipt-dynamo-dev 5 unknown 1 drift",
    ]);
    assert.deepEqual(assessment.totals, { functions: 4, layersOfFunctions: 7, drift: 4, unknown: 0 });
    assert.deepEqual([assessment.project, assessment.live], ["test", { read: true }]);
    assert.deepEqual(assessment.skipped, [{ function: "secret", reason: "its layers are a secret in the state" }]);
  });

  it("shows without credentials what is declared and recorded, and counts nothing as declared", async () => {
    const assessment = await withoutCredentials(() => read());
    assert.deepEqual(rows(assessment), [
      "a unrelated - 1 unknown undeclared",
      "a receipt-dynamo-dev 5 1 unknown drift",
      "b receipt-dynamo-dev 5 5 unknown unknown",
      "b receipt-label-dev 3 4 unknown unknown",
      "secret ? - unknown unknown unknown",
    ]);
    const { live } = assessment;
    assert.match(live.read ? "" : live.reason, /^AWS credentials not configured/);
    assert.equal(unexpected(ports(), assessment)?.code, "changes-found");
    const onlyB = await withoutCredentials(() => read({ functions: ["b"] }));
    assert.equal(unexpected(ports(), onlyB)?.code, "aws-credentials");
  });

  it("covers the named functions, and reads nothing from AWS that it was not asked to", async () => {
    await deployed.project.write({ "state.json": deployed.original });
    for (const request of [{ stateFile: "state.json" }, { recordedOnly: true }]) {
      const assessment = await read({ ...request, functions: ["a", "b"], exclude: ["b"] });
      assert.deepEqual(rows(assessment), ["a unrelated - 1 - undeclared", "a receipt-dynamo-dev 5 1 - drift"]);
      assert.equal(assessment.live.read, false);
    }
    assert.deepEqual(deployed.emulator.counts(), {});
  });

  it("changes nothing", async () => {
    const before = await deployed.project.stateText();
    await read();
    assert.equal(await deployed.project.stateText(), before);
    assert.deepEqual(deployed.emulator.writes(), []);
    assert.ok(!(await readdir(deployed.project.dir)).includes("backups"));
  });
});
