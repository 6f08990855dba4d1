import { createHash } from "node:crypto";
import type { StatusRow } from "../../ops/plans";
import { count } from "../text";
import { Html, html } from "./html";
import {
  declaredText,
  isAsDeclared,
  isRead,
  type MatrixFunction,
  type MatrixLayer,
  matrixOf,
  type ReadStack,
  type ReportedStack,
  sumOf,
  type Totals,
  totalsOf,
  versionText,
} from "./matrix";
import { pageScript } from "./page-script";
import { pageStyle } from "./page-style";
import { type Verdict, verdictOf, verdictOfAll } from "./verdict";

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
  const style = `${pageStyle}${stacks.map(styleOf).join("")}`;
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(pageScript)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const reports = stacks.filter(isRead).map(({ status }) => status);
  const totals = sumOf(reports.map(({ rows }) => totalsOf(rows)));
  const known = verdictOfAll(reports);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title(totals, known)}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header>
<h1>Lambda layer versions</h1>
<p class="muted"><code>${configFile}</code>, ${stacks.length === 1 ? "stack" : "stacks"} ${stacks.map(({ stack }) => stack).join(", ")}; read on <time datetime="${time.toISOString()}">${time.toISOString().slice(0, 16).replace("T", " ")} UTC</time></p>
${verdict(stacks, totals, known)}
${stacks.length > 1 ? overview(stacks) : undefined}
</header>
<main>
${stacks.length > 1 ? tabs(stacks) : undefined}
${filters}
${stacks.map(panel)}
</main>
<script>${new Html(pageScript)}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function title({ driftedLayers }: Totals, { sign }: Verdict): string {
  return `${driftedLayers > 0 ? `≠ ${driftedLayers} drifted` : sign} · Lambda layer versions`;
}

/** The rules that one stack needs: its tab's, and the width of its table, which a browser need not work out then. */
function styleOf(reported: ReportedStack, index: number): string {
  const width = isRead(reported)
    ? `calc(var(--name-width) + ${matrixOf(reported).layers.length} * var(--layer-width))`
    : "auto";
  return `@media screen { #matrix-${index} { width: ${width}; } }
@media screen { body:has(.tabs):has(#stack-${index}:not(:checked)) #panel-${index} { display: none; } }
`;
}

function verdict(
  stacks: readonly ReportedStack[],
  { layers, driftedLayers, driftedFunctions }: Totals,
  { sign, text }: Verdict,
): Html {
  const unread = stacks.filter((one) => !isRead(one)).length;
  const missing = unread > 0 ? html` ${count(unread, "stack")} could not be read.` : undefined;
  if (driftedLayers > 0)
    return html`<p class="verdict drift"><b>≠ ${driftedLayers} of ${count(layers, "layer")}</b> not as declared, in ${count(driftedFunctions, "function")}.${missing}</p>`;
  return html`<p class="verdict"><b>${sign}</b> ${text}.${missing}</p>`;
}

