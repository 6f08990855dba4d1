import * as pulumi from "@pulumi/pulumi";
import { ignoresProperty } from "./pin";

/** The functions that the program pins itself, as far as the program can tell. */
export interface PinnedFunctions {
  /** Physical names. */
  readonly names: readonly string[];
  /** Logical names of functions whose physical name Pulumi makes up. */
  readonly autoNamed: readonly string[];
}

// How long no function may have been constructed before the program counts as having declared all of them. Programs
// are synchronous for the most part and need one turn of the event loop; this is for those that await something.
const quietMilliseconds = 100;

/**
 * Watches which functions the program constructs from now on. It must not wait for a function's outputs: a function
 * may depend on the resource that asks.
 */
export class PinnedFunctionsWatch {
  private readonly resources = new Set<pulumi.Resource>();
  private readonly names = new Set<string>();
  private readonly autoNamed = new Set<string>();
  private seen = 0;

  constructor(types: Readonly<Record<string, string>>) {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts, resource }) => {
      const property = types[type];
      if (property) {
        this.seen += 1;
        // Without layers, or where the pin has no effect, somebody else may well look after the function.
        if (props[property] != null && !ignoresProperty(opts, property)) this.add(resource, name, props);
      }
      return undefined;
    });
  }

  /** The physical names of the pinned functions that a value is made from, such as the output `name` of one. */
  namesBehind(value: pulumi.Input<unknown>): pulumi.Output<string[]> {
    const sources = pulumi.output(value) as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
    const names = sources.allResources().then((resources) => {
      const pinned = [...resources].filter((resource) => this.resources.has(resource));
      return pulumi.all(pinned.map(physicalName));
    });
    return pulumi.output(names);
  }

  /** Resolves when the program has stopped constructing functions. */
  async settled(): Promise<PinnedFunctions> {
    let before: number;
    do {
      before = this.seen;
      await new Promise((resolve) => setTimeout(resolve, quietMilliseconds));
    } while (this.seen !== before);
    return { names: [...this.names], autoNamed: [...this.autoNamed] };
  }

  private add(resource: pulumi.Resource, logicalName: string, props: pulumi.Inputs): void {
    this.resources.add(resource);
    const name = (props.name ?? props.functionName) as pulumi.Input<string> | undefined;
    if (name === undefined) this.autoNamed.add(logicalName);
    else pulumi.output(name).apply((known) => this.names.add(known));
  }
}

function physicalName(resource: pulumi.Resource): pulumi.Output<string> {
  const { name, functionName } = resource as unknown as Record<string, pulumi.Output<string> | undefined>;
  return functionName ?? name ?? pulumi.output("");
}
