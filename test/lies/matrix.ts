// Which answer comes to which call in which kind of run, and how long it stays.

import type { Emulator, Fault } from "../emulator";
import { contradictions, endings, type Lie, lies, onNoPage, pages, refusals } from "./answers";
import type { roads } from "./roads";

type RoadName = keyof typeof roads;

/** One run that is lied to. */
export interface Case {
  readonly title: string;
  readonly road: RoadName;
  readonly functions: number;
  /** What follows the run. */
  readonly then: "finish" | "undo";
  /** Takes more than a few seconds. */
  readonly isSlow: boolean;
  /** Orders the answers. */
  order(emulator: Emulator): void;
}

const all: readonly RoadName[] = ["sync", "update", "release", "resume", "rollback", "resource"];

/** Calls about one function: each function of a run gets a false answer of its own. */
const ofFunctions: readonly (readonly [operation: string, on: readonly RoadName[], skips?: readonly number[]])[] = [
  ["UpdateFunctionConfiguration", all],
  // The first is the plan's, the others check the outcome of an update.
  ["GetFunction", all, [0, 1, 2]],
  ["ListAliases", ["sync", "release", "resource"]],
  ["GetAlias", ["release"], [0, 1]],
  ["PublishVersion", ["release"]],
  ["UpdateAlias", ["release"]],
];

/** Calls for all functions alike, with the number of functions that they require. */
const ofAccounts: readonly (readonly [operation: string, on: readonly RoadName[], functions: number])[] = [
  ["ListFunctions", all, 55],
  ["GetResources", ["sync", "release", "resource"], 3],
  ["GetLayerVersion", all, 3],
  ["GetCallerIdentity", ["sync", "resume"], 3],
  ["SimulatePrincipalPolicy", ["sync", "resume"], 3],
];
const lists = ["ListFunctions", "GetResources"];

/** One of many that stay: each takes until the product gives up. */
const staying = "403 with a page, not carried out";

const unseen: Lie = { title: "403 with a page", fault: () => ({ answer: { status: 403, body: "<html></html>" } }) };

/** All of them. */
export const cases: readonly Case[] = [...functionCases(), ...blindCases(), ...accountCases(), ...endingCases()];

function* functionCases(): Generator<Case> {
  for (const [operation, on, skips = [0]] of ofFunctions) {
    const told = operation === "UpdateFunctionConfiguration" ? [...lies, ...contradictions, ...refusals] : lies;
    for (const road of on) {
      for (const skip of skips) {
        for (const stays of [false, true]) {
          for (const isSlow of stays ? [false] : [false, true]) {
            const chosen = told.filter((lie) => (lie.isSlow ?? false) === isSlow && !(stays && lie.isWaitedFor));
            const how = `${isSlow ? "slow answers" : "any answer"} to ${operation}, from ${skip + 1} on${stays ? ", for good" : ""}`;
            yield* bothWays(road, how, {
              functions: chosen.length,
              isSlow: isSlow || stays,
              order: (emulator) => lieAboutEach(emulator, chosen, { operation, skip, ...(!stays && { times: 1 }) }),
            });
          }
        }
      }
    }
  }
}

/** Any answer to an update, with nothing to see afterwards. */
function* blindCases(): Generator<Case> {
  const chosen = lies.filter((lie) => !lie.isSlow);
  for (const road of all) {
    for (const skip of [0, 1]) {
      const order = (emulator: Emulator) => {
        lieAboutEach(emulator, chosen, { operation: "UpdateFunctionConfiguration", times: 1 });
        lieAboutEach(emulator, Array(chosen.length).fill(unseen), { operation: "GetFunction", skip });
      };
      const how = `any answer to updates, and none to GetFunction from ${skip + 1} on`;
      yield* bothWays(road, how, { functions: chosen.length, isSlow: true, order });
    }
  }
}

function lieAboutEach(emulator: Emulator, chosen: readonly Lie[], fault: Fault): void {
  for (const [index, fn] of emulator.functions().entries()) {
    const lie = chosen[index];
    if (lie) emulator.fault({ ...fault, ...lie.fault(fn), resource: fn.name });
  }
}

function* accountCases(): Generator<Case> {
  for (const [operation, on, functions] of ofAccounts) {
    for (const lie of [...lies, ...pagesOf(operation)]) {
      for (const road of on) {
        for (const stays of lie.title === staying || pages.includes(lie) ? [false, true] : [false]) {
          const how = `${lie.title}, to ${operation}${stays ? ", for good" : ""}`;
          const order = (emulator: Emulator) => {
            const other = { name: "other", arn: "arn:aws:lambda:us-east-1:123456789012:function:other" };
            emulator.fault({ operation, ...lie.fault(other), ...(!stays && { times: 1 }) });
          };
          yield* bothWays(road, how, { functions, isSlow: stays || lie.isSlow === true, order });
        }
      }
    }
  }
}

/** Only GetResources knows about tags, so a function that it lacks cannot be missed. */
function pagesOf(operation: string): readonly Lie[] {
  if (!lists.includes(operation)) return [];
  return operation === "GetResources" ? pages.filter((one) => one !== onNoPage) : pages;
}

function* endingCases(): Generator<Case> {
  for (const { title, fault } of endings) {
    for (const operation of ["UpdateFunctionConfiguration", "GetFunction", "GetLayerVersion", "PublishVersion"]) {
      for (const road of operation === "PublishVersion" ? (["release"] as const) : all) {
        for (const skip of [0, 7, 25]) {
          const order = (emulator: Emulator) => {
            emulator.fault({ operation, skip, ...fault({ name: "", arn: "" }) });
          };
          yield* bothWays(road, `${title}, from ${operation} ${skip + 1} on`, { functions: 20, isSlow: false, order });
        }
      }
    }
  }
}

function* bothWays(road: RoadName, how: string, given: Pick<Case, "functions" | "isSlow" | "order">): Generator<Case> {
  // A rollback already undoes: it is only finished.
  for (const then of road === "rollback" ? (["finish"] as const) : (["finish", "undo"] as const)) {
    yield { ...given, title: `${road}: ${how}; then ${then}`, road, then };
  }
}
