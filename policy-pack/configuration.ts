import type { Policies } from "@pulumi/policy";
import { didYouMean, nearest } from "../sdk/core/nearest";
import { shown } from "../sdk/core/text";
import { configSchema, liveConfigSchema } from "./metadata";

/** A pack's configuration as the engine sends it: settings by policy. */
export type PackConfiguration = Readonly<Record<string, object>>;

// Of the engine: settings for all policies, and each policy's level.
const everyPolicy = "all";
const levelSetting = "enforcementLevel";

/**
 * Parts of a configuration that no policy reads: unknown names of policies and settings. In a pack with other policies
 * too, only a name close to one of ours is a problem; the rest is up to its author.
 * @param policies the pack's
 */
export function configurationProblems(configuration: PackConfiguration, policies: Policies): string[] {
  const ours = new Map(policies.flatMap((policy) => (isOurs(policy) ? [[policy.name, policy] as const] : [])));
  const names = policies.map(({ name }) => name);
  const isOurPack = ours.size === names.length;
  return Object.entries(configuration).flatMap(([name, settings]) => {
    const policy = ours.get(name);
    if (policy) {
      const known = Object.keys(policy.configSchema?.properties ?? {});
      return Object.keys(settings)
        .filter((setting) => setting !== levelSetting && !known.includes(setting))
        .map((setting) => `${name} has no setting ${unknown(setting, known)}`);
    }
    if (name === everyPolicy || names.includes(name)) return [];
    const isNearOurs = ours.has(nearest(name, names) ?? "");
    return isOurPack || isNearOurs ? [`there is no policy ${unknown(name, names)}`] : [];
  });
}

function isOurs({ configSchema: schema }: Policies[number]): boolean {
  return schema === configSchema || schema === liveConfigSchema;
}

function unknown(name: string, known: readonly string[]): string {
  return `"${shown(name)}". ${didYouMean(name, known) ?? `Known names are: ${known.join(", ")}.`}`;
}
