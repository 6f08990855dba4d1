import assert from "node:assert/strict";
import fc from "fast-check";
import { quotedIfOdd, shown, shownLines, visibleJson, withoutCommands } from "../../sdk/core/text";
import { counts } from "../support/counts";

describe("a text as it is displayed", () => {
  for (const [what, text, expected] of [
    [
      "plain text",
      "arn:aws:lambda:us-east-1:123456789012:layer:a:1",
      "arn:aws:lambda:us-east-1:123456789012:layer:a:1",
    ],
    ["letters of any script", "ä日本😀", "ä日本😀"],
    ["nothing", "", ""],
    ["a line feed", "a:1\n", "a:1\\n"],
    ["Windows's line end", "a\r\nb", "a\\r\\nb"],
    ["a tab", "a\tb", "a\\tb"],
    ["a colour", "\u001b[31mred", "\\u001b[31mred"],
    ["NUL", "a\0b", "a\\u0000b"],
    ["DEL", "a\u007f", "a\\u007f"],
    ["a C1 control", "a\u009b31m", "a\\u009b31m"],
    ["Unicode's line and paragraph separators", "a\u2028b\u2029", "a\\u2028b\\u2029"],
    ["text that runs backwards", "a\u202egpj.\u202c", "a\\u202egpj.\\u202c"],
    ["isolates and marks", "\u2066\u2069\u200e\u200f\u061c", "\\u2066\\u2069\\u200e\\u200f\\u061c"],
    ["a backslash", "C:\\new", "C:\\new"],
  ] as const) {
    it(`shows ${what}`, () => assert.equal(shown(text), expected));
  }

  it("is in quotes if it could not be seen otherwise", () => {
    const texts = ["arn:aws:x", "", "a b", "a\n", "ä", "\u202ea"];
    assert.deepEqual(texts.map(quotedIfOdd), ["arn:aws:x", '""', '"a b"', '"a\\n"', '"ä"', '"\\u202ea"']);
  });

  it("is one line for a string, and one line per element for a list", () => {
    assert.equal(shownLines("first\nsecond\u001b[2J"), "first\\nsecond\\u001b[2J");
    assert.equal(shownLines(["first\nsecond", "third\r"]), "first\\nsecond\nthird\\r");
    assert.equal(shownLines([]), "");
  });

  it("is unchanged in JSON, and visible there", () => {
    const property = fc.property(fc.string({ unit: "binary" }), fc.constantFrom(undefined, 2), (text, indent) => {
      const json = visibleJson({ [text]: [text, "##vso[a]\u202e"] }, indent);
      assert.deepEqual(JSON.parse(json), { [text]: [text, "##vso[a]\u202e"] });
      assert.equal(shownLines(json.split("\n")), json);
    });
    fc.assert(property, counts({ sample: 200, full: 5_000 }));
  });

  it("contains nothing that moves a cursor or turns text around, and can be displayed twice", () => {
    const isForbidden = (one: string) => {
      const code = one.codePointAt(0) ?? 0;
      return (
        code < 0x20 ||
        (code >= 0x7f && code <= 0x9f) ||
        (code >= 0x2028 && code <= 0x202e) ||
        [0x200e, 0x200f].includes(code)
      );
    };
    const units = fc.oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0x2000, max: 0x2070 }));
    const texts = fc.array(units).map((codes) => String.fromCodePoint(...codes));
    const property = fc.property(texts, (text) => {
      const result = shown(text);
      assert.ok(![...result].some(isForbidden), result);
      assert.equal(shown(result), result);
      if (![...text].some((one) => isForbidden(one) || /\p{Bidi_Control}/u.test(one))) assert.equal(result, text);
    });
    fc.assert(property, counts({ sample: 300, full: 10_000 }));
  });
});

describe("text for the log of a CI system", () => {
  it("is never a command to it, wherever it stands, and may be displayed twice", () => {
    for (const command of ["##vso[task.setvariable variable=x]y", "##VSO[a]b", "##[error]x"]) {
      const once = shown(`Layer ${command}`);
      assert.equal(once, `Layer \\u0023${command.slice(1)}`);
      assert.equal(shown(once), once);
    }
    assert.equal(shown("## a heading, a #[b]"), "## a heading, a #[b]");
    assert.equal(
      withoutCommands("::error::x\n \t::set-output name=a::b\nx::y"),
      "\\u003a:error::x\n \t\\u003a:set-output name=a::b\nx::y",
    );
  });
});
