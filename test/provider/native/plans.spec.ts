import assert from "node:assert/strict";
import { changesBetween, topOf } from "../../../provider/native/diff";
import { failuresOf } from "../../../provider/native/failures";
import { readSelection } from "../../../provider/native/import";
import { plannedVersions, standingsOf } from "../../../provider/native/planned";
import { Plugin } from "../../../provider/native/plugin";
import { open, readStruct, seal, toStruct } from "../../../provider/native/values";
import { versionLines } from "../../../provider/native/versions";
import { removals, viewSteps } from "../../../provider/native/views";
import type { Checked, Recorded } from "../../../provider/resource/record";
import { unknown } from "../../../provider/resource/selection";

const settings = { configFile: "layer_config.yaml", region: "us-east-1" };
const recorded = (functions: Recorded["functions"], before = functions): Recorded => ({
  ...settings,
  functions,
  before,
});
const checked = (functions: object, more: Partial<Checked> = {}): Checked =>
  ({ ...settings, before: {}, functions, ...more }) as Checked;

describe("the properties that an update of the plugin's resource changes", () => {
  const olds = recorded({ "fn.a": { base: 5, other: 2 }, b: { base: 5 } });
  const cases: Record<string, [news: Checked, paths: string[]]> = {
    "none if all is as recorded": [checked(olds.functions), []],
    "a version": [checked({ ...olds.functions, "fn.a": { base: 6, other: 2 } }), ['~versions["fn.a"]["base"]']],
    "none if newer ones are fine": [checked({ ...olds.functions, b: { base: ">=4" } }), []],
    "a version below the least one": [checked({ ...olds.functions, b: { base: ">=6" } }), ['~versions["b"]["base"]']],
    "a layer that comes": [checked({ ...olds.functions, b: { base: 5, x: 1 } }), ['+versions["b"]["x"]']],
    "a layer that goes": [checked({ ...olds.functions, "fn.a": { base: 5 } }), ['-versions["fn.a"]["other"]']],
    "a function that comes": [checked({ ...olds.functions, c: { base: 5 } }), ['+versions["c"]']],
    "a function that goes": [checked({ b: { base: 5 } }), ['-versions["fn.a"]']],
    drift: [checked(olds.functions, { drift: { b: { base: 3 } } }), ['+drift["b"]["base"]']],
    "drift that was recorded as it is": [
      checked({ ...olds.functions, b: { base: 6 } }, { drift: { b: { base: 5 } } }),
      ['~versions["b"]["base"]'],
    ],
    "a lost layer": [checked(olds.functions, { lost: { b: { base: "arn" } } }), ['+lost["b"]["base"]']],
    "a version that is not known yet": [
      checked({ ...olds.functions, b: { base: unknown } }),
      ['~versions["b"]["base"]'],
    ],
    "all that is not known yet": [checked(unknown as never), ["~versions"]],
    settings: [
      checked(olds.functions, { region: "eu-west-1", profile: "p", onDelete: "keep" }),
      ["~region", "+profile", "+onDelete"],
    ],
  };
  const signs = { add: "+", update: "~", delete: "-" };
  for (const [title, [news, paths]] of Object.entries(cases)) {
    it(title, () => {
      const changes = changesBetween(olds, news);
      assert.deepEqual(
        changes.map(({ kind, path }) => signs[kind] + path),
        paths,
      );
      assert.deepEqual(topOf(changes), [...new Set(paths.map((path) => path.slice(1).split("[")[0]))]);
    });
  }
});

describe("the entries below the plugin's resource", () => {
  const olds = recorded({ a: { base: 5 }, b: { base: 5 }, gone: { base: 5 } });
  const view = (fn: string) => ({ name: `layers/${fn}`, layers: { base: 5 } });
  const news = checked(
    { a: { base: 5 }, b: { base: 5, lost: 2 }, c: { base: 5 }, d: { base: ">=4" } },
    {
      drift: { b: { base: 3 } },
      before: { a: { base: 1 }, c: { base: 2 }, d: { base: 9 } },
      lost: { b: { lost: "arn" } },
    },
  );
  const standings = standingsOf(news, olds);

  it("say between which versions functions move", () => {
    assert.deepEqual(standings, [
      { name: "a", from: { base: 5 }, to: { base: 5 }, moves: false },
      { name: "b", from: { base: 3 }, to: { base: 5, lost: 2 }, moves: true },
      { name: "c", from: { base: 2 }, to: { base: 5 }, moves: true },
      { name: "d", from: { base: 9 }, to: { base: 9 }, moves: false },
    ]);
    assert.deepEqual(plannedVersions(standings).d, { base: 9 });
  });

  it("move only if the check has seen them elsewhere than at their targets", () => {
    const wanted = checked({ a: { base: 6 }, b: { base: 6 }, c: { base: unknown } }, { before: { c: { base: 2 } } });
    assert.deepEqual(standingsOf(wanted, olds, new Set(["b"])), [
      { name: "a", from: { base: 6 }, to: { base: 6 }, moves: false },
      { name: "b", from: { base: 5 }, to: { base: 6 }, moves: true },
      { name: "c", from: { base: 2 }, to: { base: unknown }, moves: true },
    ]);
  });

  it("are created if they move, read if they do not, updated, kept and removed", () => {
    assert.deepEqual(viewSteps("layers", standings, [view("a"), view("b"), view("gone")]), [
      { op: "same", name: "layers/a", old: { base: 5 }, new: { base: 5 } },
      { op: "update", name: "layers/b", old: { base: 3 }, new: { base: 5, lost: 2 } },
      { op: "create", name: "layers/c", new: { base: 5 } },
      { op: "read", name: "layers/d", new: { base: 9 } },
      { op: "delete", name: "layers/gone", old: { base: 5 } },
    ]);
    assert.deepEqual(removals([view("a")]), [{ op: "delete", name: "layers/a", old: { base: 5 } }]);
  });

  it("say why a function was not moved", () => {
    const reasons = [
      "Function b was not updated: denied.",
      "The run was cancelled before 1 of 2 functions were updated: c",
    ];
    const failures = failuresOf(standings, {
      id: "x",
      properties: { functions: { b: { base: 3 }, c: { base: 2 } } },
      reasons,
      byFunction: { b: "Denied.", c: "The run was cancelled before this function was updated." },
    });
    assert.deepEqual(Object.fromEntries(failures), {
      b: "Denied.",
      c: "The run was cancelled before this function was updated.",
    });
    assert.equal(viewSteps("layers", standings, [view("b")], failures)[1]?.error, "Denied.");
  });
});

