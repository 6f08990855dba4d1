// Whatever anyone can write is read in time proportional to its length.

import assert from "node:assert/strict";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import { createMatcher } from "../../sdk/core/match";
import { formatProblems } from "../../sdk/core/problem";
import { holdsPlaintext } from "../../sdk/core/state/plaintext";

/** `n` pieces, each made of its number. */
const pieces = (n: number, make: (index: number) => string, between = "") =>
  Array.from({ length: n }, (_, index) => make(index)).join(between);

const configs: Readonly<Record<string, (n: number) => string>> = {
  "keys without values": (n) => pieces(n, () => "plaintext\n"),
  "texts where entries belong": (n) => `layers:\n${pieces(n, (i) => `  k${i}: plaintext\n`)}`,
  "one key again and again, in one line": (n) => `layers: {${pieces(n, () => "plaintext: 1", ", ")}}`,
  "anchors in one line": (n) => `layers: ${pieces(4 * n, () => "&a ")}`,
  "tags in one line": (n) => `layers: ${pieces(4 * n, () => "!a ")}`,
  "aliases of nothing in one line": (n) => `layers: [${pieces(n, () => "*a", ",")}]`,
  "unknown keys": (n) => `layers:\n${pieces(n, (i) => `  k${i}: { plaintext: 5 }\n`)}`,
  "unknown keys in one line": (n) => `layers: {${pieces(n, (i) => `k${i}: { plaintext: 5 }`, ", ")}}`,
  "overrides of layers that are not there": (n) =>
    `layers:\n${pieces(n, (i) => `  k${i}: { version: 1 }\n`)}stack_overrides:\n  dev:\n${pieces(n, (i) => `    n${i}: {}\n`)}`,
  "merges of one mapping": (n) => `layers:\n  a: &a { version: 1 }\n${pieces(n, (i) => `  k${i}: { <<: *a }\n`)}`,
  "open brackets": (n) => `layers: ${pieces(n, () => "[")}`,
};

/** Names with many stars, and a name that nearly matches. */
const globs: Readonly<Record<string, (n: number) => string>> = {
  "globs of many stars": (n) => `${pieces(n, () => "*a")}b*`,
  "globs of stars alone": (n) => `a${pieces(n, () => "*")}b*`,
  "entries of one name": () => "",
};

const secret = `{"4dabf18193072939515e22adb298388d":"no","plaintext":1}`;
const states: Readonly<Record<string, (n: number) => string>> = {
  "the key in one object": (n) => `{${pieces(n, () => '"plaintext":1', ",")}}`,
  "the key in each of many objects": (n) => `[${pieces(n, () => secret, ",")}]`,
  "the key in objects inside of each other": (n) => `${pieces(n, () => '{"plaintext":')}1${pieces(n, () => "}")}`,
  "the key before a long text": (n) => `[${pieces(n, () => '"plaintext"', ",")},"${pieces(n, () => '\\\\\\"')}"]`,
  "the key behind long lists": (n) => `${pieces(n, () => '{"a":[1,2,3],"plaintext":')}1${pieces(n, () => "}")}`,
};

/**
 * The shortest of several attempts, in milliseconds of this process's CPU time: the machine's other work does not
 * count.
 */
function cost(work: () => void): number {
  const times = Array.from({ length: 2 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Fails if four times as much takes much more than four times as long; quadratic code takes sixteen times as long. */
function assertLinear(prepare: (n: number) => () => void, n: number): void {
  const [small, large] = [prepare(n), prepare(4 * n)];
  large();
  const [one, four] = [cost(small), cost(large)];
  // The system's CPU clock ticks in milliseconds.
  assert.ok(four < 9 * Math.max(one, 2), `${one} ms, and four times as much ${four} ms`);
}

describe("what anyone can write takes time proportional to its length", function () {
  this.timeout(60_000);
  this.retries(2);
  // In tests, lines are looked up in source maps: the stack traces of the parser's errors would dominate the time.
  const { stackTraceLimit } = Error;
  before(() => {
    Error.stackTraceLimit = 0;
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  for (const [what, make] of Object.entries(configs)) {
    it(`as a config with ${what}`, () => {
      const read = (n: number) => {
        const text = make(n);
        return () => {
          const parsed = parseConfig(text, "layer_config.yaml");
          if (!parsed.ok) assert.ok(formatProblems(parsed.problems).length <= 50 * 4 + 1);
        };
      };
      assertLinear(read, 300);
    });
  }

  for (const [what, make] of Object.entries(globs)) {
    it(`as ${what}`, () => {
      const look = (n: number) => {
        const entries = Array.from({ length: make(1) ? 200 : n * 20 }, (_, index) => [
          `k${index}`,
          { names: [make(n) || "x"], version: 1 },
        ]);
        const parsed = parseConfig(JSON.stringify({ layers: Object.fromEntries(entries) }), "f");
        assert.ok(parsed.ok);
        const matcher = createMatcher(declareFor(parsed.config, "dev"));
        let asked = 0;
        return () => {
          for (let i = 0; i < 20; i++) {
            const layer = { partition: "aws", region: `r${asked++}`, account: "123456789012", version: 1 };
            assert.equal(matcher({ ...layer, name: `a${"a".repeat(n)}c` }), undefined);
          }
        };
      };
      assertLinear(look, 30);
    });
  }

  for (const [what, make] of Object.entries(states)) {
    it(`as a state with ${what}`, () => {
      const search = (n: number) => {
        const bytes = Buffer.from(make(n));
        JSON.parse(bytes.toString());
        return () => assert.equal(holdsPlaintext(bytes), false);
      };
      assertLinear(search, 1500);
    });
  }
});
