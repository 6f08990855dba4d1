import assert from "node:assert/strict";
import fc from "fast-check";
import { covers, fitOf, type When } from "../../../sdk/core/config/when";
import { counts } from "../../support/counts";

const keys = ["region", "function"] as const;
const texts = ["aa", "ab", "b"];
/** Including one that no condition names. */
const values = [...texts, "other"];

const listOf = (all: readonly string[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 3 });
const when = (all: readonly string[]): fc.Arbitrary<When> =>
  fc.record({ region: listOf(all), function: listOf(all) }, { requiredKeys: [] });

/** The oracle, from the documentation: each given key has a pattern that matches. */
const fits = (condition: When, facts: Record<string, string>) =>
  keys.every((key) => {
    const wanted = condition[key];
    const fact = facts[key] ?? "";
    return (
      wanted === undefined ||
      wanted.some((text) => (text.endsWith("*") ? fact.startsWith(text.slice(0, -1)) : text === fact))
    );
  });

const allFacts = values.flatMap((region) => values.map((name) => ({ region, function: name })));

describe("a condition", () => {
  it("matches the functions that it names in all of its keys", () => {
    const property = fc.property(when([...texts, "a*", "*"]), (condition) => {
      for (const facts of allFacts) assert.equal(fitOf(condition, facts).fits, fits(condition, facts));
    });
    fc.assert(property, counts({ sample: 100, full: 2000 }));
  });

  it("hides another one if it matches everything that that one matches, and not if only some of it", () => {
    const property = fc.property(when([...texts, "a*", "*"]), when(texts), (first, second) => {
      const isHidden = allFacts.filter((facts) => fits(second, facts)).every((facts) => fits(first, facts));
      assert.equal(covers(first, second), isHidden);
    });
    const examples: [When, When][] = [[{ region: ["aa"] }, { region: ["aa", "b"] }]];
    fc.assert(property, { ...counts({ sample: 300, full: 5000 }), examples });
  });
});
