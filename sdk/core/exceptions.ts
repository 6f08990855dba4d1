import type { AssessedFunction, Standing } from "./assess";
import { type DeclaredLayer, type DeclaredVariant, declaredAt } from "./config/declared";
import type { When } from "./config/when";
import { formFor, whenFactsOf } from "./form";

/** An exception: a variant for named functions, or with an end date. Plain data. */
export interface Exception {
  /** The entry's name in the config. */
  readonly entry: string;
  readonly when: When;
  /** Why it is there; undefined if the config does not say. */
  readonly reason: string | undefined;
  /** Its last day (UTC), such as `2026-12-31`; undefined if none is given. */
  readonly until: string | undefined;
  /** Its place: `layer_config.yaml:8`. */
  readonly at: string;
  /** Whether that day has passed. An expired exception still applies. */
  readonly expired: boolean;
  /** How many of the functions looked at it applies to. */
  readonly functions: number;
  /** Whether any function would have another target without it. */
  readonly needed: boolean;
}

/** Whether a variant is an exception, rather than a difference by region, runtime and the like. */
export function isException({ when, until }: Pick<DeclaredVariant, "when" | "until">): boolean {
  return when.function !== undefined || until !== undefined;
}

/** Whether the last day of an exception (UTC, inclusive) has passed. */
function isExpired({ until }: Pick<DeclaredVariant, "until">, now: Date): boolean {
  return until !== undefined && now.toISOString().slice(0, "2026-12-31".length) > until;
}

/** The exceptions of a config, in order, and their effect on some functions. */
export function exceptionsOf(layers: readonly DeclaredLayer[], standings: readonly Standing[], now: Date): Exception[] {
  const uses = Map.groupBy(standings, ({ target }) => target?.declared?.variant);
  return layers.flatMap((entry) =>
    (entry.variants ?? []).filter(isException).map((variant): Exception => {
      const own = uses.get(variant) ?? [];
      return {
        ...{ entry: entry.key, when: variant.when, reason: variant.fields.description, until: variant.until },
        at: declaredAt({ source: variant.source }),
        expired: isExpired(variant, now),
        functions: new Set(own.map(({ fn }): AssessedFunction => fn)).size,
        needed: own.some((standing) => makesDifference(entry, variant, standing)),
      };
    }),
  );
}

/** Whether a function would have another target without a variant. */
function makesDifference(entry: DeclaredLayer, variant: DeclaredVariant, { fn, layer, target }: Standing): boolean {
  if (!layer || !target?.declared) return true;
  const others = (entry.variants ?? []).filter((one) => one !== variant);
  const form = formFor({ ...entry, variants: others }, whenFactsOf(fn, layer));
  if ("why" in form) return true;
  const { version, enforce, arn, names } = target.declared;
  const isSame = version === form.version && enforce === form.enforce && arn === form.arn;
  return !isSame || names?.join() !== form.names?.join();
}
