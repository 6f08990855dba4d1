import * as pulumi from "@pulumi/pulumi";
import { planLayer } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import type { TargetOf } from "../../sdk/core/target";
import { cleanLines } from "../host/say";
import { escaped } from "../resource/name-template";
import { resourcesBefore, resourcesBelow } from "./dependencies";
import { generatedNames } from "./generated-names";
import { ifKnown } from "./known";
import { registerLast } from "./last-transformation";
import { ignoresProperty } from "./pin";
import { watchReads } from "./reads";
import { type FunctionsArgs, isSelected } from "./selecting";

/** The functions whose layers the program sets itself, as far as the program can tell. */
export interface OwnFunctions {
  /** Physical names. */
  readonly names: readonly string[];
  /** Regular expressions for the physical names that Pulumi generates. */
  readonly autoNamed: readonly string[];
  /** Types and logical names, `TYPE::NAME`, of functions that the program declares without layers. */
  readonly others: readonly string[];
}

/** The transforms of all resources that the program has registered. */
export interface Transforms {
  /** Whether there are any besides the pins. */
  readonly hasOthers: boolean;
  /** Whether a function has layers once they have run for it; waits until then. */
  setLayers(type: string, name: string): Promise<boolean>;
}

interface SeenFunction {
  readonly type: string;
  /** Logical. */
  readonly name: string;
  readonly props: pulumi.Inputs;
  /** The property that holds its layers. */
  readonly property: string;
  /** Whether the program sets its layers: not if it has no layers, is only read, or ignores changes of them. */
  readonly isOwn: boolean;
  /** Whether a transform may give it layers. */
  readonly mayBeOwn: boolean;
  /** Whether it was constructed before anyone watched, so that its properties are outputs. */
  readonly isConstructed: boolean;
}

// After this long without a new function, the program counts as complete. Most programs are synchronous and need one
// turn of the event loop; this is for those that await something.
const quietMilliseconds = 100;

// A name may come from another stack, or from a resource of this update. If it waits for the resource that asks in a way
// that cannot be seen, neither must wait for good.
const namesMilliseconds = 60_000;

// A process may run several programs in sequence, as with the Automation API.
const watches = new WeakMap<object, OwnFunctionsWatch>();

/**
 * The watch over the functions of the current program; undefined outside a program. The first call, when the package is
 * loaded, starts it, so that functions registered before `LayerVersions` count as the program's own.
 */
export function watchFunctions(types: Readonly<Record<string, string>>): OwnFunctionsWatch | undefined {
  const stack = pulumi.runtime.getStackResource();
  if (stack === undefined) return undefined;
  const watch = watches.get(stack) ?? new OwnFunctionsWatch(stack);
  watches.set(stack, watch);
  watch.include(types);
  return watch;
}

/**
 * Watches which functions the program constructs. It must not wait for a function's outputs: a function may depend on
 * the resource that asks.
 */
class OwnFunctionsWatch {
  #types: Readonly<Record<string, string>> = {};
  readonly #seen = new Map<pulumi.Resource, SeenFunction>();
  /** Whether a resource has transforms of its own, which its children get too. */
  #hasTransforms = false;

  /** What was constructed before, in modules that are loaded earlier. */
  readonly #before: readonly pulumi.Resource[];

  /** Which of these the program only reads. */
  readonly #reads = watchReads();

  constructor(stack: pulumi.Resource) {
    this.#before = resourcesBelow(stack);
    registerLast(stack, ({ type, name, props, opts, resource }) => {
      const { transforms } = opts as { readonly transforms?: readonly unknown[] };
      if (transforms && transforms.length > 0) this.#hasTransforms = true;
      const property = this.#types[type];
      if (property) {
        const isRead = (opts as pulumi.CustomResourceOptions).id !== undefined;
        const isOwn = !isRead && props[property] != null && !ignoresProperty(opts, property);
        const mayBeOwn = !isRead && props[property] == null;
        this.#seen.set(resource, { type, name, props, property, isOwn, mayBeOwn, isConstructed: false });
      }
      return undefined;
    });
  }

