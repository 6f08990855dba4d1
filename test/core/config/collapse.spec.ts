import assert from "node:assert/strict";
import { removeVersions } from "../../../sdk/core/config/collapse";

const base = "layers:\n  base: {version: 5}\n  tools: {version: 2}\n";
const path = (key: string, stack = "prod") => ["stack_overrides", stack, key, "version"] as const;

/** Removing the override from the first text gives the second. */
const cases: readonly [title: string, key: string, before: string, after: string][] = [
  [
    "an entry on one line",
    "base",
    "stack_overrides:\n  prod:\n    base: {version: 4}\n    tools: {version: 1}\n",
    "stack_overrides:\n  prod:\n    tools: {version: 1}\n",
  ],
  [
    "an entry on several lines, and keeps its comments",
    "base",
    "stack_overrides:\n  prod:\n    # why\n    base: # waits\n      version: 4 # '#' is no string\n    tools: {version: 1}\n",
    "stack_overrides:\n  prod:\n    # why\n    # waits\n    # '#' is no string\n    tools: {version: 1}\n",
  ],
  [
    "the version alone, if an entry says more",
    "base",
    'stack_overrides:\n  prod:\n    base:\n      version: 4\n      description: "a # in a text"\n',
    'stack_overrides:\n  prod:\n    base:\n      description: "a # in a text"\n',
  ],
  [
    "the first item of a flow mapping",
    "base",
    "stack_overrides:\n  prod: { base: { version: 4 }, tools: { version: 1 } }\n",
    "stack_overrides:\n  prod: { tools: { version: 1 } }\n",
  ],
  [
    "the last item of a flow mapping",
    "tools",
    "stack_overrides:\n  prod: { base: { version: 4 }, tools: { version: 1 } }\n",
    "stack_overrides:\n  prod: { base: { version: 4 } }\n",
  ],
  [
    "the only entry of a stack, and the stack with it",
    "base",
    "stack_overrides:\n  dev: {base: {version: 6}}\n  prod:\n    base: {version: 4}",
    "stack_overrides:\n  dev: {base: {version: 6}}\n",
  ],
  [
    "the only override, and the section with it",
    "base",
    "stack_overrides:\n  prod: {base: {version: 4}} # soon\n",
    "# soon\n",
  ],
];

describe("removing an override", () => {
  for (const [title, key, before, after] of cases) {
    it(`removes ${title}`, () => {
      assert.equal(removeVersions(base + before, "c.yaml", [path(key)]), base + after);
      const crlf = (text: string) => text.replaceAll("\n", "\r\n");
      assert.equal(removeVersions(crlf(base + before), "c.yaml", [path(key)]), crlf(base + after));
    });
  }

  it("refuses what an alias refers to", () => {
    const text = `${base}stack_overrides:\n  dev: &same {base: {version: 4}}\n  prod: *same\n`;
    assert.throws(() => removeVersions(text, "c.yaml", [path("base")]), /cannot be removed from c\.yaml/);
  });
});
