import { count } from "../../core/text";
import { isDone, type RecordedRun } from "../../ops/live/record";
import { html } from "./html";
import { code, list, plain, table } from "./markdown";
import { framed, minuteOf } from "./page-frame";
import { pageStyle } from "./page-style";
import type { Verdict } from "./verdict";

const columns = ["updated", "unchanged", "failed", "unknown", "cancelled", "open", "put back"] as const;

/** An outcome in words: documents keep the older word of one. */
function wordOf(outcome: RecordedRun["functions"][number]["outcome"]): string {
  return outcome === "put back" ? "rolled back" : outcome;
}

const titles = [
  "Record",
  "Stack",
  "Functions",
  ...columns.map((one) => `${wordOf(one)[0]?.toUpperCase()}${wordOf(one).slice(1)}`),
  "Ended",
];

function cellsOf({ file, stack, functions, isEnded }: RecordedRun): string[] {
  const numbers = columns.map((one) => String(functions.filter(({ outcome }) => outcome === one).length));
  return [file, stack, String(functions.length), ...numbers, isEnded ? "yes" : "no"];
}

/** `8 functions in 2 runs: 7 updated, 1 failed`, and whether that is everything planned; unknown without a record. */
export function recordsVerdict(runs: readonly RecordedRun[]): Verdict {
  if (runs.length === 0) return { sign: "?", text: "No run records: what the jobs have done is not known" };
  const all = runs.flatMap(({ functions }) => functions);
  const parts = columns.flatMap((one) => {
    const number = all.filter(({ outcome }) => outcome === one).length;
    return number > 0 ? [`${number} ${wordOf(one)}`] : [];
  });
  const cut = runs.filter(({ isEnded }) => !isEnded).length;
  return {
    sign: runs.every(isDone) ? "✓" : "≠",
    text: [
      `${count(all.length, "function")} in ${count(runs.length, "run")}: ${parts.join(", ") || "nothing to change"}`,
      ...(cut > 0 ? [`${count(cut, "run")} interrupted`] : []),
    ].join("; "),
  };
}

function openIn(runs: readonly RecordedRun[]) {
  return runs.flatMap(({ file, functions }) =>
    functions
      .filter(({ outcome }) => outcome !== "updated" && outcome !== "unchanged")
      .map((one) => ({ ...one, file })),
  );
}

/** The outcome of the runs of several jobs, as Markdown. */
export function renderRecordsMarkdown(runs: readonly RecordedRun[]): string {
  const { sign, text } = recordsVerdict(runs);
  return [
    `### ${sign} Lambda layers: ${text}\n`,
    ...table(
      titles,
      runs.map((run) => cellsOf(run).map((cell, index) => (index < 2 ? code(cell) : cell))),
    ),
    ...list(
      "Not updated:",
      openIn(runs).map(
        (one) => `${code(one.function)}: ${wordOf(one.outcome)}${one.reason ? `, ${plain(one.reason)}` : ""}`,
      ),
    ),
  ].join("\n");
}

/** The same as a page that neither loads nor runs anything. */
export function renderRecordsPage(runs: readonly RecordedRun[], time: Date): string {
  const head = titles.map((title) => html`<th scope="col">${title}</th>`);
  const rows = runs.map((run) => {
    const [first = "", ...others] = cellsOf(run);
    return html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  });
  const open = openIn(runs).map(
    (
      one,
    ) => html`<li><bdi>${one.function}</bdi> (${one.file}): ${wordOf(one.outcome)}${one.reason ? `, ${one.reason}` : ""}</li>
`,
  );
  const verdict = recordsVerdict(runs);
  return framed(
    {
      title: `${verdict.sign} · Lambda layer runs`,
      ...{ heading: "Lambda layer runs", about: minuteOf(time), verdict, style: pageStyle },
    },
    html`<main>
<div class="frame" tabindex="0" role="region" aria-labelledby="runs"><table><caption id="runs">Runs</caption><thead><tr>${head}</tr></thead><tbody>
${rows}</tbody></table></div>
${
  open.length > 0
    ? html`<h2>Not updated</h2><ul>
${open}</ul>`
    : undefined
}
</main>
`,
  );
}
