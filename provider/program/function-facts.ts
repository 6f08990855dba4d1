import * as pulumi from "@pulumi/pulumi";
import type { LayerVersionArn } from "../../sdk/core/arn";
import type { WhenKey } from "../../sdk/core/config/when";
import type { TargetFacts } from "../../sdk/core/form";
import { parseFunctionArn } from "../../sdk/core/function-arn";
import type { AwsInputs } from "./aws-inputs";
import { exampleName } from "./generated-names";
import { ifKnown, known } from "./known";
import type { LayerLookup } from "./lookup";
import { readOwnStack } from "./own-stack";

/** A function as a program registers it. */
export interface RegisteredFunction {
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  readonly props: pulumi.Inputs;
  readonly opts: pulumi.ResourceOptions;
}

/** What is known about a function when it is registered. */
export interface FoundFacts {
  readonly facts: TargetFacts;
  /** What its targets depend on and is unknown in this preview. */
  readonly open: readonly { readonly key: WhenKey; readonly input: pulumi.Input<unknown> }[];
}

/**
 * Finds out the facts that entries depend on, and no others, because each lookup takes time in a preview.
 * @param layer one of its layers, which tells its region: Lambda attaches no layers of others
 * @param aws who asks for the account
 */
export async function factsFor(
  { type, name: logicalName, props }: RegisteredFunction,
  needed: ReadonlySet<WhenKey>,
  layer: LayerVersionArn,
  { aws, lookup }: { readonly aws: AwsInputs; readonly lookup: LayerLookup<AwsInputs> },
): Promise<FoundFacts> {
  const open: FoundFacts["open"][number][] = [];
  const read = async (key: WhenKey, input: pulumi.Input<unknown> | undefined): Promise<unknown> => {
    if (input === undefined || !needed.has(key)) return undefined;
    const found = await known(pulumi.output(input));
    if (found.isKnown) return found.value;
    open.push({ key, input });
    return undefined;
  };
  const written = (props.name ?? props.functionName) as pulumi.Input<string> | undefined;
  const itsName = needed.has("function") && written === undefined ? await madeUpName(type, logicalName) : undefined;
  const [name, runtime, architectures] = [
    await read("function", written),
    await read("runtime", props.runtime),
    await read("architecture", props.architectures),
  ];
  const isOpen = open.some(({ key }) => key === "architecture");
  return {
    facts: {
      name: itsName ?? textOf(name),
      region: layer.region,
      account: needed.has("account") ? await lookup.account(layer.region, aws) : undefined,
      runtime: textOf(runtime),
      architectures: isOpen ? undefined : architecturesIn(architectures),
    },
    open,
  };
}

/** The name that Pulumi has generated for a function or, for a new one, an example of such a name. */
async function madeUpName(type: string, logicalName: string): Promise<string> {
  const { owned } = await readOwnStack({ [type]: "layers" }, pulumi.output(""));
  const found = owned.find(({ resource }) => resource === `${type}::${logicalName}`);
  return parseFunctionArn(found?.arn ?? "")?.name ?? exampleName(type, logicalName);
}

function architecturesIn(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  const isList = Array.isArray(value) && value.every((one) => typeof one === "string");
  return isList ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A function's name in messages: its name in AWS, or in the program if Pulumi generates one. */
export function shownName({ name: logicalName, props }: RegisteredFunction): string {
  return [props.name, props.functionName].find((one) => typeof one === "string") ?? logicalName;
}

/** A list of layers as far as it is known. */
export async function layerList(given: pulumi.Input<pulumi.Input<string>[]>): Promise<unknown> {
  return Array.isArray(given) ? given : await ifKnown(given);
}
