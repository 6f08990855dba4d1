import assert from "node:assert/strict";
import { rowsLine, type ViewStep, withinLimit } from "../../../provider/native/views";

describe("many entries below the plugin's resource", () => {
  const steps = (op: ViewStep["op"], count: number, more: Partial<ViewStep> = {}) =>
    Array.from({ length: count }, (_, index): ViewStep => ({ op, name: `${op}-${index}`, new: { base: 5 }, ...more }));
  const kinds = (list: readonly ViewStep[]) => {
    const counts: Record<string, number> = {};
    for (const { op } of list) counts[op] = (counts[op] ?? 0) + 1;
    return counts;
  };
  const few = [...steps("create", 10), ...steps("read", 50), ...steps("same", 90), ...steps("update", 40)];
  const full = [...steps("create", 30), ...steps("read", 5), ...steps("same", 170), ...steps("update", 20)];
  const over = [...steps("create", 30, { error: "denied" }), ...steps("same", 900), ...steps("update", 20)];
  const denied = [...steps("update", 150, { error: "denied" }), ...steps("create", 30), ...steps("delete", 3)];
  const settled = [...steps("create", 10), ...steps("read", 500), ...steps("same", 3)];
  const many = [
    ...steps("create", 300),
    ...steps("read", 5),
    ...steps("delete", 2),
    ...steps("same", 1),
    ...steps("update", 7, { old: { base: 3 } }),
    ...steps("update", 1, { error: "denied" }),
  ];
  const cases: [string, ViewStep[], boolean, Record<string, number>][] = [
    ["all of a few rows", few, false, { create: 10, read: 50, same: 90, update: 40 }],
    ["all that move in a preview, whatever the state may keep", full, true, { create: 30, same: 170, update: 20 }],
    ["no more than the state may keep", full, false, { create: 10, same: 170, update: 20 }],
    ["those that the state has, if these are too many", over, false, { same: 900, update: 20 }],
    ["as many failures as an update shows", denied, false, { update: 100, same: 50, delete: 3 }],
    ["no functions that stay, beyond a hundred", settled, false, { create: 10, same: 3 }],
    ["all that move in a preview", many, true, { create: 300, delete: 2, same: 1, update: 8 }],
    [
      "only what fails or is removed in an update of many, and the rest as recorded",
      many,
      false,
      { delete: 2, same: 8, update: 1 },
    ],
  ];
  for (const [title, list, preview, expected] of cases) {
    it(`have ${title}`, () => assert.deepEqual(kinds(withinLimit(list, { preview })), expected));
  }

  it("are those that fail, if the others have none", () => {
    const first = [...steps("create", 300), ...steps("create", 2, { error: "denied" })];
    const both = [...steps("create", 40), ...steps("create", 2, { error: "denied" }), ...steps("same", 190)];
    for (const [list, rows] of [
      [first, 2],
      [both, 10],
    ] as const) {
      const shown = withinLimit(list, { preview: false }).filter(({ op }) => op === "create");
      assert.deepEqual([shown.length, shown.filter(({ error }) => error).length], [rows, 2]);
    }
    assert.ok(withinLimit(denied, { preview: false }).every(({ op, error }) => op !== "same" || error === undefined));
  });

  it("are reported as missing only if functions that move have none", () => {
    assert.deepEqual([rowsLine(few), rowsLine(settled)], [undefined, undefined]);
    assert.match(rowsLine(full) ?? "", /^20 of 50 functions have no row, because the state keeps at most 200 /);
    assert.match(rowsLine(many) ?? "", /^310 functions would each have a row, but an update shows at most 100, /);
  });

  it("are recorded in their new state", () => {
    const { old, new: next } = withinLimit(many, { preview: false }).find(({ name }) => name === "update-0") ?? {};
    assert.deepEqual([old, next], [{ base: 5 }, { base: 5 }]);
  });
});
