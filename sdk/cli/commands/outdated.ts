import { LayersError } from "../../core/errors";
import { type AvailableLayer, type AvailableVersion, readAvailable } from "../../ops/upgrade/available";
import type { Context } from "../context";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { type Cell, type Column, printTable } from "../table";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const config = ports.configs.load(configFile(options));
    const layers = await readAvailable(ports, { stack, config, stateFile: options.stateFile });
    show(context, layers);
    const outdated = layers.filter((layer) => layer.outdated).length;
    return {
      document: { stack, layers },
      error: options.expectNoChanges && outdated > 0 ? outdatedFound(stack, outdated) : undefined,
    };
  });
}

const columns: readonly Column[] = [
  { title: "" },
  { title: "LAYER" },
  { title: "DECLARED", align: "right" },
  { title: "NEWEST", align: "right" },
  { title: "COMPATIBLE", align: "right" },
  { title: "PUBLISHED" },
];

const concerns = {
  missing: "does not exist any more, or was never published",
  unreadable: "cannot be read: it was deleted, or is not shared any more",
};

function show({ options, stdout, reporter }: Context, layers: readonly AvailableLayer[]): void {
  for (const { layer, declared, at, declaredVersion, reason } of layers) {
    if (declaredVersion === "missing" || declaredVersion === "unreadable")
      reporter.warn(`Layer ${layer}: version ${declared} (${at}) ${concerns[declaredVersion]}.`);
    if (reason !== undefined) reporter.warn(`Layer ${layer}: ${reason}`);
  }
  if (options.json) return;
  if (layers.length === 0) {
    reporter.info("No layers are declared");
    return;
  }
  const { red, yellow, dim } = stdout.colors;
  const version = (found: AvailableVersion | undefined): Cell =>
    found ? String(found.version) : { text: "-", color: dim };
  const rows = layers.map(({ layer, declared, declaredVersion, newest, compatible, outdated }): Cell[] => {
    const isGone = declaredVersion !== "available" && declaredVersion !== undefined;
    return [
      outdated ? { text: isGone ? "x" : "!", color: isGone ? red : yellow } : "",
      layer,
      isGone
        ? { text: `${declared} (${declaredVersion === "missing" ? "deleted" : "unreadable"})`, color: red }
        : String(declared),
      version(newest),
      version(compatible),
      newest?.published ? newest.published.toLocaleDateString("sv") : { text: "-", color: dim }, // 2024-08-24
    ];
  });
  printTable(stdout, columns, rows);
  const outdated = layers.filter((layer) => layer.outdated).length;
  reporter.info(outdated > 0 ? `${outdated} of ${count(layers.length, "layer")} outdated` : "All are up to date");
}

function outdatedFound(stack: string, outdated: number): LayersError {
  return new LayersError("changes-found", `Stack ${stack}: ${count(outdated, "layer")} outdated.`, {
    next: "Bring them up to date: lambda-layers upgrade --dry-run",
  });
}
