/** How the page looks; rules that depend on what is in it are added by the page. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --name-width: 15rem; --layer-width: 9.25rem;
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
h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; max-width: 75ch; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
bdi, code { overflow-wrap: anywhere; }
.muted, small { color: var(--muted); }
.verdict { margin: 1rem 0 0; padding: .6rem .9rem; border-left: .3rem solid var(--ok); background: var(--panel); max-width: none; }
.verdict.drift { border-color: var(--drift-line); background: var(--drift-back); color: var(--drift); }
.verdict.unknown { border-color: var(--unknown-line); background: var(--unknown-back); color: var(--unknown); }
.verdict b { font-size: 1.1rem; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.totals { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .5rem 0; }
.totals div { display: flex; flex-direction: column-reverse; }
.totals dt { color: var(--muted); font-size: .85rem; }
.totals dd { margin: 0; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.totals .drift dd { color: var(--drift); }
.totals .unknown dd { color: var(--unknown); }
.tabs { border: 0; border-bottom: 1px solid var(--line); margin: 1.5rem 0 0; padding: 0; min-width: 0; display: flex; flex-wrap: wrap; gap: .25rem; }
.tabs legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tabs input { position: absolute; opacity: 0; }
.tabs label { padding: .45rem .9rem; border: 1px solid transparent; border-bottom: 0; border-radius: .4rem .4rem 0 0; cursor: pointer; overflow-wrap: anywhere; }
.tabs label:hover { background: var(--panel); }
.tabs input:checked + label { border-color: var(--line); background: var(--panel); font-weight: 650; box-shadow: inset 0 .2rem var(--focus); }
.tabs input:focus-visible + label { outline: 3px solid var(--focus); outline-offset: -3px; }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem 1.25rem; margin: 1rem 0 .25rem; }
#by-name { margin: 0; }
.filters [hidden] { display: none; }
.filters label { display: flex; flex-direction: column; font-size: .85rem; color: var(--muted); }
.filters .check { flex-direction: row; align-items: center; gap: .45rem; color: var(--text); font-size: 1rem; padding: .35rem 0; }
.filters .check input { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--focus); }
input[type=search] { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--muted); border-radius: .3rem; padding: .3rem .5rem; width: min(16rem, 80vw); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .5rem 0; padding: 0; list-style: none; font-size: .85rem; color: var(--muted); }
.frame { overflow: auto; max-height: 85vh; border: 1px solid var(--line); border-radius: .4rem; width: fit-content; max-width: 100%; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; }
.matrix { table-layout: fixed; }
.matrix .name { width: var(--name-width); }
.matrix .layer { width: var(--layer-width); }
caption { text-align: left; padding: .5rem .7rem; font-weight: 650; background: var(--panel); }
.frame caption { border-bottom: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.matrix th, .matrix td { border-right: 1px solid var(--line); }
.matrix tr > :last-child { border-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--panel); font-weight: 650; vertical-align: bottom; }
thead th small { display: block; font-weight: 400; }
tbody th { font-weight: 500; position: sticky; left: 0; background: var(--back); }
thead th:first-child { left: 0; z-index: 2; }
tbody tr:hover > * { background: var(--panel); }
td b, td small { display: block; line-height: 1.3; }
td small { font-size: .8rem; white-space: nowrap; }
.ok b { color: var(--ok); font-weight: 600; }
.free b { font-weight: 400; font-style: italic; color: var(--muted); }
tbody tr > td.drift, tbody tr:hover > td.drift { background: var(--drift-back); box-shadow: inset .2rem 0 var(--drift-line); color: var(--drift); }
tbody tr > td.unknown, tbody tr:hover > td.unknown { background: var(--unknown-back); box-shadow: inset .2rem 0 var(--unknown-line); color: var(--unknown); }
td.drift small, td.unknown small { color: inherit; }
td.drift u { font-weight: 700; text-decoration-thickness: 2px; }
th.number, td.number { text-align: right; }
.overview { margin: 1rem 0 0; }
.overview :is(td.drift, td.unknown) { font-weight: 650; }
details { margin: .5rem 0; }
details.stack { margin-left: 1rem; }
details :is(h2, h3) { display: inline; font-size: 1rem; }
summary { cursor: pointer; }
.problem { border-left: .3rem solid var(--drift-line); padding: .5rem .9rem; background: var(--drift-back); color: var(--drift); white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  :root { --name-width: 8.5rem; }
  th, td { padding: .3rem .45rem; }
}
body:has(#only-drift:checked) .matrix tbody tr:not(.drift, .unknown) { display: none; }
@page { size: landscape; margin: 10mm; }
@media print {
  details::details-content { content-visibility: visible; display: block; height: auto; }
  :root {
    color-scheme: light; font-size: 9px;
    --back: #fff; --panel: #fff; --line: #999; --text: #000; --muted: #333; --ok: #0a6b3d; --drift: #a11212; --drift-back: #fff; --drift-line: #a11212;
    --unknown: #6b4a00; --unknown-back: #fff; --unknown-line: #6b4a00;
  }
  body { padding: 0; }
  .tabs, .filters { display: none; }
  .frame { overflow: visible; max-height: none; border: 0; width: auto; }
  .matrix { width: 100%; }
  .matrix .name, .matrix .layer { width: auto; }
  th, td { padding: .15rem .3rem; }
  thead th, tbody th { position: static; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  td small { white-space: normal; }
  td.drift { outline: 1px solid var(--drift-line); outline-offset: -1px; }
}
`;
