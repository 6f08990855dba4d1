import { isSameRun } from "../core/backup";
import { functionName } from "../core/function-arn";
import type { FunctionHistory } from "../core/function-history";
import { recordedLayers } from "../core/recorded";
import { type FunctionFilter, selectFunctions } from "../core/selection";
import { count } from "../core/text";
import type { Ports } from "../ports";
import type { LivePlan } from "./live/plans";
import { changedBy, loadRecord } from "./live/record";
import type { LoadedBackup } from "./rollback-backup";
import { ifPossible } from "./steps";

/**
 * Warns of the newest run in AWS after a backup's that the rollback to this backup leaves as it is: the user may have
 * meant that one. Empty if there is none, or if it was rolled back.
 * @param live what the rollback does in AWS
 * @param filter the functions that the rollback is about
 */
export async function newerRun(
  ports: Ports,
  backup: LoadedBackup,
  live: LivePlan,
  filter: FunctionFilter,
): Promise<string[]> {
  const { stack } = backup;
  const all = await ports.backups.list(stack);
  const own = all.find(({ path }) => path === backup.path);
  if (own === undefined) return [];
  const newer = all
    .slice(0, all.indexOf(own))
    .filter((one) => one.kind === "sync" && one.madeBy !== "rollback" && !isSameRun(one, own));
  for (const { shownPath } of newer) {
    const warning = await ifPossible(
      async () => {
        const { history } = await loadRecord(ports, stack, shownPath);
        if (history.rolledBackAt !== undefined) return undefined;
        const left = selected(changedBy(history), filter).filter((one) => isLeft(one, backup, live));
        if (left.length === 0) return undefined;
        const command = ports.advise(["rollback", "--stack", stack, "--sync-aws", shownPath]);
        return `A newer run changed ${count(left.length, "function")} in AWS, and this does not undo it: ${shownPath}. To undo that run instead: ${command}`;
      },
      (error) => `Whether a newer run changed AWS is unknown: ${error.inOneLine()}`,
    );
    if (warning !== undefined) return [warning];
  }
  return [];
}

function selected(histories: readonly FunctionHistory[], filter: FunctionFilter): FunctionHistory[] {
  const named = histories.map((one) => ({ name: functionName(one.function), arn: one.function, one }));
  return selectFunctions(named, filter).functions.map(({ one }) => one);
}

/** Whether anything that a run did to a function stays, other than the versions of the backup. */
function isLeft({ function: arn, moved, aliases }: FunctionHistory, { facts }: LoadedBackup, live: LivePlan): boolean {
  const before = new Set(facts.functions.filter((fn) => fn.arn === arn).flatMap(recordedLayers));
  const changes = live.changes.filter(({ functionArn }) => functionArn === arn);
  // Without a run to roll back, functions get the backup's versions whatever they have now.
  const isAsBackup = live.rollback === undefined;
  const isUndone = moved.every(({ layer, from, to, by = layer }) => {
    const former = from === null ? null : `${layer}:${from}`;
    if (before.has(`${by}:${to}`) || (isAsBackup && former !== null && before.has(former))) return true;
    return changes.some((one) => one.arn === by && one.target === former);
  });
  return !isUndone || aliases.length > 0;
}
