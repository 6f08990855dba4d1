import { isDrifted, type Standing } from "../core/assess";
import { labelsOf, namedByArn } from "../core/function-arn";
import type { FunctionOutcome } from "../core/live";
import { isOwned } from "../core/recorded";
import type { FunctionFilter } from "../core/selection";
import type { FunctionFacts, StateFacts } from "../core/state/facts";
import { listNames } from "../core/text";
import type { Ports } from "../ports";
import type { LiveResult, LiveRollbackResult } from "./live/plans";
import type { LiveChange, LoadedState, Proof, RunResult, StateChange } from "./plans";

// Consequences of a run that a user cannot see, each with the command to run next.

type Advise = Pick<Ports, "advise">;
type AdvisePulumi = Pick<Ports, "advisePulumi">;
type KnowsProject = { readonly stacks: Pick<Ports["stacks"], "hasProject"> };

/** Before an update: which separate records keep the old versions, and how to update them. */
export function adviceOnOwnRecords(
  { advise, advisePulumi }: Advise & AdvisePulumi,
  stack: string,
  { functions }: StateFacts,
  changes: readonly StateChange[],
  live: readonly LiveChange[],
): string[] {
  const urns = new Set(changes.map(({ urn }) => urn));
  const arns = new Set(live.map(({ functionArn }) => functionArn));
  const changed = functions.filter((fn) => isOwned(fn) && (urns.has(fn.urn) || arns.has(fn.arn ?? "")));
  const isNative = ({ type }: FunctionFacts) => type.startsWith("aws-native:");
  if (!changed.some((fn) => isNative(fn) || fn.publishes)) return [];
  const label = labelsOf(functions.map(namedByArn));
  const labelOf = (fn: FunctionFacts) => label(namedByArn(fn));
  const native = changed.filter(isNative).map(labelOf);
  const publishing = changed.filter(({ publishes }) => publishes);
  const wanted = new Set(publishing.map((fn) => (labelOf(fn) === fn.name ? fn.name : (fn.arn ?? fn.name))));
  const publish = advise(["sync", "--stack", stack, ...[...wanted].flatMap((name) => ["-f", name]), "--publish"]);
  return [
    ...(native.length > 0
      ? [
          `The aws-native provider keeps the old versions of ${listNames(native)} in its own record (__inputs) until you refresh: ${advisePulumi(["refresh", "--stack", stack])}`,
        ]
      : []),
    ...(publishing.length > 0
      ? [
          `Published versions keep the layers that they were published with: ${listNames(publishing.map(labelOf))}. To publish versions with the new layers: ${publish}`,
        ]
      : []),
  ];
}

/** After an update: what else determines the versions that it has set. */
export function adviceAfterUpdate(
  { advisePulumi }: AdvisePulumi,
  { stack, state }: { readonly stack: string; readonly state: LoadedState },
  changes: readonly StateChange[],
  aws: RunResult["aws"],
  proof?: Proof,
): string[] {
  if (changes.length === 0 || state.file !== undefined) return [];
  return [
    ...(aws === undefined
      ? ["AWS was not touched: live functions keep their layers until they are updated with --sync-aws."]
      : []),
    ...(state.facts.reconciled.length === 0 && proof?.verdict !== "proved"
      ? [
          `If the program sets layer versions itself, the next \`pulumi up\` restores those. Change them in the program too, or pin them there (LayerVersions, in Python pin_layers()). To check: ${advisePulumi(["preview", "--stack", stack])}`,
        ]
      : []),
  ];
}

/** After a sync: a state that records these functions still has the old versions. */
export function adviceAfterSync(
  ports: Advise & AdvisePulumi & KnowsProject,
  stack: string,
  aws: LiveResult,
  standings: readonly Standing[],
): string[] {
  const updated = new Set(updatedArns(aws));
  if (updated.size === 0) return [];
  if (standings.every(({ fn }) => fn.recordedBy === undefined)) {
    // Without a project here, there is no state to update.
    if (!ports.stacks.hasProject()) return [];
    const commands = eitherCommand(ports, stack);
    return [`If stack ${stack} records these functions, its state may still have the old versions. ${commands}`];
  }
  const behind = standings.filter((one) => updated.has(one.fn.arn ?? "") && isDrifted(one, "recorded"));
  const isRecordedBy = (who: Standing["fn"]["recordedBy"]) => behind.some(({ fn }) => fn.recordedBy === who);
  const own = ports.advise(["--stack", stack]);
  const up = ports.advisePulumi(["up", "--stack", stack]);
  return [
    ...(isRecordedBy("function") ? [`The state of ${stack} still records the old versions. To update it: ${own}`] : []),
    ...(isRecordedBy("resource")
      ? [`A LayerVersions resource of ${stack} still records the old versions. To update it: ${up}`]
      : []),
  ];
}

