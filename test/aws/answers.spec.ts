import assert from "node:assert/strict";
import type { Fault } from "../emulator";
import { foreign } from "../lies/answers";
import { base, fleet, moveBase, useAws } from "./harness";

const html = "<html><body>Sign in to the network</body></html>";

describe("an answer that is not from AWS", function () {
  this.timeout(120_000);
  this.slow(20_000);
  const test = useAws();
  const kinds = Object.entries(foreign);

  /** One function for each kind of answer to the operation. */
  async function start(fault: Omit<Fault, "answer" | "resource">) {
    test.emulator.seed(fleet(kinds.length));
    const aws = await test.connect({}, { rate: 2000 });
    const { functions } = await aws.listFunctions({ all: true });
    for (const [index, { name }] of functions.entries())
      test.emulator.fault({ ...fault, resource: name, answer: kinds[index]?.[1] });
    return { aws, functions };
  }

  for (const operation of ["UpdateFunctionConfiguration", "GetFunction"]) {
    for (const applied of [true, false]) {
      it(`to ${operation} proves nothing, so the function is read again: it was ${applied ? "" : "not "}carried out`, async () => {
        const { aws, functions } = await start({ operation, applied, times: 1 });
        const outcomes = await aws.reconcile(functions, moveBase(2));
        for (const [index, { function: name, status, after, reason, changedMeanwhile }] of outcomes.entries()) {
          const kind = kinds[index]?.[0];
          assert.deepEqual([status, changedMeanwhile], ["updated", undefined], `${kind}: ${reason}`);
          assert.deepEqual(after, test.emulator.layersOf(name), kind);
          assert.deepEqual(after, [base(1, "first"), base(2), base(1, "last")], kind);
        }
        assert.equal(test.emulator.writes().length, kinds.length);
      });
    }
  }

  it("that never ends is reported, along with what is unknown", async () => {
    const { aws, functions } = await start({ operation: "None" });
    const [once, always] = functions;
    const answer = { status: 403, body: html };
    test.emulator.fault({
      operation: "UpdateFunctionConfiguration",
      resource: once?.name,
      applied: true,
      times: 1,
      answer,
    });
    test.emulator.fault({ operation: "GetFunction", resource: once?.name, answer });
    test.emulator.fault({ operation: "UpdateFunctionConfiguration", resource: always?.name, answer });
    const drip = { status: 200, body: JSON.stringify({ FunctionName: "x".repeat(2000) }), dripMs: 50 };
    test.emulator.fault({
      operation: "UpdateFunctionConfiguration",
      resource: "fn-002",
      times: 1,
      answer: drip,
      applied: true,
    });
    const [unknown, found, dripped] = await aws.reconcile(functions.slice(0, 3), moveBase(2));
    assert.equal(dripped?.status, "updated");
    assert.deepEqual([unknown?.status, unknown?.revisionId], ["unknown", undefined]);
    assert.match(unknown?.reason ?? "", /Whether its last update was applied is unknown\.$/);
    assert.deepEqual([found?.status, typeof found?.revisionId], ["failed", "string"]);
    assert.deepEqual(found?.after, test.emulator.layersOf("fn-001"));
    assert.match(
      found?.reason ?? "",
      /^Lambda UpdateFunctionConfiguration of fn-001 failed in .* \(HTTP 403\) did not come from AWS/,
    );
    assert.equal(test.emulator.writes().length, 2);
  });

  it('to a lookup never reads as "nothing there"', async () => {
    test.emulator.seed(fleet(3));
    const ask = async (operation: string, answer: Fault["answer"], times?: number) => {
      test.emulator.clearFaults();
      test.emulator.fault({ operation, answer, times });
      const aws = await test.connect({}, { rate: 2000 });
      const { functions } = await aws.listFunctions({ all: true });
      const arn = functions[0]?.arn ?? "none";
      return [
        functions.length,
        await aws.listAliases(arn),
        (await aws.listFunctions({ tags: { no: "such" } })).functions.length,
        await aws.layerVersion(base(1)),
        await aws.listLayerVersions(base(1).replace(/:\d+$/, "")),
        (await aws.callerIdentity()).account,
      ];
    };
    const right = await ask("None", undefined);
    const operations = ["ListFunctions", "ListAliases", "GetResources", "GetLayerVersion", "ListLayerVersions"];
    for (const operation of operations) {
      for (const body of ["{}", "null", "[]", html]) {
        assert.deepEqual(await ask(operation, { status: 200, body }, 1), right, `${operation}: ${body}`);
      }
    }
    assert.deepEqual(await ask("GetCallerIdentity", { status: 200, body: html }, 1), right);
  });
});
