import assert from "node:assert/strict";
import fc from "fast-check";
import type { Fault } from "../emulator";
import { counts } from "../support/counts";
import { base, useAws } from "./harness";

const names = ["a", "b", "c", "d", "e", "f"];

/** Up to five different layers in any order, as `name:version`. */
const layers = fc
  .tuple(
    fc.shuffledSubarray(names, { maxLength: 5 }),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 5, maxLength: 5 }),
  )
  .map(([chosen, versions]) => chosen.map((name, index) => `${name}:${versions[index]}`));

/** Versions that some of the layers should be at. */
const declared = fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 3 }), { maxKeys: 4 });

/** How a request about the function goes wrong, once. */
const fault: fc.Arbitrary<Fault> = fc
  .record({
    operation: fc.constantFrom("UpdateFunctionConfiguration", "GetFunction"),
    skip: fc.integer({ min: 0, max: 2 }),
    times: fc.constant(1),
    how: fc.constantFrom<Fault>({ status: 500 }, { status: 429 }, { drop: true }, { drop: true, applied: true }),
  })
  .map(({ how, ...rest }) => ({ ...rest, ...how }));

const arns = (list: readonly string[]) =>
  list.map((text) => {
    const [name, version] = text.split(":");
    return base(Number(version), name);
  });

const pin = (list: readonly string[], versions: Readonly<Record<string, number>>) =>
  list.map((arn) => {
    const name = arn.split(":")[6] ?? "";
    return base(versions[name] ?? Number(arn.split(":")[7]), name);
  });

describe("reconcile, for any layers, faults and changes made by others", function () {
  this.timeout(300_000);
  this.slow(60_000);
  const test = useAws({ updateDelayMs: 5 });

  it("keeps the order and the undeclared layers of the list that others left last, and writes no more than necessary", async () => {
    test.emulator.seed({ layers: names.map((name) => ({ name, versions: 3 })) });
    const aws = await test.connect({}, { rate: 5000 });
    let run = 0;
    const rule = fc.asyncProperty(
      layers,
      declared,
      fc.array(fault, { maxLength: 3 }),
      fc.array(layers, { maxLength: 2 }),
      async (has, versions, faults, edits) => {
        run += 1;
        const name = `fn-${run}`;
        test.emulator.seed({ functions: [{ name, layers: has }] });
        const { functions } = await aws.listFunctions({ names: [name] });
        for (const one of faults) test.emulator.fault({ ...one, resource: name });
        const left = [...edits];
        let last = has;
        const [outcome] = await aws.reconcile(functions, (fn) => pin(fn.layers, versions), {
          beforeUpdate: () => {
            const edit = left.pop();
            if (!edit) return;
            last = edit;
            test.emulator.edit(name, { Layers: edit });
          },
        });
        const wanted = pin(arns(last), versions);
        assert.deepEqual(test.emulator.layersOf(name), wanted);
        assert.deepEqual(outcome?.after, wanted);
        const most = outcome?.status === "updated" ? 1 : 0;
        const writes = test.emulator.writes().filter(({ resource }) => resource === name);
        assert.ok(writes.length <= most, `${outcome?.status}: ${writes.length} writes`);
      },
    );
    await fc.assert(rule, counts({ sample: 40, full: 500 }));
  });
});
