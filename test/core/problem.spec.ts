import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { formatPosition, formatProblem, type Problem } from "../../sdk/core/problem";

const problem = (fields: Partial<Problem>): Problem => ({
  code: "invalid-value",
  file: "layer_config.yaml",
  line: 3,
  column: 14,
  message: "layers.a.version must be a whole number",
  text: "    version: zero",
  length: 4,
  ...fields,
});

describe("formatProblem", () => {
  it("says where and what, shows the text, and says what to do", () => {
    assert.equal(
      formatProblem(problem({ next: "Write a number" })),
      [
        "layer_config.yaml:3:14 invalid-value: layers.a.version must be a whole number",
        "  3 |     version: zero",
        "    |              ^^^^",
        "  Write a number",
      ].join("\n"),
    );
  });

  it("lets no name in the file forge a line", () => {
    const { message, next } = { message: 'unknown key "a\nERROR - b\u001b[2J"', next: "Did you mean a\n?" };
    const [first, , , last, ...others] = formatProblem(problem({ message, next })).split("\n");
    assert.equal(first, 'layer_config.yaml:3:14 invalid-value: unknown key "a\\nERROR - b\\u001b[2J"');
    assert.deepEqual([last, ...others], ["  Did you mean a\\n?"]);
  });

  it("leaves out what to do if nothing is known", () => {
    assert.equal(formatProblem(problem({})).split("\n").length, 3);
  });

  const lines: [string, Partial<Problem>, string, string][] = [
    ["a line number of several digits", { line: 1234 }, "  1234 |     version: zero", "       |              ^^^^"],
    ["an empty line", { text: "", column: 1, length: 1 }, "  3 | ", "    | ^"],
    ["the end of a line", { text: "a:", column: 3, length: 1 }, "  3 | a:", "    |   ^"],
    ["tabs", { text: "a:\tb", column: 4, length: 1 }, "  3 | a: b", "    |    ^"],
    [
      "control characters",
      { text: "a: \u001b[31mb", column: 9, length: 1 },
      "  3 | a: \\u001b[31mb",
      "    |              ^",
    ],
    [
      "a control character marked",
      { text: "a: \u202eb", column: 4, length: 1 },
      "  3 | a: \\u202eb",
      "    |    ^^^^^^",
    ],
    ["wide characters before the mark", { text: "日本: b", column: 5, length: 1 }, "  3 | 日本: b", "    |       ^"],
    ["wide characters marked", { text: "a: 日本", column: 4, length: 2 }, "  3 | a: 日本", "    |    ^^^^"],
    ["an emoji before the mark", { text: "😀: b", column: 5, length: 1 }, "  3 | 😀: b", "    |     ^"],
    [
      "a combining accent before the mark",
      { text: "e\u0301: b", column: 5, length: 1 },
      "  3 | e\u0301: b",
      "    |    ^",
    ],
  ];
  for (const [what, fields, text, caret] of lines) {
    it(`marks the place with ${what}`, () => {
      assert.deepEqual(formatProblem(problem(fields)).split("\n").slice(1), [text, caret]);
    });
  }

  it("cuts a long line around the place", () => {
    const text = `${"x".repeat(1000)}HERE${"y".repeat(1000)}`;
    const [, shown = "", caret = ""] = formatProblem(problem({ text, column: 1001 })).split("\n");
    assert(shown.length < 200);
    assert.equal(shown.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1), "HERE");
  });

  it("puts the carets under the marked text, whatever the line", () => {
    const part = fc.oneof(fc.constantFrom("日", "😀", "ä", " ", "\t", "key: "), fc.stringMatching(/^[ -~]*$/));
    fc.assert(
      fc.property(part, part, part, (before, marked, after) => {
        fc.pre(marked.trim() !== "" && stringWidth(marked) > 0);
        const text = before + marked + after;
        const [, shown = "", caret = ""] = formatProblem(
          problem({ text, column: before.length + 1, length: marked.length }),
        ).split("\n");
        const start = caret.indexOf("^");
        const visible = (value: string) => value.replaceAll("\t", " ");
        assert.equal(start, stringWidth(`  3 | ${visible(before)}`));
        assert.equal(caret.length - start, stringWidth(visible(marked)));
        assert.equal(shown, `  3 | ${visible(text)}`);
      }),
    );
  });
});

describe("formatPosition", () => {
  it("is what editors and terminals turn into a link", () => {
    assert.equal(formatPosition({ file: "a/b.yaml", line: 2, column: 7 }), "a/b.yaml:2:7");
  });
});
