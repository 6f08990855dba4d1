import { type ReportedStack, reportedStack } from "../../../sdk/cli/report/matrix";
import { parseConfig } from "../../../sdk/core/config/parse";
import { LayersError } from "../../../sdk/core/errors";
import type { StatusReport, StatusRow } from "../../../sdk/ops/plans";

const text = `layers:
  base: { version: 5 }
  tools: { version: 3, enforce: minimum }
`;

/** A row of a function and a layer that is declared at 5; what differs is given. */
export function row(others: Partial<StatusRow> = {}): StatusRow {
  const { function: name = "api", layer = "base" } = others;
  return {
    function: name,
    urn: `urn:pulumi:dev::shop::aws:lambda/function:Function::${name}`,
    layer,
    arn: `arn:aws:lambda:us-east-1:123456789012:layer:${layer}`,
    declared: 5,
    enforce: "exact",
    recorded: 5,
    live: 5,
    drift: false,
    ...others,
  };
}

/** A stack with these rows, of a config that declares `base` at 5 and `tools` at 3 or newer. */
export function stackOf(rows: readonly StatusRow[], others: Partial<StatusReport> = {}): ReportedStack {
  const parsed = parseConfig(text, "layer_config.yaml");
  if (!parsed.ok) throw new Error("the sample config is invalid");
  return reportedStack({ stack: "dev", rows, skipped: [], live: { read: true }, ...others }, parsed.config);
}

/** A stack with something of everything: as declared, drift of both kinds, newer than the minimum, not declared. */
export function sampleStack(stack = "dev"): ReportedStack {
  return stackOf(
    [
      row({ function: "api", recorded: 4, live: 3, drift: true }),
      row({ function: "api", layer: "tools", declared: 3, enforce: "minimum", recorded: 3, live: 4 }),
      row({ function: "jobs" }),
      row({ function: "jobs", layer: "unrelated", declared: undefined, enforce: undefined, recorded: 1, live: 1 }),
      row({ function: "mail", live: 6, drift: true }),
      row({ function: "web" }),
    ],
    { stack, skipped: [{ function: "image", reason: "it is an image" }] },
  );
}

/** A stack that could not be read. */
export const failedStack: ReportedStack = {
  stack: "gone",
  error: new LayersError("stack-missing", "State file not found: there is no stack gone.", { next: "Name another." }),
};

/** A name that is markup of every kind. */
export const hostileName = `</td><script>document.title="stolen"</script><img src=x onerror=alert(1)>"'&|\`_*[a](b)@you`;

/** Functions by layers, all of them filled: more than Lambda lets a function have. */
export function largeStack(functions: number, layers: number): ReportedStack {
  const rows = Array.from({ length: functions * layers }, (_, index) => {
    const drift = index % 17 === 0;
    const fn = `service-${String(Math.floor(index / layers)).padStart(4, "0")}`;
    return row({ function: fn, layer: `layer-${index % layers}`, recorded: drift ? 4 : 5, live: drift ? 4 : 5, drift });
  });
  return stackOf(rows);
}
