import { layerArn } from "../core/arn";
import type { Standing } from "../core/assess";
import { declaredAt } from "../core/config/declared";
import { whenText } from "../core/config/when";
import type { Exception } from "../core/exceptions";
import { labelsOf, type NamedFunction, parseFunctionArn } from "../core/function-arn";
import type { Matcher } from "../core/match";
import { changeLine } from "../core/report";
import { count } from "../core/text";
import type { Reporter } from "../ports";
import type { LiveChange, StateChange, UndoneChange } from "./plans";

/** Any change that a line can report. */
type AnyChange = StateChange | LiveChange | UndoneChange;

/** Display names for the functions of changes, with region or account if needed to tell them apart. */
export function labelsOfChanges(
  changes: readonly AnyChange[],
  others: Iterable<NamedFunction> = [],
): (change: AnyChange) => string {
  const label = labelsOf([...changes.map(namedBy), ...others]);
  return (change) => label(namedBy(change));
}

function namedBy(change: AnyChange): NamedFunction {
  const account = "functionArn" in change ? parseFunctionArn(change.functionArn)?.account : undefined;
  return { name: change.function, region: change.region, account };
}

/** The lines of changes, in their order. */
export function changeLines(changes: readonly AnyChange[], label: (change: AnyChange) => string): string[] {
  return changes.map((change) => changeLine({ ...change, function: label(change) }));
}

/** Lists changes, and says if there are none. */
export function reportChanges(
  reporter: Reporter,
  changes: readonly AnyChange[],
  where: "" | " in AWS",
  label: (change: AnyChange) => string,
): void {
  const found = count(changes.length, "layer version update");
  reporter.info(changes.length > 0 ? `Found ${found}${where}:` : `Found no layer version updates${where}`);
  for (const line of changeLines(changes, label)) reporter.item(line);
}

/** Warnings about standings besides their versions: layers that a function has twice. */
export function warningsOf(
  standings: readonly Standing[],
  label: (fn: NamedFunction) => string = labelsOfStandings(standings),
): string[] {
  return standings.flatMap(({ fn, layer, isTwice }) =>
    layer && isTwice
      ? [`Function ${label(fn)} has layer ${layer.name} more than once, which Lambda does not allow. Keep one of them.`]
      : [],
  );
}

/** Warnings about exceptions: those that have expired, and those that change nothing. */
export function exceptionWarnings(exceptions: readonly Exception[]): string[] {
  return exceptions.flatMap((one) => {
    const { entry, when, at, until, expired, functions, needed, reason } = one;
    const which = `The exception of ${entry} for ${whenText(when)} (${at})`;
    const why = reason === undefined ? "" : ` (reason: ${reason})`;
    // An exception for functions elsewhere is reported there.
    if (expired && functions === 0) return [];
    if (expired) return [`${which} expired on ${until}${why}. It stays in effect until it is removed.`];
    return functions > 0 && !needed
      ? [`${which} is no longer needed: the same version is declared without it. Remove it.`]
      : [];
  });
}

/** An exception in a line: `base for function special: needs the new client, until 2026-12-31 (layer_config.yaml:8)`. */
export function exceptionText({ entry, when, reason, until, at }: Exception): string {
  const said = [reason ?? "no reason given", ...(until === undefined ? [] : [`until ${until}`])];
  return `${entry} for ${whenText(when)}: ${said.join(", ")} (${at})`;
}

/** Display names for the functions of standings. */
export function labelsOfStandings(standings: readonly Standing[]): (fn: NamedFunction) => string {
  return labelsOf(standings.map(({ fn }) => fn));
}

/** With `--verbose`, reports once per layer which entry declares it and why, or that none does. */
export function reportMatches(reporter: Reporter, standings: readonly Standing[], matcher: Matcher): void {
  const layers = new Map(standings.flatMap(({ layer }) => (layer ? [[layerArn(layer), layer] as const] : [])));
  for (const [arn, layer] of layers) {
    const match = matcher(layer);
    if (!match) {
      reporter.verbose(`Layer ${arn} is not declared by any entry`);
      continue;
    }
    const { key, version, enforce } = match.declared;
    const wanted = enforce === "minimum" ? `version ${version} or newer` : `version ${version}`;
    const entry = `"${key}" (${declaredAt(match.declared)})`;
    reporter.verbose(`Layer ${arn} is declared by ${entry}, matched by ${match.rule}: ${wanted}`);
  }
}
