// The ways in which functions in AWS are moved: each as its command does it, over the same functions.

import { dirname, sep } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import * as handlers from "../../provider/handlers";
import type { Checked, Recorded } from "../../provider/resource/record";
import { LayersError } from "../../sdk/core/errors";
import type { FunctionOutcome } from "../../sdk/core/live";
import { base } from "../aws/harness";
import { configFor, type Fleet, failureOf, taggedFleet } from "../ops/fleet-harness";
import { printedBy, requestOf } from "../support/provider";
import type { Told, Wanted } from "./oracle";
import { recordFunctions, updateStack } from "./stack";

/** Functions as they are at first, and as they are declared. */
export const former: Wanted = { layers: [base(1, "first"), base(1), base(1, "last")] };
export const declared: Wanted = { layers: [base(1, "first"), base(2), base(1, "last")] };
const served = ({ layers }: Wanted): Wanted => ({ layers, served: layers });

/** A way to move functions, with what comes before and after it. */
export interface Road {
  readonly title: string;
  /** What the run that is lied to should achieve. */
  readonly wanted: Wanted;
  /** What functions were like at first, and are again once everything is undone. */
  readonly first: Wanted;
  prepare(fleet: Fleet, functions: number): Promise<void>;
  run(fleet: Fleet): Promise<Told>;
  /** What the user is then advised to do, to finish or to undo. AWS tells the truth again. */
  finish(fleet: Fleet): Promise<Told>;
  /** Undefined if the run itself undoes. */
  undo?(fleet: Fleet): Promise<Told>;
}

type Outcomes = { readonly outcomes: readonly FunctionOutcome[]; readonly record?: string };

async function reportedBy(
  fleet: Fleet,
  work: () => Promise<{ readonly aws?: unknown }>,
  rollback?: object,
): Promise<Told> {
  const from = fleet.lines.length;
  let outcomes: readonly FunctionOutcome[] = [];
  let failure: LayersError | undefined;
  try {
    const result = await work();
    outcomes = (result.aws as Outcomes | undefined)?.outcomes ?? [];
    failure = failureOf(result as Parameters<typeof failureOf>[0], rollback as Parameters<typeof failureOf>[1]);
  } catch (error) {
    // Anything else is a crash, and fails the test.
    if (!(error instanceof LayersError)) throw error;
    failure = error;
  }
  const record = await fleet.record().catch(() => undefined);
  return {
    exit: failure?.exitStatus ?? 0,
    text: [...fleet.lines.slice(from), failure?.describe() ?? ""].join("\n"),
    claims: outcomes.map(({ function: name, status, after, revisionId, changedMeanwhile }) => ({
      ...{ name, status, after, isKnown: revisionId !== undefined, changedMeanwhile },
    })),
    ...(record && { record }),
  };
}

/** Runs again if there is no record, and otherwise finishes the recorded run. */
const resumed = async (fleet: Fleet, again: () => Promise<{ readonly aws?: unknown }>): Promise<Told> => {
  const record = await newestRecord(fleet);
  return reportedBy(fleet, record === undefined ? again : () => fleet.resume({ record }));
};

const rollBack = async (fleet: Fleet): Promise<Told> => {
  const record = await newestRecord(fleet);
  if (record === undefined) return { exit: 0, text: "", claims: [] };
  const plan = { rollback: { impossible: [], found: [], sites: [] } };
  return reportedBy(fleet, () => fleet.rollback({ record }), plan);
};

/** The path of the newest record; undefined if there is none. */
async function newestRecord(fleet: Fleet): Promise<string | undefined> {
  const [newest] = (await fleet.ports().backups.list("dev")).filter(({ kind }) => kind === "sync");
  return newest?.path;
}

/** Functions that serve their version 1 as `live`. */
async function serve(fleet: Fleet): Promise<void> {
  const lambda = new Lambda({});
  for (const { name: FunctionName } of fleet.emulator.functions()) {
    const { Version } = await lambda.publishVersion({ FunctionName });
    await lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: Version });
  }
  lambda.destroy();
}

const seed = async (fleet: Fleet, functions: number) => fleet.emulator.seed(taggedFleet(functions));

const sync: Road = {
  ...{ title: "sync", wanted: declared, first: former, prepare: seed, undo: rollBack },
  run: (fleet) => reportedBy(fleet, () => fleet.sync()),
  finish: (fleet) => resumed(fleet, () => fleet.sync()),
};

