import { exitStatus, LayersError } from "../../core/errors";
import type { Finding, ValidationReport } from "../../ops/plans";
import { validate } from "../../ops/validate";
import type { Context } from "../context";
import { configFile } from "../settings";
import { forEachStack } from "../stacks";
import { type Column, printTable } from "../table";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options } = context;
  const ports = await context.openPorts();
  return forEachStack(context, async (stack) => {
    const config = ports.configs.load(configFile(options));
    const report = await validate(ports, { stack, config, stateFile: options.stateFile });
    show(context, report, config.file);
    return { document: report, error: failure(report, config.file) };
  });
}

const columns: readonly Column[] = [
  { title: "ENTRY" },
  { title: "VERSION", align: "right" },
  { title: "LAYER" },
  { title: "FUNCTIONS", align: "right" },
];

function show(
  { options, stdout, reporter }: Context,
  { layers, findings, live }: ValidationReport,
  file: string,
): void {
  if (!options.json && layers.length > 0) {
    const none = { text: "-", color: stdout.colors.dim };
    const rows = layers.flatMap(({ key, version, matches }) =>
      matches.length === 0
        ? [[key, String(version), none, none]]
        : matches.map((match) => [key, String(version), match.layer, String(match.functions)]),
    );
    printTable(stdout, columns, rows);
  }
  for (const { severity, message } of findings) {
    if (severity === "error") reporter.error(message);
    else reporter.warn(message);
  }
  if (!live.read) reporter.warn(`Whether the declared versions exist is not known: ${live.reason}`);
  if (!findings.some(isError))
    reporter.info(`${file} is valid${live.read ? ", and every declared version exists" : ""}`);
}

function failure({ findings }: ValidationReport, file: string): LayersError | undefined {
  const errors = findings.filter(isError);
  const [first] = errors;
  if (!first) return undefined;
  const code = Object.keys(exitStatus).find((one): one is keyof typeof exitStatus => one === first.code);
  return new LayersError(
    code ?? "config-invalid",
    `${file} has ${count(errors.length, "error")}. Nothing was changed.`,
  );
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}
