import type { LiveChange, RunResult, StateChange, StatusRow } from "../../ops/plans";
import { count } from "../text";
import {
  declaredText,
  type FailedStack,
  isAsDeclared,
  isRead,
  type ReadStack,
  type ReportedStack,
  totalsOf,
  versionText,
} from "./matrix";
import { verdictOf } from "./verdict";

// A comment of a GitHub pull request holds 65,536 characters, and a job summary 1 MiB: rows beyond this are counted only.
const mostRows = 200;

/** Where the stacks' layers stand, for a pull request or a job summary: what has drifted row by row, the rest as totals. */
export function renderStatusMarkdown(stacks: readonly ReportedStack[]): string {
  return stacks.map((reported) => (isRead(reported) ? statusSection(reported) : failedSection(reported))).join("\n");
}

/** What an update of a stack changed, or in a dry run would change. */
export function renderRunMarkdown({ stack, dryRun, changes, skipped, aws }: RunResult): string {
  const what = (changed: readonly unknown[]) =>
    changed.length === 0
      ? "no changes"
      : `${count(changed.length, "layer version")} ${dryRun ? "to change" : "changed"}`;
  const failed = aws?.outcomes.filter(({ status }) => status === "failed" || status === "cancelled") ?? [];
  return [
    heading(stack, `${what(changes)} in the Pulumi state`, dryRun && changes.length > 0 ? "≠" : "✓"),
    ...changesTable(changes),
    ...(aws ? [`In AWS: ${what(aws.changes)}`, "", ...changesTable(aws.changes)] : []),
    ...list(
      "Not updated in AWS:",
      failed.map((one) => `${code(one.function)}: ${plain(one.reason ?? "")}`),
    ),
    ...list(
      "Left out:",
      [...skipped, ...(aws?.skipped ?? [])].map((one) => `${code(one.function)}: ${plain(one.reason)}`),
    ),
  ].join("\n");
}

/** A stack that could not be looked at. */
function failedSection({ stack, error }: FailedStack): string {
  return [heading(stack, "could not be read", "≠"), plain(error.describe()).replaceAll("&#10;", "<br>"), ""].join("\n");
}

function statusSection(stack: ReadStack): string {
  const { rows, live, skipped } = stack.status;
  const { functions, layers, driftedLayers, undeclared } = totalsOf(rows);
  const { sign, text } = verdictOf(stack.status);
  const title =
    driftedLayers > 0
      ? heading(stack.stack, `${driftedLayers} of ${count(layers, "layer")} not as declared`, "≠")
      : heading(stack.stack, `${text[0]?.toLowerCase()}${text.slice(1)}`, sign);
  const drifted = rows.filter(({ drift }) => drift);
  return [
    title,
    `${count(functions, "function")} with ${count(layers, "layer")}; ${undeclared} declared by no entry.`,
    "",
    ...(live.read ? [] : [`Live versions are not known: ${plain(live.reason)}`, ""]),
    ...driftTable(stack, drifted),
    ...list(
      "Left out:",
      skipped.map((one) => `${code(one.function)}: ${plain(one.reason)}`),
    ),
  ].join("\n");
}

function driftTable({ status, sources }: ReadStack, drifted: readonly StatusRow[]): string[] {
  const version = (value: number | undefined, row: StatusRow, isKnown: boolean) => {
    const text = versionText(value, isKnown);
    const isWrong = value === undefined ? row.detached : !isAsDeclared(value, row);
    return isWrong ? `**≠ ${text}**` : text;
  };
  const rows = drifted.map((row) => {
    const source = sources.get(row.arn);
    return [
      code(row.function),
      code(row.layer),
      declaredText(row) ?? "–",
      version(row.recorded, row, true),
      version(row.live, row, status.live.read),
      source ? code(`${source.file}:${source.line}`) : "",
    ];
  });
  return table(["Function", "Layer", "Declared", "Recorded", "Live", "Declared in"], rows);
}

function changesTable(changes: readonly (StateChange | LiveChange)[]): string[] {
  return table(
    ["Function", "Layer", "From", "To"],
    changes.map((change) => [code(change.function), code(change.layer), String(change.from), String(change.to)]),
  );
}

function heading(stack: string, text: string, sign: "✓" | "≠" | "?"): string {
  return `### ${sign} Lambda layers of stack ${code(stack)}: ${text}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
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

function list(title: string, items: readonly string[]): string[] {
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

/** A name as code: nothing in it is markup, a mention, a link, or the end of a table's cell. */
function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

/** Text in which nothing is markup: whatever could be is written as a numeric entity, which Markdown shows as it is. */
function plain(text: string): string {
  return text.replace(markup, (character) => `&#${character.codePointAt(0)};`);
}

// All but letters, digits and harmless punctuation. An underscore is harmless within a word, a dot unless it makes a link.
const markup = /[^\p{L}\p{N} ,;()'_./-]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<=www)\.|^[-\d]/gu;
