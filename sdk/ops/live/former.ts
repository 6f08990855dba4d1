import type { LayerSettings } from "../../core/config/settings";
import type { Goal } from "../../core/goal";
import { isOwned, type RecordedFunction } from "../../core/recorded";
import type { FunctionFacts, StateFacts } from "../../core/state/facts";
import type { Ports } from "../../ports";
import { type IsOurs, recordedLayer, whyNotBack } from "../recorded/restore";
import { liveChanges, movingTargets } from "./plan";
import type { LivePlan } from "./plans";
import { inspect, refuseUnfit } from "./preflight";
import { goneFunction, refuseOtherRegions, whereOf } from "./read";
import { selectLive } from "./select";

/** Which live functions go back to the versions recorded in an earlier state. */
export interface FormerRequest {
  readonly stack: string;
  readonly settings: LayerSettings;
  readonly skipPreflight: boolean;
  /** The functions of today's state. */
  readonly recorded: readonly RecordedFunction[];
  readonly former: StateFacts;
  /** Decides which layers that have since replaced others are reverted. */
  readonly isOurs: IsOurs;
}

/**
 * Plans to bring live functions to the versions recorded in an earlier state. Read-only. Functions are matched by ARN,
 * because one name may exist in several regions.
 * @throws LayersError `usage` if all functions are in other regions than the run's, and what `planLive` throws
 */
export async function planFormer(ports: Ports, request: FormerRequest): Promise<LivePlan> {
  const { stack, settings, skipPreflight, recorded, former, isOurs } = request;
  const callsBefore = ports.aws.calls();
  const byUrn = new Map(former.functions.filter(isOwned).map((fn) => [fn.urn, fn]));
  const byArn = new Map<string, FunctionFacts>();
  const goal: Goal = ({ arn, layers }) => {
    const fn = byArn.get(arn);
    return fn ? layers.map((text) => recordedLayer(fn, layers, text, isOurs) ?? text) : layers;
  };
  const where = whereOf(ports, settings.region);
  const found = await selectLive(ports, { ...where, recorded }, async (aws, { functions, recorded: here, region }) => {
    for (const fn of functions) {
      const known = here.find(({ arn, name }) => (arn === undefined ? name === fn.name : arn === fn.arn));
      const before = known && byUrn.get(known.urn);
      if (before) byArn.set(fn.arn, before);
    }
    const targets = movingTargets(functions, goal);
    const existence = settings.validateLayerExists;
    return {
      region,
      looked: functions.map(({ arn }) => arn),
      targets,
      left: functions.flatMap((fn) => {
        const before = byArn.get(fn.arn);
        const reasons = before ? whyNotBack(before, fn.layers, isOurs) : [];
        return reasons.length > 0 ? [{ function: fn.name, reason: reasons.join("; ") }] : [];
      }),
      inspection: skipPreflight ? undefined : await inspect(ports, aws, targets, { existence }),
    };
  });
  refuseOtherRegions(recorded, found);
  const { visited, skipped, gone, regions } = found;
  return {
    stack,
    looked: visited.flatMap(({ looked }) => looked),
    sites: visited
      .map(({ region, targets }) => ({ region, functions: targets.map((target) => target.function) }))
      .filter(({ functions }) => functions.length > 0),
    changes: visited.flatMap(({ targets }) => targets.flatMap((target) => liveChanges(target.function, target.layers))),
    skipped: [...skipped, ...visited.flatMap(({ left }) => left), ...gone.map((fn) => goneFunction(fn, regions))],
    warnings: refuseUnfit(visited.flatMap(({ inspection }) => inspection ?? [])),
    goal,
    ...{ aliases: [], publish: undefined, retentionDays: settings.backupRetentionDays, callsBefore },
  };
}
