import { foreignRegion, mostLayers, whyUnsuitable } from "../core/compatibility";
import type { LiveFunction } from "../core/live";
import { pooled } from "../core/pool";
import type { AwsPort, CheckOptions, LayerVersionAnswer, TargetProblem, UpdateTarget } from "../ports";

// Lambda's request budget sets the pace; this only limits how many requests are in flight.
const concurrentChecks = 10;
const namesShown = 3;

/**
 * Finds everything that would make these updates fail: image functions, more than five layers, and new layer versions
 * that do not exist, cannot be read, or do not suit the runtime or architecture. Takes one GetLayerVersion request per
 * distinct layer version; changes nothing.
 * @throws LayersError what {@link AwsPort.layerVersion} throws
 */
export async function checkTargets(
  aws: Pick<AwsPort, "layerVersion">,
  targets: readonly UpdateTarget[],
  { existence = true }: CheckOptions = {},
): Promise<TargetProblem[]> {
  const wanted = newLayers(targets);
  const problems = targets.flatMap(problemsOfFunction);
  if (!existence) return problems;
  const local = [...wanted].filter(([arn, functions]) => functions.some((fn) => !foreignRegion(fn, arn)));
  const found = await pooled(local, concurrentChecks, async ([arn, functions]) =>
    problemsOfLayer(arn, functions, await aws.layerVersion(arn)),
  );
  return [...problems, ...found.flat()];
}

/** The layer versions that functions will get and do not have yet, with those functions. */
function newLayers(targets: readonly UpdateTarget[]): Map<string, LiveFunction[]> {
  const wanted = new Map<string, LiveFunction[]>();
  for (const { function: fn, layers } of targets) {
    for (const arn of layers) {
      if (fn.layers.includes(arn)) continue;
      const functions = wanted.get(arn);
      if (functions) functions.push(fn);
      else wanted.set(arn, [fn]);
    }
  }
  return wanted;
}

function problemsOfFunction({ function: fn, layers }: UpdateTarget): TargetProblem[] {
  const problem = (code: TargetProblem["code"], message: string): TargetProblem => ({
    code,
    function: fn.name,
    message: `Function ${fn.name} ${message}`,
  });
  if (fn.packageType === "Image")
    return [problem("image-function", "is deployed as a container image, which cannot have layers.")];
  const problems = layers.flatMap((arn) => {
    const region = fn.layers.includes(arn) ? undefined : foreignRegion(fn, arn);
    const message = `cannot have layer ${arn}: the layer is in ${region}, and the function is not.`;
    return region ? [{ ...problem("layer-incompatible", message), layerVersionArn: arn }] : [];
  });
  if (layers.length <= mostLayers) return problems;
  return [
    ...problems,
    problem("too-many-layers", `would have ${layers.length} layers, but Lambda allows only ${mostLayers}.`),
  ];
}

function problemsOfLayer(arn: string, functions: readonly LiveFunction[], answer: LayerVersionAnswer): TargetProblem[] {
  if (answer === "missing")
    return [
      {
        code: "layer-version-missing",
        layerVersionArn: arn,
        message: `Layer version does not exist: ${arn}, needed by ${listed(functions)}. It was never published, or was deleted.`,
      },
    ];
  if (answer === "denied")
    return [
      {
        code: "layer-unreadable",
        layerVersionArn: arn,
        message: `Layer version ${arn}, needed by ${listed(functions)}, cannot be read: AWS denies lambda:GetLayerVersion. AWS gives the same answer for a version of another account that does not exist.`,
      },
    ];
  return functions.flatMap((fn) => {
    const reason = whyUnsuitable(fn, answer);
    if (!reason) return [];
    const message = `Layer version ${arn} does not suit function ${fn.name}: it ${reason}.`;
    return [{ code: "layer-incompatible" as const, function: fn.name, layerVersionArn: arn, message }];
  });
}

function listed(functions: readonly LiveFunction[]): string {
  const names = functions.slice(0, namesShown).map(({ name }) => name);
  const more = functions.length - names.length;
  return `function${functions.length > 1 ? "s" : ""} ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