const release: Road = {
  ...{ title: "sync --publish --alias", wanted: served(declared), first: served(former), undo: rollBack },
  async prepare(fleet, functions) {
    await seed(fleet, functions);
    await serve(fleet);
  },
  run: (fleet) => reportedBy(fleet, () => fleet.sync({ publish: { alias: "live" } })),
  finish: (fleet) => resumed(fleet, () => fleet.sync({ publish: { alias: "live" } })),
};

const resume: Road = {
  ...{ title: "sync --resume", wanted: declared, first: former, undo: rollBack },
  async prepare(fleet, functions) {
    await seed(fleet, functions);
    fleet.emulator.fault({ operation: "UpdateFunctionConfiguration", status: 400 });
    await fleet.sync();
    fleet.emulator.clearFaults();
  },
  run: (fleet) => resumed(fleet, () => fleet.sync()),
  finish: (fleet) => resumed(fleet, () => fleet.sync()),
};

const update: Road = {
  ...{ title: "update --sync-aws", wanted: declared, first: former, undo: rollBack },
  async prepare(fleet, functions) {
    await seed(fleet, functions);
    await recordFunctions(fleet);
  },
  run: (fleet) => reportedBy(fleet, () => updateStack(fleet)),
  finish: (fleet) => resumed(fleet, () => updateStack(fleet)),
};

const rollback: Road = {
  ...{ title: "rollback", wanted: former, first: former, run: rollBack, finish: rollBack },
  async prepare(fleet, functions) {
    await seed(fleet, functions);
    await fleet.sync();
  },
};

/** `LayerVersions` with onDelete "restore", with its handlers called as the engine does. */
const resource: Road = {
  ...{ title: "LayerVersions", wanted: declared, first: former },
  async prepare(fleet, functions) {
    await seed(fleet, functions);
    recorded.delete(fleet);
  },
  run: up,
  finish: up,
  async undo(fleet) {
    const state = recorded.get(fleet);
    if (!state) return { exit: 0, text: "", claims: [] };
    return reportedByHandlers(() => inNewProcess().delete("id", state));
  },
};

/** The handlers as another run of the engine has them: what they remember of a run is forgotten. */
function inNewProcess(): typeof handlers {
  const provider = dirname(require.resolve("../../provider/handlers"));
  for (const file of Object.keys(require.cache)) if (file.startsWith(provider + sep)) delete require.cache[file];
  return require("../../provider/handlers");
}

/** What the engine records for the resource. */
const recorded = new WeakMap<Fleet, Recorded>();

async function up(fleet: Fleet): Promise<Told> {
  const request = requestOf(configFor(2), { selection: { tags: { environment: "dev" } }, dryRun: false });
  const settings = { configFile: "layer_config.yaml", onDelete: "restore" as const, before: {} };
  const olds = recorded.get(fleet);
  const told = await reportedByHandlers(async () => {
    const { inputs, failures = [] } = await handlers.check(olds ?? {}, { ...settings, request });
    if (failures.length > 0)
      throw new Error([...failures.map(({ reason }) => reason), "Nothing was changed."].join("\n"));
    const news = inputs as Checked;
    try {
      const { outs } = olds ? await handlers.update("id", olds, news) : await handlers.create(news);
      recorded.set(fleet, outs as Recorded);
    } catch (error) {
      const { properties } = error as { properties?: Recorded };
      if (properties) recorded.set(fleet, properties);
      throw error;
    }
  });
  // A function counts as recorded, unless the run has named it.
  const claims = Object.entries(recorded.get(fleet)?.functions ?? {}).map(([name, { base: version = 0 }]) => ({
    ...{ name, status: "recorded", after: [base(1, "first"), base(Number(version)), base(1, "last")] },
    isKnown: !new RegExp(`\\b${name}\\b`).test(told.text),
  }));
  return { ...told, claims };
}

async function reportedByHandlers(work: () => Promise<void>): Promise<Told> {
  const { result: failure, lines } = await printedBy(() =>
    work().then(
      () => undefined,
      ({ message = "", reasons = [] }: { message?: string; reasons?: string[] }) => [message, ...reasons],
    ),
  );
  return { exit: failure ? 1 : 0, text: [...lines, ...(failure ?? [])].join("\n"), claims: [] };
}

/** All ways, by their commands. */
export const roads = { sync, update, release, resume, rollback, resource } as const;
