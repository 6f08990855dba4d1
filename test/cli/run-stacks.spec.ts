// The outcome of a run over several stacks, by the outcome of each.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type JobSummary, runSummary } from "../../sdk/cli/ci";
import type { Context, ContextChanges } from "../../sdk/cli/context";
import type { Estate, Place, StackRun } from "../../sdk/cli/estate";
import { createReporter } from "../../sdk/cli/reporter";
import { configIfAny } from "../../sdk/cli/requests";
import { forEachStack, type StackOptions } from "../../sdk/cli/stacks";
import { Output } from "../../sdk/cli/terminal";
import type { Totals } from "../../sdk/core/assess";
import { type ErrorCode, LayersError } from "../../sdk/core/errors";
import { ConfigFiles } from "../../sdk/files/config-files";
import type { Skipped } from "../../sdk/ops/plans";
import type { Ports } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";
import { Folder } from "./harness";

const output = (told: string[] = []) =>
  new Output({ write: (text: string) => told.push(text), on() {} } as never, { NO_COLOR: "1" });

function contextWith(options: object, told: string[]): Context {
  const [stdout, stderr] = [output(told), output(told)];
  const reporter = createReporter({ stdout, stderr, verbose: false, progress: false });
  const context = { options, stdout, stderr, reporter, env: {}, words: [] } as unknown as Context;
  return { ...context, derive: () => context };
}

/** The outcome of a stack: an error beside its document, or instead of it. */
type Came = { readonly beside?: ErrorCode; readonly instead?: ErrorCode; readonly summary?: JobSummary };

async function run(came: readonly Came[], options: object = {}, how: StackOptions = {}) {
  const told: string[] = [];
  const context = contextWith(options, told);
  const begun: string[] = [];
  let [atWork, most] = [0, 0];
  const places = came.map((_, index): Place => {
    const stack = `s${index}`;
    const open = async () =>
      ({ stack, index, label: stack, isOneOfSeveral: true, context, ports: {} }) as unknown as StackRun;
    return { site: { stack }, label: stack, held: undefined, open };
  });
  const estate: Estate = { places, isSeveral: true };
  const error = (code: ErrorCode) => new LayersError(code, `It is ${code}.`);
  const work = async ({ stack, index }: StackRun) => {
    begun.push(stack);
    most = Math.max(most, ++atWork);
    await sleep(5);
    atWork--;
    const { beside, instead, summary } = came[index] ?? {};
    if (instead) throw error(instead);
    return { document: { stack }, ...(summary && { summary }), ...(beside && { error: error(beside) }) };
  };
  const status = await forEachStack(context, work, { ...how, estate });
  return { status, begun, most, told: told.join("") };
}

describe("a run over several stacks", () => {
  const drift: Came = { beside: "changes-found" };
  const failed: Came = { instead: "stack-missing" };
  const denied: Came = { beside: "aws-permission" };
  const statuses: [what: string, came: Came[], status: number][] = [
    ["0 if all went right", [{}, {}], 0],
    ["of the first stack that did not succeed", [{}, drift, denied], 7],
    [
      "of the first stack, even if it has no document",
      [{}, failed, drift],
      new LayersError("stack-missing", "").exitStatus,
    ],
    ["of the first stack, whatever comes after it", [denied, drift, {}], 3],
  ];
  for (const [what, came, status] of statuses) {
    it(`ends with the exit status ${what}`, async () => assert.equal((await run(came)).status, status));
  }

  const tolerance = { failureTolerance: { count: 0 }, parallel: 1 };

  it("continues after drift, which is not a failure", async () => {
    assert.deepEqual((await run([drift, drift, {}], tolerance)).begun, ["s0", "s1", "s2"]);
  });

  it("starts no other stack once more have failed than may, with or without a document", async () => {
    assert.deepEqual((await run([{}, failed, {}], tolerance)).begun, ["s0", "s1"]);
    assert.deepEqual((await run([denied, {}, {}], tolerance)).begun, ["s0"]);
  });

  it("runs one stack at a time if it changes them, unless told otherwise, and several if it only reads", async () => {
    const came = Array<Came>(6).fill({});
    assert.equal((await run(came, {}, { writes: true })).most, 1);
    assert.equal((await run(came, { parallel: 3 }, { writes: true })).most, 3);
    assert.equal((await run(came)).most, 4);
    assert.equal((await run(came, { parallel: 3 }, { isSerial: true })).most, 1);
  });
});

