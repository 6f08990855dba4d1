import { LayersError } from "../core/errors";
import { aliasesToPutBack, executePutBack, type PutBackPlan, type PutBackResult, planPutBack } from "./fleet/put-back";
import { loadRecord } from "./fleet/recorded";
import { tellAliasesToPutBack } from "./fleet/tell";
import type { RunResult } from "./plans";
import type { Ports } from "./ports";
import { checkpoint, during } from "./steps";
import { tellConcerns, tellLiveChanges } from "./tell";

export { putBackFailure } from "./fleet/put-back";

/** Which run is put back, and how much of it. */
export interface RunRollbackRequest {
  readonly stack: string;
  /** Path of a run record, or its name in the backup folder. */
  readonly record: string;
  readonly dryRun?: boolean;
  readonly functions?: readonly string[];
  readonly exclude?: readonly string[];
}

/** A planned rollback of one run. */
export interface RunRollbackPlan extends PutBackPlan {
  readonly stack: string;
  readonly dryRun: boolean;
}

/** What came of it, or in a dry run would: `--json` prints it. The state is not touched. */
export interface RunRollbackResult extends RunResult {
  readonly aws: PutBackResult;
}

const unchanged = "Nothing was changed.";

/**
 * Plans to put live functions back to what they were before a run. What others have changed since is left alone.
 * Needs no Pulumi. Read-only.
 * @throws LayersError `backup-missing`, `record-invalid`, `usage` for another stack's record, and what AWS answers
 */
export async function planRunRollback(ports: Ports, request: RunRollbackRequest): Promise<RunRollbackPlan> {
  const { stack, dryRun = false, functions = [], exclude = [] } = request;
  return during(unchanged, async () => {
    const record = await loadRecord(ports, stack, request.record);
    const plan = await planPutBack(ports, record, { functions, exclude });
    const neverBegun = `The run of ${record.file.shownPath} was cut short before it was begun: it has changed nothing. What to run is a new one: lambda-layers sync --stack ${stack}`;
    const warnings = record.history.begun ? plan.warnings : [...plan.warnings, neverBegun];
    return { stack, dryRun, ...plan, warnings };
  });
}

/**
 * Puts a run back as planned; in a dry run only tells.
 * @param confirm asked before anything is changed; false ends with code `interrupted`
 * @throws LayersError what {@link executePutBack} throws; functions that failed are in the result
 */
export async function executeRunRollback(
  ports: Ports,
  plan: RunRollbackPlan,
  confirm?: (plan: RunRollbackPlan) => Promise<boolean>,
): Promise<RunRollbackResult> {
  const { stack, dryRun, changes, skipped, aliases, impossible } = plan;
  const isNothing = changes.length + aliases.length === 0;
  const result = { stack, dryRun, changes: [], skipped: [], backup: null };
  tellConcerns(ports.reporter, { ...plan, changes: [], aws: undefined });
  if (dryRun || confirm || isNothing) tellLiveChanges(ports.reporter, changes);
  // Aliases are what callers get: said in any case, and before anything is changed.
  const toMove = aliasesToPutBack(plan);
  tellAliasesToPutBack(ports.reporter, toMove);
  if (dryRun || isNothing)
    return { ...result, aws: { changes, outcomes: dryRun ? [] : impossible, skipped, aliases: toMove } };
  if (confirm && !(await confirm(plan))) throw new LayersError("interrupted", `Not confirmed. ${unchanged}`);
  checkpoint(ports, unchanged);
  return { ...result, aws: await executePutBack(ports, plan) };
}

/** Whether a file's name is that of a run record, rather than of a state. */
export function isRunRecord(file: string): boolean {
  return file.endsWith(".jsonl");
}
