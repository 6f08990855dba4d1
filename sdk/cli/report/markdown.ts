import { isDrifted, type Place, type Standing } from "../../core/assess";
import type { Exception } from "../../core/exceptions";
import { isOtherLayer } from "../../core/report";
import { count, countLayers, shown } from "../../core/text";
import { changedLayers, isHeldBack, type Ran } from "../../ops/after";
import { failedReading } from "../../ops/expectation";
import { type LiveChange, type Skipped, type StateChange, skippedName, type UndoneChange } from "../../ops/plans";
import { labelsOfChanges } from "../../ops/report-changes";
import { exceptionText, labelsOfStandings } from "../../ops/report-standings";
import {
  askedPlaces,
  declaredText,
  type FailedStack,
  isOpen,
  isRead,
  placeIn,
  type ReadStack,
  type ReportedStack,
  reportedName,
  sourceOf,
  versionText,
} from "./matrix";
import { liveNote, runGaps, totalsText, undeclaredOf, type Verdict, verdictOf } from "./verdict";

// A comment of a GitHub pull request holds 65,536 characters, and a job summary 1 MiB: rows beyond this are counted only.
const mostRows = 200;

/** Status of the stacks' layers, for a pull request or a job summary: drift row by row, the rest as totals. */
export function renderStatusMarkdown(stacks: readonly ReportedStack[]): string {
  return stacks.map((reported) => (isRead(reported) ? statusSection(reported) : failedSection(reported))).join("\n");
}

/** The changes of a run on a stack, or of a dry run. */
export function renderRunMarkdown(result: Ran): string {
  const { stack, dryRun, changes, recordedBack = [], skipped, totals, aws, proof } = result;
  const live = aws?.changes ?? [];
  const number = changedLayers(result);
  const failed = aws?.outcomes.filter(({ status }) => status === "failed" || status === "cancelled") ?? [];
  const unknown = aws?.outcomes.filter(({ status }) => status === "unknown") ?? [];
  const refused = [...(aws?.published ?? []), ...(aws?.aliases ?? [])].filter(({ reason }) => reason !== undefined);
  const back = aws?.rolledBack?.outcomes.filter(({ status }) => status === "updated") ?? [];
  const label = labelsOfChanges([...changes, ...live]);
  const changeOf = new Map(live.map((change) => [change.functionArn, change]));
  const labelOf = ({ arn, function: name }: { readonly arn: string; readonly function: string }) => {
    const change = changeOf.get(arn);
    return change ? label(change) : name;
  };
  return [
    heading(
      stack,
      runTitle(result),
      signOf(
        result,
        failed.length + unknown.length + refused.length > 0 || (dryRun && number > 0) || isHeldBack(result),
      ),
    ),
    ...(totals ? [`${[totalsText(totals), ...runGaps(result)].join("; ")}.`, ""] : []),
    ...titled("Undone by the program:", changesTable(proof?.undone ?? [], labelsOfChanges(proof?.undone ?? []))),
    ...list("Not proved:", [
      ...(proof?.reason === undefined ? [] : [plain(proof.reason)]),
      ...(proof?.unknown ?? []).map((one) => `${code(skippedName(one))}: ${plain(one.reason)}`),
    ]),
    ...titled("In the Pulumi state:", changesTable(changes, label)),
    ...titled("In AWS:", changesTable(live, label)),
    ...list(
      "Not updated in AWS:",
      failed.map((one) => `${code(labelOf(one))}: ${plain(one.reason ?? "")}`),
    ),
    ...list(
      "May or may not have been updated in AWS:",
      unknown.map((one) => `${code(labelOf(one))}: ${plain(one.reason ?? "")}`),
    ),
    ...list(
      "Not published, or not rolled back:",
      refused.map((one) => `${code(labelOf({ ...one, arn: one.functionArn }))}: ${plain(one.reason ?? "")}`),
    ),
    ...list(
      "Rolled back in AWS:",
      back.map((one) => code(labelOf(one))),
    ),
    ...titled("Rolled back in the Pulumi state:", changesTable(recordedBack, label)),
    ...leftOut([...skipped, ...(aws?.skipped ?? [])]),
  ].join("\n");
}

function runTitle(result: Ran): string {
  const { dryRun, proof } = result;
  const number = changedLayers(result);
  const what = number === 0 ? "no changes" : `${countLayers(number)} ${dryRun ? "to change" : "changed"}`;
  if (!isHeldBack(result)) return what;
  return `${dryRun ? what : "nothing changed"}, ${proof?.verdict === "undone" ? "undone by the program" : "not proved"}`;
}

/** The sign of a run's outcome: `?` if something was not looked at. */
function signOf({ totals, live }: Ran, isOpen: boolean): Verdict["sign"] {
  if (isOpen || (totals?.drift ?? 0) > 0) return "≠";
  // If there was nothing to look at, the outcome is not "fine".
  const isAll = totals !== null && totals.layersOfFunctions > 0 && totals.unknown === 0;
  return isAll && failedReading(live) === undefined ? "✓" : "?";
}