describe("an engine that knows no entries below a resource", () => {
  const log: string[] = [];
  const engine = { log: (text: string) => void log.push(text), flushed: async () => {}, publish: async () => {} };
  const preview = (plugin: Plugin, inputs: object) =>
    plugin.create(
      { urn: "urn:pulumi:dev::test::lambda-layers:index:LayerVersions::layers", preview: true },
      { ...settings, before: { a: { base: 1 } }, versions: { a: { base: 5 } }, ...inputs },
    );

  it("is reported once, if the program wants them", async () => {
    const plugin = new Plugin(engine, "0.1.0");
    await preview(plugin, { views: false });
    assert.deepEqual(log, []);
    const { outputs } = await preview(plugin, {});
    await preview(plugin, {});
    assert.equal(log.length, 1);
    assert.match(
      log[0] ?? "",
      /^This version of Pulumi cannot show a row for each function\. Pulumi 3\.176 and newer can /,
    );
    assert.deepEqual(outputs.versions, { a: { base: 5 } });
  });
});

describe("a plugin of another version", () => {
  const cases: [string, versions: { asked?: unknown; recorded?: unknown }, lines: RegExp[]][] = [
    ["is not mentioned if nobody asks for one", {}, []],
    ["is an update if the state's is older", { asked: "0.10.0", recorded: "0.9.9" }, []],
    [
      "is reported if the program asks for another",
      { asked: "0.9.9" },
      [/asks for version 0\.9\.9 .* this is version 0\.10\.0, /],
    ],
    [
      "is reported as older if the state's is newer",
      { recorded: "0.11.0" },
      [/by version 0\.11\.0 .* this is 0\.10\.0, which is older/],
    ],
    [
      "is reported once if both the program's and the state's differ",
      { asked: "1.0.0", recorded: "1.0.0" },
      [/asks for version 1\.0\.0/],
    ],
    ["is not mentioned if the others are not versions", { asked: 7, recorded: "newest" }, []],
  ];
  for (const [title, versions, lines] of cases) {
    it(title, () => {
      const found = versionLines({ own: "0.10.0", ...versions });
      assert.equal(found.length, lines.length);
      for (const [index, line] of lines.entries()) assert.match(found[index] ?? "", line);
    });
  }
});

describe("values between engine and plugin", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: ["a", { b: 1 }] };

  it("lose the marks of secrets, which are remembered, and get them back", () => {
    const opened = open({ plain: { x: [1, "y"] }, deep: { names: secret }, whole: secret });
    assert.deepEqual(opened.values, {
      plain: { x: [1, "y"] },
      deep: { names: ["a", { b: 1 }] },
      whole: ["a", { b: 1 }],
    });
    assert.deepEqual([...opened.secrets], ["deep", "whole"]);
    assert.deepEqual(seal({ whole: ["a", { b: 1 }], plain: 1 }, new Set(["whole"])), { whole: secret, plain: 1 });
  });

  it("are unchanged, without what is undefined", () => {
    const values = { text: "x", number: 3, yes: true, list: ["a", { b: [] }], nothing: null, left: undefined };
    const { left: _left, ...rest } = values;
    assert.deepEqual(readStruct(toStruct(values)), rest);
  });
});

describe("what an import means", () => {
  const cases: Record<string, object | undefined> = {
    "fn-01": { names: ["fn-01"] },
    "fn-01, fn-02": { names: ["fn-01", "fn-02"] },
    "arn:aws:lambda:us-east-1:123456789012:function:x": { names: ["arn:aws:lambda:us-east-1:123456789012:function:x"] },
    "prefix=billing-": { prefix: "billing-" },
    "tag:team=a=b,tag:stage=dev,fn": { names: ["fn"], tags: { team: "a=b", stage: "dev" } },
    "": undefined,
    "a,,b": undefined,
    "prefix=": undefined,
    "prefix=a,prefix=b": undefined,
    "tag:team": undefined,
  };
  for (const [id, selection] of Object.entries(cases)) {
    it(selection ? `${id} is a selection` : `"${id}" is none`, () => {
      if (selection) assert.deepEqual(readSelection(id), selection);
      else assert.throws(() => readSelection(id), /does not select functions\. Give their names/);
    });
  }
});
