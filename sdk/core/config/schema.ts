import * as v from "valibot";
import { fields, named, pattern, string } from "./schema-base";
import { entry, entryKeys, override } from "./schema-entry";
import { defaultSettings } from "./settings";

export type { EntryFields, VariantFields } from "./schema-entry";

// The single definition of what a config file may contain: the parser validates with it, and the published JSON Schema
// is generated from it. Every message says what is right, because the parser shows it unchanged.

// Pulumi defines valid stack names: ParseStackName in its sdk/go/common/tokens.
const stackName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_.-]{1,100}$/,
    "is not a stack name, which has up to 100 letters, digits, -, _ and ., without organization and project",
  ),
);

const resourceType = v.pipe(
  v.string(),
  v.regex(
    /^[^:\s]+:[^:\s]*:[^:\s]+$/,
    "is not a resource type, which has three parts, such as aws:lambda/function:Function",
  ),
);
const accountWanted = "must be an account number of 12 digits";
const tagKeyWanted = "must be a tag key";
const daysWanted = "must be a number of days, 0 or more";
const propertyWanted = "must be the name of a property";
const stackTextWanted = "must be valid in a layer's name: letters, digits, - and _";

const settingsFields = {
  aws_region: v.nullish(
    v.pipe(
      string,
      v.regex(/^[a-z0-9-]+$/, "must be a region such as us-east-1"),
      v.metadata({ description: "The AWS region of the functions.", examples: ["us-east-1"] }),
    ),
  ),
  aws_account_id: v.nullish(
    v.pipe(
      v.union(
        [
          pattern(/^\d{12}$/, accountWanted),
          v.pipe(
            v.number(accountWanted),
            v.integer(accountWanted),
            v.minValue(1e11, accountWanted),
            v.maxValue(1e12 - 1, accountWanted),
          ),
        ],
        accountWanted,
      ),
      v.metadata({
        description: "The AWS account that owns the layers. If null or missing: the account of the credentials.",
        examples: ["123456789012"],
      }),
    ),
  ),
  tag_key: v.nullish(
    v.pipe(
      v.string(tagKeyWanted),
      v.nonEmpty(tagKeyWanted),
      v.metadata({
        description: "The tag that holds a function's stack, for --all-functions.",
        default: defaultSettings.tagKey,
      }),
    ),
  ),
  validate_layer_exists: v.nullish(
    v.pipe(
      v.boolean("must be true or false"),
      v.metadata({
        description: "Check that declared layer versions exist, whenever AWS is called anyway.",
        default: defaultSettings.validateLayerExists,
      }),
    ),
  ),
  backup_retention_days: v.nullish(
    v.pipe(
      v.number(daysWanted),
      v.finite(daysWanted),
      v.minValue(0, daysWanted),
      v.metadata({
        description: "Backups older than this many days are removed, except the newest.",
        default: defaultSettings.backupRetentionDays,
      }),
    ),
  ),
  resource_types: v.nullish(
    v.pipe(
      named(resourceType, v.pipe(v.string(propertyWanted), v.nonEmpty(propertyWanted))),
      v.metadata({
        description: "Additional function types, each with the property that holds its layers.",
        examples: [{ "my:mod:Fn": "layers" }],
      }),
    ),
  ),
  stack_names: v.nullish(
    v.pipe(
      named(stackName, pattern(/^[A-Za-z0-9_-]{1,140}$/, stackTextWanted)),
      v.metadata({
        description: "What to use for {stack} if a stack's name cannot be part of a layer's name.",
        examples: [{ "infra.dev": "dev" }],
      }),
    ),
  ),
};

const fileFields = {
  layers: v.pipe(
    named(v.string(), entry),
    v.metadata({
      description:
        "The layers by name. An entry `name` matches layers called name, name-{stack} and {stack}-name, unless it has an arn or names.",
    }),
  ),
  settings: v.nullish(v.pipe(fields(settingsFields), v.metadata({ title: "Settings" }))),
  stack_overrides: v.nullish(
    v.pipe(
      named(stackName, v.nullable(named(v.string(), v.nullable(override)))),
      v.metadata({ description: "What differs in a stack, by the last part of the stack's name." }),
    ),
  ),
};

/** What a layer config file may hold. */
export const configSchema = v.pipe(
  fields(fileFields),
  v.metadata({
    title: "Lambda layer versions",
    description: "The version that every AWS Lambda layer must be at.",
    examples: [
      {
        layers: { "receipt-dynamo": { version: 5 }, "receipt-label": { version: 3, enforce: "minimum" } },
        settings: { aws_region: "us-east-1" },
        stack_overrides: { dev: { "receipt-dynamo": { version: 6 } } },
      },
    ],
  }),
);

/** The keys that each section may have, in the order of the documentation. */
export const knownKeys = {
  file: Object.keys(fileFields),
  ...entryKeys,
  settings: Object.keys(settingsFields),
};

/** A config file's content, as written. */
export type ConfigFile = v.InferOutput<typeof configSchema>;
