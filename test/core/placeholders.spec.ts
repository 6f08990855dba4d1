import assert from "node:assert/strict";
import fc from "fast-check";
import { patternOf } from "../../sdk/core/placeholders";
import { counts } from "../support/counts";

/** What each part of a pattern means, as a regular expression. */
const meanings: Readonly<Record<string, string>> = {
  "*": ".*",
  "{runtime}": "(?:(?:python|nodejs|java|dotnetcore|dotnet|ruby|go|rust)\\d[0-9a-z]*|nodejs|provided(?:al\\d+)?)",
  "{architecture}": "(?:x86_64|arm64)",
  "{region}": "[a-z]+(?:-[a-z]+)+-\\d+",
  "{account}": "\\d{12}",
  a: "a",
  "-": "-",
  python3: "python3",
  "12": "12",
};
const pieces = [
  "python312",
  "nodejs20x",
  "nodejs",
  "arm64",
  "x86_64",
  "eu-west-1",
  "123456789012",
  "a",
  "-",
  "12",
  "3",
];

describe("a text with placeholders", () => {
  it("matches what the equivalent regular expression matches", () => {
    const parts = fc.array(fc.constantFrom(...Object.keys(meanings)), { maxLength: 6 });
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 6 });
    const property = fc.property(parts, texts, (some, text) => {
      const expected = new RegExp(`^${some.map((part) => meanings[part]).join("")}$`);
      assert.equal(patternOf(some.join("")).test(text.join("")), expected.test(text.join("")));
    });
    fc.assert(property, counts({ sample: 500, full: 20_000 }));
  });

  it("is matched in a time that many wildcards do not multiply", () => {
    const name = "a".repeat(140);
    assert.equal(patternOf(`${"*a".repeat(60)}{runtime}`).test(name), false);
    assert.equal(patternOf(`{runtime}${"*a".repeat(60)}`).test(`nodejs${name}`), true);
  });
});
