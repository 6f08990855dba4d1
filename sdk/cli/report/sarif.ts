import { createHash } from "node:crypto";
import type { Log, Result } from "sarif";
import type { StatusRow } from "../../ops/plans";
import { declaredText, isAsDeclared, isFailed, isRead, type ReadStack, type ReportedStack } from "./matrix";

/** What a SARIF log is about. */
export interface SarifOptions {
  /** The tool's version. */
  readonly version: string;
  /** The config file as a URI, relative to the root of the repository where it is in it. */
  readonly configUri: string;
}

const rule = {
  id: "layer-drift",
  name: "LayerDrift",
  shortDescription: { text: "A layer of a Lambda function is not at its declared version." },
  fullDescription: {
    text: "The version that the Pulumi state records, or that runs in AWS, is another than the one that the layer configuration declares.",
  },
  help: {
    text: "See what an update would change: lambda-layers --dry-run. Then run lambda-layers, with --sync-aws for the live functions too, or change the declared version.",
  },
  defaultConfiguration: { level: "warning" as const },
};

/** A SARIF 2.1.0 log for code scanning: one result for each layer that has drifted, at the line that declares it. */
export function renderSarif(stacks: readonly ReportedStack[], { version, configUri }: SarifOptions): string {
  const failed = stacks.filter(isFailed);
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "lambda-layers", semanticVersion: version, rules: [rule] } },
        automationDetails: { id: "lambda-layers/" },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: failed.length === 0,
            toolExecutionNotifications: failed.map(({ stack, error }) => ({
              level: "error",
              message: { text: `Stack ${stack}: ${error.describe()}` },
              descriptor: { id: error.code },
            })),
          },
        ],
        results: stacks.filter(isRead).flatMap((stack) => resultsOf(stack, configUri)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultsOf(stack: ReadStack, uri: string): Result[] {
  const drifted = stack.status.rows.filter(({ drift }) => drift);
  return drifted.map((row) => {
    const source = stack.sources.get(row.arn);
    return {
      ruleId: rule.id,
      ruleIndex: 0,
      level: "warning",
      message: { text: sentence(stack.stack, row) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri },
            region: { startLine: source?.line ?? 1, startColumn: source?.column ?? 1 },
          },
          logicalLocations: [
            { name: row.function, kind: "resource", ...(row.urn !== undefined && { fullyQualifiedName: row.urn }) },
          ],
        },
      ],
      // What tells results on the same line apart, and finds a result again after the file was edited.
      partialFingerprints: { "layerOfFunction/v1": fingerprint(stack.stack, row) },
      properties: {
        ...{ stack: stack.stack, function: row.function, layer: row.layer, arn: row.arn },
        ...{ declared: row.declared, enforce: row.enforce, recorded: row.recorded, live: row.live },
      },
    };
  });
}

function sentence(stack: string, row: StatusRow): string {
  const wrong = [
    { what: "recorded at", version: row.recorded },
    { what: "live at", version: row.live },
  ].flatMap(({ what, version }) =>
    version === undefined || isAsDeclared(version, row) ? [] : [`${what} version ${version}`],
  );
  if (row.detached) wrong.push("not attached in AWS");
  return `Function ${row.function} of stack ${stack}: Layer ${row.layer} is declared at version ${declaredText(row)} and ${wrong.join(", ")}.`;
}

function fingerprint(stack: string, { urn, function: name, arn }: StatusRow): string {
  return createHash("sha256")
    .update(JSON.stringify([stack, urn ?? name, arn]))
    .digest("hex");
}
