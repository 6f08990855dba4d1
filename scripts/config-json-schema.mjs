// The JSON Schema of layer_config.yaml, which the package publishes for editors.

import { toJsonSchema } from "@valibot/to-json-schema";

/**
 * @param {import("valibot").GenericSchema} configSchema what the parser validates with
 * @returns {object} of draft 7, the one that all editors know
 */
export function configJsonSchema(configSchema) {
  const schema = toJsonSchema(configSchema, {
    target: "draft-07",
    typeMode: "output",
    ignoreActions: ["check", "finite"],
    overrideSchema,
  });
  const layers = schema.properties?.layers;
  const entry = typeof layers === "object" ? layers.additionalProperties : undefined;
  if (typeof entry !== "object") throw new Error("the schema has no entries");
  // The parser looks itself whether there is a version: several values together decide.
  entry.anyOf = [
    { properties: { version: true }, required: ["version"] },
    { properties: { variants: { type: "array" } }, required: ["variants"] },
  ];
  return schema;
}

/** @type {NonNullable<import("@valibot/to-json-schema").ConversionConfig["overrideSchema"]>} */
function overrideSchema({ valibotSchema, jsonSchema }) {
  if (valibotSchema.type === "object") return { ...jsonSchema, additionalProperties: false };
  if (valibotSchema.type !== "nullish") return undefined;
  // `anyOf: [X, null]` as X of type `[T, null]`: editors show the description of a property only where it is outermost.
  const [inner] = jsonSchema.anyOf ?? [];
  if (typeof inner !== "object") throw new Error("a property that may be null has no schema of its own");
  if (inner.anyOf) return { ...inner, anyOf: [...inner.anyOf, { type: "null" }] };
  if (typeof inner.type !== "string") throw new Error("a property that may be null is of several types");
  return { ...inner, type: [inner.type, "null"], ...(inner.enum && { enum: [...inner.enum, null] }) };
}
