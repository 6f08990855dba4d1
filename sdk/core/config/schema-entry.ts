import * as v from "valibot";
import { fields, pattern, string } from "./schema-base";

// What an entry of a config file may contain. See schema.ts.

const versionWanted = "must be a whole number of 1 or more";

const version = v.pipe(
  v.number(versionWanted),
  v.safeInteger(versionWanted),
  v.minValue(1, versionWanted),
  v.metadata({ description: "The version that this layer must be at.", examples: [5] }),
);

const nameWanted =
  "must be a layer name of letters, digits, - and _, in which * matches any text and {stack} is the stack";
const replacedWanted = "must be a layer's name, or its ARN without a version, in which * matches any text";

// An empty value in YAML is null; except for `version`, it means the same as leaving the key out.
const commonFields = {
  arn: v.nullish(
    v.pipe(
      pattern(
        /^arn:(?:[a-zA-Z0-9-]+|\{partition\}):lambda:(?:[a-zA-Z0-9-]+|\{region\}):(?:\d{12}|\{account\}):layer:(?:[a-zA-Z0-9_-]|\{(?:stack|region|runtime|architecture)\}){1,140}$/,
        "must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME",
      ),
      v.metadata({
        description:
          "Exactly this layer, in any account: an ARN without a version. {partition}, {region} and {account} are filled in with the function's own; the name may contain {stack}, {region}, {runtime} and {architecture}.",
        examples: [
          "arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312",
          "arn:aws:lambda:{region}:017000801446:layer:AWSLambdaPowertoolsPythonV3-{runtime}-{architecture}",
        ],
      }),
    ),
  ),
  names: v.nullish(
    v.pipe(
      v.array(
        v.pipe(string, v.regex(/^(?:[A-Za-z0-9_*-]|\{(?:stack|region|runtime|architecture)\})+$/, nameWanted)),
        "must be a list of layer names",
      ),
      v.minLength(1, "must name at least one layer"),
      v.metadata({
        description:
          "Names of the layers that this entry matches, instead of the entry's own name: exact or with * as a wildcard. {stack}, {region}, {runtime} and {architecture} are filled in.",
        examples: [["team-{stack}-legacy-*"]],
      }),
    ),
  ),
  enforce: v.nullish(
    v.pipe(
      v.picklist(["exact", "minimum"], "must be exact or minimum"),
      v.metadata({ description: "exact (default): only this version. minimum: this version or newer." }),
    ),
  ),
  latest: v.nullish(
    v.pipe(
      pattern(/^ssm:.+/, "must be ssm:/path/of/a/parameter"),
      v.metadata({
        description:
          "Where to look up the newest version: an SSM parameter that holds a layer version ARN. {stack}, {partition}, {region}, {account}, {runtime} and {architecture} are filled in.",
        examples: ["ssm:/aws/service/powertools/python/{architecture}/{runtime}/latest"],
      }),
    ),
  ),
  description: v.nullish(
    v.pipe(
      string,
      v.metadata({
        description: "What the layer is for, or why a variant exists.",
        examples: ["DynamoDB operations"],
      }),
    ),
  ),
  compatible_runtimes: v.nullish(
    v.pipe(
      v.array(v.pipe(string, v.nonEmpty("must not be empty")), "must be a list of strings"),
      v.metadata({ description: "The Lambda runtimes that this layer supports.", examples: [["python3.12"]] }),
    ),
  ),
  compatible_architectures: v.nullish(
    v.pipe(
      v.array(v.picklist(["x86_64", "arm64"], "must be x86_64 or arm64"), "must be a list of strings"),
      v.metadata({ description: "The instruction sets that this layer supports.", examples: [["arm64"]] }),
    ),
  ),
};

/** A text or a list of texts, one of which must match. */
const condition = (regex: RegExp, wanted: string, description: string, examples: readonly (string | string[])[]) => {
  const list = `${wanted}, or a list of these`;
  return v.nullish(
    v.pipe(
      v.union(
        [
          v.pipe(v.string(), v.regex(regex, wanted)),
          v.pipe(v.array(v.pipe(v.string(), v.regex(regex, wanted))), v.minLength(1, "must have at least one element")),
        ],
        list,
      ),
      v.metadata({ description, examples: [...examples] }),
    ),
  );
};

