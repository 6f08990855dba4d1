import { layerArn } from "../core/arn";
import { assess, isDrifted, type Place, places, type Standing } from "../core/assess";
import type { Backup } from "../core/backup";
import { declareFor } from "../core/config/declared";
import type { LayerConfig } from "../core/config/parse";
import { assessedFunction, recordedFunctions } from "../core/recorded";
import { declaredTargets, isAsDeclared } from "../core/target";
import type { Ports } from "../ports";
import type { Assessment } from "./assess";
import { readRecord } from "./live/record";
import { scanAs } from "./recorded/load";

// Limits for finding out since when layers have drifted, which must not take long: how many of the newest files to
// read, and the maximum size of each in bytes.
const mostFiles = 6;
const mostBytes = 32 << 20;

/**
 * When drifted layers last had the version declared today, before they drifted: recorded ones from the state's backups,
 * live ones from run records. Missing if unknown for any of the drifted layers.
 */
export async function lastAsDeclared(
  ports: Ports,
  { stack, standings, matcher }: Assessment,
  config: LayerConfig,
): Promise<ReadonlyMap<Standing, Date>> {
  const drifted = standings.filter(({ verdict }) => verdict === "drift");
  if (drifted.length === 0) return new Map();
  const files = await filesOf(ports, stack);
  const isOf = (place: Place) => drifted.filter((one) => isDrifted(one, place));
  const known: Readonly<Record<Place, ReadonlyMap<Standing, Date>>> = {
    recorded: await search(ports, files.filter(isState), isOf("recorded"), async (file) => {
      const hints = { declared: declareFor(config, stack), accountId: config.settings.accountId };
      const functions = recordedFunctions(scanAs(config.settings)(await ports.backups.read(file)));
      const then = assess(
        functions.map((fn) => assessedFunction(fn, undefined, hints)),
        declaredTargets(matcher),
      );
      const fine = new Set(
        then.flatMap((one) => (one.verdict === "as-declared" ? (keyOf(one, one.fn.urn) ?? []) : [])),
      );
      return (one) => fine.has(keyOf(one, one.fn.urn) ?? "");
    }),
    live: await search(ports, files.filter(isRecord), isOf("live"), async (file) => {
      const { history } = await readRecord(ports.backups, file);
      const done = history.functions.filter(({ last }) => last?.aim === "sync" && last.outcome === "updated");
      const versions = new Map(
        done.flatMap((fn) => fn.planned.map(({ layer, by = layer, to }) => [`${fn.function} ${by}`, to] as const)),
      );
      return ({ fn, layer, target }) => {
        const to = layer && versions.get(`${fn.arn} ${target?.by ?? layerArn(layer)}`);
        return to != null && target !== undefined && isAsDeclared(to, { ...target, by: undefined });
      };
    }),
  };
  return new Map(
    drifted.flatMap((one) => {
      const times = places.flatMap((place) => (isDrifted(one, place) ? [known[place].get(one)?.getTime()] : []));
      const first = Math.min(...times.map((time) => time ?? Number.NaN));
      return Number.isNaN(first) ? [] : [[one, new Date(first)] as const];
    }),
  );
}

async function filesOf({ backups, reporter }: Ports, stack: string): Promise<Backup[]> {
  try {
    const all = await backups.list(stack);
    return all.filter(({ bytes, isByName }) => bytes <= mostBytes && !isByName);
  } catch (error) {
    reporter.verbose(`Could not find out from backups since when layers have drifted: ${String(error)}`);
    return [];
  }
}

function isState({ kind, madeBy }: Backup): boolean {
  return kind === "state" || (kind === "updated" && madeBy !== "copy");
}

function isRecord({ kind }: Backup): boolean {
  return kind === "sync";
}

function keyOf({ layer }: Standing, urn: string | undefined): string | undefined {
  return layer && urn && `${urn} ${layerArn(layer)}`;
}

/** For each standing, the time of the newest file in which it is as declared. */
async function search(
  { reporter }: Ports,
  files: readonly Backup[],
  wanted: readonly Standing[],
  read: (file: Backup) => Promise<(one: Standing) => boolean>,
): Promise<ReadonlyMap<Standing, Date>> {
  const found = new Map<Standing, Date>();
  let open = wanted;
  for (const file of files.slice(0, mostFiles)) {
    if (open.length === 0) break;
    try {
      const isFine = await read(file);
      for (const one of open) if (isFine(one)) found.set(one, file.time);
    } catch (error) {
      // Problems with it are reported when it is needed.
      reporter.verbose(`${file.shownPath} was not used to find out since when layers have drifted: ${String(error)}`);
    }
    open = open.filter((one) => !found.has(one));
  }
  return found;
}
