import assert from "node:assert/strict";
import { parseLayerVersionArn } from "../../sdk/core/arn";
import { assess } from "../../sdk/core/assess";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import { exceptionsOf } from "../../sdk/core/exceptions";
import { createMatcher } from "../../sdk/core/match";
import { declaredTargets } from "../../sdk/core/target";
import { exceptionText, exceptionWarnings } from "../../sdk/ops/report-standings";

const config = `layers:
  base:
    version: 5
    variants:
      - when: { function: needed }
        version: 7
        description: needs the new client
        until: 2026-12-31
      - when: { function: idle }
        version: 5
      - when: { function: nobody }
        version: 9
      - when: { region: eu-west-1 }
        version: 4
`;

function found(now: string) {
  const parsed = parseConfig(config, "c.yaml");
  assert(parsed.ok);
  const { layers, ...others } = declareFor(parsed.config, "dev");
  const layer = parseLayerVersionArn("arn:aws:lambda:us-east-1:123456789012:layer:base:5");
  assert(layer);
  const functions = ["needed", "idle", "other"].map((name) => ({
    ...{ name, arn: undefined, region: "us-east-1", account: undefined, urn: name, recordedBy: "function" as const },
    ...{ recorded: { layers: [layer], complete: true }, live: undefined },
  }));
  const standings = assess(functions, declaredTargets(createMatcher({ ...others, layers })));
  return exceptionsOf(layers, standings, new Date(now));
}

describe("exceptions", () => {
  it("are the variants for named functions, or with an end date", () => {
    assert.deepEqual(
      found("2026-12-31T23:59:59.999Z").map(({ when, functions, needed, expired }) => [
        when,
        functions,
        needed,
        expired,
      ]),
      [
        [{ function: ["needed"] }, 1, true, false],
        [{ function: ["idle"] }, 1, false, false],
        [{ function: ["nobody"] }, 0, false, false],
      ],
    );
  });

  it("apply through their last day, UTC, and cause a warning after it", () => {
    const warned = (now: string) => exceptionWarnings(found(now));
    const idle =
      "The exception of base for function idle (c.yaml:9) is no longer needed: the same version is declared without it. Remove it.";
    assert.deepEqual(warned("2026-12-31T23:59:59.999Z"), [idle]);
    assert.deepEqual(warned("2027-01-01T00:00:00.000Z"), [
      "The exception of base for function needed (c.yaml:5) expired on 2026-12-31 (reason: needs the new client). It stays in effect until it is removed.",
      idle,
    ]);
  });

  it("are described on one line", () => {
    assert.deepEqual(found("2026-01-01T00:00:00Z").slice(0, 2).map(exceptionText), [
      "base for function needed: needs the new client, until 2026-12-31 (c.yaml:5)",
      "base for function idle: no reason given (c.yaml:9)",
    ]);
  });
});
