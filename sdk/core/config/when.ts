import { fitsGlob, globOf } from "../glob";

/** What of a function a condition can ask about, in the order of the documentation. */
export const whenKeys = ["region", "account", "runtime", "architecture", "function"] as const;

/** One of {@link whenKeys}. */
export type WhenKey = (typeof whenKeys)[number];

/** A condition: for each key the texts of which one has to fit, with `*` for any text. All keys have to fit. */
export type When = Readonly<Partial<Record<WhenKey, readonly string[]>>>;

/** A condition as a file has it. */
export type WrittenWhen = Readonly<Partial<Record<WhenKey, string | readonly string[] | null | undefined>>>;

/** A condition in its one form: lists without what is there twice, keys that say nothing left out. */
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

/** What of a function conditions ask about; what is not known is left out. */
export type WhenFacts = Readonly<Partial<Record<WhenKey, string | undefined>>>;

/** Whether a condition fits; otherwise the first key that does not, or whose fact is not known. */
export type Fit =
  | { readonly fits: true }
  | { readonly fits: false; readonly key: WhenKey }
  | { readonly fits: "unknown"; readonly key: WhenKey };

const fitting: Fit = { fits: true };

/** Whether a condition fits a function. What does not fit in one key does not, whatever else is not known. */
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

/** Whether whatever fits the second condition fits the first one too. */
export function covers(first: When, second: When): boolean {
  return whenKeys.every((key) => {
    const wanted = first[key];
    if (wanted === undefined || wanted.includes("*")) return true;
    // A `*` of the second is a letter like others here, which only a `*` of the first can stand for.
    return second[key]?.every((one) => wanted.some((glob) => fitsGlob(one, globOf(glob)))) ?? false;
  });
}

/** `region us-east-2, function a or b`: a condition in words; `always` if it asks nothing. */
export function whenText(when: When): string {
  const parts = whenKeys.flatMap((key) => {
    const wanted = when[key];
    return wanted === undefined || wanted.includes("*") ? [] : `${key} ${wanted.join(" or ")}`;
  });
  return parts.length === 0 ? "always" : parts.join(", ");
}
