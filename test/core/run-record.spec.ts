import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { ChainWriter, chainStart } from "../../sdk/core/chain";
import { movesBetween, versionsOf } from "../../sdk/core/moves";
import { formatRunLine, type RunLine, runLine } from "../../sdk/core/run-line";
import { readRunRecord as readWhole } from "../../sdk/core/run-record";
import { counts } from "../support/counts";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const readRunRecord = (content: string, file: string) => readWhole(content, file, digest).history;

const fn = "arn:aws:lambda:us-east-1:123456789012:function:api";
const base = "arn:aws:lambda:us-east-1:123456789012:layer:base";
const other = "arn:aws:lambda:us-east-1:123456789012:layer:other";
const at = "2024-08-24T14:30:22.000Z";

const first = runLine({ stack: "dev", at: new Date(at), sites: [{ region: "us-east-1", account: "123456789012" }] });
const planned: RunLine = { line: "planned", function: fn, changes: [{ layer: base, from: 1, to: 2 }] };
const begun = (aim: "sync" | "rollback"): RunLine => ({ line: "begun", aim, at });
const ended = (aim: "sync" | "rollback"): RunLine => ({ line: "ended", aim, at });
const layers = (a: number, b: number) => [`${base}:${a}`, `${other}:${b}`];

function sending(from: string[], to: string[], more: { aim?: "sync" | "rollback"; instead?: true } = {}): RunLine {
  return { line: "before", aim: "sync", function: fn, layersBefore: from, layersAfter: to, revision: "r", ...more };
}

function cameOut(
  outcome: "updated" | "unchanged" | "failed",
  now: string[],
  more: { aim?: "sync" | "rollback"; revision?: string } = {},
): RunLine {
  const revision = "revision" in more ? {} : { revision: "r" };
  return {
    line: "after",
    aim: "sync",
    function: fn,
    layersBefore: layers(1, 1),
    layersAfter: now,
    outcome,
    ...revision,
    ...more,
  };
}

function history(...lines: RunLine[]) {
  const text = [first, planned, begun("sync"), ...lines].map((line) => `${formatRunLine(line)}\n`).join("");
  const read = readRunRecord(text, "run.jsonl");
  const [one] = read.functions;
  assert.ok(one);
  return { ...read, fn: one };
}

