import type { DeclaredLayer, DeclaredLayers } from "../../sdk/core/config/declared";
import { LayersError } from "../../sdk/core/errors";
import { fitsGlob, globOf } from "../../sdk/core/glob";
import { didYouMean } from "../../sdk/core/nearest";
import { listNames } from "../../sdk/core/text";

/**
 * The name in AWS of the layer that an entry without an ARN declares: the first exact one, else the stack's.
 * @throws LayersError `usage`: Lambda cannot have a layer of this name
 */
export function nameInAws(
  { key, names, source }: Pick<DeclaredLayer, "key" | "names" | "source">,
  stack: string,
): string {
  const name = firstName({ key, names }, stack);
  if (/^[A-Za-z0-9_-]{1,140}$/.test(name)) return name;
  throw new LayersError(
    "usage",
    `arn("${key}") results in the name ${name} in stack ${stack}, which no layer can have: Lambda allows up to 140 letters, digits, - and _. Give the entry in ${source.file} the layer's own name, such as \`names: [${name.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 140)}]\`, or its \`arn\`.`,
  );
}

/** The same, without checking that Lambda allows it. */
export function firstName({ key, names }: Pick<DeclaredLayer, "key" | "names">, stack: string): string {
  return names?.find((candidate) => !candidate.includes("*")) ?? `${key}-${stack}`;
}

/** What is said of an entry that a config does not have, with the one that replaces its layer or was probably meant, or those that there are. */
export function noSuchEntry(
  { file, stack }: Pick<DeclaredLayers, "file" | "stack">,
  key: string,
  layers: readonly Pick<DeclaredLayer, "key" | "replaces">[],
): string {
  const nothing = `${file} declares no layer "${key}" for stack ${stack}.`;
  const names = [key, `${key}-${stack}`, `${stack}-${key}`];
  const successor = layers.find(({ replaces = [] }) =>
    replaces
      .map((text) => globOf(text.split(":").at(-1) ?? ""))
      .some((glob) => names.some((name) => fitsGlob(name, glob))),
  );
  if (successor) return `${nothing} ${successor.key} replaces it: name ${successor.key} instead.`;
  const keys = layers.map((layer) => layer.key);
  const others = keys.length > 0 ? ` It declares ${listNames(keys)}.` : "";
  const hint = didYouMean(key, keys);
  return `${nothing}${hint === undefined ? others : ` ${hint}`}`;
}
