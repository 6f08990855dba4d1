import assert from "node:assert/strict";
import fc from "fast-check";
import { Attempts, classify, type FailureKind } from "../../sdk/aws/retry";
import { counts } from "../support/counts";

const status = (httpStatusCode: number, name = "SomeException") => ({ name, $metadata: { httpStatusCode } });

describe("classify", () => {
  const cases: readonly [string, unknown, FailureKind][] = [
    ["429", status(429), "throttled"],
    ["the tagging API's throttling, which is a 400", status(400, "ThrottledException"), "throttled"],
    ["STS's throttling, which is a 400", status(400, "Throttling"), "throttled"],
    ["500", status(500), "lost"],
    ["503", status(503), "lost"],
    ["a key that cannot be used, which is a 502", status(502, "KMSAccessDeniedException"), "final"],
    ["a runtime that does not exist, which is a 502", status(502, "InvalidRuntimeException"), "final"],
    ["409", status(409, "ResourceConflictException"), "conflict"],
    ["412", status(412, "PreconditionFailedException"), "conflict"],
    ["400", status(400, "InvalidParameterValueException"), "final"],
    ["403", status(403, "AccessDeniedException"), "final"],
    ["404", status(404, "ResourceNotFoundException"), "final"],
    ["a request that took too long", { name: "TimeoutError" }, "lost"],
    [
      "a connection that took too long to open",
      { name: "TimeoutError", message: "the request socket did not establish a connection with the server" },
      "unreachable",
    ],
    ["a dropped connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }), "lost"],
    ["a refused connection", Object.assign(new Error(), { code: "ECONNREFUSED" }), "unreachable"],
    ["an unknown host name", Object.assign(new Error(), { code: "ENOTFOUND" }), "unreachable"],
    ["an error that a library has wrapped", new Error("failed", { cause: { code: "ECONNRESET" } }), "lost"],
    [
      "a wrong clock that has been corrected since",
      { name: "InvalidSignatureException", $metadata: { httpStatusCode: 403, clockSkewCorrected: true } },
      "lost",
    ],
    [
      "a truncated answer",
      Object.assign(new SyntaxError("Unexpected end of JSON input"), { $metadata: { httpStatusCode: 200 } }),
      "lost",
    ],
    ["a bug in this program", new TypeError("undefined is not a function"), "final"],
    ["a value that is not an error", "text", "final"],
    ["nothing", undefined, "final"],
  ];
  for (const [what, error, kind] of cases) {
    it(`${what} is ${kind}`, () => assert.equal(classify(error), kind));
  }
});

describe("Attempts", () => {
  const soon = () => performance.now() + 3_600_000;
  const tries = (error: unknown, most = 50) => {
    const attempts = new Attempts(soon());
    let count = 1;
    while (count < most && attempts.pauseAfter(error) !== undefined) count += 1;
    return count;
  };

  it("limits retries of calls that AWS does not answer, that cannot reach it, and that cannot succeed", () => {
    assert.equal(tries(status(500)), 10);
    assert.equal(tries({ code: "ECONNREFUSED" }), 5);
    assert.equal(tries(status(400)), 1);
  });

  it("does not count errors that end once others are done", () => {
    assert.equal(tries(status(429)), 50);
    assert.equal(tries(status(412)), 50);
  });

  it("counts each kind separately", () => {
    const attempts = new Attempts(soon());
    for (let failure = 1; failure < 10; failure++) assert.ok(attempts.pauseAfter(status(500)));
    for (let failure = 1; failure < 5; failure++) assert.ok(attempts.pauseAfter({ code: "ECONNREFUSED" }));
    assert.equal(attempts.pauseAfter(status(500)), undefined);
  });

  it("gives up at the deadline", () => {
    const attempts = new Attempts(performance.now() + 1000);
    const { $metadata, name } = status(429);
    assert.equal(attempts.pauseAfter({ name, $metadata, retryAfterSeconds: "2" }), undefined);
    assert.equal(new Attempts(performance.now()).pauseAfter(status(500)), undefined);
  });

  it("waits longer after each failure, at most five seconds, and as long as AWS asks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.option(fc.integer({ min: 0, max: 60 })), (failures, asked) => {
        const attempts = new Attempts(soon());
        const error = { ...status(503), $response: { headers: asked === null ? {} : { "retry-after": `${asked}` } } };
        let pause = 0;
        for (let failure = 0; failure < failures; failure += 1) pause = attempts.pauseAfter(error) ?? Number.NaN;
        const full = Math.min(5000, 200 * 2 ** (failures - 1));
        const least = (asked ?? 0) * 1000;
        assert.ok(pause >= Math.max(full / 2, least) && pause <= Math.max(full, least), `${pause} ms`);
      }),
      counts({ sample: 200, full: 5000 }),
    );
  });
});
