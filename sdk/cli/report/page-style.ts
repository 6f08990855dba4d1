/** The page's style; the page adds rules that depend on its content. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --name-width: 15rem; --layer-width: 9.75rem;
  --back: #ffffff; --panel: #f5f7fa; --line: #d5dbe3; --text: #1b2430; --muted: #545f6e; --focus: #0b5fc4;
  --ok: #0a6b3d; --drift: #a11212; --drift-back: #fdeceb; --drift-line: #d33a33;
  --unknown: #6b4a00; --unknown-back: #fdf3dc; --unknown-line: #b8860b;
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #10151c; --panel: #19212b; --line: #303b48; --text: #e7ecf2; --muted: #a3b0bf; --focus: #79b4ff;
    --ok: #6fd6a0; --drift: #ffb1a8; --drift-back: #40181a; --drift-line: #f0655c;
    --unknown: #f2cf85; --unknown-back: #352a12; --unknown-line: #c99a2e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem clamp(.75rem, 3vw, 2.5rem) 3rem; background: var(--back); color: var(--text); }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; }
p { margin: .25rem 0; max-width: 75ch; }
a { color: var(--focus); text-decoration-thickness: 1px; text-underline-offset: .15em; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
h1, h2, h3, p, li, summary, code, th, td { overflow-wrap: break-word; }
.muted, small { color: var(--muted); }
.ok > b:first-child, b.ok, span.ok { color: var(--ok); }
.drift > b:first-child, b.drift, span.drift { color: var(--drift); }
.unknown > b:first-child, b.unknown, span.unknown { color: var(--unknown); }
.verdict { margin: 1rem 0 0; padding: .6rem .9rem; border-left: .3rem solid var(--ok); background: var(--panel); max-width: none; }
.verdict.drift { border-color: var(--drift-line); background: var(--drift-back); color: var(--drift); }
.verdict.unknown { border-color: var(--unknown-line); background: var(--unknown-back); color: var(--unknown); }
.verdict b { font-size: 1.1rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem 1.25rem; margin: 1rem 0 .6rem; }
#by-name { margin: 0; }
.filters [hidden] { display: none; }
.filters label { display: flex; flex-direction: column; font-size: .85rem; color: var(--muted); }
.filters .check { flex-direction: row; align-items: center; gap: .45rem; color: var(--text); font-size: 1rem; padding: .35rem 0; }
.filters .check input { width: 1.1rem; height: 1.1rem; margin: 0; flex: none; accent-color: var(--focus); }
input[type=search] { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--muted); border-radius: .3rem; padding: .3rem .5rem; width: min(16rem, 80vw); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .6rem 0; padding: 0; list-style: none; font-size: .85rem; color: var(--muted); }
.nothing { display: none; margin: 1.5rem 0; font-size: 1.1rem; }
.nothing.some { display: block; }
.frame { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: .4rem; width: fit-content; max-width: 100%; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
.matrix { table-layout: fixed; --columns: var(--all); }
.matrix .name { width: var(--name-width); }
.matrix .layer { width: var(--layer-width); }
caption { text-align: left; padding: .5rem .7rem; font-weight: 650; background: var(--panel); }
.frame caption { border-bottom: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem; border-bottom: 1px solid var(--line); }
.frame th, .frame td { border-right: 1px solid var(--line); }
.frame tr > :last-child { border-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--panel); font-weight: 650; vertical-align: bottom; }
th small { font-weight: 400; }
tbody th small { white-space: nowrap; }
thead th small { display: block; }
tbody th { font-weight: 500; position: sticky; left: 0; background: var(--back); }
.frame thead th:first-child { left: 0; z-index: 2; }
tbody th a { color: inherit; text-decoration-color: var(--muted); }
tbody tr:hover > * { background: var(--panel); }
td b, td > small, td > span { display: block; line-height: 1.3; }
td > small { font-size: .8rem; }
.matrix td > small { white-space: nowrap; }
td > span b { display: inline; color: inherit; }
td.ok b, td.ok > span, .layers td.ok b { font-weight: 500; }
.matrix .free b { font-weight: 400; font-style: italic; color: var(--muted); }
tbody tr > td.drift, tbody tr:hover > td.drift { background: var(--drift-back); box-shadow: inset .2rem 0 var(--drift-line); }
tbody tr > td.unknown, tbody tr:hover > td.unknown { background: var(--unknown-back); box-shadow: inset .2rem 0 var(--unknown-line); }
.matrix td.drift, .matrix td.drift small { color: var(--drift); }
.matrix td.unknown, .matrix td.unknown small { color: var(--unknown); }
.layers :is(.drift, .unknown) > small { color: inherit; }
td.drift u { font-weight: 700; text-decoration-thickness: 2px; }
tr.drift > th { box-shadow: inset .2rem 0 var(--drift-line); }
tr.unknown > th { box-shadow: inset .2rem 0 var(--unknown-line); }
th .cue { font-weight: 650; }
.places { max-width: 40rem; }
.places a { white-space: nowrap; }
i { font-style: normal; }
i.drift { color: var(--drift); }
i.unknown { color: var(--unknown); }
.drift .cue { color: var(--drift); }
.unknown .cue { color: var(--unknown); }
button { font: inherit; color: inherit; cursor: pointer; }
.matrix .sorts { padding-top: 1.5rem; }
.sort { position: absolute; top: .15rem; right: .3rem; min-width: 1.5rem; padding: 0; border: 0; border-radius: .2rem; background: none; }
.sort::after { content: "\\2195"; color: var(--muted); font-weight: 400; }
[aria-sort=ascending] .sort::after { content: "\\2191"; color: inherit; }
[aria-sort=descending] .sort::after { content: "\\2193"; color: inherit; }
.totals { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .6rem 0; padding: 0; list-style: none; }
.totals .drift { color: var(--drift); }
.totals .unknown { color: var(--unknown); }
.repair { margin: .6rem 0; }
.command { display: flex; gap: .6rem; align-items: start; margin: .3rem 0; }
.command code { padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .3rem; background: var(--panel); user-select: all; min-width: 0; }
.command span { display: inline-block; max-width: 100%; overflow-wrap: anywhere; vertical-align: top; }
.command button { padding: .25rem .7rem; border: 1px solid var(--muted); border-radius: .3rem; background: var(--back); flex: none; }
details { margin: .5rem 0; }
.stack { border: 1px solid var(--line); border-left: .3rem solid var(--ok); border-radius: .3rem; padding: 0 .8rem; }
.stack.drift { border-left-color: var(--drift-line); }
.stack.unknown { border-left-color: var(--unknown-line); }
.stack > summary { padding: .6rem 0; }
.body { padding-bottom: .8rem; scroll-margin-top: 3.5rem; }
.project > summary { padding: .4rem 0; }
summary :is(h2, h3) { display: inline; font-size: 1.05rem; margin: 0; }
summary { cursor: pointer; }
.problem { border-left: .3rem solid var(--drift-line); padding: .5rem .9rem; background: var(--drift-back); color: var(--drift); white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  :root { --name-width: 8.5rem; --layer-width: 9rem; }
  th, td { padding: .3rem .45rem; }
  .stack { padding: 0 .5rem; }
  #by-name, .filters label:not(.check), input[type=search] { width: 100%; }
}
/* A single stack leaves room for a line per layer. */
@media not (max-width: 40rem) {
  .layers.alone :is(td > small, td > span) { display: inline-block; margin-right: 1.2em; }
}
@media screen {
  .matrix { width: calc(var(--name-width) + var(--columns) * var(--layer-width)); }
  .layers th, .layers td { min-width: 8rem; }
  body:has(#only-drift:checked) .matrix { --columns: var(--open); }
  body:has(#only-drift:checked) :is(tbody tr:not(.drift, .unknown), .matrix .calm, .frame.calm, .stack.calm .frame, .stack.ok, .project.ok) { display: none; }
  body:has(#only-drift:checked) main.ok .nothing { display: block; }
  .empty .frame, .none { display: none; }
}
@page { size: landscape; margin: 10mm; }
@media print {
  details::details-content { content-visibility: visible; display: block; height: auto; }
  :root {
    color-scheme: light; font-size: 9px;
    --back: #fff; --panel: #fff; --line: #999; --text: #000; --muted: #333; --ok: #0a6b3d; --drift: #a11212; --drift-back: #fff; --drift-line: #a11212;
    --unknown: #6b4a00; --unknown-back: #fff; --unknown-line: #6b4a00; --focus: #000;
  }
  body { padding: 0; }
  .filters, .nothing, button { display: none; }
  .frame { overflow: visible; max-height: none; border: 0; width: auto; }
  .matrix { width: 100%; table-layout: auto; }
  .matrix .name, .matrix .layer { width: auto; }
  th, td, .matrix .sorts { padding: .15rem .3rem; }
  thead th, tbody th { position: static; }
  thead { display: table-header-group; break-inside: avoid; break-after: avoid; }
  tr, .repair { break-inside: avoid; }
  thead tr, caption, summary, h2, h3, .totals, .repair { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  .matrix td > small { white-space: normal; }
  td.drift { outline: 1px solid var(--drift-line); outline-offset: -1px; }
  a { color: inherit; text-decoration: none; }
}
`;
