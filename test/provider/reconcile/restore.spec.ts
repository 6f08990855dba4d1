import assert from "node:assert/strict";
import { leavingLines, leftVersions, planRestore } from "../../../provider/reconcile/restore";
import type { Recorded } from "../../../provider/resource/record";
import { base } from "../../aws/harness";

const fn = (...layers: string[]) => ({
  name: "f",
  arn: "arn:aws:lambda:us-east-1:123456789012:function:f",
  layers,
  runtime: undefined,
  architectures: [],
  packageType: "Zip" as const,
  revisionId: undefined,
});

const record = (more: Partial<Recorded> = {}): Recorded => ({
  configFile: "layer_config.yaml",
  before: { f: { base: 1, other: 2 } },
  functions: { f: { base: 5, other: 3 } },
  ...more,
});

describe("what a resource restores when it is deleted", () => {
  it("covers what is as the resource left it", () => {
    const { versions, changed } = planRestore(fn(base(5), base(3, "other")), record());
    assert.deepEqual(versions, { base: 1, other: 2 });
    assert.deepEqual(changed, []);
  });

  it("excludes what someone else has moved, or taken off", () => {
    const { versions, changed } = planRestore(fn(base(4)), record());
    assert.deepEqual(versions, {});
    assert.deepEqual(changed, [
      "Function f: Layer base is at version 4, not at version 5 as this resource left it, so it is not restored.",
      "Function f: Layer other is no longer attached, not at version 3 as this resource left it, so it is not restored.",
    ]);
  });

  it("excludes what a refresh has found moved", () => {
    const refreshed = record({ functions: { f: { base: 4, other: 3 } }, left: { f: { base: 5 } } });
    const { versions, changed } = planRestore(fn(base(4), base(3, "other")), refreshed);
    assert.deepEqual(versions, { other: 2 });
    assert.match(changed.join(), /Layer base is at version 4, not at version 5/);
  });

  it("excludes what is already there, and what the resource does not record", () => {
    const { versions, changed } = planRestore(fn(base(1), base(3, "other")), record({ functions: { f: { base: 5 } } }));
    assert.deepEqual([versions, changed], [{}, []]);
  });
});

describe("what a refresh keeps of what the resource had left", () => {
  it("is the versions that are no longer there", () => {
    assert.deepEqual(leftVersions(record(), { f: { base: 5, other: 3 } }), {});
    assert.deepEqual(leftVersions(record(), { f: { base: 4, other: 3 } }), { f: { base: 5 } });
    assert.deepEqual(leftVersions(record(), { f: { other: 3 } }), { f: { base: 5 } });
    assert.deepEqual(leftVersions(record(), {}), { f: { base: 5, other: 3 } });
  });

  it("stays through more refreshes, until it is there again", () => {
    const refreshed = record({ functions: { f: { base: 4, other: 3 } }, left: { f: { base: 5 } } });
    assert.deepEqual(leftVersions(refreshed, { f: { base: 3, other: 3 } }), { f: { base: 5 } });
    assert.deepEqual(leftVersions(refreshed, { f: { base: 5, other: 3 } }), {});
  });
});

describe("what a preview says about functions that a resource no longer covers", () => {
  const was = {
    functions: { f: { base: 5 }, g: { base: 5 } },
    before: { f: { base: 1 }, g: { base: 2 }, old: { base: 1 } },
  };

  it("is that they keep their layers", () => {
    assert.deepEqual(leavingLines(was, { f: { base: 5 } }), [
      "Function g is no longer selected: it keeps its layers, and its original versions (base 2) will not be restored.",
    ]);
  });

  it("names layers that are no longer declared", () => {
    assert.deepEqual(leavingLines(was, { f: {}, g: { base: 5 } }), [
      "Function f: Layer base is no longer declared: it is not changed, and version 1 will not be restored.",
    ]);
  });

  it("is nothing if nothing leaves, or in the first preview", () => {
    assert.deepEqual(leavingLines(was, was.functions), []);
    assert.deepEqual(leavingLines({}, { f: { base: 5 } }), []);
  });
});
