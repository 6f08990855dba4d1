import assert from "node:assert/strict";
import { type FunctionState, stateOf } from "../../sdk/aws/functions";
import { settled } from "../../sdk/aws/wait";
import { arnOf } from "./harness";

describe("the wait for an update", () => {
  const state = (LastUpdateStatus: FunctionState["update"]) =>
    stateOf({ FunctionName: "api", FunctionArn: arnOf("api"), RevisionId: "r", LastUpdateStatus });

  /** Reads these states, one after the other. */
  function reader(...updates: (FunctionState["update"] | "gone")[]) {
    const left = [...updates];
    const read = async () => {
      const update = left.shift() ?? assert.fail("read once too often");
      return update === "gone" ? undefined : state(update);
    };
    return { read, left };
  }
  const never = () => false;

  for (const end of ["Successful", "Failed", "gone"] as const) {
    it(`continues until it is over: ${end}`, async () => {
      const { read, left } = reader("InProgress", "InProgress", end);
      const last = await settled(state("InProgress"), read, never);
      assert.deepEqual([last?.update, left], [end === "gone" ? undefined : end, []]);
    });
  }

  it("reads nothing if there is no update", async () => {
    assert.equal((await settled(state("Successful"), reader().read, never))?.update, "Successful");
    assert.equal(await settled(undefined, reader().read, never), undefined);
  });

  it("is given up on request, with what was read last", async () => {
    const { read, left } = reader("InProgress", "Successful");
    let asked = 0;
    const last = await settled(state("InProgress"), read, () => ++asked > 1);
    assert.deepEqual([last?.update, left], ["InProgress", ["Successful"]]);
  });

  it("treats a function that is still being created as one that cannot be updated yet", async () => {
    const pending = stateOf({ FunctionName: "api", FunctionArn: arnOf("api"), RevisionId: "r", State: "Pending" });
    assert.equal(pending.update, "InProgress");
  });
});
