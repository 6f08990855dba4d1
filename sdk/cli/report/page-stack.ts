import { type AssessedFunction, isDrifted, type Standing } from "../../core/assess";
import { consoleUrl } from "../../core/console";
import { type Exception, isException } from "../../core/exceptions";
import { count } from "../../core/text";
import type { Assessment } from "../../ops/assess";
import { skippedName } from "../../ops/plans";
import { exceptionsState, exceptionText } from "../../ops/report-standings";
import { Html, html } from "./html";
import {
  askedPlaces,
  declaredText,
  isRead,
  type LayerOrder,
  type Matrix,
  type MatrixFunction,
  type MatrixLayer,
  matrixOf,
  type ReadStack,
  type ReportedStack,
  versionText,
} from "./matrix";
import { liveNote, undeclaredOf, verdictOf } from "./verdict";

/** A stack's section, and the style rule with its table's width, which saves the browser from computing it. */
export interface StackPart {
  readonly body: Html;
  readonly style: string;
}

/** A stack's section: repair commands, what was left out, and its functions by layers. */
export function stackPart(reported: ReportedStack, index: number, order: LayerOrder): StackPart {
  if (!isRead(reported)) {
    const what = reported.stack === undefined ? "project" : "stack";
    const lines = reported.error.lines.map((line, at) => html`${at > 0 ? new Html("\n") : undefined}${line}`);
    return { body: html`<p class="problem">! This ${what} could not be read: ${lines}</p>`, style: "" };
  }
  const { standings, repairs = [] } = reported;
  if (standings.length === 0) {
    return { body: html`${notesOf(reported)}<p>${verdictOf(reported).text}.</p>`, style: "" };
  }
  const matrix = matrixOf(reported, order);
  const open = matrix.layers.filter(({ verdict }) => verdict !== undefined).length;
  return {
    body: html`${numbersOf(reported)}${repairOf(repairs)}${notesOf(reported)}${table(matrix, reported, index)}`,
    style: `#matrix-${index}{--all:${matrix.layers.length};--open:${open}}\n`,
  };
}

function numbersOf(assessment: Assessment): Html {
  const { functions, layersOfFunctions, drift, unknown } = assessment.totals;
  const undeclared = undeclaredOf(assessment);
  return html`<ul class="totals">
<li><b>${functions}</b> ${functions === 1 ? "function" : "functions"}</li>
<li><b>${layersOfFunctions}</b> ${layersOfFunctions === 1 ? "layer of a function" : "layers of functions"}</li>
${drift > 0 ? html`<li class="drift"><b>≠ ${drift}</b> not as declared</li>` : undefined}
${unknown > 0 ? html`<li class="unknown"><b>? ${unknown}</b> unknown</li>` : undefined}
${undeclared > 0 ? html`<li><b>${undeclared}</b> not declared by any entry</li>` : undefined}
</ul>
`;
}

function repairOf(repairs: readonly string[]): Html | undefined {
  if (repairs.length === 0) return undefined;
  const hint = repairs.some((one) => one.startsWith("lambda-layers "))
    ? html` <small>With <code>--dry-run</code> it only shows what would change.</small>`
    : undefined;
  const commands = repairs.map(
    (one) => html`<div class="command"><code>${wordsOf(one)}</code></div>
`,
  );
  return html`<div class="repair"><p><b>To repair</b>${hint}</p>
${commands}</div>
`;
}

/** The words of a command, so that lines break between words rather than after a hyphen. */
function wordsOf(command: string): Html[] {
  return command.split(" ").map((word, index) => html`${index > 0 ? " " : ""}<span>${word}</span>`);
}

function notesOf({ skipped, live, exceptions }: Assessment): Html {
  const note = liveNote(live);
  const reasons = skipped.map((one) => html`<li><bdi>${skippedName(one)}</bdi>: ${one.reason}</li>`);
  return html`${
    note === undefined
      ? undefined
      : html`<p class="muted">${note}</p>
`
  }${
    skipped.length === 0
      ? undefined
      : html`<details><summary>${count(skipped.length, "function")} skipped</summary><ul>${reasons}</ul></details>
`
  }${exceptions.length === 0 ? undefined : exceptionList(exceptions)}`;
}

function exceptionList(exceptions: readonly Exception[]): Html {
  const items = exceptions.map((one) => html`<li><bdi>${exceptionText(one)}</bdi>${exceptionState(one)}</li>`);
  return html`<details><summary>${count(exceptions.length, "exception")} declared${exceptionsState(exceptions)}</summary><ul>${items}</ul></details>
`;
}

function exceptionState({ expired, functions, needed }: Exception): Html | undefined {
  if (expired) return html` <b class="drift">expired</b>`;
  if (functions === 0) return html` <small>for no function here</small>`;
  return needed ? undefined : html` <b class="unknown">no longer needed</b>`;
}

