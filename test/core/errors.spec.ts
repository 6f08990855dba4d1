import assert from "node:assert/strict";
import { type ErrorCode, exitStatus, LayersError } from "../../sdk/core/errors";
import { changeLine } from "../../sdk/core/report";

describe("LayersError", () => {
  const statuses: Partial<Record<ErrorCode, number>> = {
    internal: 1,
    "stack-changed": 1,
    "stack-locked": 1,
    "pending-operations": 1,
    usage: 2,
    "config-invalid": 2,
    "pulumi-missing": 2,
    "project-missing": 2,
    "state-invalid": 2,
    "pulumi-login": 3,
    passphrase: 3,
    "aws-credentials": 3,
    "aws-permission": 3,
    "aws-update-failed": 4,
    "stack-missing": 6,
    "changes-found": 7,
    interrupted: 130,
  };
  for (const [code, status] of Object.entries(statuses)) {
    it(`ends a process with ${status} for ${code}`, () => {
      assert.equal(new LayersError(code as ErrorCode, "message").exitStatus, status);
    });
  }

  it("never ends a process with success", () => {
    for (const status of Object.values(exitStatus)) assert(status > 0);
  });

  it("has no line for a next step if there is none", () => {
    for (const next of [undefined, "", []]) {
      const error = new LayersError("usage", "No such option.", { next });
      assert.deepEqual([error.lines, error.next], [["No such option."], undefined]);
      assert.deepEqual(error.having("Nothing was changed.").lines, ["No such option. Nothing was changed."]);
    }
  });

  it("says what happened but not what was changed, for runs that continue", () => {
    const error = new LayersError("usage", "No such option").having("Nothing was changed.");
    assert.deepEqual([error.message, error.what], ["No such option. Nothing was changed.", "No such option"]);
    assert.equal(error.having("All was changed."), error);
  });

  it("has message, next step and cause", () => {
    const cause = new Error("because");
    const error = new LayersError("usage", "No such option.", { next: "Run --help.", cause });
    assert(error instanceof Error);
    assert.equal(error.name, "LayersError");
    assert.equal(error.cause, cause);
    assert.equal(error.describe(), "No such option.\nRun --help.");
    assert.equal(new LayersError("usage", "No such option.").describe(), "No such option.");
  });
});

describe("changeLine", () => {
  it("is the line that the Python tool printed", () => {
    assert.equal(
      changeLine({ function: "my-function-1", layer: "receipt-dynamo-dev", from: 1, to: 5 }),
      "Function my-function-1: Layer receipt-dynamo-dev version 1 -> 5",
    );
  });
});
