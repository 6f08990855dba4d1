import * as v from "valibot";
import { byName } from "./by-name";
import { defaultSettings } from "./settings";

// The one source of what a config file may hold: the parser validates with it, and the published JSON Schema is made
// from it. Every message says what would be right, because the parser shows it as it is.

const string = v.string("must be a text");

const pattern = (regex: RegExp, wanted: string) => v.pipe(v.string(wanted), v.regex(regex, wanted));

// Of valibot's own schemas a list is a mapping too.
const mapping = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be a mapping"),
);

// Keys that are not known are found apart from this: valibot's strictObject tells one of them, and not each.
const fields = <Known extends v.ObjectEntries>(known: Known) => v.pipe(mapping, v.object(known));

const named = <Name extends v.GenericSchema<string, string>, Value extends v.GenericSchema>(name: Name, value: Value) =>
  v.pipe(mapping, byName(name, value));

const versionWanted = "must be a whole number of 1 or more";

const version = v.pipe(
  v.number(versionWanted),
  v.safeInteger(versionWanted),
  v.minValue(1, versionWanted),
  v.metadata({ description: "The version that this layer has to be at.", examples: [5] }),
);

// An empty value in YAML is null; everywhere but at `version` it means the same as leaving the key out.
const optionalFields = {
  arn: v.nullish(
    v.pipe(
      pattern(
        /^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:(?:[a-zA-Z0-9_-]|\{stack\}){1,140}$/,
        "must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME",
      ),
      v.metadata({
        description: "Exactly this layer, of any account: an ARN without a version; {stack} in the name is filled in.",
        examples: ["arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312"],
      }),
    ),
  ),
  names: v.nullish(
    v.pipe(
      v.array(
        v.pipe(
          string,
          v.regex(
            /^(?:[A-Za-z0-9_*-]|\{stack\})+$/,
            "must be a layer name of letters, digits, - and _, in which * stands for any text and {stack} for the stack",
          ),
        ),
        "must be a list of layer names",
      ),
      v.minLength(1, "must name at least one layer"),
      v.metadata({
        description:
          "Names of the layers meant, instead of the entry's own name: exact or with * as a wildcard; {stack} is filled in.",
        examples: [["team-{stack}-legacy-*"]],
      }),
    ),
  ),
  enforce: v.nullish(
    v.pipe(
      v.picklist(["exact", "minimum"], "must be exact or minimum"),
      v.metadata({ description: "exact (default): this version and no other. minimum: newer versions are fine too." }),
    ),
  ),
  latest: v.nullish(
    v.pipe(
      pattern(/^ssm:.+/, "must be ssm:/path/of/a/parameter"),
      v.metadata({
        description: "Where the newest version is looked up: an SSM parameter that holds a layer version ARN.",
        examples: ["ssm:/aws/service/powertools/python/arm64/python3.12/latest"],
      }),
    ),
  ),
  description: v.nullish(
    v.pipe(string, v.metadata({ description: "What the layer is for.", examples: ["DynamoDB operations"] })),
  ),
  compatible_runtimes: v.nullish(
    v.pipe(
      v.array(v.pipe(string, v.nonEmpty("must not be empty")), "must be a list of texts"),
      v.metadata({ description: "The Lambda runtimes that this layer suits.", examples: [["python3.12"]] }),
    ),
  ),
  compatible_architectures: v.nullish(
    v.pipe(
      v.array(v.picklist(["x86_64", "arm64"], "must be x86_64 or arm64"), "must be a list of texts"),
      v.metadata({ description: "The instruction sets that this layer suits.", examples: [["arm64"]] }),
    ),
  ),
};

const entryFields = { version, ...optionalFields };

const entry = v.pipe(
  fields(entryFields),
  v.metadata({ title: "Layer", description: "One layer and the version it has to be at." }),
);

const override = v.pipe(
  fields({ version: v.optional(version), ...optionalFields }),
  v.metadata({
    title: "Override",
    description:
      "Fields that differ in this stack. An entry that `layers` does not have is added, and needs a version.",
  }),
);

// What a stack can be called is up to Pulumi: ParseStackName in its sdk/go/common/tokens.
const stackName = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9_.-]{1,100}$/,
    "cannot be a stack here: letters, digits, -, _ and ., at most 100, without organization and project",
  ),
);

const resourceType = v.pipe(
  v.string(),
  v.regex(
    /^[^:\s]+:[^:\s]*:[^:\s]+$/,
    "cannot be a resource type: it has three parts, as in aws:lambda/function:Function",
  ),
);
const accountWanted = "must be an account number of 12 digits";
const tagKeyWanted = "must be the key of a tag";
const daysWanted = "must be a number of days, 0 or more";
const propertyWanted = "must be the name of a property";

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
        description:
          "The AWS account that owns the layers. Left out or null: the account of the credentials, when needed.",
        examples: ["123456789012"],
      }),
    ),
  ),
  tag_key: v.nullish(
    v.pipe(
      v.string(tagKeyWanted),
      v.nonEmpty(tagKeyWanted),
      v.metadata({
        description: "The tag that names a function's stack, for --all-functions.",
        default: defaultSettings.tagKey,
      }),
    ),
  ),
  validate_layer_exists: v.nullish(
    v.pipe(
      v.boolean("must be true or false"),
      v.metadata({
        description: "Check in AWS that declared layer versions exist, wherever AWS is used anyway.",
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
        description: "Backups older than this many days are pruned, but never the newest.",
        default: defaultSettings.backupRetentionDays,
      }),
    ),
  ),
  resource_types: v.nullish(
    v.pipe(
      named(resourceType, v.pipe(v.string(propertyWanted), v.nonEmpty(propertyWanted))),
      v.metadata({
        description: "Further function types, each with the property that holds its layers.",
        examples: [{ "my:mod:Fn": "layers" }],
      }),
    ),
  ),
};

const fileFields = {
  layers: v.pipe(
    named(v.string(), entry),
    v.metadata({
      description:
        "The layers by name. The entry `name` matches the layers name, name-{stack} and {stack}-name, unless it has an arn or names.",
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
    description: "The version that every AWS Lambda layer has to be at.",
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
  entry: Object.keys(entryFields),
  settings: Object.keys(settingsFields),
};

/** A config file's content, as written. */
export type ConfigFile = v.InferOutput<typeof configSchema>;
/** One entry of `layers`, as written. */
export type EntryFields = v.InferOutput<typeof entry>;