/** A stack that could not be looked at. */
function failedSection(failed: FailedStack): string {
  const lines = failed.error.lines.map(plain).join("<br>");
  return [heading(reportedName(failed), "could not be read", "?"), lines, ""].join("\n");
}

function statusSection(assessment: ReadStack): string {
  const { standings, totals, live, skipped, exceptions } = assessment;
  const { sign, text } = verdictOf(assessment);
  const note = liveNote(live);
  const open = standings.filter(isOpen);
  return [
    heading(reportedName(assessment), `${text[0]?.toLowerCase()}${text.slice(1)}`, sign),
    `${count(totals.functions, "function")} with ${count(totals.layersOfFunctions, "layer")} in all, ${undeclaredOf(assessment)} not declared by any entry.`,
    "",
    ...(note === undefined ? [] : [plain(note), ""]),
    ...standingsTable(open, labelsOfStandings(standings), assessment.folder),
    ...list(
      "Exceptions:",
      exceptions.filter(({ functions }) => functions > 0).map((one) => exceptionItem(one, assessment.folder)),
    ),
    ...leftOut(skipped),
  ].join("\n");
}

/** What is not as declared or unknown, without columns that were not requested. */
function standingsTable(
  standings: readonly Standing[],
  label: (fn: Standing["fn"]) => string,
  folder: string | undefined,
): string[] {
  const places = askedPlaces(standings);
  const version = (one: Standing, place: Place) =>
    isDrifted(one, place) ? `**≠ ${versionText(one[place])}**` : versionText(one[place]);
  const rows = standings.map((one) => {
    const source = sourceOf(one);
    return [
      code(label(one.fn)),
      one.layer ? code(one.layer.name) : "?",
      one.layer ? (one.target?.by === undefined ? (declaredText(one) ?? "–") : code(declaredText(one) ?? "")) : "?",
      ...places.map((place) => version(one, place)),
      source ? code(placeIn(folder, `${source.file}:${source.line}`)) : "",
    ];
  });
  const titles = { recorded: "Recorded", live: "Live" };
  return table(["Function", "Layer", "Declared", ...places.map((place) => titles[place]), "Declared in"], rows);
}

/** An exception that applies to functions of the stack, and whether it still should. */
function exceptionItem(one: Exception, folder: string | undefined): string {
  const state = one.expired ? ", **expired**" : one.needed ? "" : ", **no longer needed**";
  return `${plain(exceptionText({ ...one, at: placeIn(folder, one.at) }))}${state}`;
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [title, "", ...lines] : [];
}

function changesTable<T extends StateChange | LiveChange | UndoneChange>(
  changes: readonly T[],
  label: (change: T) => string,
): string[] {
  return table(
    ["Function", "Layer", "From", "To"],
    changes.map((change) => {
      const comes = isOtherLayer(change) ? change.target?.split(":").slice(-2).join(":") : change.to;
      const [from, to] = [change.from ?? "–", comes ?? "–"];
      return [
        code(label(change)),
        code(change.layer),
        String(from),
        typeof to === "string" && to !== "–" ? code(to) : String(to),
      ];
    }),
  );
}

function heading(stack: string, text: string, sign: Verdict["sign"]): string {
  return `### ${sign} Lambda layers of stack ${code(stack)}: ${text}\n`;
}

/** A table, at most {@link mostRows} rows of it; nothing without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const left = rows.length - mostRows;
  return [
    line(head),
    line(head.map(() => "---")),
    ...rows.slice(0, mostRows).map(line),
    "",
    ...(left > 0 ? [`And ${left} more.`, ""] : []),
  ];
}

/** A list under a title, at most {@link mostRows} items of it; nothing without items. */
export function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const left = items.length - mostRows;
  return [
    title,
    "",
    ...items.slice(0, mostRows).map((item) => `- ${item}`),
    ...(left > 0 ? [`- and ${left} more`] : []),
    "",
  ];
}

function leftOut(skipped: readonly Skipped[]): string[] {
  const items = skipped.map((one) => `${code(skippedName(one))}: ${plain(one.reason)}`);
  return list("Skipped:", items);
}

/** A name as code, so that nothing in it acts as markup, a mention, a link, or the end of a table cell. */
export function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

/**
 * Text without markup: anything that could act as markup becomes a numeric entity, which Markdown shows literally.
 * Invisible and direction-changing characters are {@link shown}.
 */
export function plain(text: string): string {
  return shown(text).replace(markup, (character) => `&#${character.codePointAt(0)};`);
}

// Everything except letters, digits and harmless punctuation. An underscore is harmless within a word, a dot unless it
// creates a link.
const markup = /[^\p{L}\p{N} ,;()'_./-]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<=www)\.|^[-\d]/gu;
