import assert from "node:assert/strict";
import type { ReportedStack } from "../../../sdk/cli/report/matrix";
import { totalsText, verdictOf } from "../../../sdk/cli/report/verdict";
import type { Assessment } from "../../../sdk/ops/assess";
import type { LiveReading } from "../../../sdk/ops/expectation";
import { failedStack, fn, stackOf } from "./samples";

const unasked: LiveReading = { read: false, reason: "a state file was given" };
const unread: LiveReading = { read: false, reason: "no credentials", code: "aws-credentials" };
const free = fn("free", { recorded: ["unrelated:1"] });
const drifted = fn("api", { live: ["base:4"] });
const lost = fn("api", { live: [] });
const dark = fn("dark", { live: "unread" });
const secret = fn("secret", { recorded: "unread", live: [] });

const shown = ({ sign, text }: ReturnType<typeof verdictOf>) => `${sign} ${text}`;

describe("a verdict on a stack", () => {
  const skipped = [
    { function: "a", reason: "it was replaced and is pending deletion" },
    { function: "a", reason: "AWS has no such function in us-east-1" },
  ];
  const others = { function: "b", reason: "AWS has no such function in us-east-1" };
  const offline = (live: "unasked" | "unread") => fn("api", { live });
  const cases: [Assessment, string][] = [
    [stackOf([fn()]), "✓ All declared layers are at their versions"],
    [stackOf([fn(), free]), "✓ All declared layers are at their versions"],
    [stackOf([offline("unasked")], { live: unasked }), "✓ All recorded layers are as declared; AWS was not asked"],
    [stackOf([fn()], { skipped }), "✓ All layers that were read are as declared; 1 function is skipped"],
    [
      stackOf([offline("unasked")], { live: unasked, skipped: [...skipped, others] }),
      "✓ All recorded layers are as declared; AWS was not asked; 2 functions are skipped",
    ],
    [
      stackOf([offline("unread")], { live: unread }),
      "? No drift in what could be read; 1 of 1 layer of a function is unknown; not all live versions could be read",
    ],
    [
      stackOf([fn(), dark, secret], { live: unread }),
      "? No drift in what could be read; 2 of 3 layers of functions are unknown; not all live versions could be read",
    ],
    [stackOf([fn(), secret]), "? No drift in what could be read; 1 of 2 layers of functions is unknown"],
    // Functions without layers in the state may have some in AWS.
    [stackOf([], { live: unread }), "? Nothing was found; not all live versions could be read"],
    [stackOf([free]), "? The config declares none of these layers"],
    [stackOf([]), "? No functions with layers"],
    [stackOf([], { live: unasked }), "? No functions with layers; AWS was not asked"],
    [stackOf([fn(), drifted]), "≠ 1 of 2 layers of functions is not as declared"],
    [stackOf([fn(), lost]), "≠ 1 of 2 layers of functions is not as declared"],
    [
      stackOf([drifted, dark], { live: unread, skipped }),
      "≠ 1 of 2 layers of functions is not as declared; 1 of 2 layers of functions is unknown; not all live versions could be read; 1 function is skipped",
    ],
    // A layer that appears twice counts once.
    [stackOf([fn("py", { recorded: ["base:4", "base:3"] })]), "≠ 1 of 1 layer of a function is not as declared"],
  ];
  for (const [assessment, text] of cases) {
    it(`is: ${text}`, () => assert.equal(shown(verdictOf(assessment)), text));
  }
});

describe("a verdict on several stacks", () => {
  const cases: [readonly ReportedStack[], string][] = [
    [[stackOf([fn()]), stackOf([fn()])], "✓ All declared layers are at their versions"],
    [[stackOf([fn()]), stackOf([free])], "✓ All declared layers are at their versions"],
    [[stackOf([free]), stackOf([free])], "? The config declares none of these layers"],
    [
      [stackOf([fn()]), stackOf([fn("a", { live: "unasked" })], { live: unasked })],
      "✓ All recorded layers are as declared; AWS was not asked",
    ],
    [[stackOf([fn()]), failedStack], "? No drift in what could be read; 1 stack could not be read"],
    [
      [stackOf([fn(), drifted]), stackOf([drifted]), failedStack],
      "≠ 2 of 3 layers of functions are not as declared; 1 stack could not be read",
    ],
  ];
  for (const [stacks, text] of cases) {
    it(`is: ${text}`, () => assert.equal(shown(verdictOf(...stacks)), text));
  }
});

describe("the line of totals", () => {
  it("counts what is not as declared and what is not known", () => {
    const text = (...functions: Parameters<typeof stackOf>[0]) => totalsText(stackOf(functions).totals);
    assert.equal(text(fn()), "0 of 1 layer of a function is not as declared");
    assert.equal(text(fn(), drifted), "1 of 2 layers of functions is not as declared");
    assert.equal(
      text(fn(), drifted, dark),
      "1 of 3 layers of functions is not as declared; 1 of 3 layers of functions is unknown",
    );
  });
});
