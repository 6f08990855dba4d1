import type { Goal } from "../../sdk/core/goal";
import type { LiveFunction } from "../../sdk/core/live";
import { readAliases } from "../../sdk/ops/live/aliases";
import type { AwsPort } from "../../sdk/ports";
import { say } from "../host/say";

// Each takes at least one request of Lambda's scarce budget; a preview spends a second of it on a sample.
const mostAskedAtPreview = 15;

/**
 * Reports which aliases serve layers that are not as declared: published versions keep theirs when `$LATEST` moves.
 * @param functions those that move
 */
export async function reportStaleAliases(
  aws: AwsPort,
  functions: readonly Pick<LiveFunction, "arn">[],
  goal: Goal,
  { isPreview }: { readonly isPreview: boolean },
): Promise<void> {
  const asked = isPreview ? functions.slice(0, mostAskedAtPreview) : functions;
  const { stale, warnings } = await readAliases(
    aws,
    asked.map(({ arn }) => arn),
    goal,
  );
  for (const { function: name, alias, layers } of stale)
    for (const { layer, from } of layers) say(`Function ${name}: alias ${alias} still serves ${layer} version ${from}`);
  for (const warning of warnings) say(`Warning: ${warning}`);
  const rest = functions.length - asked.length;
  if (rest > 0) say(`Aliases of ${rest} more functions are checked when these are updated.`);
}