/** The commands that update a state if it is unknown what records the functions in it. */
function eitherCommand({ advise, advisePulumi }: Advise & AdvisePulumi, stack: string, what = "To update it"): string {
  return `${what}: ${advise(["--stack", stack])} (if a LayerVersions resource records them: ${advisePulumi(["up", "--stack", stack])})`;
}

/** An entry of the config that declares a version that a rollback has undone. */
export interface DeclaredOtherwise {
  readonly key: string;
  readonly version: number;
  /** Where it is declared: `layer_config.yaml:3`. */
  readonly at: string;
  /** Whether the stack's override declares it. */
  readonly overridden: boolean;
  /** The versions that were rolled back, the newest first. */
  readonly back: readonly number[];
  /** The variant that declares it; absent if none of the entry's variants has its own version. */
  readonly variant?: {
    /** Its condition in words; undefined if it is the entry itself. */
    readonly when: string | undefined;
    /** Its number in the stack, from 1; 0: the entry itself. */
    readonly number: number;
    /** Its number without the stack's override; undefined if only that has it. */
    readonly numberForAll: number | undefined;
  };
  /** Set if the entry replaces the rolled-back layer with another one. */
  readonly isMoved?: true;
}

/** After a rollback: what the config still declares will return with the next update. */
export function adviceAfterRollback(
  { advise }: Advise,
  stack: string,
  entries: readonly DeclaredOtherwise[],
): string[] {
  return entries.map(({ key, version, at, overridden, back, variant, isMoved }) => {
    const [newest] = back;
    if (isMoved)
      return `${at} still declares that ${key} replaces layers that were rolled back, so the next update replaces them again. Change the entry first.`;
    const upgrade = (number: number | undefined) => [
      ...["upgrade", key, ...(number === undefined ? [] : ["--variant", String(number)])],
      ...["--to", String(newest)],
    ];
    const here = advise([...upgrade(variant?.number), "--stack", stack]);
    const declare = overridden
      ? `: ${here}`
      : ` for all stacks: ${advise(upgrade(variant?.numberForAll))}, or only for this one: ${here}`;
    const which = back.length > 1 ? ` (functions are back at ${back.join(" and ")})` : "";
    const what = variant?.when === undefined ? key : `${key} for ${variant.when}`;
    return `${at} still declares version ${version} of ${what}, so the next update restores it${which}. To declare version ${newest}${declare}`;
  });
}

/** After the rollback of a run, which leaves the state alone: the state may still contain what the run recorded. */
export function adviceAfterRunRollback(
  ports: Advise & AdvisePulumi & KnowsProject,
  stack: string,
  { functions, exclude }: FunctionFilter,
  stateBackup: string | undefined,
  aws: LiveRollbackResult,
): string[] {
  if (updatedArns(aws).length === 0) return [];
  const state = `The state of ${stack} was not touched:`;
  const versions = "it may still have the versions that were rolled back in AWS.";
  if (stateBackup === undefined) {
    if (!ports.stacks.hasProject()) return [];
    return [
      `${state} if it records these functions, ${versions} ${eitherCommand(ports, stack, "Once the config declares the right versions, update it")}`,
    ];
  }
  const only = [...functions.flatMap((name) => ["-f", name]), ...exclude.flatMap((name) => ["-e", name])];
  return [
    `${state} ${versions} To roll them back there too: ${ports.advise(["rollback", "--stack", stack, ...only, stateBackup])}`,
  ];
}

function updatedArns(aws: RunResult["aws"] | LiveResult): string[] {
  const back = new Set(aws && "rolledBack" in aws ? updated(aws.rolledBack?.outcomes) : []);
  return updated(aws?.outcomes).filter((arn) => !back.has(arn));
}

function updated(outcomes: readonly Pick<FunctionOutcome, "status" | "arn">[] = []): string[] {
  return outcomes.flatMap(({ status, arn }) => (status === "updated" ? [arn] : []));
}
