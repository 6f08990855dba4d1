import { accountOfArn, type LayerVersionArn, parseLayerVersionArn, regionOfArn } from "../sdk/core/arn";
import type { TargetFacts } from "../sdk/core/form";

/** One element of a function's layers. `unknown`: not known before the update. `hidden`: a secret that was redacted. */
export type LayerSlot =
  | {
      readonly kind: "text";
      readonly text: string;
      /** Undefined if the text is not a layer version ARN. */
      readonly arn: LayerVersionArn | undefined;
    }
  | { readonly kind: "unknown" | "hidden" | "other" };

/** The parts of the policy SDK's resources that are read here. */
export interface ReviewedResource {
  readonly urn: string;
  readonly props: Record<string, unknown>;
  readonly provider?: { readonly props: Record<string, unknown> };
}

/** A function as policies see it. Layers keep their order and their indexes. */
export class FunctionView {
  constructor(
    /** The resource's own properties; reading one may throw, see {@link read}. */
    readonly resource: ReviewedResource,
    readonly layers: readonly LayerSlot[],
    /** Set if some of the layers, or their whole list, are not known before the update. */
    readonly unknown?: UnknownValue,
  ) {}

  get urn(): string {
    return this.resource.urn;
  }

  /** The function's name in AWS; if unknown, the last part of the URN. */
  get name(): string {
    const { props } = this.resource;
    const name = readOptional(() => props.name ?? props.functionName);
    return typeof name === "string" ? name : this.urn.slice(this.urn.lastIndexOf("::") + 2);
  }
}

/** A value that is not known before the update, with the policy SDK's error for it. */
export class UnknownValue {
  constructor(private readonly error: Error) {}

  /** The SDK's error, which the engine shows as advisory whatever the policy's level, in words that name the value. */
  naming(what: string): Error {
    this.error.message = `${what}: not yet known, checked during the update`;
    return this.error;
  }
}

/** `pulumi policy analyze`'s placeholder for a secret that it cannot decrypt. */
const redacted = "[secret]";

/** Reads properties of a resource: the policy SDK throws for unknown ones. */
export function read<T>(access: () => T): T | UnknownValue {
  try {
    return access();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return new UnknownValue(error);
    throw error;
  }
}

/** Like {@link read}, for an optional value: undefined if unknown. */
export function readOptional<T>(access: () => T): T | undefined {
  const value = read(access);
  return value instanceof UnknownValue ? undefined : value;
}

/** A text among a resource's properties; undefined if it is absent, not known yet, a secret that was redacted, or no text. */
export function readText(access: () => unknown): string | undefined {
  const value = readOptional(access);
  return typeof value === "string" && value !== redacted ? value : undefined;
}

/**
 * Whether properties have the names that Cloud Control gives them (`Layers`), as for resources that Pulumi has
 * discovered but does not manage.
 */
export function isCloudControl({ props }: Pick<ReviewedResource, "props">, property: string): boolean {
  return !(property in props) && pascalCase(property) in props;
}

/** The same resource with its properties by the names that programs use. */
function byProgramNames(resource: ReviewedResource): ReviewedResource {
  const props = new Proxy(resource.props, {
    get: (target, key) => target[typeof key !== "string" || key in target ? (key as string) : pascalCase(key)],
  });
  return { urn: resource.urn, provider: resource.provider, props };
}

function pascalCase(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

/** Reads the layers in `property` of a function, as far as they are known. */
export function viewFunction(given: ReviewedResource, property: string): FunctionView {
  const resource = isCloudControl(given, property) ? byProgramNames(given) : given;
  const list = read(() => resource.props[property]);
  if (list instanceof UnknownValue) return new FunctionView(resource, [], list);
  if (list == null) return new FunctionView(resource, []);
  // Not `map`: in a remediation the list is a proxy of a proxy, on which methods that create an array throw.
  if (!Array.isArray(list)) return new FunctionView(resource, [{ kind: list === redacted ? "hidden" : "other" }]);
  const slots: LayerSlot[] = [];
  let unknown: UnknownValue | undefined;
  const { length } = list;
  for (let index = 0; index < length; index++) {
    const layer = read(() => list[index] as unknown);
    if (layer instanceof UnknownValue) unknown ??= layer;
    slots.push(toSlot(layer));
  }
  return new FunctionView(resource, slots, unknown);
}

/** One layer of a function that is known and is a layer version ARN. */
export interface LayerUse {
  readonly arn: LayerVersionArn;
  /** Its index in the function's list. */
  readonly index: number;
}

/** The function's layers that are layer version ARNs. */
export function layersInUse({ layers }: FunctionView): LayerUse[] {
  const uses: LayerUse[] = [];
  layers.forEach((layer, index) => {
    if (layer.kind === "text" && layer.arn) uses.push({ arn: layer.arn, index });
  });
  return uses;
}

/** The region of a function, from its own properties or else its provider's; undefined if neither says. */
export function regionOf({ props, provider }: ReviewedResource): string | undefined {
  return (
    readText(() => props.region) ??
    regionOfArn(readText(() => props.arn) ?? "") ??
    (provider && readText(() => provider.props.region))
  );
}

/** What a function's targets depend on, without unknown and secret values. */
export function factsOf({ resource, name }: FunctionView): TargetFacts {
  const { props } = resource;
  const architectures = readArchitectures(resource);
  const itsName = read(() => props.name ?? props.functionName);
  return {
    // A generated name is unknown before the update; no condition can name it.
    name: itsName instanceof UnknownValue ? undefined : name,
    region: regionOf(resource),
    // Lambda accepts only roles of the function's own account.
    account: accountOfArn(readText(() => props.arn) ?? "") ?? accountOfArn(readText(() => props.role) ?? ""),
    runtime: readText(() => props.runtime),
    architectures: architectures instanceof UnknownValue ? undefined : architectures,
  };
}

/** The architectures of a function; empty if none is named, undefined if they are hidden or no list of texts. */
export function readArchitectures({
  props,
}: Pick<ReviewedResource, "props">): readonly string[] | UnknownValue | undefined {
  const list = read(() => {
    const value = props.architectures;
    if (!Array.isArray(value)) return value;
    // Index by index: what the SDK puts around a list makes its iterator slow.
    return Array.from({ length: value.length }, (_, index) => value[index] as unknown);
  });
  if (list == null) return [];
  if (list instanceof UnknownValue) return list;
  if (!Array.isArray(list)) return undefined;
  const known = list.filter((one): one is string => typeof one === "string" && one !== redacted);
  return known.length === list.length ? known : undefined;
}

function toSlot(layer: unknown): LayerSlot {
  if (layer instanceof UnknownValue) return { kind: "unknown" };
  if (typeof layer !== "string") return { kind: "other" };
  if (layer === redacted) return { kind: "hidden" };
  return { kind: "text", text: layer, arn: parseLayerVersionArn(layer) };
}
