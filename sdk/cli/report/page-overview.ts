import { count } from "../../core/text";
import { Html, html } from "./html";
import { isRead, type ReportedStack, reportedName } from "./matrix";
import type { LayerSum, OverviewLayer, VersionCount } from "./overview";

// A table with more columns does not fit on a screen, so stacks are summed up.
const mostColumns = 6;
// More would make an unreadable cell; the stack's own section lists all.
const mostCounts = 5;
const mostNames = 8;

/** Layers by stacks: how many functions have which version. Empty if no layer was read. */
export function layersByStacks(overview: readonly OverviewLayer[], stacks: readonly ReportedStack[]): Html | undefined {
  if (overview.length === 0) return undefined;
  const isWide = stacks.length > mostColumns;
  const heads = isWide
    ? [html`<th scope="col">All stacks</th><th scope="col">Not as declared, or unknown, in</th>`]
    : stacks.map((one, index) => html`<th scope="col"><a href="#panel-${index}">${reportedName(one)}</a></th>`);
  const rows = overview.map((layer) => {
    const cells = isWide
      ? [sumCell(layer.all), html`<td class="places">${placesOf(layer, stacks)}</td>`]
      : layer.stacks.map((sum, index) => sumCell(sum, stacks[index]));
    return html`<tr class="${layer.all.verdict ?? "calm"}"><th scope="row"><bdi>${layer.name}</bdi></th>${cells}</tr>
`;
  });
  const isCalm = overview.every(({ all }) => all.verdict === undefined);
  return html`<div class="frame${isCalm ? " calm" : ""}" tabindex="0" role="region" aria-labelledby="layers-caption">
<table class="layers${stacks.length > 1 ? "" : " alone"}">
<caption id="layers-caption">${stacks.length > 1 ? "Layers by stacks" : "Layers"}</caption>
<thead><tr><th scope="col">Layer</th>${heads}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
`;
}

function sumCell(sum: LayerSum | undefined, reported?: ReportedStack): Html {
  if (sum === undefined) {
    const isFailed = reported !== undefined && !isRead(reported);
    return isFailed ? html`<td class="sum unknown"><span class="unknown">? not read</span></td>` : html`<td></td>`;
  }
  const { declared, counts, verdict } = sum;
  const others = Map.groupBy(counts.slice(mostCounts), (one) => one.verdict);
  const lines = [...counts.slice(0, mostCounts).map(countLine), ...[...others.values()].flatMap(restLine)];
  if (declared.length === 0) return html`<td class="sum free"><small>not declared</small>${lines}</td>`;
  // What is as declared everywhere is said once.
  const isSame = counts.length === 1 && counts[0]?.verdict === "as-declared" && counts[0].versions === declared.join();
  const said = isSame ? undefined : html`<small>declared ${declared.join(", ")}</small>`;
  return html`<td class="sum ${verdict ?? "ok"}">${said}${lines}</td>`;
}

const signs = { "as-declared": "✓ ", drift: "≠ ", unknown: "? ", undeclared: "" };
const kinds = { "as-declared": "ok", drift: "drift", unknown: "unknown", undeclared: "free" };

function countLine({ versions, functions, verdict }: VersionCount): Html {
  return html`<span class="${kinds[verdict]}">${signs[verdict]}<b>${versions}</b> in ${count(functions, "function")}</span>`;
}

/** One line for the counts of a verdict that do not fit in a cell; a single count as it is. */
function restLine(counts: readonly VersionCount[]): Html[] {
  const [first] = counts;
  if (first === undefined || counts.length === 1) return counts.map(countLine);
  const functions = counts.reduce((all, one) => all + one.functions, 0);
  return [
    html`<span class="${kinds[first.verdict]}">${signs[first.verdict]}${count(functions, "function")} at ${counts.length} other versions</span>`,
  ];
}

/** Links to the stacks in which a layer needs action. */
function placesOf({ stacks: sums }: OverviewLayer, stacks: readonly ReportedStack[]): Html {
  const open = sums.flatMap((sum, index) => {
    const reported = stacks[index];
    return sum?.verdict && reported ? [{ index, reported, verdict: sum.verdict }] : [];
  });
  const links = open
    .slice(0, mostNames)
    .map(
      ({ index, reported, verdict }, place) =>
        html`${place > 0 ? ", " : ""}<i class="${verdict}">${signs[verdict]}</i><a href="#panel-${index}">${reportedName(reported)}</a>`,
    );
  const more = open.length - mostNames;
  return html`${links}${more > 0 ? ` and ${more} more` : ""}`;
}

/** A legend of the signs of a page. */
export const legend = new Html(`<ul class="legend">
<li><b class="ok">✓</b> as declared</li>
<li><b class="drift">≠</b> <u>underlined</u>: not as declared</li>
<li><b class="unknown">?</b> not known</li>
<li><b>≥</b> newer is fine</li>
<li><b>rec</b> in the Pulumi state</li>
<li><b>live</b> in AWS</li>
<li><b>–</b> not attached</li>
<li><b>after</b> has drifted since that day</li>
</ul>
`);
