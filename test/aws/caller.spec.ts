import assert from "node:assert/strict";
import { Budget } from "../../sdk/aws/budget";
import { Caller } from "../../sdk/aws/caller";
import type { Request } from "../../sdk/aws/errors";
import type { AwsCall } from "../../sdk/aws/session";

describe("Caller", () => {
  /** A caller, and the order of events: tokens taken from budgets, and reports. */
  function start() {
    const events: string[] = [];
    const interrupt = new AbortController();
    const budgets = {
      budget(service: string, operation: string) {
        const budget = new Budget(1000);
        const take = budget.take.bind(budget);
        return Object.assign(budget, {
          take(signal?: AbortSignal) {
            events.push(`budget ${service} ${operation}`);
            return take(signal);
          },
        });
      },
      setRate() {},
    };
    const caller = new Caller({
      limiter: async () => budgets,
      where: { region: "us-east-1" },
      signal: interrupt.signal,
      onCall: ({ operation, outcome }: AwsCall) => events.push(`${operation} ${outcome}`),
    });
    const request = (service: Request["service"], operation: string): Request => ({ service, operation });
    return { caller, events, interrupt, request };
  }
  const failure = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });

  it("takes each attempt from the budget, and reports each", async () => {
    const { caller, events, request } = start();
    const answers = [failure("TooManyRequestsException"), failure("TimeoutError")];
    const send = async () => {
      const error = answers.shift();
      if (error) throw error;
      return "answer";
    };
    assert.equal(await caller.call(request("lambda", "ListFunctions"), send), "answer");
    const budget = "budget lambda ListFunctions";
    assert.deepEqual(events, [
      ...[budget, "ListFunctions TooManyRequestsException"],
      ...[budget, "ListFunctions TimeoutError"],
      ...[budget, "ListFunctions ok"],
    ]);
  });

  for (const [service, asks] of [
    ["lambda", true],
    ["tagging", true],
    ["sts", false],
    ["iam", false],
    ["ssm", false],
  ] as const) {
    it(`has ${asks ? "a" : "no"} budget for ${service}`, async () => {
      const { caller, events, request } = start();
      await caller.once(request(service, "X"), async () => {});
      assert.deepEqual(events, [...(asks ? [`budget ${service} X`] : []), "X ok"]);
    });
  }

  it("prepares a request once it may be sent, then sends it", async () => {
    const { caller, events, request } = start();
    const prepare = async () => {
      events.push("prepared");
    };
    await caller.once(request("lambda", "X"), async () => events.push("sent"), { prepare });
    assert.deepEqual(events, ["budget lambda X", "prepared", "sent", "X ok"]);
  });

  it("sends nothing if its preparation fails", async () => {
    const { caller, events, request } = start();
    const prepare = () => Promise.reject(new Error("disk full"));
    await assert.rejects(
      caller.once(request("lambda", "X"), async () => events.push("sent"), { prepare }),
      /disk full/,
    );
    assert.deepEqual(events, ["budget lambda X"]);
  });

  it("does not take an error for an answer once it was interrupted", async () => {
    const { caller, interrupt, request } = start();
    const send = async () => {
      interrupt.abort();
      throw failure("AbortError");
    };
    const answered = caller.call(request("lambda", "X"), send, { answer: () => "answer" });
    await assert.rejects(answered, { code: "interrupted" });
  });

  it("gives up at once if AWS asks for a wait of more than two minutes", async () => {
    const { caller, events, request } = start();
    const error = failure("TooManyRequestsException", { retryAfterSeconds: "121" });
    await assert.rejects(
      caller.call(request("lambda", "X"), () => Promise.reject(error)),
      { code: "aws-failed" },
    );
    assert.equal(events.length, 2);
  });
});
