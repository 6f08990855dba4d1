import type { ReportedStack } from "../../../sdk/cli/report/matrix";
import { parseLayerVersionArn } from "../../../sdk/core/arn";
import { type AssessedFunction, assess, type SeenLayers, totalsOf } from "../../../sdk/core/assess";
import { declareFor } from "../../../sdk/core/config/declared";
import { parseConfig } from "../../../sdk/core/config/parse";
import { LayersError } from "../../../sdk/core/errors";
import { createMatcher } from "../../../sdk/core/match";
import { declaredTargets } from "../../../sdk/core/target";
import type { Assessment } from "../../../sdk/ops/assess";

const text = `layers:
  base: { version: 5 }
  tools: { version: 3, enforce: minimum }
  many: { names: ["layer-*"], version: 5 }
`;

/** Layers as `name:version`; `unread`: they could not be read; `unasked`: nobody read them. */
type Layers = readonly string[] | "unread" | "unasked";

interface Sample extends Partial<Pick<AssessedFunction, "recordedBy" | "urn">> {
  readonly recorded?: Layers;
  /** Default: the recorded ones. */
  readonly live?: Layers;
  readonly region?: string;
}

const account = "123456789012";

/** A function that has layer `base` at 5, as declared; give only what differs. */
export function fn(name = "api", { recorded = ["base:5"], live = recorded, ...others }: Sample = {}): AssessedFunction {
  const { region = "us-east-1" } = others;
  const seen = (layers: Layers): SeenLayers | undefined => {
    if (layers === "unasked") return undefined;
    const known = layers === "unread" ? [] : layers;
    const arns = known.flatMap(
      (layer) => parseLayerVersionArn(`arn:aws:lambda:${region}:${account}:layer:${layer}`) ?? [],
    );
    return { layers: arns, complete: layers !== "unread" };
  };
  const isRecorded = recorded !== "unasked";
  return {
    name,
    arn: `arn:aws:lambda:${region}:${account}:function:${name}`,
    ...{ region, account, recorded: seen(recorded), live: seen(live) },
    urn: isRecorded ? `urn:pulumi:dev::shop::aws:lambda/function:Function::${name}` : undefined,
    recordedBy: isRecorded ? "function" : undefined,
    ...others,
  };
}

/** A stack with these functions and a config that declares `base` at 5 and `tools` at 3 or newer. */
export function stackOf(functions: readonly AssessedFunction[], others: Partial<Assessment> = {}): Assessment {
  const parsed = parseConfig(text, "layer_config.yaml");
  if (!parsed.ok) throw new Error("the sample config is invalid");
  const matcher = createMatcher(declareFor(parsed.config, "dev"));
  const standings = assess(functions, declaredTargets(matcher));
  return {
    ...{ stack: "dev", project: "shop", functions, standings, totals: totalsOf(standings), skipped: [] },
    ...{
      live: { read: true },
      isStateRead: true,
      recorded: undefined,
      matcher,
      where: "the state of dev",
      exceptions: [],
      unmatched: [],
      replaceless: [],
      misnamed: [],
      odd: [],
      ...others,
    },
  };
}

/**
 * A stack with something of everything: as declared, drift of both kinds, newer than the minimum, not declared, not
 * known.
 */
export function sampleStack(stack = "dev"): Assessment {
  return stackOf(
    [
      fn("api", { recorded: ["base:4", "tools:3"], live: ["base:3", "tools:4"] }),
      fn("jobs", { recorded: ["base:5", "unrelated:1"] }),
      fn("mail", { live: ["base:6"] }),
      fn("mail", { region: "eu-west-1", live: "unread" }),
      fn("secret", { recorded: "unread", live: [] }),
      fn("web"),
    ],
    { stack, skipped: [{ function: "goner", reason: "it waits for its deletion" }] },
  );
}

/** A stack that could not be read. */
export const failedStack: ReportedStack = {
  stack: "gone",
  error: new LayersError("stack-missing", "State file not found: there is no stack gone.", { next: "Name another." }),
};

/** A name with every kind of markup. */
export const hostileName = `</td><script>document.title="stolen"</script><img src=x onerror=alert(1)>"'&|\`_*[a](b)@you`;

/** Functions by layers, all of them filled: more than Lambda allows a function. */
export function largeStack(functions: number, layers: number): Assessment {
  const all = Array.from({ length: functions }, (_, index) => {
    const version = (layer: number) => ((index * layers + layer) % 17 === 0 ? 4 : 5);
    const recorded = Array.from({ length: layers }, (_unused, layer) => `layer-${layer}:${version(layer)}`);
    return fn(`service-${String(index).padStart(4, "0")}`, { recorded });
  });
  return stackOf(all);
}
