import { LayersError } from "../../core/errors";
import { executeSync, planSync, type SyncPlan, syncFailure } from "../../ops/sync";
import { planResume } from "../../ops/sync-resume";
import { changesFound } from "../../ops/updater";
import { runSummary } from "../ci";
import { needYes } from "../confirm";
import type { Context } from "../context";
import type { OptionName, OptionValues } from "../options";
import { configFile, settingsIfAny } from "../settings";
import { forEachStack } from "../stacks";
import { count } from "../text";

export async function run(context: Context): Promise<number> {
  const { options, ask } = context;
  refuseContradictions(options);
  if (!options.expectNoChanges) needYes(context, "sync");
  const ports = await context.openPorts();
  // Where there must be no changes, none are made.
  const dryRun = options.dryRun || options.expectNoChanges;
  return forEachStack(context, async (stack) => {
    const { skipPreflight } = options;
    const plan =
      options.resume === undefined
        ? await planSync(ports, {
            stack,
            dryRun,
            skipPreflight,
            config: ports.configs.load(configFile(options)),
            functions: options.function,
            exclude: options.exclude,
            allFunctions: options.allFunctions,
            tags: options.tag,
            regions: options.regions,
            profiles: options.profiles,
            shard: options.shard,
            skipAliases: options.skipAliases,
            publish: options.publish ? { alias: options.alias } : undefined,
          })
        : await planResume(ports, {
            stack,
            dryRun,
            skipPreflight,
            record: options.resume === true ? undefined : options.resume,
            retentionDays: settingsIfAny(ports, options)?.backupRetentionDays,
          });
    const { maxChanges, canary, batch, check, pause, onFailure } = options;
    const result = await executeSync(ports, plan, {
      ...{ maxChanges, canary, batch, check, pause, onFailure },
      confirm: ask && ((planned) => ask(question(planned))),
      proceed: ask,
    });
    return {
      document: result,
      error: options.expectNoChanges ? changesFound(result) : syncFailure(result),
      summary: runSummary(result),
    };
  });
}

function question({ sites, changes, publish }: SyncPlan): string {
  const functions = sites.reduce((sum, site) => sum + site.functions.length, 0);
  const regions = [...new Set(sites.map(({ region }) => region))].join(", ");
  const what = `Update ${count(changes.length, "layer version")} of ${count(functions, "function")} in ${regions}`;
  if (!publish) return `${what}?`;
  return `${what}, and publish them${publish.alias === undefined ? "" : ` as ${publish.alias}`}?`;
}

// What a record says already.
const notWithResume: readonly OptionName[] = [
  ...(["function", "exclude", "allFunctions", "tag", "regions", "profiles", "region", "profile"] as const),
  ...(["shard", "publish", "alias", "skipAliases"] as const),
];

/** @throws LayersError `usage` */
function refuseContradictions(options: OptionValues): void {
  const refuse = (message: string) => {
    throw new LayersError("usage", `${message} Nothing was changed.`);
  };
  if (options.region !== undefined && options.regions) refuse("--region and --regions exclude each other.");
  if (options.profile !== undefined && options.profiles) refuse("--profile and --profiles exclude each other.");
  if (options.alias !== undefined && !options.publish)
    refuse("--alias moves to what is published: it needs --publish.");
  if (options.resume === undefined) return;
  if (notWithResume.some((name) => options[name] !== undefined))
    refuse("--resume finishes what its record says: which functions, where, and what is published is in there.");
  if (options.resume !== true && (options.stack?.length ?? 0) > 1)
    refuse("A run record is one stack's: name one stack, or leave the record out.");
}
