/**
 * What the page gains where scripts run: filters by the names of functions and layers. Everything else, the filter by
 * drift and the tabs included, works without.
 */
export const pageScript = `
"use strict";
const byName = document.querySelector("#by-name");
const functionText = document.querySelector("#function-text");
const layerText = document.querySelector("#layer-text");
const onlyDrift = document.querySelector("#only-drift");
const shown = document.querySelector("#shown");
const tables = [...document.querySelectorAll(".matrix")].map((table) => ({
  table,
  layers: [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.querySelector("bdi").textContent.toLowerCase()),
  rows: [...table.tBodies[0].rows].map((row) => ({
    row,
    name: row.cells[0].textContent.toLowerCase(),
    cells: [...row.cells].slice(1).map(({ className }) => className),
  })),
}));
const columns = new CSSStyleSheet();
document.adoptedStyleSheets.push(columns);

function filter() {
  const name = functionText.value.trim().toLowerCase();
  const layer = layerText.value.trim().toLowerCase();
  const rules = [];
  for (const { table, layers, rows } of tables) {
    const visible = layers.map((text) => text.includes(layer));
    for (const [index, isVisible] of visible.entries()) {
      if (!isVisible) rules.push("#" + table.id + " :is(col, th, td):nth-child(" + (index + 2) + ") { display: none }");
    }
    const count = visible.filter(Boolean).length;
    if (layer) rules.push("@media screen { #" + table.id + " { width: calc(var(--name-width) + " + count + " * var(--layer-width)) } }");
    const isWanted = (state, index) => state !== "" && visible[index] && (!onlyDrift.checked || state === "drift" || state === "unknown");
    for (const one of rows) one.row.hidden = !one.name.includes(name) || !one.cells.some(isWanted);
  }
  columns.replaceSync(rules.join("\\n"));
  tell();
}

function tell() {
  const open = tables.filter(({ table }) => table.checkVisibility({ contentVisibilityAuto: true }));
  const rows = open.flatMap(({ rows }) => rows);
  const left = rows.filter(({ row }) => !row.hidden).length;
  shown.textContent = left === rows.length ? "" : left + " of " + rows.length + " functions shown";
}

for (const input of [functionText, layerText, onlyDrift]) input.addEventListener("input", filter);
for (const tab of document.querySelectorAll(".tabs input")) tab.addEventListener("change", tell);
for (const folded of document.querySelectorAll("details.stack")) folded.addEventListener("toggle", tell);
byName.hidden = false;
// A browser that goes back to the page has kept what was typed.
if (functionText.value || layerText.value || onlyDrift.checked) filter();
`;
