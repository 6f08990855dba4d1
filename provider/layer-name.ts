import type { DeclaredLayer } from "../sdk/core/config/declared";
import { LayersError } from "../sdk/core/errors";

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
