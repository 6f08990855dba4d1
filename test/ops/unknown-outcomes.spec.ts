// An update with an unknown outcome counts neither as done nor as not done.

import assert from "node:assert/strict";
import { renderRunMarkdown } from "../../sdk/cli/report/markdown";
import { recordsVerdict } from "../../sdk/cli/report/records";
import { readRunRecord } from "../../sdk/core/run-record";
import { sha256, summarise } from "../../sdk/ops/live/record";
import { itSampled } from "../support/counts";
import { failureOf, taggedFleet, useFleet } from "./fleet-harness";

describe("updates with unknown outcomes", () => {
  const fleet = useFleet();
  const update = "UpdateFunctionConfiguration";
  const html = { status: 403, body: "<html>no</html>" };

  it("are counted separately, in text, documents, records and reports", async () => {
    fleet.emulator.seed(taggedFleet(5));
    // One is carried out, but neither its answer nor a later read says so; of the other, Lambda itself says that it is
    // not.
    fleet.emulator.fault({ operation: update, resource: "fn-0001", applied: true, answer: html });
    fleet.emulator.fault({ operation: "GetFunction", skip: 1, resource: "fn-0001", answer: html });
    fleet.emulator.fault({
      operation: update,
      resource: "fn-0003",
      status: 400,
      code: "InvalidParameterValueException",
    });
    const result = await fleet.sync();
    const statuses = Object.fromEntries(result.aws.outcomes.map((one) => [one.function, one.status]));
    assert.deepEqual(statuses, {
      "fn-0000": "updated",
      "fn-0001": "unknown",
      "fn-0002": "updated",
      "fn-0003": "failed",
      "fn-0004": "updated",
    });
    assert.ok(fleet.told.includes("INFO - Lambda functions: 3 updated, 1 failed, 1 unknown"), fleet.told.join("\n"));
    assert.ok(
      fleet.lines.some((line) => /^WARN - Whether function fn-0001 was updated in AWS is unknown: /.test(line)),
    );
    const error = failureOf(result);
    assert.equal(error?.exitStatus, 4);
    assert.equal(
      error?.messageLines[0],
      "1 of 5 functions were not updated in AWS; 1 of 5 functions may or may not have been updated in AWS.",
    );
    const markdown = renderRunMarkdown(result);
    assert.match(markdown, /Not updated in AWS:\n+[^\n]*fn-0003/);
    assert.match(markdown, /May or may not have been updated in AWS:\n+[^\n]*fn-0001/);
    assert.equal(result.totals?.unknown, 1);

    const file = (await fleet.ports().backups.list()).find(({ kind }) => kind === "sync");
    assert.ok(file);
    const text = Buffer.from(await fleet.ports().backups.read(file)).toString();
    const summary = summarise("it", readRunRecord(text, "it", sha256).history);
    assert.deepEqual(Object.fromEntries(summary.functions.map((one) => [one.function, one.outcome])), statuses);
    assert.equal(recordsVerdict([summary]).text, "5 functions in 1 run: 3 updated, 1 failed, 1 unknown");
    // A record that ends after what was to be sent: a kill.
    const cut = text.slice(0, text.indexOf('{"line":"after"'));
    const killed = summarise("it", readRunRecord(cut, "it", sha256).history);
    const sent = cut.split('{"line":"before"').length - 1;
    assert.ok(sent > 0);
    assert.equal(killed.functions.filter(({ outcome }) => outcome === "unknown").length, sent);
  });

  itSampled("stop a run that stops at the first failure", async () => {
    fleet.emulator.seed(taggedFleet(3));
    fleet.emulator.fault({ operation: update, resource: "fn-0000", applied: true, answer: html });
    fleet.emulator.fault({ operation: "GetFunction", skip: 1, resource: "fn-0000", answer: html });
    const { aws } = await fleet.sync({}, { canary: { count: 1 }, pause: 0, onFailure: "stop" });
    assert.equal(aws.stopped, "the outcome of the first function is unknown");
    assert.deepEqual(aws.outcomes.map(({ status }) => status).sort(), ["cancelled", "cancelled", "unknown"]);
  });
});
