// Data is only ever text in what a program's resources print and fail with.

import assert from "node:assert/strict";
import { check, create, delete as remove } from "../../provider/handlers";
import { say } from "../../provider/host/say";
import { runError } from "../../provider/program/failure";
import type { Checked, Recorded } from "../../provider/resource/record";
import type { FunctionSelection } from "../../sdk/core/live";
import { useAws } from "../aws/harness";
import { assertHarmless, everythingHostile, hostileTexts } from "../support/hostile";
import { printedBy, requestOf } from "../support/provider";

describe("data in what programs print", () => {
  const aws = useAws();
  const settings = { configFile: "layer_config.yaml", region: "us-east-1" };
  // A name of its own: one process keeps what its resources have claimed, whatever the spec.
  const moved: Checked = { ...settings, before: { victim: { dynamo: 1 } }, functions: { victim: { dynamo: 5 } } };
  beforeEach(() =>
    aws.emulator.seed({
      layers: [{ name: "dynamo", versions: 8 }],
      functions: [{ name: "victim", layers: ["dynamo:1"] }],
    }),
  );

  /** What the work prints, and the text of its result or failure. */
  async function told(work: () => unknown): Promise<string> {
    const { result, lines } = await printedBy(() =>
      Promise.resolve()
        .then(work)
        .catch(({ message, reasons = [] }) => [message, ...reasons].join("\n")),
    );
    return [...lines, typeof result === "string" ? result : ""].join("\n");
  }

  async function preview(selection: FunctionSelection, key = "dynamo") {
    const config = JSON.stringify({ layers: { [key]: { names: ["dynamo"], version: 77 } } });
    const request = requestOf(config, { selection });
    const { failures = [] } = await check({}, { ...settings, request });
    return failures.map(({ reason }) => reason).join("\n");
  }

  function refuse(operation: string, message: string): void {
    aws.emulator.clearFaults();
    aws.emulator.fault({ operation, status: 400, code: "InvalidParameterValueException", message });
  }

  it("is only text in lines and errors", async () => {
    for (const [what, text] of Object.entries(hostileTexts)) {
      assertHarmless(await told(() => say(text)), what);
      assertHarmless(runError([text, text]).message, what);
    }
  });

  it("is only text in failures of a preview, whether it is a name or comes from AWS", async () => {
    for (const text of [...Object.values(hostileTexts), everythingHostile]) {
      assertHarmless(await told(() => preview({ names: [text] })), text);
      assertHarmless(await told(() => preview({ prefix: text })), text);
    }
    assertHarmless(await told(() => preview({ names: ["victim"] }, everythingHostile)), "a key");
    refuse("GetFunction", everythingHostile);
    const failed = await told(() => preview({ names: ["victim"] }));
    assert.match(failed, /FORGED/);
    assertHarmless(failed, "an error of AWS");
  });

  it("is only text in failures of an update and of a delete", async () => {
    refuse("UpdateFunctionConfiguration", everythingHostile);
    const failed = await told(() => create(moved));
    aws.emulator.seed({ functions: [{ name: "victim", layers: ["dynamo:5"] }] });
    const left = await told(() => remove("id", { ...moved, onDelete: "restore" } as Recorded));
    for (const text of [failed, left]) {
      assert.match(text, /Function victim was not .*FORGED/);
      assertHarmless(text);
    }
  });
});
