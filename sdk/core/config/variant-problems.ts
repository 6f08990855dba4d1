import { regionOfArn } from "../arn";
import { fitsGlob, globOf } from "../glob";
import { didYouMean } from "../nearest";
import { hasPlaceholder } from "../placeholders";
import type { Problem } from "../problem";
import { entryKeys } from "./schema-entry";
import { covers, toWhen, type When, whenKeys, whenText } from "./when";
import type { YamlFile } from "./yaml";

/** An entry as it is written, which may be invalid in any way. */
export interface WrittenEntry {
  readonly path: readonly string[];
  readonly name: string;
  readonly fields: Record<string, unknown>;
  /** What `layers` says of it, for an override. */
  readonly base: Record<string, unknown> | undefined;
}

/** Problems with an entry's variants and replacements that a schema cannot express. */
export function variantProblems(entry: WrittenEntry, yaml: YamlFile): Problem[] {
  const variants = variantsOf(entry.fields);
  return [
    ...variants.flatMap((variant) => keyProblems(entry, variant, yaml)),
    ...variants.flatMap((variant) => regionProblems(entry, variant, yaml)),
    ...hiddenProblems(entry, variants, yaml),
    ...versionProblems(entry, variants, yaml),
    ...replacesProblems(entry, yaml),
  ];
}

interface WrittenVariant {
  readonly index: number;
  readonly fields: Record<string, unknown>;
  /** Undefined if the condition is wrong, which the schema reports. */
  readonly when: When | undefined;
}

function variantsOf({ variants }: Record<string, unknown>): WrittenVariant[] {
  if (!Array.isArray(variants)) return [];
  return variants.flatMap((fields, index) =>
    isMapping(fields) ? [{ index, fields, when: readWhen(fields.when) }] : [],
  );
}

function readWhen(when: unknown): When | undefined {
  if (!isMapping(when)) return undefined;
  const isText = (value: unknown) => typeof value === "string";
  const isRight = whenKeys.every((key) => {
    const value = when[key];
    return value == null || isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));
  });
  return isRight ? toWhen(when) : undefined;
}

function keyProblems({ path }: WrittenEntry, { index, fields }: WrittenVariant, yaml: YamlFile): Problem[] {
  const at = [...path, "variants", index];
  const unknown = (inside: readonly (string | number)[], value: unknown, known: readonly string[]) =>
    Object.keys(isMapping(value) ? value : {})
      .filter((key) => !known.includes(key) && key !== "__proto__")
      .map((key) => {
        const message = `unknown key "${key}" in ${inside.join(".")}`;
        const isOfWhen = known === entryKeys.variant && entryKeys.when.includes(key);
        const next = isOfWhen
          ? `Put it under \`when:\``
          : (didYouMean(key, known) ?? `Known keys are: ${known.join(", ")}`);
        return yaml.problemAt([...inside, key], { code: "unknown-key", message, next }, "key");
      });
  return [...unknown(at, fields, entryKeys.variant), ...unknown([...at, "when"], fields.when, entryKeys.when)];
}

/** A literal ARN belongs to one region; functions elsewhere cannot have it. */
function regionProblems(entry: WrittenEntry, { index, fields, when }: WrittenVariant, yaml: YamlFile): Problem[] {
  const arn = fields.arn ?? (fields.names == null ? (entry.fields.arn ?? entry.base?.arn) : undefined);
  if (typeof arn !== "string" || !when?.region) return [];
  const region = regionOfArn(arn);
  if (region === undefined || hasPlaceholder(region)) return [];
  const other = when.region.find((one) => !fitsGlob(region, globOf(one)));
  if (other === undefined) return [];
  const list = (fields.when as Record<string, unknown>).region;
  const at = [
    ...entry.path,
    "variants",
    index,
    "when",
    "region",
    ...(Array.isArray(list) ? [list.indexOf(other)] : []),
  ];
  const its = fields.arn == null ? "the entry's arn" : "its arn";
  return [
    yaml.problemAt(at, {
      code: "variant-region",
      message: `this variant is for ${other}, but ${its} is in ${region}`,
      next: `Write arn: ${arn.replace(`:${region}:`, ":{region}:")}, or the layer's ARN in ${other}`,
    }),
  ];
}

/** A variant after one that matches everything it matches is never used. */
function hiddenProblems({ path }: WrittenEntry, variants: readonly WrittenVariant[], yaml: YamlFile): Problem[] {
  return variants.flatMap(({ index, when }) => {
    const before = when && variants.slice(0, index).find((one) => one.when && covers(one.when, when));
    if (!before?.when) return [];
    const which =
      whenText(before.when) === "always" ? "which always matches" : `which matches ${whenText(before.when)}`;
    return [
      yaml.problemAt([...path, "variants", index, "when"], {
        code: "variant-hidden",
        message: `this variant is never used: it comes after variant ${before.index + 1}, ${which}`,
        next: "Move it before that one, or remove one of the two",
      }),
    ];
  });
}

/** An entry without its own version needs one in each variant. */
function versionProblems(
  { path, fields, base }: WrittenEntry,
  variants: readonly WrittenVariant[],
  yaml: YamlFile,
): Problem[] {
  // A variant of an override may be merged into one of the entry's that has the version.
  if (path[0] !== "layers" && base !== undefined) return [];
  if (fields.version !== undefined || variants.every((variant) => variant.fields.version === undefined)) return [];
  return variants
    .filter((variant) => variant.fields.version === undefined)
    .map(({ index }) =>
      yaml.problemAt([...path, "variants", index, "when"], {
        code: "missing-key",
        message: `neither this variant nor ${path.join(".")} has a version`,
        next: "Add the version that the layer must be at, here or in the entry",
      }),
    );
}

function replacesProblems({ path, name, fields }: WrittenEntry, yaml: YamlFile): Problem[] {
  const own = [
    fields.arn,
    ...(Array.isArray(fields.names) ? fields.names : []),
    ...(fields.arn == null && fields.names == null ? [name] : []),
  ];
  return (Array.isArray(fields.replaces) ? fields.replaces : []).flatMap((text, index) =>
    typeof text === "string" && own.includes(text)
      ? [
          yaml.problemAt([...path, "replaces", index], {
            code: "replaces-itself",
            message: `${text} is the layer of the entry itself: a layer cannot replace itself`,
            next: "Leave it out",
          }),
        ]
      : [],
  );
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
