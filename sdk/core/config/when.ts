import { fitsGlob, globOf } from "../glob";

/** The properties of a function that a condition can test, in the order of the documentation. */
export const whenKeys = ["region", "account", "runtime", "architecture", "function"] as const;

/** One of {@link whenKeys}. */
export type WhenKey = (typeof whenKeys)[number];

/** A condition: for each key a list of texts, one of which must match, with `*` for any text. All keys must match. */
export type When = Readonly<Partial<Record<WhenKey, readonly string[]>>>;

/** A condition as written in a file. */
export type WrittenWhen = Readonly<Partial<Record<WhenKey, string | readonly string[] | null | undefined>>>;

/** A condition in normal form: lists without duplicates, no empty keys. */
export function toWhen(written: WrittenWhen): When {
  return Object.fromEntries(
    whenKeys.flatMap((key) => {
      const value = written[key];
      return value == null ? [] : [[key, [...new Set(typeof value === "string" ? [value] : value)]] as const];
    }),
  );
}

/** Whether two conditions are the same, in whatever order they are written. */
export function isSameWhen(a: When, b: When): boolean {
  return whenKeys.every((key) => [...(a[key] ?? [])].sort().join() === [...(b[key] ?? [])].sort().join());
}

/** The properties of a function that conditions test; unknown ones are left out. */
export type WhenFacts = Readonly<Partial<Record<WhenKey, string | undefined>>>;

/** Whether a condition matches; otherwise the first key that does not, or that is unknown. */
export type Fit =
  | { readonly fits: true }
  | { readonly fits: false; readonly key: WhenKey }
  | { readonly fits: "unknown"; readonly key: WhenKey };

const fitting: Fit = { fits: true };

/** Whether a condition matches a function. A mismatch in one key decides, whatever else is unknown. */
export function fitOf(when: When, facts: WhenFacts): Fit {
  let unknown: WhenKey | undefined;
  for (const key of whenKeys) {
    const wanted = when[key];
    if (wanted === undefined || wanted.includes("*")) continue;
    const fact = facts[key];
    if (fact === undefined) unknown ??= key;
    else if (!wanted.some((one) => one === fact || (one.includes("*") && fitsGlob(fact, globOf(one)))))
      return { fits: false, key };
  }
  return unknown === undefined ? fitting : { fits: "unknown", key: unknown };
}

/** Whether the first condition matches everything that the second one matches. */
export function covers(first: When, second: When): boolean {
  return whenKeys.every((key) => {
    const wanted = first[key];
    if (wanted === undefined || wanted.includes("*")) return true;
    // A `*` of the second is an ordinary character here, which only a `*` of the first matches.
    return second[key]?.every((one) => wanted.some((glob) => fitsGlob(one, globOf(glob)))) ?? false;
  });
}

/** `region us-east-2, function a or b`: a condition in words; `always` if empty. */
export function whenText(when: When): string {
  const parts = whenKeys.flatMap((key) => {
    const wanted = when[key];
    return wanted === undefined || wanted.includes("*") ? [] : `${key} ${wanted.join(" or ")}`;
  });
  return parts.length === 0 ? "always" : parts.join(", ");
}
