import { LayersError } from "../core/errors";
import type { Ports } from "../ports";
import type { Assessment } from "./assess";
import { latestOf } from "./look-up";
import { askAbout, matchesOf } from "./matches";
import { withProgress } from "./steps";
import { openVersions } from "./versions";

/**
 * The newest version of each declared layer that functions have, by the layer's ARN without version. Layers that could
 * not be read are missing, with a warning.
 * @throws LayersError `aws-credentials`, `interrupted`
 */
export async function newestVersions(
  ports: Ports,
  { standings }: Pick<Assessment, "standings">,
): Promise<ReadonlyMap<string, number>> {
  const all = matchesOf(standings).filter(({ region }) => region !== "?");
  const found = await withProgress(ports.reporter, "Looking up layer versions", () =>
    askAbout(ports, all, async (aws, match) => {
      const { arn, declared } = match;
      try {
        const { versions } = await openVersions(aws, { arn, known: declared.version, latest: latestOf(match) });
        for await (const { version } of versions) return [[arn, version] as const];
        return [];
      } catch (error) {
        const isOfLayer = error instanceof LayersError && !["aws-credentials", "interrupted"].includes(error.code);
        if (!isOfLayer) throw error;
        ports.reporter.warn(`The newest version of ${arn} is not known: ${error.message}`);
        return [];
      }
    }),
  );
  return new Map(found);
}
