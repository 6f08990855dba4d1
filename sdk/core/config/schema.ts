import { z } from "zod";
import { isLayerArn } from "../arn";

// The one source of what a config file may hold: the parser validates with it, and the published JSON Schema is made
// from it. Every message says what would be right, because the parser shows it as it is.

const version = z
  .int({ error: "must be a whole number of 1 or more" })
  .min(1, { error: "must be a whole number of 1 or more" })
  .max(Number.MAX_SAFE_INTEGER, { error: "is larger than any layer version can be" })
  .meta({ description: "The version that this layer has to be at.", examples: [5] });

const text = (description: string, ...examples: string[]) =>
  z.string({ error: "must be a text" }).meta({ description, ...(examples.length > 0 && { examples }) });

const texts = (description: string, ...examples: string[]) =>
  z
    .array(z.string({ error: "must be a text" }).min(1, { error: "must not be empty" }), {
      error: "must be a list of texts",
    })
    .meta({ description, examples: [examples] });

const entryFields = {
  version,
  arn: z
    .string({ error: "must be a layer ARN without a version" })
    .refine((arn) => isLayerArn(arn.replaceAll("{stack}", "stack")), {
      error: "must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME",
    })
    .meta({
      description: "Exactly this layer, of any account. An ARN without a version.",
      examples: ["arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312"],
    }),
  names: z
    .array(
      z.string({ error: "must be a text" }).regex(/^(?:[A-Za-z0-9_*-]|\{stack\})+$/, {
        error:
          "must be a layer name of letters, digits, - and _, in which * stands for any text and {stack} for the stack",
      }),
      { error: "must be a list of layer names" },
    )
    .min(1, { error: "must name at least one layer" })
    .meta({
      description:
        "Names of the layers meant, instead of the entry's own name: exact or with * as a wildcard; {stack} is filled in.",
      examples: [["team-{stack}-legacy-*"]],
    }),
  enforce: z
    .enum(["exact", "minimum"], { error: "must be exact or minimum" })
    .meta({ description: "exact (default): this version and no other. minimum: newer versions are fine too." }),
  latest: z
    .string({ error: "must be ssm:/path/of/a/parameter" })
    .regex(/^ssm:.+/, { error: "must be ssm:/path/of/a/parameter" })
    .meta({
      description: "Where the newest version is looked up: an SSM parameter that holds a layer version ARN.",
      examples: ["ssm:/aws/service/powertools/python/arm64/python3.12/latest"],
    }),
  description: text("What the layer is for.", "DynamoDB operations"),
  compatible_runtimes: texts("The Lambda runtimes that this layer suits.", "python3.12"),
  compatible_architectures: texts("The instruction sets that this layer suits.", "arm64", "x86_64"),
};

// An empty value in YAML is null; everywhere but at `version` it means the same as leaving the key out.
const { version: _version, ...optionalFields } = entryFields;
const optional = Object.fromEntries(Object.entries(optionalFields).map(([key, schema]) => [key, schema.nullish()])) as {
  [K in keyof typeof optionalFields]: z.ZodOptional<z.ZodNullable<(typeof optionalFields)[K]>>;
};

const asMapping = { error: "must be a mapping" };

const entry = z
  .strictObject({ version, ...optional }, asMapping)
  .meta({ title: "Layer", description: "One layer and the version it has to be at." });

const override = z.strictObject({ version: version.optional(), ...optional }, asMapping).meta({
  title: "Override",
  description: "Fields that differ in this stack. An entry that `layers` does not have is added, and needs a version.",
});

const settings = z
  .strictObject(
    {
      aws_region: text("The AWS region of the functions.", "us-east-1").nullish(),
      aws_account_id: z
        .union([z.string(), z.int()], { error: "must be an account number of 12 digits" })
        .refine((id) => /^\d{12}$/.test(String(id)), { error: "must be an account number of 12 digits" })
        .nullish()
        .meta({
          description:
            "The AWS account that owns the layers. Left out or null: the account of the credentials, when needed.",
          examples: ["123456789012"],
        }),
      tag_key: z
        .string({ error: "must be the key of a tag" })
        .min(1, { error: "must be the key of a tag" })
        .nullish()
        .meta({
          description: "The tag that names a function's stack, for --all-functions.",
          default: "environment",
        }),
      validate_layer_exists: z.boolean({ error: "must be true or false" }).nullish().meta({
        description: "Check in AWS that declared layer versions exist, wherever AWS is used anyway.",
        default: true,
      }),
      backup_retention_days: z
        .number({ error: "must be a number of days, 0 or more" })
        .min(0, { error: "must be a number of days, 0 or more" })
        .nullish()
        .meta({ description: "Backups older than this many days are pruned, but never the newest.", default: 30 }),
      resource_types: z
        .record(z.string(), z.string({ error: "must be the name of a property" }).min(1), {
          error: "must be a mapping of resource type to property",
        })
        .nullish()
        .meta({
          description: "Further function types, each with the property that holds its layers.",
          examples: [{ "my:mod:Fn": "layers" }],
        }),
    },
    asMapping,
  )
  .meta({ title: "Settings" });

/** What a layer config file may hold. */
export const configSchema = z
  .strictObject(
    {
      layers: z.record(z.string(), entry, asMapping).meta({
        description:
          "The layers by name. The entry `name` matches the layers name, name-{stack} and {stack}-name, unless it has an arn or names.",
      }),
      settings: settings.nullish(),
      stack_overrides: z
        .record(z.string(), z.record(z.string(), override, asMapping), asMapping)
        .nullish()
        .meta({
          description: "What differs in a stack, by the last part of the stack's name.",
        }),
    },
    asMapping,
  )
  .meta({ title: "Lambda layer versions", description: "The version that every AWS Lambda layer has to be at." });

/** A config file's content, as written. */
export type ConfigFile = z.infer<typeof configSchema>;
/** One entry of `layers`, as written. */
export type EntryFields = z.infer<typeof entry>;

/** The JSON Schema (draft 2020-12) of the config file, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: "input" });
}