describe("the totals of several stacks", () => {
  const totals: Totals = { functions: 1, layersOfFunctions: 2, drift: 0, unknown: 0 };
  const ran = (known: Totals | null, skipped: readonly Skipped[] = []) =>
    runSummary({
      ...{ format: 2, stack: "s", project: null, dryRun: false, changes: [], skipped: [], backup: null },
      ...{ rollbackTo: "backups/s_state.json", totals: known, aws: { changes: [], outcomes: [], skipped } },
    });
  const done: Came = { summary: ran(totals) };
  const unasked = "AWS was asked only about what is rolled back";
  const rows: [what: string, came: Came[], line: string][] = [
    ["all", [done, done], `2 stacks together: 0 of 4 layers of functions are not as declared; ${unasked}`],
    [
      "all, though one has no totals",
      [done, { summary: ran(null) }, done],
      `3 stacks together: 0 of 4 layers of functions are not as declared; ${unasked}; 1 stack is not counted`,
    ],
    [
      "all, and how many functions they leave out",
      [
        done,
        {
          summary: ran(
            totals,
            ["us-east-1", "eu-west-1"].map((region) => ({ function: "api", region, reason: "elsewhere" })),
          ),
        },
      ],
      `2 stacks together: 0 of 4 layers of functions are not as declared; ${unasked}; 2 functions are skipped`,
    ],
    [
      "all but one that failed",
      [done, { instead: "stack-missing" }, { summary: ran(null) }],
      `2 of 3 stacks could be done: 0 of 2 layers of functions are not as declared; ${unasked}; 1 stack is not counted`,
    ],
  ];
  for (const [what, came, line] of rows)
    it(`are those of ${what}`, async () => {
      const { told } = await run(came, {}, { writes: true });
      assert.equal(told.trim().split("\n").at(-1), `INFO - ${line}`);
    });
});

describe("the default stack", () => {
  /** Runs over the stacks of projects, by their folders; without folders, over the stack of one project that has none. */
  async function look(options: object, projects: Readonly<Record<string, readonly string[]>> = {}) {
    const told: string[] = [];
    const context = contextWith(options, told);
    const portsOf = (listed: readonly string[]) => ({
      ...{ ...createPorts(), reporter: context.reporter },
      stacks: { list: async () => listed, project: async () => undefined },
      projects: {
        find: async () => ({ folders: Object.keys(projects), unreadable: [] }),
        nearestConfig: () => "c.yaml",
      },
    });
    const all = {
      ...context,
      openPorts: async () => portsOf([]) as unknown as Ports,
      derive: (changes: ContextChanges) => ({
        ...context,
        openPorts: async () => portsOf(projects[changes.options?.cwd ?? ""] ?? []) as unknown as Ports,
        derive: () => all,
      }),
    } as unknown as Context;
    const missing = new LayersError("stack-missing", "There is none.", {
      next: "This project has: prod.",
      changed: "Kept.",
    });
    const work = async () => {
      if (Object.keys(projects).length === 0) throw missing;
      return { document: {} };
    };
    const failed = await forEachStack(all, work).catch((error: LayersError) => error.describe());
    return { told: told.join(""), failed };
  }
  const notNamed = "No --stack was given, so the default, dev, was used.";

  it("is said to have been meant if it does not exist and no stack was named", async () => {
    assert.equal((await look({})).told, `ERROR - There is none. Kept.\nThis project has: prod.\n${notNamed}\n`);
    assert.doesNotMatch((await look({ stack: ["dev"] })).told, /No --stack/);
  });

  it("is said to be the only one of each project, unless a stack or a tag was named", async () => {
    const two = { a: ["dev", "prod"], b: ["dev"] };
    const projects = ["*"];
    const line =
      "INFO - No --stack was given, so only the stack dev of each project was used. For all stacks: --stack '*'\n";
    const { told } = await look({ projects }, two);
    assert.equal(told.split(line).length, 2, told);
    for (const named of [{ stack: ["dev"] }, { stack: ["*"] }, { stackTag: "a=b" }, { json: true }])
      assert.doesNotMatch((await look({ projects, ...named }, two)).told, /No --stack/);
    assert.match(
      String((await look({ projects }, { a: ["prod"] })).failed),
      new RegExp(`\nExisting stacks: prod\\.\n${notNamed}$`),
    );
  });
});

describe("the config of a command that needs none", () => {
  let folder: Folder;
  before(async () => {
    folder = await Folder.create({ "broken.yaml": "layers: {" });
  });
  after(() => folder.dispose());
  const read = (config?: string) =>
    configIfAny({ configs: new ConfigFiles(folder.path) } as unknown as Ports, { config } as never);

  it("is undefined if none exists and none is named", () => assert.equal(read(), undefined));

  for (const file of ["missing.yaml", "broken.yaml"]) {
    it(`is an error if ${file} is named`, () => assert.throws(() => read(file), { code: "config-invalid" }));
  }
});
