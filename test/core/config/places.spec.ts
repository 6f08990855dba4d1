import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConfig } from "../../../sdk/core/config/parse";
import { maxConfigBytes, maxConfigSize } from "../../../sdk/core/config/yaml";
import { problemsOf } from "../../support/problems";

describe("the problems of a config", () => {
  it("are all reported at once, in the order of the file", () => {
    const text = `
layers:
  a: { versoin: 1 }
  b: { version: 1 }
  b: { version: 0 }
  "c d": { version: 1 }
  d: { version: 010, description: !secret x }
settings: { aws_region: 5, region: x }
stack_overrides:
  dev: { z: { enforce: maximum } }
  org/dev: {}
---
`;
    const shown = problemsOf(text).map(({ line, column, code }) => `${line}:${column} ${code}`);
    assert.deepEqual(shown, [
      "3:3 missing-key",
      "3:8 unknown-key",
      "5:3 duplicate-key",
      "5:17 invalid-value",
      "6:3 invalid-layer-name",
      "7:17 invalid-value",
      "7:35 invalid-yaml",
      "8:25 invalid-value",
      "8:28 unknown-key",
      "10:10 missing-key",
      "10:24 invalid-value",
      "11:3 invalid-name",
      "12:1 invalid-yaml",
    ]);
  });

  it("are reported once, whatever an alias or a merge repeats", () => {
    const text = "layers:\n  a: &a { version: 0, enfore: x }\n  b: *a\n  c:\n    <<: *a\n";
    assert.deepEqual(
      problemsOf(text).map(({ line, column, code }) => [line, column, code]),
      [
        [2, 20, "invalid-value"],
        [2, 23, "unknown-key"],
      ],
    );
  });

  const empty = { nothing: "", "empty lines": "\n\n", "a comment": "# nothing yet\n", null: "null\n" };
  for (const [what, text] of Object.entries(empty)) {
    it(`include missing layers in a file with ${what}`, () => {
      assert.deepEqual(
        problemsOf(text).map(({ code, line, column, message }) => [code, line, column, message]),
        [["missing-key", 1, 1, "the file has no layers"]],
      );
    });
  }

  const inLine = {
    "Windows line breaks": "layers:\r\n  a:\r\n    version: 0\r\n",
    "a byte order mark": "\uFEFFlayers:\n  a:\n    version: 0\n",
    "a tab before the value": "layers:\n  a:\n    version:\t0\n",
    "wide characters in lines before": "layers:\n  a: # 日本語 😀\n    version: 0\n",
  };
  for (const [what, text] of Object.entries(inLine)) {
    it(`have the right places in a file with ${what}`, () => {
      const [problem] = problemsOf(text);
      assert.deepEqual([problem?.line, problem?.column, problem?.length], [3, 14, 1]);
      assert.equal(problem?.text, `    version:${what.startsWith("a tab") ? "\t" : " "}0`);
    });
  }

  it("do not count a byte order mark as a column", () => {
    const text = "layers: { a: { version: 0 } }";
    assert.deepEqual(problemsOf(`\uFEFF${text}`), problemsOf(text));
  });

  it("have columns in UTF-16 units", () => {
    const [problem] = problemsOf('layers: { a: { description: "日本語 😀", version: 0 } }');
    assert.equal(problem?.column, 'layers: { a: { description: "日本語 😀", version: '.length + 1);
  });

  it("do not include an anchor that a thousand entries share", () => {
    const entries = Array.from(
      { length: 1000 },
      (_, index) => `  l${index}: { version: 1, compatible_runtimes: *r }\n`,
    );
    const text = `layers:\n  a: { version: 1, compatible_runtimes: &r [python3.12] }\n${entries.join("")}`;
    assert(parseConfig(text, "c.yaml").ok);
  });

  const tooLarge = {
    "more bytes than are read": ["#".repeat(maxConfigBytes + 1), `limit of ${maxConfigBytes} bytes`],
    "more values than are read": [
      `layers: [${"1,".repeat(maxConfigSize)}]`,
      `limit of ${maxConfigSize} keys and values`,
    ],
    "aliases that multiply": [bomb((i) => `[${Array(9).fill(`*a${i}`)}]`), `limit of ${maxConfigSize} keys`],
    "merges that multiply": [bomb((i) => `{ <<: [${Array(9).fill(`*a${i}`)}] }`), `limit of ${maxConfigSize} keys`],
  } as const;
  for (const [what, [text, message]] of Object.entries(tooLarge)) {
    it(`include ${what}`, () => {
      const problems = problemsOf(text);
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["file-too-large"],
      );
      assert(problems[0]?.message.includes(message));
    });
  }

  it("are as many as a file can have", () => {
    const text = `layers:\n${Array.from({ length: 20_000 }, (_, index) => `  l${index}: 1\n`).join("")}`;
    assert.equal(problemsOf(text).length, 20_000);
  });

  it("include nesting that is too deep", () => {
    assert.deepEqual(
      problemsOf(`layers: ${"[".repeat(5000)}`).map(({ code, message }) => [code, message]),
      [["invalid-yaml", "this is nested too deeply"]],
    );
  });

  it("have places that exist, in any text", () => {
    const tokens =
      "layers settings stack_overrides version names a dev __proto__ & * << ? : - , { } [ ] \" ' | > ! !! % @ # 1 05 ~ ;;";
    const text = fc.array(
      fc.oneof(fc.constantFrom(...tokens.split(" "), " ", ": ", "\n", "\n  ", "\t", "\r\n"), fc.string()),
    );
    fc.assert(
      fc.property(
        text.map((parts) => parts.join("")),
        (source) => {
          const result = parseConfig(source, "c.yaml");
          const lines = source.split("\n");
          for (const { line, column, length } of result.ok ? [] : result.problems) {
            assert(line >= 1 && line <= lines.length && length >= 1);
            assert(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** Entries each of which holds the previous one nine times. */
function bomb(next: (index: number) => string): string {
  const entries = Array.from({ length: 9 }, (_, index) => `  a${index + 1}: &a${index + 1} ${next(index)}\n`);
  return `layers:\n  a0: &a0 { version: 1 }\n${entries.join("")}`;
}
