import { createHash } from "node:crypto";
import type { Log, Notification, Result } from "sarif";
import { layerArn } from "../../core/arn";
import { isDrifted, type Standing } from "../../core/assess";
import { type Lines, shownLines, visibleJson } from "../../core/text";
import { failedReading } from "../../ops/expectation";
import { labelsOfStandings } from "../../ops/report-standings";
import { standingRow } from "../json";
import {
  declaredText,
  type FailedStack,
  isRead,
  type ReadStack,
  type ReportedStack,
  reportedName,
  sourceOf,
} from "./matrix";
import { verdictOf } from "./verdict";

/** The subject of a SARIF log. */
export interface SarifOptions {
  /** The tool's version. */
  readonly version: string;
  /** The config file of a stack as a URI, relative to the root of the repository if it is in it. */
  readonly configUri: (stack: ReportedStack) => string;
}

/** Escapes text for a message, where viewers turn brackets into links (SARIF 2.1.0, 3.11.6). */
function messageOf(lines: Lines) {
  return { text: shownLines(lines).replace(/[\\[\]]/g, "\\$&") };
}

const rule = {
  id: "layer-drift",
  name: "LayerDrift",
  shortDescription: { text: "A layer of a Lambda function is not at its declared version." },
  fullDescription: {
    text: "The version that the Pulumi state records, or that runs in AWS, is not the one that the layer configuration declares.",
  },
  help: {
    text: "See what an update would change: lambda-layers --sync-aws --dry-run. Then run it without --dry-run, or change the declared version.",
  },
  defaultConfiguration: { level: "warning" as const },
};

/** A SARIF 2.1.0 log for code scanning: one result per drifted layer, at the line that declares it. */
export function renderSarif(stacks: readonly ReportedStack[], { version, configUri }: SarifOptions): string {
  const notes = stacks.flatMap((one) => (isRead(one) ? unreadNotes(one) : [failedNote(one)]));
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "lambda-layers", semanticVersion: version, rules: [rule] } },
        automationDetails: { id: "lambda-layers/" },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: notes.length === 0, toolExecutionNotifications: notes }],
        results: stacks.filter(isRead).flatMap((stack) => resultsOf(stack, configUri(stack))),
      },
    ],
  };
  return `${visibleJson(log, 2)}\n`;
}

function failedNote(failed: FailedStack): Notification {
  const { error } = failed;
  const [first = "", ...others] = error.lines;
  return {
    level: "error",
    message: messageOf([`Stack ${reportedName(failed)}: ${first}`, ...others]),
    descriptor: { id: error.code },
  };
}

/** Results alone would suggest that unreadable layers are as declared. */
function unreadNotes(assessment: ReadStack): Notification[] {
  const { totals, live } = assessment;
  if (totals.unknown === 0 && !failedReading(live)) return [];
  const text = `Stack ${reportedName(assessment)}: ${verdictOf(assessment).text}.`;
  return [{ level: "warning", message: messageOf(text), descriptor: { id: "not-known" } }];
}

function resultsOf(assessment: ReadStack, uri: string): Result[] {
  const { stack, standings } = assessment;
  const reported = reportedName(assessment);
  const label = labelsOfStandings(standings);
  const drifted = standings.filter(({ verdict }) => verdict === "drift");
  return drifted.map((standing) => {
    const { fn } = standing;
    const source = sourceOf(standing);
    const { function: name, layer, arn, declared, enforce, recorded, live } = standingRow(standing);
    return {
      ruleId: rule.id,
      ruleIndex: 0,
      level: "warning",
      message: messageOf(sentence(reported, standing, label(fn))),
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri },
            region: { startLine: source?.line ?? 1, startColumn: source?.column ?? 1 },
          },
          logicalLocations: [
            { name: label(fn), kind: "resource", ...(fn.urn !== undefined && { fullyQualifiedName: fn.urn }) },
          ],
        },
      ],
      // A fingerprint that tells results on the same line apart and survives edits of the file.
      partialFingerprints: { "layerOfFunction/v1": fingerprint(reported, standing) },
      properties: { stack, function: name, layer, arn, declared, enforce, recorded, live },
    };
  });
}

function sentence(stack: string, standing: Standing, label: string): string {
  const wrong = [
    ...(isDrifted(standing, "recorded") ? [`recorded at version ${standing.recorded}`] : []),
    ...(isDrifted(standing, "live")
      ? [standing.isLost ? "not attached in AWS" : `live at version ${standing.live}`]
      : []),
  ];
  const { layer, target } = standing;
  const is = target?.by === undefined ? "is declared at version" : "is declared to be replaced by";
  return `Function ${label} of stack ${stack}: Layer ${layer?.name} ${is} ${declaredText(standing)} and ${wrong.join(", ")}.`;
}

/** Functions of a `LayerVersions` resource share its URN; a function's own resource keeps its URN when recreated. */
function fingerprint(stack: string, { fn, layer }: Standing): string {
  const id = fn.recordedBy === "function" ? fn.urn : (fn.arn ?? fn.name);
  return createHash("sha256")
    .update(JSON.stringify([stack, id, layer && layerArn(layer)]))
    .digest("hex");
}