const whenFields = {
  region: condition(
    /^(?:[a-z]+(?:-[a-z]+)+-\d+|[a-z0-9-]*\*[a-z0-9*-]*)$/,
    "must be a region such as us-east-1, in which * matches any text",
    "The regions that this variant applies to.",
    ["us-east-2", ["eu-*"]],
  ),
  account: condition(
    /^(?:\d{12}|\d*\*[\d*]*)$/,
    "must be an account number of 12 digits in quotes, in which * matches any text",
    "The accounts of the functions that this variant applies to.",
    ["123456789012"],
  ),
  runtime: condition(
    // Layer names omit the dot, runtimes do not.
    /^(?!(?:python|ruby)\d{2,}$|nodejs\d+x?$|provideda)(?:[a-z]+[a-z0-9.]*|[a-z0-9.]*\*[a-z0-9.*]*)$/,
    "must be a runtime such as python3.12, in which * matches any text",
    "The runtimes that this variant applies to.",
    ["python3.12", ["nodejs*"]],
  ),
  architecture: condition(
    /^(?:x86_64|arm64|[a-z0-9_]*\*[a-z0-9_*]*)$/,
    "must be x86_64 or arm64",
    "The instruction sets that this variant applies to. A function that names none uses x86_64.",
    ["arm64"],
  ),
  function: condition(
    /^[\w*-]{1,140}$/,
    "must be a function's name in AWS, in which * matches any text",
    "The functions that this variant applies to, by their names in AWS.",
    ["billing-export", ["billing-*"]],
  ),
};

const untilWanted = "must be a date such as 2026-12-31";

const variant = v.pipe(
  fields({
    when: v.pipe(
      fields(whenFields),
      v.metadata({
        title: "Condition",
        description: "Which functions this variant applies to. All conditions must match.",
      }),
    ),
    version: v.optional(version),
    ...commonFields,
    until: v.nullish(
      v.pipe(
        pattern(/^\d{4}-\d{2}-\d{2}$/, untilWanted),
        v.check(isDay, untilWanted),
        v.metadata({
          description:
            "The last day (UTC) of an exception. After that, `validate` and `status` warn that it has expired, but it stays in effect.",
          examples: ["2026-12-31"],
        }),
      ),
    ),
  }),
  v.metadata({ title: "Variant", description: "What differs for some functions. The first matching variant is used." }),
);

const optionalFields = {
  ...commonFields,
  variants: v.nullish(
    v.pipe(
      v.array(variant, "must be a list of variants"),
      v.minLength(1, "must have at least one variant"),
      v.metadata({
        description:
          "What differs between functions. The first variant whose `when` matches is used; fields that it leaves out keep the entry's values.",
        examples: [[{ when: { region: "us-east-2" }, version: 33 }]],
      }),
    ),
  ),
  replaces: v.nullish(
    v.pipe(
      v.array(
        v.pipe(
          string,
          v.regex(
            /^(?:arn:[a-zA-Z0-9*-]+:lambda:[a-zA-Z0-9*-]+:[\d*]+:layer:)?(?:[A-Za-z0-9_*-]|\{stack\})+$/,
            replacedWanted,
          ),
        ),
        "must be a list of layers",
      ),
      v.minLength(1, "must name at least one layer"),
      v.metadata({
        description: "Layers that this one replaces: names, or ARNs without a version. Both may contain *.",
        examples: [["arn:aws:lambda:*:017000801446:layer:AWSLambdaPowertoolsPythonV2*"]],
      }),
    ),
  ),
};

// Whether a version is missing depends on the variants: see variant-problems.ts.
const entryFields = { version: v.optional(version), ...optionalFields };

/** An entry of `layers`. */
export const entry = v.pipe(
  fields(entryFields),
  v.metadata({ title: "Layer", description: "One layer and the version it must be at." }),
);

/** An entry of an override. */
export const override = v.pipe(
  fields(entryFields),
  v.metadata({
    title: "Override",
    description:
      "Fields that differ in this stack. An entry that is not under `layers` is added for this stack, and needs a version.",
  }),
);

/** The keys of entries and of their parts, in the order of the documentation. */
export const entryKeys = {
  entry: Object.keys(entryFields),
  variant: ["when", "version", ...Object.keys(commonFields), "until"],
  when: Object.keys(whenFields),
};

/** One entry of `layers`, as written. */
export type EntryFields = v.InferOutput<typeof entry>;
/** One of its variants, as written. */
export type VariantFields = v.InferOutput<typeof variant>;

/** Whether a day exists in the calendar. */
function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
