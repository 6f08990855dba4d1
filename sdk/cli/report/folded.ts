import type { StackSite } from "../../core/estate";
import { type Html, html } from "./html";
import { isRead, type ReportedStack } from "./matrix";
import { type Verdict, verdictOf } from "./verdict";

/** What stands in a stack's part of a page. */
export type BodyOf = (reported: ReportedStack, index: number) => Html;

/** How a page colours what is known. */
export const signClasses: Readonly<Record<Verdict["sign"], string>> = { "✓": "ok", "≠": "drift", "?": "unknown" };

// Tabs for more could not be found one's way among; and what is folded takes no time to lay out.
const mostTabs = 12;

/** Whether stacks are folded, under their projects, rather than behind tabs. */
export function isMany(stacks: readonly ReportedStack[]): boolean {
  return stacks.length > mostTabs || stacks.some(({ folder }) => folder !== undefined);
}

/** The stack of a report; none of a project whose stacks are not known. */
export function siteOf({ stack, folder }: ReportedStack): StackSite[] {
  return stack === undefined ? [] : [{ stack, folder }];
}

/** Projects, in each its stacks, and in each of these its functions. */
export function foldedProjects(stacks: readonly ReportedStack[], bodyOf: BodyOf): readonly Html[] {
  const places = stacks.map((reported, index) => ({ reported, index }));
  return [...Map.groupBy(places, ({ reported }) => reported.folder)].map(([folder, own]) => {
    const inner = own.map(({ reported, index }) => folded(reported, index, bodyOf));
    if (folder === undefined) return html`${inner}`;
    const { sign, text } = verdictOf(...own.map(({ reported }) => reported));
    return html`<details class="project" open><summary><b class="${signClasses[sign]}">${sign}</b> <h2>${folder}</h2> <small>${text}</small></summary>
${inner}</details>
`;
  });
}

function folded(reported: ReportedStack, index: number, bodyOf: BodyOf): Html {
  const { sign, text } = isRead(reported) ? verdictOf(reported) : { sign: "?" as const, text: "could not be read" };
  const name = reported.stack === undefined ? "This project" : reported.stack;
  // A stack of no project has no heading above it.
  const title = reported.folder === undefined ? html`<h2>${name}</h2>` : html`<h3>${name}</h3>`;
  return html`<details class="stack" id="panel-${index}"><summary><b class="${signClasses[sign]}">${sign}</b> ${title} <small>${text}</small></summary>
${bodyOf(reported, index)}</details>
`;
}
