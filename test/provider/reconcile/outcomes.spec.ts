import assert from "node:assert/strict";
import { create, delete as remove } from "../../../provider/handlers";
import { reasonsByFunction, reasonsOf } from "../../../provider/reconcile/outcomes";
import type { Checked, Recorded } from "../../../provider/resource/record";
import type { FunctionOutcome } from "../../../sdk/core/live";
import { useAws } from "../../aws/harness";
import { printedBy } from "../../support/provider";

const outcome = (name: string, status: FunctionOutcome["status"], more: Partial<FunctionOutcome> = {}) => ({
  ...{ function: name, arn: name, before: [], after: [], status, revisionId: "1" },
  ...more,
});

describe("why functions are not at their targets", () => {
  const expired = { code: "aws-credentials", reason: "They are expired." } as const;
  const cases: Readonly<Record<string, [readonly FunctionOutcome[], readonly string[]]>> = {
    "is nothing if they are": [[outcome("a", "updated"), outcome("b", "unchanged")], []],
    "is a line for each that failed": [
      [outcome("a", "failed", { reason: "No." }), outcome("b", "updated"), outcome("c", "failed", { reason: "Nor." })],
      ["Function a was not updated: No.", "Function c was not updated: Nor."],
    ],
    "is one line for those that a cancelled run did not come to": [
      [
        outcome("a", "cancelled"),
        outcome("b", "cancelled", { revisionId: undefined, reason: "It is not known." }),
        outcome("c", "updated"),
      ],
      ["Function b was not updated: It is not known.", "The run was cancelled before 1 of 3 functions were updated: a"],
    ],
    "is one line if credentials have ended": [
      [
        outcome("a", "updated"),
        outcome("b", "failed", expired),
        outcome("c", "failed", expired),
        outcome("d", "cancelled"),
      ],
      ["They are expired. So 3 of 4 functions were not updated: b, c, d"],
    ],
    "is a line more for those that are not known then": [
      [outcome("a", "failed", { ...expired, revisionId: undefined }), outcome("b", "failed", expired)],
      ["They are expired. So 1 of 2 functions were not updated: b", "Whether these were updated is unknown: a"],
    ],
    "is what is not known, if that is all": [
      [outcome("a", "failed", { ...expired, revisionId: undefined })],
      ["They are expired. Whether these were updated is unknown: a"],
    ],
    "is also what else failed": [
      [outcome("a", "failed", { reason: "No." }), outcome("b", "failed", expired)],
      ["Function a was not updated: No.", "They are expired. So 1 of 2 functions were not updated: b"],
    ],
  };
  for (const [what, [outcomes, expected]] of Object.entries(cases)) {
    it(what, () => assert.deepEqual(reasonsOf(outcomes, "updated"), expected));
  }

  it("is reported for each function separately, for its row", () => {
    const cancelled = [outcome("a", "updated"), outcome("b", "failed", { reason: "No." }), outcome("c", "cancelled")];
    assert.deepEqual(reasonsByFunction(cancelled, "updated"), {
      b: "Function b was not updated: No.",
      c: "The run was cancelled before this function was updated.",
    });
    const ended = [
      outcome("a", "failed", { ...expired, revisionId: undefined }),
      outcome("b", "failed", expired),
      outcome("c", "cancelled"),
    ];
    assert.deepEqual(reasonsByFunction(ended, "updated"), {
      a: "Whether function a was updated is unknown: They are expired.",
      b: "Function b was not updated: They are expired.",
      c: "Function c was not updated: They are expired.",
    });
  });
});

describe("LayerVersions whose credentials expire in the middle", () => {
  const aws = useAws();
  const names = Array.from({ length: 30 }, (_, index) => `fn-${String(index).padStart(2, "0")}`);
  const of = <T>(value: T) => Object.fromEntries(names.map((name) => [name, { dynamo: value }]));
  const checked: Checked = { configFile: "layer_config.yaml", before: of(1), functions: of(5) };

  const seed = (version: number) => {
    aws.emulator.clearFaults();
    const functions = names.map((name) => ({ name, layers: [`dynamo:${version}`] }));
    aws.emulator.seed({ layers: [{ name: "dynamo", versions: 8 }], functions });
    const expired = { status: 403, code: "ExpiredTokenException", message: "The token is expired" };
    aws.emulator.fault({ operation: "UpdateFunctionConfiguration", skip: 10, ...expired });
  };
  const at = (version: number) =>
    aws.emulator.functions().flatMap(({ name, layers }) => (layers[0]?.endsWith(`:${version}`) ? [name] : []));

  it("says so once, names all functions that were not updated, and records the others", async () => {
    seed(1);
    const { reasons, properties } = await create(checked).then(
      () => assert.fail("it did not fail"),
      (error) => error as { reasons: string[]; properties: Recorded },
    );
    assert.equal(reasons.length, 1, reasons.join("\n"));
    assert.match(reasons[0] ?? "", /expired.* So 20 of 30 functions were not updated: /);
    assert.equal(at(5).length, 10);
    for (const name of at(1)) assert.match(reasons[0] ?? "", new RegExp(`\\b${name}\\b`));
    for (const name of names)
      assert.equal(properties.functions[name]?.dynamo, at(5).includes(name) ? 5 : 1, `what is recorded for ${name}`);
  });

  it("says so once when it is deleted", async () => {
    seed(5);
    const record = { ...checked, onDelete: "restore", functions: of(5) } as Recorded;
    const { result } = await printedBy(() =>
      remove("id", record).then(
        () => assert.fail("it did not fail"),
        (error) => error as Error,
      ),
    );
    const { message } = result;
    assert.match(message, /expired.* So 20 of 30 functions were not restored: /);
    assert.equal(message.match(/The token is expired/g)?.length, 1, message);
  });
});
