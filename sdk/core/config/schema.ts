import { z } from "zod";

// The one source of what a config file may hold: the parser validates with it, and the published JSON Schema is made
// from it. Every message says what would be right, because the parser shows it as it is.

const version = z
  .int({ error: "must be a whole number of 1 or more" })
  .min(1, { error: "must be a whole number of 1 or more" })
  .meta({ description: "The version that this layer has to be at.", examples: [5] });

const text = (description: string, ...examples: string[]) =>
  z.string({ error: "must be a text" }).meta({ description, ...(examples.length > 0 && { examples }) });

const texts = (description: string, ...examples: string[]) =>
  z
    .array(z.string({ error: "must be a text" }).min(1, { error: "must not be empty" }), {
      error: "must be a list of texts",
    })
    .meta({ description, examples: [examples] });

const layerArnWanted = "must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME";

const entryFields = {
  version,
  arn: z
    .string({ error: layerArnWanted })
    .regex(/^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:(?:[a-zA-Z0-9_-]|\{stack\}){1,140}$/, {
      error: layerArnWanted,
    })
    .meta({
      description: "Exactly this layer, of any account: an ARN without a version; {stack} in the name is filled in.",
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
  compatible_architectures: z
    .array(z.enum(["x86_64", "arm64"], { error: "must be x86_64 or arm64" }), { error: "must be a list of texts" })
    .meta({ description: "The instruction sets that this layer suits.", examples: [["arm64"]] }),
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

// What a stack can be called is up to Pulumi: ParseStackName in its sdk/go/common/tokens.
const stackName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, {
  error: "cannot be a stack here: letters, digits, -, _ and ., at most 100, without organization and project",
});

const resourceType = z.string().regex(/^[^:\s]+:[^:\s]*:[^:\s]+$/, {
  error: "cannot be a resource type: it has three parts, as in aws:lambda/function:Function",
});
const accountWanted = "must be an account number of 12 digits";
const propertyName = "must be the name of a property";

const settings = z
  .strictObject(
    {
      aws_region: z
        .string({ error: "must be a text" })
        .regex(/^[a-z0-9-]+$/, { error: "must be a region such as us-east-1" })
        .nullish()
        .meta({ description: "The AWS region of the functions.", examples: ["us-east-1"] }),
      aws_account_id: z
        .union(
          [
            z.string().regex(/^\d{12}$/, { error: accountWanted }),
            z
              .int()
              .min(1e11, { error: accountWanted })
              .max(1e12 - 1, { error: accountWanted }),
          ],
          { error: accountWanted },
        )
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
        .record(resourceType, z.string({ error: propertyName }).min(1, { error: propertyName }), {
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
        .record(stackName, z.record(z.string(), override.nullable(), asMapping).nullable(), asMapping)
        .nullish()
        .meta({
          description: "What differs in a stack, by the last part of the stack's name.",
        }),
    },
    asMapping,
  )
  .meta({
    title: "Lambda layer versions",
    description: "The version that every AWS Lambda layer has to be at.",
    examples: [
      {
        layers: { "receipt-dynamo": { version: 5 }, "receipt-label": { version: 3, enforce: "minimum" } },
        settings: { aws_region: "us-east-1" },
        stack_overrides: { dev: { "receipt-dynamo": { version: 6 } } },
      },
    ],
  });

/** A config file's content, as written. */
export type ConfigFile = z.infer<typeof configSchema>;
/** One entry of `layers`, as written. */
export type EntryFields = z.infer<typeof entry>;

/** The JSON Schema of the config file, for editors. Draft 7 is what all of them know. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { target: "draft-7", io: "input", override: joinNull });
}

/** `anyOf: [X, null]` as X of type `[T, null]`: editors show the description of a property only where it is outermost. */
function joinNull({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const [first, second, ...others] = jsonSchema.anyOf ?? [];
  if (!first?.type || second?.type !== "null" || others.length > 0) return;
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, first, { ...jsonSchema }, { type: [first.type, "null"] });
  if (first.enum) jsonSchema.enum = [...first.enum, null];
}
