import * as pulumi from "@pulumi/pulumi";
import { planLayer } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import type { TargetOf } from "../../sdk/core/target";
import { cleanLines } from "../host/say";
import { resourcesBefore } from "./dependencies";
import { generatedNames } from "./generated-names";
import { ifKnown } from "./known";
import { registerLast } from "./last-transformation";
import { ignoresProperty } from "./pin";

/** The functions whose layers the program sets itself, as far as the program can tell. */
export interface OwnFunctions {
  /** Physical names. */
  readonly names: readonly string[];
  /** Regular expressions for the physical names that Pulumi generates. */
  readonly autoNamed: readonly string[];
  /** Types and logical names, `TYPE::NAME`, of functions that the program declares without layers. */
  readonly others: readonly string[];
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

  constructor(stack: pulumi.Resource) {
    registerLast(stack, ({ type, name, props, opts, resource }) => {
      const property = this.#types[type];
      if (property) {
        const isRead = (opts as pulumi.CustomResourceOptions).id !== undefined;
        const isOwn = !isRead && props[property] != null && !ignoresProperty(opts, property);
        this.#seen.set(resource, { type, name, props, property, isOwn });
      }
      return undefined;
    });
  }

  /** Also watches functions of these types from now on: type to the property that holds its layers. */
  include(types: Readonly<Record<string, string>>): void {
    this.#types = { ...this.#types, ...types };
  }

  /**
   * Warns of functions that were registered before a declaration, and so can no longer be pinned to it.
   * @param isPinned whether the engine has asked for the pins of a function, once it is registered; one that was
   * constructed before may yet be pinned, as its registration takes a while
   */
  warnLate(targetOf: TargetOf, isPinned: (type: string, name: string) => boolean): void {
    for (const [{ urn }, { type, name, props, property, isOwn }] of this.#seen) {
      if (!isOwn) continue;
      const warn = (layer: unknown) => {
        if (!isPinned(type, name)) warnUnpinned({ name, props }, layer, targetOf);
      };
      const layers = props[property];
      // One by one, so that an unknown one does not hide the others.
      if (Array.isArray(layers)) for (const layer of layers) pulumi.all([layer, urn]).apply(([text]) => warn(text));
      else pulumi.all([layers, urn]).apply(([list]) => (Array.isArray(list) ? list.forEach(warn) : undefined));
    }
  }

  /** The physical names of the program's functions that a value depends on, such as the output `name` of one. */
  namesBehind(value: pulumi.Input<unknown>): pulumi.Output<string[]> {
    const sources = pulumi.output(value) as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
    const names = sources.allResources().then((resources) => {
      const own = [...resources].filter((resource) => this.#seen.get(resource)?.isOwn);
      return pulumi.all(own.map(physicalName));
    });
    return pulumi.output(names);
  }

  /**
   * Resolves when the program has stopped constructing functions.
   * @param waiting the resource that waits for the answer: names that are made of its outputs are not waited for
   */
  async settled(waiting: () => pulumi.Resource | undefined): Promise<OwnFunctions> {
    let before: number;
    do {
      before = this.#seen.size;
      await new Promise((resolve) => setTimeout(resolve, quietMilliseconds));
    } while (this.#seen.size !== before);
    const names = new Set<string>();
    const autoNamed = new Set<string>();
    const others: string[] = [];
    const open: pulumi.Input<string>[] = [];
    for (const { type, name: logicalName, props, isOwn } of this.#seen.values()) {
      if (!isOwn) {
        others.push(`${type}::${logicalName}`);
        continue;
      }
      const name = (props.name ?? props.functionName) as pulumi.Input<string> | undefined;
      if (name === undefined) autoNamed.add(generatedNames(type, logicalName));
      else if (typeof name === "string") names.add(name);
      else open.push(name);
    }
    const asked = waiting();
    const isBehind = (name: pulumi.Input<string>) => asked !== undefined && resourcesBefore(name).has(asked);
    for (const name of await Promise.all(open.map((one) => (isBehind(one) ? undefined : inTime(ifKnown(one))))))
      if (name !== undefined) names.add(name);
    return { names: [...names], autoNamed: [...autoNamed], others };
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

function inTime<T>(value: Promise<T>): Promise<T | undefined> {
  const tooLate = new Promise<void>((resolve) => void setTimeout(resolve, namesMilliseconds).unref());
  return Promise.race([value, tooLate.then(() => undefined)]);
}

function physicalName(resource: pulumi.Resource): pulumi.Output<string> {
  const { name, functionName } = resource as unknown as Record<string, pulumi.Output<string> | undefined>;
  return functionName ?? name ?? pulumi.output("");
}
