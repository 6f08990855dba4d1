import * as pulumi from "@pulumi/pulumi";
import type { LayerVersionArn } from "../../sdk/core/arn";
import type { AwsInputs } from "./aws-inputs";
import { stackCredentials } from "./credentials";
import { noteArgs, resourcesBefore, resourcesBelow, resourcesIn } from "./dependencies";
import { ifKnown, isLiteral, known, resourcesBehind } from "./known";
import { registerLast } from "./last-transformation";
import { watchReads } from "./reads";
import { noteConstructedProvider, noteProvider, ownRegionOf, providerOf } from "./regions";

/** A layer version of the program: one that it publishes, or only reads. */
export interface OwnLayer {
  /** The resource's name in the program. */
  readonly logicalName: string;
  readonly type: string;
  readonly resource: pulumi.Resource;
  /** The layer's name in AWS. */
  readonly name: pulumi.Input<string> | undefined;
  readonly region: pulumi.Input<string | undefined>;
  /** The layer version's ARN, once it is published. */
  readonly arn: pulumi.Input<string | undefined>;
  /** Whom its provider calls AWS as; undefined if that is not known. */
  readonly aws: AwsInputs | undefined;
  /** Whether old versions stay in AWS. */
  readonly keepsVersions: pulumi.Input<boolean | undefined>;
}

/** Resource types that publish a layer version, all with the property `layerName`. */
const layerTypes = ["aws:lambda/layerVersion:LayerVersion", "aws-native:lambda:LayerVersion"];

// After this long without a new resource, the program counts as complete.
const quietMilliseconds = 100;

/** The layers that one program publishes, wherever in the program it declares them. */
export class OwnLayers {
  readonly #layers: (OwnLayer & { readonly isRead: boolean | (() => Promise<boolean>) })[] = [];
  readonly #reads = watchReads();
  #seen = 0;

  /** Watches resources from now on, and includes existing ones. */
  constructor(stack: pulumi.Resource | undefined) {
    if (!stack) return;
    for (const resource of resourcesBelow(stack)) this.#addConstructed(resource);
    registerLast(stack, (args) => {
      const { type, name, props, opts, resource } = args;
      this.#seen += 1;
      noteProvider(args);
      noteArgs(args);
      if (!layerTypes.includes(type)) return undefined;
      const { retainOnDelete, id } = opts as pulumi.CustomResourceOptions;
      if (id !== undefined) {
        this.#layers.push({ ...byOutputs(resource, type, name), isRead: true });
        return undefined;
      }
      this.#layers.push({
        logicalName: name,
        type,
        resource,
        name: props.layerName,
        region: ownRegionOf(type, props, opts),
        arn: byOutputs(resource, type, name).arn,
        aws: providerOf(type, opts)?.credentials ?? stackCredentials(),
        keepsVersions: retainOnDelete || props.skipDestroy,
        isRead: false,
      });
      return undefined;
    });
  }

  /** All that the program publishes. */
  async all(): Promise<readonly OwnLayer[]> {
    const each = this.#layers.map(async (own) => {
      const { isRead } = own;
      return (typeof isRead === "boolean" ? isRead : await isRead()) ? [] : own;
    });
    return (await Promise.all(each)).flat();
  }

  /** The resource that publishes a layer; undefined if none is known so far. */
  async find({ name, region }: Pick<LayerVersionArn, "name" | "region">): Promise<OwnLayer | undefined> {
    for (const own of await this.all()) {
      const itsName = await known(own.name);
      if (!itsName.isKnown || itsName.value !== name) continue;
      const itsRegion = await known(own.region);
      if (!itsRegion.isKnown || itsRegion.value === undefined || itsRegion.value === region) return own;
    }
    return undefined;
  }

  /** The layer that a value comes from, which the program may only read. */
  async sourceOf(value: pulumi.Input<unknown>): Promise<OwnLayer | undefined> {
    const resources = await resourcesBehind(value);
    return this.#layers.find(({ resource }) => resources.includes(resource));
  }

  /** The layer that a value comes from, if the program publishes it. */
  async publisherOf(value: pulumi.Input<unknown>): Promise<OwnLayer | undefined> {
    const source = await this.sourceOf(value);
    return source && (await this.all()).find(({ resource }) => resource === source.resource);
  }

  /** All but those that wait for a resource: it cannot wait for them. */
  async before(resource: pulumi.Resource | undefined): Promise<readonly OwnLayer[]> {
    const all = await this.all();
    return all.filter((own) => resource === undefined || !resourcesBefore(own.resource).has(resource));
  }

  /** Resolves when the program has stopped constructing resources. */
  async settled(): Promise<void> {
    let before: number;
    do {
      before = this.#seen;
      await new Promise((resolve) => setTimeout(resolve, quietMilliseconds));
    } while (this.#seen !== before);
  }

  #addConstructed(resource: pulumi.Resource): void {
    const { __pulumiType: type, __name: logicalName } = resource as unknown as Record<string, string>;
    if (type === undefined || logicalName === undefined) return;
    noteConstructedProvider(resource, type);
    if (!layerTypes.includes(type)) return;
    const isRead = async () => this.#reads.has((await ifKnown(resource.urn)) ?? "");
    this.#layers.push({ ...byOutputs(resource, type, logicalName), isRead });
  }
}

/** A layer by its outputs, which are there once it is constructed. */
function byOutputs(resource: pulumi.Resource, type: string, logicalName: string): OwnLayer {
  const outputs = resource as unknown as Record<string, pulumi.Output<never>>;
  const later = (name: string) => pulumi.output(Promise.resolve().then(() => outputs[name])) as pulumi.Output<never>;
  const [name, region, keepsVersions] = ["layerName", "region", "skipDestroy"].map(later);
  const arn = later(type === layerTypes[0] ? "arn" : "layerVersionArn");
  return { logicalName, type, resource, name, region, arn, aws: undefined, keepsVersions };
}

/** Whether an ARN is the output of a layer version that has its version in it, which a preview may not know yet. */
export function isVersionArn(arn: pulumi.Input<string> | undefined): boolean {
  const sources = pulumi.Output.isInstance(arn) ? [...resourcesIn(arn)] : [];
  return sources.some((resource) => {
    const { __pulumiType: type, arn: its } = resource as unknown as Record<string, unknown>;
    return type === layerTypes[0] && its === arn;
  });
}

/** The known names of layers. */
export async function namesOf(layers: readonly OwnLayer[]): Promise<string[]> {
  const names = await Promise.all(layers.map(({ name }) => known(name)));
  return names.flatMap((name) => (name.isKnown && name.value !== undefined ? name.value : []));
}

/** Whether a layer keeps old versions. Unknown counts as yes, to avoid wrong warnings. */
export async function keepsVersions({ keepsVersions: input }: OwnLayer): Promise<boolean> {
  if (isLiteral(input)) return input === true;
  const answer = await known(input);
  return !answer.isKnown || answer.value === true;
}
