// The JSON Schema of layer_config.yaml, which the package publishes for editors.

import { toJsonSchema } from "@valibot/to-json-schema";

/**
 * @param {import("valibot").GenericSchema} configSchema what the parser validates with
 * @returns {object} a draft 7 schema, which all editors understand
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
  // The parser itself checks whether there is a version, because that depends on several values.
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
  // Turns `anyOf: [X, null]` into X of type `[T, null]`: editors show a property's description only if it is outermost.
  const [inner] = jsonSchema.anyOf ?? [];
  if (typeof inner !== "object") throw new Error("a nullable property has no schema of its own");
  if (inner.anyOf) return { ...inner, anyOf: [...inner.anyOf, { type: "null" }] };
  if (typeof inner.type !== "string") throw new Error("a nullable property has several types");
  return { ...inner, type: [inner.type, "null"], ...(inner.enum && { enum: [...inner.enum, null] }) };
}
