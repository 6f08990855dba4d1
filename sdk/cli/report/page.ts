import { sumOf } from "../../core/assess";
import { countSites, type StackSite } from "../../core/estate";
import { only } from "../../core/text";
import { Html, html } from "./html";
import { isRead, type ReportedStack } from "./matrix";
import { orderOf, overviewOf, worstFirst } from "./overview";
import { framed, minuteOf } from "./page-frame";
import { layersByStacks, legend } from "./page-overview";
import { pageScript } from "./page-script";
import { stackPart } from "./page-stack";
import { pageStyle } from "./page-style";
import { signClasses, verdictOf } from "./verdict";

/** The subject of a page. */
export interface PageOptions {
  /** The config file as the user names it. */
  readonly configFile: string;
  readonly time: Date;
}

/** A page in one file, readable without scripts. What needs repair comes first. */
export function renderPage(given: readonly ReportedStack[], { configFile, time }: PageOptions): string {
  const stacks = worstFirst(given);
  const overview = overviewOf(stacks);
  const order = orderOf(overview);
  const parts = stacks.map((one, index) => stackPart(one, index, order));
  const verdict = verdictOf(...stacks);
  const { drift } = sumOf(stacks.filter(isRead).map(({ totals }) => totals));
  const drifted = drift > 0 ? ` ${drift} drifted` : "";
  const frame = {
    title: `${verdict.sign}${drifted} · ${namesOf(stacks)}Lambda layer versions`,
    heading: "Lambda layer versions",
    about: html`${namesOf(stacks)}${countSites(stacks.flatMap(siteOf))} · <code>${configFile}</code> · read on ${minuteOf(time)}`,
    ...{ verdict, style: `${pageStyle}${parts.map((one) => one.style).join("")}`, script: pageScript },
  };
  return framed(
    frame,
    html`<main class="${signClasses[verdict.sign]}">
${filters}
${layersByStacks(overview, stacks)}${legend}<p class="nothing" id="nothing">Nothing matches the filters.</p>
${projects(stacks, (index) => parts[index]?.body)}
</main>
`,
  );
}

/** The project of all stacks, as a prefix; empty if there are several or it is unknown. */
function namesOf(stacks: readonly ReportedStack[]): string {
  const name = only(stacks.flatMap((one) => (isRead(one) ? (one.project ?? []) : [])));
  return name === undefined ? "" : `${name} · `;
}

/** The stack of a report; undefined for a project whose stacks are unknown. */
function siteOf({ stack, folder }: ReportedStack): StackSite[] {
  return stack === undefined ? [] : [{ stack, folder }];
}

// Controls that need a script are hidden until it runs.
const filters = html`<div class="filters" role="search" aria-label="Filters">
<label class="check"><input type="checkbox" id="only-drift"> Only what has drifted or is not known</label>
<div id="by-name" class="filters" hidden>
<label>Function <input type="search" id="function-text" autocomplete="off" spellcheck="false"></label>
<label>Layer <input type="search" id="layer-text" autocomplete="off" spellcheck="false"></label>
</div>
<output id="shown" class="muted"></output>
</div>`;

/** Projects, their stacks, and their functions. The worst stack is open. */
function projects(stacks: readonly ReportedStack[], bodyOf: (index: number) => Html | undefined): readonly Html[] {
  const places = stacks.map((reported, index) => ({ reported, index }));
  return [...Map.groupBy(places, ({ reported }) => reported.folder)].map(([folder, own]) => {
    const inner = own.map(({ reported, index }) => stackDetails(reported, index, bodyOf(index)));
    if (folder === undefined) return html`${inner}`;
    const { sign, text } = verdictOf(...own.map(({ reported }) => reported));
    return html`<details class="project ${signClasses[sign]}" open><summary><b>${sign}</b> <h2>${folder}</h2> <small>${text}</small></summary>
${inner}</details>
`;
  });
}

function stackDetails(reported: ReportedStack, index: number, body: Html | undefined): Html {
  const { sign, text } = isRead(reported) ? verdictOf(reported) : { sign: "?" as const, text: "could not be read" };
  const name = reported.stack === undefined ? "This project" : reported.stack;
  // A stack without a project has no project heading.
  const title = reported.folder === undefined ? html`<h2>${name}</h2>` : html`<h3>${name}</h3>`;
  const isCalm = isRead(reported) && reported.totals.drift + reported.totals.unknown === 0;
  return html`<details class="stack ${signClasses[sign]}${isCalm ? " calm" : ""}"${index === 0 ? new Html(" open") : undefined}><summary><b>${sign}</b> ${title} <small>${placeOf(reported)}${text}</small></summary>
<div class="body" id="panel-${index}">
${body}
</div></details>
`;
}

/** Project, account and region of a stack, as far as known. */
function placeOf(reported: ReportedStack): string {
  if (!isRead(reported)) return "";
  const { functions } = reported;
  const accounts = [...new Set(functions.flatMap(({ account }) => account ?? []))];
  const regions = [...new Set(functions.flatMap(({ region }) => region ?? []))];
  const few = (names: readonly string[], what: string) =>
    names.length > 2 ? [`${names.length} ${what}`] : names.length > 0 ? [names.toSorted().join(", ")] : [];
  const parts = [
    ...(reported.project === null ? [] : [`project ${reported.project}`]),
    ...few(accounts, "accounts"),
    ...few(regions, "regions"),
  ];
  return parts.map((part) => `${part} · `).join("");
}
