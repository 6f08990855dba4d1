import assert from "node:assert/strict";
import { type ErrorCode, LayersError } from "../../sdk/core/errors";
import { type Expectation, readingOf, unexpected, worstUnknown } from "../../sdk/ops/expectation";

describe("what a run that must find no changes fails on", () => {
  const advise = (words: readonly string[]) => `lambda-layers ${words.join(" ")}`;
  const totals = { functions: 2, layersOfFunctions: 5, drift: 0, unknown: 0 };
  const unread = (code?: "aws-failed" | "aws-credentials" | "aws-permission") => ({
    live: { read: false as const, reason: "no answer", code },
  });
  const drift = { ...totals, drift: 2 };
  const unknown = { ...totals, unknown: 1 };
  const cases: [string, Partial<Expectation>, string | undefined][] = [
    ["nothing, if all is as declared", { totals }, undefined],
    ["nothing, if AWS was not to be asked", { totals, ...unread() }, undefined],
    ["drift", { totals: drift }, "changes-found"],
    [
      "drift, before what is not known",
      { totals: { ...drift, unknown: 1 }, ...unread("aws-credentials") },
      "changes-found",
    ],
    ["what the state does not say", { totals: unknown }, "not-known"],
    ["what AWS did not say", { totals: unknown, ...unread("aws-failed") }, "not-known"],
    ["credentials", { totals: unknown, ...unread("aws-credentials") }, "aws-credentials"],
    ["a permission", { totals: unknown, ...unread("aws-permission") }, "aws-permission"],
    ["a place where functions may have layers", { totals, ...unread("aws-failed") }, "not-known"],
  ];
  for (const [what, given, code] of cases) {
    it(`is ${what}`, () => assert.equal(unexpected({ advise }, { stack: "dev", totals, ...given })?.code, code));
  }

  it("names the command that shows the changes", () => {
    const error = unexpected({ advise }, { stack: "dev", totals: drift }, "lambda-layers --stack dev --sync-aws");
    assert.equal(
      error?.describe(),
      "Stack dev has drifted: 2 of 5 layers of functions are not as declared.\nTo see what an update would change: lambda-layers --stack dev --sync-aws",
    );
  });
});

describe("the code for several unknowns", () => {
  const cases: [codes: ErrorCode[], worst: ErrorCode | undefined][] = [
    [[], undefined],
    [["not-known"], "not-known"],
    [["aws-credentials", "not-known"], "aws-credentials"],
    [["not-known", "aws-permission"], "aws-permission"],
  ];
  for (const [codes, worst] of cases) {
    it(`is ${worst} of ${JSON.stringify(codes)}`, () => assert.equal(worstUnknown(codes), worst));
  }
});

describe("whether AWS was read", () => {
  const failures = (...codes: ErrorCode[]) => codes.map((code) => new LayersError(code, `It was ${code}.`));

  it("is true if nothing failed", () => assert.deepEqual(readingOf([]), { read: true }));

  for (const codes of [
    ["aws-failed", "aws-credentials"],
    ["aws-credentials", "aws-failed"],
  ] as const) {
    it(`ends with the same exit status whichever place fails first: ${codes.join(", ")}`, () => {
      const reason = codes.map((code) => `It was ${code}.`).join(" ");
      assert.deepEqual(readingOf(failures(...codes)), { read: false, reason, code: "aws-credentials" });
    });
  }

  it("reports the same failure in several places once", () => {
    assert.deepEqual(readingOf(failures("aws-failed", "aws-failed")), {
      ...{ read: false, reason: "It was aws-failed.", code: "aws-failed" },
    });
  });
});
