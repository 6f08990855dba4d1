import assert from "node:assert/strict";
import fc from "fast-check";
import { type MatrixColumn, printMatrix } from "../../sdk/cli/stack-matrix";
import { type Cell, type Column, fitWidths, printTable } from "../../sdk/cli/table";
import { Output } from "../../sdk/cli/terminal";
import { counts } from "../support/counts";

/** Prints a table on a terminal of some width, or without one, and returns its lines. */
function print(
  width: number | undefined,
  columns: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  env: NodeJS.ProcessEnv = { NO_COLOR: "1" },
): string[] {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const stream = { isTTY: width !== undefined, columns: width, write, on() {} };
  const output = new Output(stream as never, env);
  printTable(
    output,
    columns.map((column) => (typeof column === "string" ? { title: column } : column)),
    rows,
  );
  return text.split("\n").slice(0, -1);
}

describe("tables", () => {
  const rows = [
    ["a-function-with-a-name-that-is-quite-long", "layer", "1"],
    ["short", "a-layer-with-a-name-that-is-just-as-long", "12"],
  ];

  it("have one line per row without a terminal, whatever their width", () => {
    const lines = print(undefined, ["FUNCTION", "LAYER", "VERSION"], rows);
    assert.deepEqual(lines, [
      "FUNCTION                                   LAYER                                     VERSION",
      "a-function-with-a-name-that-is-quite-long  layer                                     1",
      "short                                      a-layer-with-a-name-that-is-just-as-long  12",
    ]);
  });

  it("wrap the widest columns on a terminal, and lose no character", () => {
    const lines = print(50, ["FUNCTION", "LAYER", "VERSION"], rows);
    assert.ok(lines.every((line) => line.length <= 50));
    assert.deepEqual(lines, [
      "FUNCTION              LAYER                VERSION",
      "a-function-with-a-    layer                1",
      "name-that-is-quite-",
      "long",
      "short                 a-layer-with-a-      12",
      "                      name-that-is-just-",
      "                      as-long",
    ]);
  });

  it("wrap between words if there are any", () => {
    const lines = print(40, ["LAYER", "FOR", "DECLARED"], [["base (eu-west-1)", "1: region us-west-2", "2"]]);
    assert.deepEqual(lines, [
      "LAYER           FOR             DECLARED",
      "base            1: region       2",
      "(eu-west-1)     us-west-2",
    ]);
    assert.deepEqual(print(12, ["NAME", "V"], [["abc defghijkl mnopqrstuvwxyz", "1"]]), [
      "NAME       V",
      "abc        1",
      "defghijkl",
      "mnopqrstu",
      "vwxyz",
    ]);
  });

  it("align numbers right, and leave no trailing blanks", () => {
    const lines = print(
      undefined,
      ["", { title: "DECLARED", align: "right" }, { title: "N", align: "right" }, "NOTE"],
      [
        ["!", "5", "", "a"],
        ["", "12", "123", ""],
      ],
    );
    assert.deepEqual(lines, ["   DECLARED    N  NOTE", "!         5       a", "         12  123"]);
  });

  it("measure characters by the columns they take, even if they wrap", () => {
    const rows = [
      ["日本語の関数名", "1"],
      ["cafe\u0301 👍", "2"],
      ["plain", "3"],
    ];
    assert.deepEqual(print(undefined, ["FUNCTION", "V"], rows), [
      "FUNCTION        V",
      "日本語の関数名  1",
      "cafe\u0301 👍         2",
      "plain           3",
    ]);
    assert.deepEqual(print(12, ["FUNCTION", "V"], rows), [
      "FUNCTION   V",
      "日本語の   1",
      "関数名",
      "cafe\u0301 👍    2",
      "plain      3",
    ]);
  });

  it("colour each line of a cell separately, and pad it outside its colour", () => {
    const red = (text: string) => `\u001B[31m${text}\u001B[39m`;
    const lines = print(
      14,
      ["NAME", "V"],
      [
        [
          { text: "abcdefghijklmnop", color: red },
          { text: "7", color: red },
        ],
      ],
      {
        FORCE_COLOR: "1",
      },
    );
    assert.deepEqual(
      lines.map((line) => line.replaceAll("\u001B[", "~")),
      ["~1mNAME~22m         ~1mV~22m", "~31mabcdefghijk~39m  ~31m7~39m", "~31mlmnop~39m"],
    );
  });

  it("never exceed the width if the minimum widths allow it", () => {
    const column = fc.record({ needed: fc.integer({ min: 1, max: 300 }), least: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 250 }),
        (all, available) => {
          const needed = all.map((one) => one.needed);
          const least = all.map((one) => one.least);
          const widths = fitWidths(needed, least, available);
          const gaps = 2 * (all.length - 1);
          const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
          widths.forEach((width, i) => {
            assert.ok(width <= (needed[i] ?? 0));
            assert.ok(width >= Math.min(needed[i] ?? 0, least[i] ?? 0));
          });
          const smallest = sum(needed.map((width, i) => Math.min(width, least[i] ?? 0)));
          if (smallest + gaps <= available) assert.ok(sum(widths) + gaps <= available);
          if (sum(needed) + gaps <= available) assert.deepEqual(widths, needed);
        },
      ),
      counts({ sample: 300, full: 10_000 }),
    );
  });
});

describe("the matrix of many stacks", () => {
  const column = (title: string, version: string): MatrixColumn => ({
    title,
    layers: new Map([["base", { declared: version, found: new Set<string>(), verdict: undefined }]]),
  });
  const columns = Array.from({ length: 9 }, (_, index) => column(`stack-${index} of services/billing`, String(index)));
  const linesAt = (width: number | undefined) => {
    let text = "";
    const write = (part: string) => {
      text += part;
    };
    const stream = { isTTY: width !== undefined, columns: width, write, on() {} };
    const stdout = new Output(stream as never, { NO_COLOR: "1" });
    printMatrix({ stdout, reporter: { info() {} } } as never, columns);
    return text.split("\n").slice(0, -1);
  };

  for (const width of [30, 80, 200])
    it(`is split into as many tables as fit ${width} columns, with each stack once`, () => {
      const lines = linesAt(width);
      assert.ok(
        lines.every((line) => line.length <= Math.max(width, 40)),
        lines.join("\n"),
      );
      const titles = lines.filter((line) => line.includes("LAYER")).map((line) => line.match(/stack-\d/g) ?? []);
      assert.deepEqual(
        titles.flat(),
        columns.map(({ title }) => title.slice(0, 7)),
      );
      assert.equal(titles.length, { 30: 9, 80: 5, 200: 2 }[width]);
      const cells = lines.filter((line) => line.startsWith("*")).flatMap((line) => line.match(/\d/g) ?? []);
      assert.deepEqual(
        cells,
        columns.map((_, index) => String(index)),
      );
    });

  it("is one table without a terminal", () => assert.equal(linesAt(undefined).length, 2));
});
