// `npm run bench [NAME...]`: prints each figure beside what it is compared with, and exits 1 if a limit is exceeded.

import { printTable } from "../../sdk/cli/table";
import { Output } from "../../sdk/cli/terminal";
import type { Figure } from "./figures";

const benches: Record<string, () => Promise<{ run(): Promise<Figure[]> }>> = {
  cli: () => import("./cli.js"),
  estate: () => import("./estate.js"),
  policy: () => import("./policy.js"),
  report: () => import("./report.js"),
  resource: () => import("./resource.js"),
  state: () => import("./state.js"),
  targets: () => import("./targets.js"),
  sync: () => import("./sync.js"),
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0)
    throw new Error(`no bench ${unknown.join(", ")}; there are: ${Object.keys(benches).join(", ")}`);
  const figures: Figure[] = [];
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    console.error(`${name}...`);
    const bench = await benches[name]?.();
    figures.push(...((await bench?.run()) ?? []));
  }
  const rows = figures.map(({ name, value, unit, comparedWith, aim, ok }) => [
    name,
    `${value.toFixed(2)} ${unit}`,
    comparedWith,
    aim === undefined ? "" : `<= ${aim}`,
    ok ? "ok" : "MISSED",
  ]);
  const titles = ["FIGURE", "VALUE", "COMPARED WITH", "AIM", ""];
  printTable(
    new Output(process.stdout, process.env),
    titles.map((title) => ({ title })),
    rows,
  );
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
