import { createHash } from "node:crypto";
import { isDrifted, type Standing, sumOf } from "../../core/assess";
import { countSites } from "../../core/estate";
import { type Exception, isException } from "../../core/exceptions";
import { count } from "../../core/text";
import type { Assessment } from "../../ops/assess";
import type { LiveReading } from "../../ops/expectation";
import { skippedName } from "../../ops/plans";
import { exceptionText } from "../../ops/tell";
import { foldedProjects, isMany, signClasses, siteOf } from "./folded";
import { Html, html } from "./html";
import {
  askedPlaces,
  declaredText,
  isRead,
  type MatrixFunction,
  type MatrixLayer,
  matrixOf,
  type ReportedStack,
  reportedName,
  versionText,
} from "./matrix";
import { pageScript } from "./page-script";
import { pageStyle } from "./page-style";
import { liveNote, undeclaredOf, verdictOf } from "./verdict";

/** What a page is about. */
export interface PageOptions {
  /** The config file as the user names it. */
  readonly configFile: string;
  readonly time: Date;
}

/**
 * A page that holds everything in one file: it loads nothing, and can be read where no script runs. A content security
 * policy allows its own style and script by their hashes and nothing else, so that even a mistake in escaping could not
 * make a name run.
 */
export function renderPage(stacks: readonly ReportedStack[], { configFile, time }: PageOptions): string {
  const isFolded = isMany(stacks);
  const style = `${pageStyle}${stacks.map((one, index) => styleOf(one, index, isFolded)).join("")}`;
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(pageScript)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const known = verdictOf(...stacks);
  const { drift } = sumOf(stacks.filter(isRead).map(({ totals }) => totals));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${known.sign}${drift > 0 ? ` ${drift} drifted` : ""} · Lambda layer versions</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>Lambda layer versions</h1>
<p class="muted"><code>${configFile}</code>, ${isFolded ? countSites(stacks.flatMap(siteOf)) : `${stacks.length === 1 ? "stack" : "stacks"} ${stacks.map(reportedName).join(", ")}`}; read on <time datetime="${time.toISOString()}">${time.toISOString().slice(0, 16).replace("T", " ")} UTC</time></p>
<p class="verdict ${signClasses[known.sign]}"><b>${known.sign}</b> ${known.text}.</p>
${stacks.length > 1 && !isFolded ? overview(stacks) : undefined}
</header>
<main>
${stacks.length > 1 && !isFolded ? tabs(stacks) : undefined}
${filters}
${isFolded ? foldedProjects(stacks, bodyOf) : stacks.map(panel)}
</main>
<script>${new Html(pageScript)}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The rules that one stack needs: its tab's, and the width of its table, which a browser need not work out then. */
function styleOf(reported: ReportedStack, index: number, isFolded: boolean): string {
  const width = isRead(reported)
    ? `calc(var(--name-width) + ${matrixOf(reported).layers.length} * var(--layer-width))`
    : "auto";
  const table = `@media screen { #matrix-${index} { width: ${width}; } }\n`;
  if (isFolded) return isRead(reported) ? table : "";
  return `${table}@media screen { body:has(.tabs):has(#stack-${index}:not(:checked)) #panel-${index} { display: none; } }
`;
}

function overview(stacks: readonly ReportedStack[]): Html {
  const rows = stacks.map((reported) => {
    if (!isRead(reported))
      return html`<tr><th scope="row">${reportedName(reported)}</th><td colspan="${numbers.length + 1}">could not be read</td></tr>`;
    const cells = numbersOf(reported).map(({ text, kind }) => html`<td class="number ${kind}">${text}</td>`);
    return html`<tr><th scope="row">${reportedName(reported)}</th>${cells}<td>${liveText(reported.live)}</td></tr>`;
  });
  const titles = numbers.map(
    ({ what }) => html`<th scope="col" class="number">${what[0]?.toUpperCase()}${what.slice(1)}</th>`,
  );
  return html`<table class="overview"><caption>Stacks</caption>
<thead><tr><th scope="col">Stack</th>${titles}<th scope="col">Live versions</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** A number that is shown of a stack; `sign` and `kind` are for one that is not 0. */
interface StackNumber {
  readonly what: string;
  readonly of: (assessment: Assessment) => number;
  readonly sign?: string;
  readonly kind?: string;
}

const numbers: readonly StackNumber[] = [
  { what: "functions", of: ({ totals }) => totals.functions },
  { what: "layers of functions", of: ({ totals }) => totals.layersOfFunctions },
  { what: "not as declared", of: ({ totals }) => totals.drift, sign: "≠ ", kind: "drift" },
  { what: "not known", of: ({ totals }) => totals.unknown, sign: "? ", kind: "unknown" },
  { what: "declared by no entry", of: undeclaredOf },
];

function numbersOf(assessment: Assessment) {
  return numbers.map(({ what, of, sign = "", kind }) => {
    const number = of(assessment);
    return number > 0 ? { what, text: `${sign}${number}`, kind } : { what, text: "0", kind: undefined };
  });
}

function liveText(live: LiveReading): string {
  if (live.read) return "read";
  return live.code === undefined ? "not asked for" : "could not all be read";
}

function tabs(stacks: readonly ReportedStack[]): Html {
  const inputs = stacks.map((reported, index) => {
    const sign = isRead(reported) ? signOf(reported) : "!";
    const checked = index === 0 ? new Html(" checked") : undefined;
    return html`<input type="radio" name="stack" id="stack-${index}"${checked}><label for="stack-${index}">${reportedName(reported)} <small>${sign}</small></label>`;
  });
  return html`<fieldset class="tabs"><legend>Stack</legend>${inputs}</fieldset>`;
}

function signOf(assessment: Assessment): string {
  const { drift } = assessment.totals;
  return drift > 0 ? `≠ ${drift}` : verdictOf(assessment).sign;
}

// What takes a script is hidden until there is one.
const filters = html`<div class="filters" role="search" aria-label="Filters">
<label class="check"><input type="checkbox" id="only-drift"> Only functions that have drifted or are not known</label>
<div id="by-name" class="filters" hidden>
<label>Function <input type="search" id="function-text" autocomplete="off" spellcheck="false"></label>
<label>Layer <input type="search" id="layer-text" autocomplete="off" spellcheck="false"></label>
</div>
<output id="shown" class="muted"></output>
</div>`;

function bodyOf(reported: ReportedStack, index: number): Html {
  if (isRead(reported)) return stackBody(reported, index);
  const what = reported.stack === undefined ? "project" : "stack";
  return html`<p class="problem">! This ${what} could not be read: ${reported.error.lines.map(problemLine)}</p>`;
}

function panel(reported: ReportedStack, index: number): Html {
  const heading = html`<h2 id="heading-${index}">Stack ${reportedName(reported)}</h2>`;
  const body = bodyOf(reported, index);
  return html`<section id="panel-${index}" aria-labelledby="heading-${index}">${heading}${body}</section>
`;
}

function problemLine(line: string, index: number): Html {
  return html`${index > 0 ? new Html("\n") : undefined}${line}`;
}

function stackBody(assessment: Assessment, index: number): Html {
  const { standings, skipped, live, exceptions } = assessment;
  const note = liveNote(live);
  const reasons = skipped.map((one) => html`<li><bdi>${skippedName(one)}</bdi>: ${one.reason}</li>`);
  const notes = [
    ...(note === undefined ? [] : [html`<p class="muted">${note}</p>`]),
    ...(skipped.length === 0
      ? []
      : [html`<details><summary>${count(skipped.length, "function")} left out</summary><ul>${reasons}</ul></details>`]),
  ];
  if (exceptions.length > 0) notes.push(exceptionList(exceptions));
  if (standings.length === 0) return html`${notes}<p>${verdictOf(assessment).text}.</p>`;
  const totals = numbersOf(assessment).map(
    ({ what, text, kind }) => html`<div class="${kind}"><dt>${what}</dt><dd>${text}</dd></div>
`,
  );
  return html`<dl class="totals">
${totals}</dl>
${notes}
${legend}
${table(assessment, index)}`;
}

function exceptionList(exceptions: readonly Exception[]): Html {
  const items = exceptions.map((one) => html`<li><bdi>${exceptionText(one)}</bdi>${exceptionState(one)}</li>`);
  return html`<details><summary>${count(exceptions.length, "exception")} declared</summary><ul>${items}</ul></details>`;
}

function exceptionState({ expired, functions, needed }: Exception): Html | undefined {
  if (expired) return html` <b class="drift">expired</b>`;
  if (functions === 0) return html` <small>for no function here</small>`;
  return needed ? undefined : html` <b class="unknown">not needed any more</b>`;
}

const legend = html`<ul class="legend">
<li>✓ 5: as declared</li>
<li>≠ 5: 5 is declared, and what is <u>underlined</u> is not as declared</li>
<li>? 5: 5 is declared, and not all is known</li>
<li>≥: newer is fine too</li>
<li>rec: recorded in the Pulumi state</li>
<li>live: in AWS</li>
<li>–: not attached</li>
<li>?: not known</li>
</ul>`;

function table(assessment: Assessment, index: number): Html {
  const { layers, functions } = matrixOf(assessment);
  return html`<div class="frame" tabindex="0" role="region" aria-labelledby="caption-${index}">
<table class="matrix" id="matrix-${index}">
<caption id="caption-${index}">Functions of ${assessment.stack} by their layers</caption>
<colgroup><col class="name">${layers.map(() => column)}</colgroup>
<thead><tr><th scope="col">Function</th>${layers.map(layerHead)}</tr></thead>
<tbody>
${functions.map(row)}</tbody>
</table>
</div>`;
}

const column = html`<col class="layer">`;

function layerHead({ name, arn, place, declared, source }: MatrixLayer): Html {
  if (arn === undefined) return html`<th scope="col"><bdi>${name}</bdi><small>not readable</small></th>`;
  const line = source && html`, line ${source.line}`;
  const what = declared === undefined ? html`not declared` : html`declared ${declared}${line}`;
  return html`<th scope="col" title="${arn}"><bdi>${name}</bdi>${place && html`<small>${place}</small>`}<small>${what}</small></th>`;
}

function row({ label, fn, verdict, cells }: MatrixFunction): Html {
  const title = fn.arn ?? fn.urn;
  return html`<tr${verdict && html` class="${verdict}"`}><th scope="row"${title && html` title="${title}"`}><bdi>${label}</bdi></th>${cells.map(cell)}</tr>
`;
}

const noCell = html`<td></td>`;
const placeNames = { recorded: "rec", live: "live" };
const cellKinds = {
  "as-declared": { kind: "ok", sign: "✓" },
  drift: { kind: "drift", sign: "≠" },
  unknown: { kind: "unknown", sign: "?" },
};

function cell(standing: Standing | undefined): Html {
  if (standing === undefined) return noCell;
  const { verdict } = standing;
  const versions = askedPlaces([standing]).map((place, index) => {
    const text = versionText(standing[place]);
    const shown = isDrifted(standing, place) ? html`<u>${text}</u>` : text;
    return html`${index > 0 ? " · " : ""}${placeNames[place]} ${shown}`;
  });
  if (verdict === "undeclared") return html`<td class="free"><b>not declared</b> <small>${versions}</small></td>`;
  const { kind, sign } = cellKinds[verdict];
  const variant = standing.target?.declared?.variant;
  const exception = variant && isException(variant) ? html` <small>exception</small>` : undefined;
  return html`<td class="${kind}"><b>${sign} ${declaredText(standing)}</b>${exception} <small>${versions}</small></td>`;
}