  /** Also watches functions of these types from now on: type to the property that holds its layers. */
  include(types: Readonly<Record<string, string>>): void {
    this.#types = { ...this.#types, ...types };
    for (const resource of this.#before) this.#addConstructed(resource);
  }

  /** Adds a function with its outputs: whether they hold layers is not known yet. */
  #addConstructed(resource: pulumi.Resource): void {
    const { __pulumiType: type = "", __name: name = "" } = resource as unknown as Record<string, string>;
    const property = this.#types[type];
    if (property === undefined || this.#seen.has(resource)) return;
    const outputs = resource as unknown as pulumi.Inputs;
    const { runtime, architectures } = outputs;
    const props = { name: physicalName(resource), [property]: outputs[property], runtime, architectures };
    this.#seen.set(resource, { type, name, props, property, isOwn: true, mayBeOwn: false, isConstructed: true });
  }

  /**
   * Warns of functions that were registered before a declaration, and so can no longer be pinned to it.
   * @param isPinned whether the engine has asked for the pins of a function, once it is registered; one that was
   * constructed before may yet be pinned, as its registration takes a while
   * @param names the functions that the declaration names: one of these may be read only, which cannot be seen if that
   * began before anyone watched
   */
  warnLate(
    targetOf: TargetOf,
    isPinned: (type: string, name: string) => boolean,
    names: FunctionsArgs["names"] = [],
  ): void {
    for (const [{ urn }, { type, name, props, property, isOwn, isConstructed }] of this.#seen) {
      if (!isOwn) continue;
      const warn = async (layer: unknown, its: string) => {
        if (isPinned(type, name) || (isConstructed && this.#reads.has(its))) return;
        const known = isConstructed ? { ...props, name: await ifKnown(props.name as pulumi.Input<string>) } : props;
        if (isConstructed && isSelected({ type, name, props: known, opts: {} }, { names })) return;
        warnUnpinned({ name, props: known }, layer, targetOf);
      };
      const layers = props[property];
      // One by one, so that an unknown one does not hide the others.
      if (Array.isArray(layers)) for (const layer of layers) pulumi.all([layer, urn]).apply((known) => warn(...known));
      else
        pulumi
          .all([layers, urn])
          .apply(([list, its]) => (Array.isArray(list) ? list.forEach((layer) => void warn(layer, its)) : undefined));
    }
  }

  /** The physical names of the program's functions that a value depends on, such as the output `name` of one. */
  namesBehind(value: pulumi.Input<unknown>): pulumi.Output<string[]> {
    const sources = pulumi.output(value) as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
    const names = sources.allResources().then((resources) => {
      const own = [...resources].filter((resource) => {
        const fn = this.#seen.get(resource);
        return fn?.isOwn && !fn.isConstructed;
      });
      return pulumi.all(own.map(physicalName));
    });
    return pulumi.output(names);
  }

  /**
   * Resolves when the program has stopped constructing functions.
   * @param waiting the resource that waits for the answer: what is made of its outputs is not waited for
   */
  async settled(waiting: () => pulumi.Resource | undefined, transforms: Transforms): Promise<OwnFunctions> {
    let before: number;
    do {
      before = this.#seen.size;
      await new Promise((resolve) => setTimeout(resolve, quietMilliseconds));
    } while (this.#seen.size !== before);
    const names = new Set<string>();
    const autoNamed = new Set<string>();
    const others: string[] = [];
    const open: pulumi.Input<string>[] = [];
    const asked = waiting();
    const isBehind = (value: unknown) => asked !== undefined && resourcesBefore(value).has(asked);
    const isAwaited = this.#hasTransforms || transforms.hasOthers;
    const seen = [...this.#seen].map(async ([resource, fn]) => {
      if (fn.isConstructed) return { ...fn, isOwn: !(await this.#isRead(resource)) && (await hasLayers(fn)) };
      if (!fn.mayBeOwn || !isAwaited) return fn;
      // It does not exist before the resource that asks; what is recorded of it tells.
      if (isBehind(resource)) return undefined;
      return { ...fn, isOwn: (await inTime(transforms.setLayers(fn.type, fn.name))) ?? false };
    });
    for (const fn of await Promise.all(seen)) {
      if (fn === undefined) continue;
      const { type, name: logicalName, props, isOwn, isConstructed } = fn;
      if (!isOwn) {
        others.push(`${type}::${logicalName}`);
        continue;
      }
      const name = (props.name ?? props.functionName) as pulumi.Input<string> | undefined;
      // If nobody has seen that it is only read, it is among the names.
      if (isConstructed) {
        const known = await inTime(ifKnown(name));
        if (known !== undefined) autoNamed.add(escaped(known));
      } else if (name === undefined) autoNamed.add(generatedNames(type, logicalName));
      else if (typeof name === "string") names.add(name);
      else open.push(name);
    }
    for (const name of await Promise.all(open.map((one) => (isBehind(one) ? undefined : inTime(ifKnown(one))))))
      if (name !== undefined) names.add(name);
    return { names: [...names], autoNamed: [...autoNamed], others };
  }

  /** Whether a resource that was constructed before is only read. */
  async #isRead({ urn }: pulumi.Resource): Promise<boolean> {
    return this.#reads.has((await inTime(ifKnown(urn))) ?? "");
  }
}

function warnUnpinned({ name, props }: Pick<SeenFunction, "name" | "props">, layer: unknown, targetOf: TargetOf): void {
  const { runtime, architectures = [] } = props;
  const fn = {
    name: [props.name, props.functionName].find((one) => typeof one === "string"),
    runtime: typeof runtime === "string" ? runtime : undefined,
    architectures: Array.isArray(architectures) ? architectures.filter((one) => typeof one === "string") : undefined,
  };
  const change = typeof layer === "string" ? planLayer(layer, targetOf, fn) : undefined;
  if (!change) return;
  pulumi.log.warn(
    cleanLines(
      `${changeLine({ function: name, ...change })} is declared, but the function was registered before LayerVersions, so it is not pinned. Create LayerVersions, or call pinLayers, before the function.`,
    ),
  );
}

/** Whether a function's outputs hold layers. What is unknown in a preview does not exist yet. */
async function hasLayers({ props, property }: SeenFunction): Promise<boolean> {
  const layers = await inTime(ifKnown(props[property] as pulumi.Input<unknown>));
  return layers === undefined || (Array.isArray(layers) && layers.length > 0);
}

function inTime<T>(value: Promise<T>): Promise<T | undefined> {
  const tooLate = new Promise<void>((resolve) => void setTimeout(resolve, namesMilliseconds).unref());
  return Promise.race([value, tooLate.then(() => undefined)]);
}

function physicalName(resource: pulumi.Resource): pulumi.Output<string> {
  const { name, functionName } = resource as unknown as Record<string, pulumi.Output<string> | undefined>;
  return functionName ?? name ?? pulumi.output("");
}