describe("a run record", () => {
  it("says what was planned, where, and that nothing was sent", () => {
    const read = history();
    assert.deepEqual(read.fn, { function: fn, planned: [{ layer: base, from: 1, to: 2 }], moved: [], aliases: [] });
    assert.deepEqual(
      [read.stack, read.startedAt.toISOString(), read.sites, read.publish, read.unfinished],
      ["dev", at, [{ region: "us-east-1", account: "123456789012" }], undefined, "sync"],
    );
  });

  it("counts an update as made as soon as it may have been", () => {
    const moved = [{ layer: base, from: 1, to: 2 }];
    assert.deepEqual(history(sending(layers(1, 1), layers(2, 1))).fn.moved, moved);
    assert.deepEqual(history(sending(layers(1, 1), layers(2, 1)), cameOut("updated", layers(2, 1))).fn.moved, moved);
  });

  it("uncounts an update that failed, but not one whose end is unknown", () => {
    const sent = sending(layers(1, 1), layers(2, 1));
    assert.deepEqual(history(sent, cameOut("failed", layers(1, 1))).fn.moved, []);
    assert.equal(history(sent, cameOut("failed", layers(1, 1), { revision: undefined })).fn.moved.length, 1);
    assert.equal(history(sent, cameOut("failed", layers(2, 1))).fn.moved.length, 1);
  });

  it("does not count what someone else had set meanwhile", () => {
    const sent = sending(layers(1, 1), layers(2, 1));
    assert.deepEqual(history(sent, cameOut("unchanged", layers(2, 1))).fn.moved, []);
    const lines = [sent, cameOut("updated", layers(2, 1)), begun("sync"), sending(layers(2, 1), layers(3, 1))];
    const [, earlier] = [lines, [{ layer: base, from: 1, to: 2 }]];
    assert.deepEqual(history(...lines, cameOut("unchanged", layers(3, 1))).fn.moved, earlier);
  });

  it("counts what another process has sent that works on the run at the same time", () => {
    const moved = [{ layer: base, from: 1, to: 2 }];
    const sent = sending(layers(1, 1), layers(2, 1));
    const [mine, theirs] = [cameOut("unchanged", layers(2, 1)), cameOut("updated", layers(2, 1))];
    const lines = [begun("sync"), sent, sent];
    for (const rest of [[mine], [mine, theirs], [theirs, mine], [cameOut("failed", layers(1, 1)), theirs]])
      assert.deepEqual(history(...lines, ...rest).fn.moved, moved);
    assert.deepEqual(history(sent, begun("sync"), sent, mine).fn.moved, moved);
  });

  it("goes back to what others had set if the update was planned again", () => {
    const lines = [sending(layers(1, 1), layers(2, 2)), sending(layers(3, 2), layers(2, 2), { instead: true })];
    const read = history(...lines);
    assert.deepEqual(read.fn.moved, [{ layer: base, from: 3, to: 2 }]);
    assert.deepEqual(read.fn.planned, [{ layer: base, from: 3, to: 2 }]);
  });

  it("remembers what an earlier update of the run had changed as well", () => {
    const read = history(sending(layers(1, 1), layers(2, 2)), sending(layers(3, 2), layers(2, 2)));
    assert.deepEqual(read.fn.moved, [
      { layer: base, from: 3, to: 2 },
      { layer: other, from: 1, to: 2 },
    ]);
  });

  it("forgets what a rollback has rolled back, and nothing else", () => {
    const done = [
      sending(layers(1, 1), layers(2, 2)),
      cameOut("updated", layers(2, 2)),
      ended("sync"),
      begun("rollback"),
    ];
    const back = sending(layers(2, 2), layers(1, 1), { aim: "rollback" });
    assert.equal(history(...done, back).fn.moved.length, 2);
    const half = cameOut("updated", layers(1, 2), { aim: "rollback" });
    assert.deepEqual(history(...done, back, half).fn.moved, [{ layer: other, from: 1, to: 2 }]);
    const all = cameOut("updated", layers(1, 1), { aim: "rollback" });
    assert.deepEqual(history(...done, back, all).fn.moved, []);
    const again = [begun("sync"), sending(layers(1, 1), layers(2, 1))];
    assert.equal(history(...done, back, all, ended("rollback"), ...again).fn.moved.length, 1);
    const undone = [...again, cameOut("failed", layers(1, 1))];
    assert.deepEqual(history(...done, back, all, ended("rollback"), ...undone).fn.moved, []);
  });

  it("follows aliases there and back", () => {
    const move = { function: fn, alias: "live", from: "1", to: "2" };
    const back = { function: fn, alias: "live", from: "2", to: "1" };
    const forth: RunLine = { line: "alias", aim: "sync", ...move };
    assert.deepEqual(history(forth).fn.aliases, [{ alias: "live", from: "1", to: "2" }]);
    assert.equal(history(forth, { line: "alias", aim: "rollback", ...back }).fn.aliases.length, 1);
    assert.deepEqual(history(forth, { line: "alias", aim: "rollback", ...back, done: true }).fn.aliases, []);
  });

  it("says what has not been completed", () => {
    assert.equal(history(ended("sync")).unfinished, undefined);
    assert.equal(history(ended("sync"), begun("rollback")).unfinished, "rollback");
    assert.equal(history(begun("rollback"), ended("rollback")).unfinished, undefined);
    assert.equal(history(ended("sync"), begun("rollback"), ended("rollback"), begun("sync")).unfinished, "sync");
  });

  it("knows whether the last session rolled it back, and whether the last attempt at a function failed", () => {
    const back = [begun("rollback"), ended("rollback")];
    assert.equal(history(...back).rolledBackAt?.toISOString(), at);
    assert.equal(history(...back, begun("sync")).rolledBackAt, undefined);
    const failed = cameOut("failed", layers(1, 1));
    assert.deepEqual(
      [history(failed).hasFailed, history(failed, cameOut("updated", layers(2, 1))).hasFailed],
      [true, false],
    );
  });

  const lines = [
    first,
    planned,
    { ...planned, function: `${fn}-2` },
    begun("sync"),
    sending(layers(1, 1), layers(2, 1)),
    cameOut("updated", layers(2, 1)),
    ended("sync"),
    begun("rollback"),
    sending(layers(2, 1), layers(1, 1), { aim: "rollback" }),
  ];
  const sealed = (all: readonly RunLine[], point = chainStart) => {
    const chain = new ChainWriter(point, digest);
    return all.map((line) => `${chain.seal(formatRunLine(line))}\n`).join("");
  };
  const unsealed = (all: readonly RunLine[]) => all.map((line) => `${formatRunLine(line)}\n`).join("");
  const [planEnd, half] = [unsealed(lines.slice(0, 4)).length, lines.length - 2];
  const isRefused = (text: string, message?: RegExp) =>
    assert.throws(() => readRunRecord(text, "run.jsonl"), { code: "record-invalid", ...(message && { message }) });

  for (const [kind, write] of [
    ["with checksums", sealed],
    ["of version 0.1.0", unsealed],
  ] as const) {
    it(`can be cut off anywhere after its plan, and continued with: ${kind}`, () => {
      const text = write(lines);
      const least = write(lines.slice(0, 4)).length;
      const property = fc.property(fc.integer({ min: least, max: text.length }), fc.boolean(), (end, isResumed) => {
        const cut = text.slice(0, end);
        const whole = lines.filter((_, index) => cut.length >= write(lines.slice(0, index + 1)).length - 1);
        const { point } = readWhole(cut, "cut", digest);
        const more = isResumed ? [begun("sync"), ended("sync")] : [];
        const resumed = isResumed ? `\n${sealed(more, point)}` : "";
        const expected = {
          ...readRunRecord(unsealed([...whole, ...more]), "whole"),
          isChecked: kind !== "of version 0.1.0",
        };
        assert.deepEqual(readRunRecord(cut + resumed, "cut"), expected);
      });
      fc.assert(property, counts({ sample: 200, full: 5000 }));
    });
  }

  it("is refused with any character changed, except for those of a line that is cut off", () => {
    const other = fc.constantFrom(..."x0{}\"',:\n é");
    const text = sealed(lines);
    const property = fc.property(fc.nat({ max: text.length - 2 }), other, (index, one) => {
      fc.pre(text[index] !== one);
      isRefused(text.slice(0, index) + one + text.slice(index + 1));
    });
    fc.assert(property, counts({ sample: 300, full: 20_000 }));
  });

  it("is refused with any line but the last removed, moved or doubled", () => {
    const all = sealed(lines).split("\n").slice(0, -1);
    for (const [index, line] of all.slice(0, -1).entries()) {
      const others = all.toSpliced(index, 1);
      for (const changed of [others, others.toSpliced(index + 1, 0, line), all.toSpliced(index, 0, line)])
        isRefused(changed.map((one) => `${one}\n`).join(""));
    }
  });

  it("is refused if lines without checksums follow, and read on if they have them", () => {
    const [old, more] = [lines.slice(0, half), lines.slice(half)];
    isRefused(sealed(old) + unsealed(more), /its checksum is missing/);
    const { point } = readWhole(unsealed(old), "run.jsonl", digest);
    const both = unsealed(old) + sealed(more, point);
    assert.deepEqual(readRunRecord(both, "run.jsonl"), readRunRecord(unsealed(lines), "run.jsonl"));
    isRefused(both.replace('"from":1', '"from":9'), /its checksum does not match/);
  });

  it("is checked as well if its line ends were converted", () => {
    const text = sealed(lines).replaceAll("\n", "\r\n");
    for (const end of [text.length, text.length - 1])
      assert.deepEqual(readRunRecord(text.slice(0, end), "run.jsonl"), readRunRecord(sealed(lines), "run.jsonl"));
    isRefused(text.replace('"from":1', '"from":9'), /its checksum does not match/);
    const { point } = readWhole(text, "run.jsonl", digest);
    assert.equal(readRunRecord(text + sealed([begun("rollback")], point), "run.jsonl").unfinished, "rollback");
  });

  it("is read in full if two processes continued it at once", () => {
    const { point } = readWhole(sealed(lines), "run.jsonl", digest);
    const [a, b] = [
      sealed([begun("sync"), ended("sync")], point),
      sealed([begun("rollback"), ended("rollback")], point),
    ];
    const [a1, a2, b1, b2] = [...a.split("\n").slice(0, 2), ...b.split("\n").slice(0, 2)];
    const text = `${sealed(lines)}${[a1, b1, a2, b2].join("\n")}\n`;
    assert.equal(readRunRecord(text, "run.jsonl").unfinished, undefined);
    isRefused(text.replace(`${b1}\n`, ""));
  });

  it("has a plan from which nothing can be cut", () => {
    for (const text of [sealed(lines), unsealed(lines)]) {
      const least = text.indexOf("\n") + 2;
      for (let end = least; end < planEnd; end += 7) {
        if (text[end - 1] === "\n" || text[end] === "\n") continue;
        if (end > text.indexOf('{"line":"begun"')) break;
        isRefused(text.slice(0, end), /line [23]: it is not valid JSON/);
        isRefused(`${text.slice(0, end)}\n${formatRunLine(begun("sync"))}\n`, /line [23]: it is not valid JSON/);
      }
    }
  });

  for (const [what, line] of [
    ["a function's ARN", { ...planned, function: "nonsense" }],
    ["an alias for a function", { ...planned, function: `${fn}:live` }],
    ["another service", { ...planned, function: "arn:aws:iam::123456789012:role/x" }],
    ["a region that is a host", { ...planned, function: fn.replace("us-east-1", "evil.example/") }],
    ["a layer", { line: "planned", function: fn, changes: [{ layer: "base", from: 1, to: 2 }] }],
    ["a layer with a version", { line: "planned", function: fn, changes: [{ layer: `${base}:1`, from: 1, to: 2 }] }],
    ["a version", { line: "planned", function: fn, changes: [{ layer: base, from: 1, to: 0 }] }],
    ["a place", { line: "planned", function: fn, changes: [{ layer: base, from: null, to: 1, at: -1 }] }],
    ["a list of layers", sending(layers(1, 1), ["base:1\n::error::"])],
    ["a time", { line: "begun", aim: "sync", at: "yesterday" }],
    ["an alias", { line: "alias", aim: "sync", function: fn, alias: "../live", from: "1", to: "2" }],
    ["a function's version", { line: "alias", aim: "sync", function: fn, alias: "live", from: "1", to: "x" }],
  ] as const) {
    it(`is refused if it has what cannot be ${what}`, () => {
      isRefused(sealed([first, line as RunLine, begun("sync")]), /line 2: /);
      isRefused(unsealed([first, line as RunLine, begun("sync")]), /line 2: /);
    });
  }

  for (const [what, text, message] of [
    ["nothing", "", /line 1: a run record starts with a line about the run/],
    ["something else", '{"version":3}\n', /line 1: .*line/],
    ["a newer format", formatRunLine(first).replace('"format":1', '"format":3'), /line 1: .*format/],
    [
      "a gap in its middle",
      `${formatRunLine(first)}\n{"line":"pla\n${formatRunLine(planned)}\n`,
      /line 2: it is not valid JSON/,
    ],
    ["a line with another structure", `${formatRunLine(first)}\n{"line":"planned"}\n`, /line 2: .*function/],
    ["no beginning", `${formatRunLine(planned)}\n`, /starts with a line about the run/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => readRunRecord(text, "run.jsonl"), { code: "record-invalid", exitStatus: 2, message });
    });
  }
});

describe("versions of layers", () => {
  it("are compared layer by layer", () => {
    assert.deepEqual(
      [...versionsOf([...layers(4, 5), "no ARN"])],
      [
        [base, 4],
        [other, 5],
      ],
    );
    assert.deepEqual(movesBetween(layers(1, 1), [`${other}:2`, `${base}:1`]), [{ layer: other, from: 1, to: 2 }]);
    assert.deepEqual(movesBetween(layers(1, 1), [`${base}:1`]), [{ layer: other, from: 1, to: null }]);
    assert.deepEqual(movesBetween([`${base}:1`], layers(1, 4)), [{ layer: other, from: null, to: 4 }]);
  });
});