function table({ layers, functions }: Matrix, reported: ReadStack, index: number): Html {
  const { stack, newest, lastFine } = reported;
  const isCalm = layers.map(({ verdict }) => verdict === undefined);
  const regions = new Set(functions.map(({ fn }) => fn.region));
  const columns = isCalm.map((calm) => html`<col class="layer${calm ? " calm" : ""}">`);
  const heads = layers.map((layer, at) => layerHead(layer, isCalm[at] ?? false, newest));
  return html`<div class="frame" tabindex="0" role="region" aria-labelledby="caption-${index}">
<table class="matrix" id="matrix-${index}">
<caption id="caption-${index}">Functions of ${stack} by their layers</caption>
<colgroup><col class="name">${columns}</colgroup>
<thead><tr><th scope="col"><bdi>Function</bdi></th>${heads}</tr></thead>
<tbody>
${functions.map((one) => row(one, isCalm, regions.size > 1, lastFine))}</tbody>
</table>
</div>`;
}

function layerHead(
  { name, arn, place, declared, source }: MatrixLayer,
  isCalm: boolean,
  newest: ReadStack["newest"],
): Html {
  const calm = isCalm ? html` class="calm"` : undefined;
  if (arn === undefined) return html`<th scope="col"${calm}><bdi>${name}</bdi><small>not readable</small></th>`;
  const line = source && html`, line\u00a0${source.line}`;
  const what = declared === undefined ? html`not declared` : html`declared ${declared}${line}`;
  return html`<th scope="col"${calm} title="${arn}"><bdi>${name}</bdi>${place && html`<small>${place}</small>`}<small>${what}</small>${newest?.has(arn) ? html`<small>newest ${newest.get(arn)}</small>` : undefined}</th>`;
}

const cues = { drift: "≠", unknown: "?" };

/** Next to the name: a cue for cells of the row that may be off the screen. */
function row(
  { label, fn, verdict, number, cells }: MatrixFunction,
  isCalm: readonly boolean[],
  hasRegion: boolean,
  lastFine: ReadStack["lastFine"],
): Html {
  const region = hasRegion && label === fn.name ? fn.region : undefined;
  return html`<tr${verdict && html` class="${verdict}"`}><th scope="row">${nameOf(label, fn)}${verdict && html` <small class="cue">${cues[verdict]} ${number}</small>`}${region && html` <small>${region}</small>`}</th>${cells.map((one, at) => cell(one, isCalm[at] ?? false, one && lastFine?.get(one)))}</tr>
`;
}

function nameOf(label: string, { arn, urn }: AssessedFunction): Html {
  const url = arn === undefined ? undefined : consoleUrl(arn);
  if (url !== undefined) return html`<a href="${url}"><bdi>${label}</bdi></a>`;
  const title = arn ?? urn;
  return html`<bdi${title && html` title="${title}"`}>${label}</bdi>`;
}

const noCell = html`<td></td>`;
const noCalmCell = html`<td class="calm"></td>`;
const placeNames = { recorded: "rec", live: "live" };
const cellKinds = {
  "as-declared": { kind: "ok", sign: "✓" },
  drift: { kind: "drift", sign: "≠" },
  unknown: { kind: "unknown", sign: "?" },
};

function cell(standing: Standing | undefined, isCalm: boolean, lastFine?: Date): Html {
  if (standing === undefined) return isCalm ? noCalmCell : noCell;
  const calm = isCalm ? " calm" : "";
  const { verdict } = standing;
  if (verdict === "undeclared")
    return html`<td class="free${calm}"><b>not declared</b> <small>${versionsOf(standing)}</small></td>`;
  const { kind, sign } = cellKinds[verdict];
  const variant = standing.target?.declared?.variant;
  const exception = variant && isException(variant) ? html` <small>exception</small>` : undefined;
  const declared = declaredText(standing);
  // Values that are the same everywhere are shown once.
  const isSame = askedPlaces([standing]).every((place) => standing[place] === standing.target?.version);
  const versions = isSame && verdict === "as-declared" ? undefined : html` <small>${versionsOf(standing)}</small>`;
  return html`<td class="${kind}${calm}"><b>${sign} ${declared}</b>${exception}${versions}${lastFine && sinceOf(lastFine)}</td>`;
}

/** Drift appeared after the layer was last seen as declared. */
function sinceOf(time: Date): Html {
  const text = time.toISOString();
  return html` <small class="since">after <time datetime="${text}" title="${text.slice(0, 16).replace("T", " ")} UTC">${text.slice(0, 10)}</time></small>`;
}

function versionsOf(standing: Standing): Html {
  const versions = askedPlaces([standing]).map((place, index) => {
    const text = versionText(standing[place]);
    const shown = isDrifted(standing, place) ? html`<u>${text}</u>` : text;
    return html`${index > 0 ? " · " : ""}${placeNames[place]} ${shown}`;
  });
  return html`${versions}`;
}
