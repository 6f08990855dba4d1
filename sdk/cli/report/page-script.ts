/**
 * What scripts add to the page: filters by the names of functions and layers, rows sorted by a column, buttons that
 * copy commands, and filters in the address (`#drift=1&layer=base&function=api`). Everything else, the filter by drift
 * included, works without.
 */
export const pageScript = `
"use strict";
const one = (selector) => document.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const byName = one("#by-name");
const functionText = one("#function-text");
const layerText = one("#layer-text");
const onlyDrift = one("#only-drift");
const inputs = { drift: onlyDrift, function: functionText, layer: layerText };
const textOf = (element) => element.querySelector("bdi").textContent.toLowerCase();
const columns = new CSSStyleSheet();
document.adoptedStyleSheets.push(columns);

let known;
// Rows are read on first use: most stacks are never opened.
function tables() {
  known ??= all(".matrix").map((table) => ({
    table,
    stack: table.closest(".stack"),
    layers: [...table.tHead.rows[0].cells].slice(1).map(textOf),
    rows: [...table.tBodies[0].rows].map((row) => ({
      row,
      name: textOf(row.cells[0]),
      cells: [...row.cells].slice(1).map(({ className }) => className.split(" ")[0]),
    })),
  }));
  return known;
}

function filter() {
  const name = functionText.value.trim().toLowerCase();
  const layer = layerText.value.trim().toLowerCase();
  const isFiltered = name !== "" || layer !== "";
  const rules = [];
  let left = 0;
  let total = 0;
  for (const { table, stack, layers, rows } of tables()) {
    const visible = layers.map((text) => text.includes(layer));
    const hidden = visible.flatMap((isVisible, index) => (isVisible ? [] : ":nth-child(" + (index + 2) + ")"));
    if (hidden.length > 0) {
      rules.push("#" + table.id + " :is(col, th, td):is(" + hidden.join() + ") { display: none }");
      const isOpen = (index) => !onlyDrift.checked || rows.some(({ cells }) => cells[index] === "drift" || cells[index] === "unknown");
      const count = visible.filter((isVisible, index) => isVisible && isOpen(index)).length;
      rules.push("@media screen { #" + table.id + " { --columns: " + count + " !important } }");
    }
    const isWanted = (kind, index) => kind !== "" && kind !== "calm" && visible[index] && (!onlyDrift.checked || kind === "drift" || kind === "unknown");
    let own = 0;
    for (const { row, name: text, cells } of rows) {
      const isShown = text.includes(name) && cells.some(isWanted);
      row.hidden = !isShown;
      own += Number(isShown);
    }
    left += own;
    total += rows.length;
    stack.classList.toggle("empty", own === 0);
    // An incompletely read row may still have a match.
    stack.classList.toggle("none", own === 0 && (isFiltered || stack.classList.contains("ok")));
  }
  for (const row of all(".layers tbody tr")) row.hidden = !textOf(row).includes(layer);
  for (const stack of all(".stack:not(:has(.matrix))")) stack.classList.toggle("none", isFiltered);
  for (const project of all(".project")) project.classList.toggle("none", all(".stack", project).every(({ classList }) => classList.contains("none")));
  columns.replaceSync(rules.join("\\n"));
  one("#shown").textContent = left === total ? "" : left + " of " + total + " functions shown";
  one("#nothing").classList.toggle("some", left === 0);
}

// The address reflects the filters, so that it can be shared. Other parts, such as a link to a stack, stay.
function write() {
  const words = new URLSearchParams();
  if (onlyDrift.checked) words.set("drift", "1");
  if (functionText.value) words.set("function", functionText.value);
  if (layerText.value) words.set("layer", layerText.value);
  history.replaceState(null, "", words.size > 0 ? "#" + words : location.pathname + location.search);
}

function read() {
  if (!location.hash.includes("=")) return;
  const words = new URLSearchParams(location.hash.slice(1));
  onlyDrift.checked = words.get("drift") === "1";
  functionText.value = words.get("function") ?? "";
  layerText.value = words.get("layer") ?? "";
}

// Worst first; equal rows keep their order.
const ranks = ["drift", "unknown", "ok", "free"];
const rankOf = (cell) => {
  const rank = ranks.indexOf(cell.className.split(" ")[0]);
  return rank < 0 ? ranks.length : rank;
};

function sort(head) {
  const table = head.closest("table");
  const body = table.tBodies[0];
  const index = head.cellIndex;
  const isUp = head.getAttribute("aria-sort") !== "ascending";
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
  const keyed = [...body.rows].map((row) => {
    const cell = row.cells[index];
    return { row, rank: index === 0 ? 0 : rankOf(cell), text: index === 0 ? textOf(cell) : cell.textContent };
  });
  keyed.sort((a, b) => a.rank - b.rank || a.text.localeCompare(b.text, "en", { numeric: true }));
  if (!isUp) keyed.reverse();
  body.append(...keyed.map(({ row }) => row));
}

// Headings get their buttons once they can be seen.
function makeSortable(stack) {
  for (const head of all(".matrix thead th:not(:has(button))", stack)) {
    const name = head.querySelector("bdi");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.setAttribute("aria-label", "Sort by " + name.textContent);
    button.addEventListener("click", () => sort(head));
    head.classList.add("sorts");
    name.before(button);
  }
}

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

for (const code of all(".command code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(button, code));
  code.after(button);
}
for (const stack of all(".stack")) {
  if (stack.open) makeSortable(stack);
  stack.addEventListener("toggle", () => { if (stack.open) makeSortable(stack); });
}
for (const input of Object.values(inputs)) input.addEventListener("input", () => { filter(); write(); });
addEventListener("hashchange", () => { read(); filter(); });
byName.hidden = false;
read();
// A browser that returns to the page has kept the typed text.
if (functionText.value || layerText.value || onlyDrift.checked) filter();
`;