function overview(stacks: readonly ReportedStack[]): Html {
  const rows = stacks.map((reported) => {
    if (!isRead(reported))
      return html`<tr><th scope="row">${reported.stack}</th><td colspan="5">could not be read</td></tr>`;
    const totals = totalsOf(reported.status.rows);
    return html`<tr><th scope="row">${reported.stack}</th><td class="number">${totals.functions}</td><td class="number">${totals.layers}</td><td class="number ${totals.driftedLayers > 0 ? "drift" : ""}">${totals.driftedLayers > 0 ? "≠ " : "✓ "}${totals.driftedLayers}</td><td class="number">${totals.undeclared}</td><td>${reported.status.live.read ? "read" : "not known"}</td></tr>`;
  });
  return html`<table class="overview"><caption>Stacks</caption>
<thead><tr><th scope="col">Stack</th><th scope="col" class="number">Functions</th><th scope="col" class="number">Layers</th><th scope="col" class="number">Not as declared</th><th scope="col" class="number">Declared by no entry</th><th scope="col">Live versions</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function tabs(stacks: readonly ReportedStack[]): Html {
  const inputs = stacks.map((reported, index) => {
    const drifted = isRead(reported) ? totalsOf(reported.status.rows).driftedLayers : 0;
    const sign = !isRead(reported) ? "!" : drifted > 0 ? `≠ ${drifted}` : verdictOf(reported.status).sign;
    const checked = index === 0 ? new Html(" checked") : undefined;
    return html`<input type="radio" name="stack" id="stack-${index}"${checked}><label for="stack-${index}">${reported.stack} <small>${sign}</small></label>`;
  });
  return html`<fieldset class="tabs"><legend>Stack</legend>${inputs}</fieldset>`;
}

// What takes a script is hidden until there is one.
const filters = html`<div class="filters" role="search" aria-label="Filters">
<label class="check"><input type="checkbox" id="only-drift"> Only functions that have drifted</label>
<div id="by-name" class="filters" hidden>
<label>Function <input type="search" id="function-text" autocomplete="off" spellcheck="false"></label>
<label>Layer <input type="search" id="layer-text" autocomplete="off" spellcheck="false"></label>
</div>
<output id="shown" class="muted"></output>
</div>`;

function panel(reported: ReportedStack, index: number): Html {
  const heading = html`<h2 id="heading-${index}">Stack ${reported.stack}</h2>`;
  const body = isRead(reported)
    ? stackBody(reported, index)
    : html`<p class="problem">! This stack could not be read: ${reported.error.describe()}</p>`;
  return html`<section id="panel-${index}" aria-labelledby="heading-${index}">${heading}${body}</section>
`;
}

function stackBody(stack: ReadStack, index: number): Html {
  const { rows, skipped, live } = stack.status;
  const totals = totalsOf(rows);
  const notes = [
    ...(live.read ? [] : [html`<p class="muted">Live versions are not known: ${live.reason}</p>`]),
    ...(skipped.length === 0
      ? []
      : [
          html`<details><summary>${count(skipped.length, "function")} left out</summary><ul>${skipped.map(
            (one) => html`<li><bdi>${one.function}</bdi>: ${one.reason}</li>`,
          )}</ul></details>`,
        ]),
  ];
  if (rows.length === 0) return html`${notes}<p>The stack has no functions with layers.</p>`;
  return html`<dl class="totals">
<div><dt>functions</dt><dd>${totals.functions}</dd></div>
<div><dt>layers of functions</dt><dd>${totals.layers}</dd></div>
<div class="${totals.driftedLayers > 0 ? "drift" : ""}"><dt>not as declared</dt><dd>${totals.driftedLayers > 0 ? "≠ " : "✓ "}${totals.driftedLayers}</dd></div>
<div><dt>declared by no entry</dt><dd>${totals.undeclared}</dd></div>
</dl>
${notes}
${legend}
${table(stack, index)}`;
}

const legend = html`<ul class="legend">
<li>✓ 5: as declared</li>
<li>≠ 5: 5 is declared, and the <u>underlined</u> version is another</li>
<li>≥: newer is fine too</li>
<li>rec: recorded in the Pulumi state</li>
<li>live: in AWS; – none, ? not known</li>
</ul>`;

function table(stack: ReadStack, index: number): Html {
  const { layers, functions } = matrixOf(stack);
  return html`<div class="frame" tabindex="0" role="region" aria-labelledby="caption-${index}">
<table class="matrix" id="matrix-${index}">
<caption id="caption-${index}">Functions of ${stack.stack} by their layers</caption>
<colgroup><col class="name">${layers.map(() => column)}</colgroup>
<thead><tr><th scope="col">Function</th>${layers.map(layerHead)}</tr></thead>
<tbody>
${functions.map((fn) => row(fn, stack.status.live.read))}</tbody>
</table>
</div>`;
}

const column = html`<col class="layer">`;

function layerHead({ name, arn, place, declared, source }: MatrixLayer): Html {
  const line = source && html`, line ${source.line}`;
  const what = declared === undefined ? html`not declared` : html`declared ${declared}${line}`;
  return html`<th scope="col" title="${arn}"><bdi>${name}</bdi>${place && html`<small>${place}</small>`}<small>${what}</small></th>`;
}

function row({ name, urn, drift, cells }: MatrixFunction, isLiveKnown: boolean): Html {
  return html`<tr${drift ? new Html(' class="drift"') : undefined}><th scope="row"${urn && html` title="${urn}"`}><bdi>${name}</bdi></th>${cells.map((one) => cell(one, isLiveKnown))}</tr>
`;
}

const noCell = html`<td></td>`;

function cell(row: StatusRow | undefined, isLiveKnown: boolean): Html {
  if (row === undefined) return noCell;
  const declared = declaredText(row);
  const version = (value: number | undefined, isKnown: boolean) => {
    const text = versionText(value, isKnown);
    const isWrong = value === undefined ? row.detached : !isAsDeclared(value, row);
    return isWrong ? html`<u>${text}</u>` : html`${text}`;
  };
  const versions = html`<small>rec ${version(row.recorded, true)} · live ${version(row.live, isLiveKnown)}</small>`;
  if (declared === undefined) return html`<td class="free"><b>not declared</b> ${versions}</td>`;
  return row.drift
    ? html`<td class="drift"><b>≠ ${declared}</b> ${versions}</td>`
    : html`<td class="ok"><b>✓ ${declared}</b> ${versions}</td>`;
}
