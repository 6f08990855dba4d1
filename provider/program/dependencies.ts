import * as pulumi from "@pulumi/pulumi";

type Args = Pick<pulumi.ResourceTransformationArgs, "props" | "opts">;

const constructed = new WeakMap<pulumi.Resource, Args>();

/** Notes what a resource is constructed with. */
export function noteArgs({ resource, props, opts }: pulumi.ResourceTransformationArgs): void {
  constructed.set(resource, { props, opts });
}

/**
 * The resources that a value waits for: those that it is made from, and what these wait for in turn. Only as far as the
 * program has constructed them by now, and as values tell at once.
 */
export function resourcesBefore(value: unknown): ReadonlySet<pulumi.Resource> {
  const found = new Set<pulumi.Resource>();
  const open = [...resourcesIn(value)];
  for (let resource = open.pop(); resource !== undefined; resource = open.pop()) {
    if (found.has(resource)) continue;
    found.add(resource);
    const args = constructed.get(resource);
    if (!args) continue;
    const { dependsOn, parent, provider } = args.opts as pulumi.CustomResourceOptions;
    // Who depends on a component waits for all that it holds; who is in one waits for the component alone.
    open.push(...resourcesIn([args.props, parent, provider]), ...[...resourcesIn(dependsOn)].flatMap(withChildren));
  }
  return found;
}

/** The resources in a value, and those that its outputs are made from, as far as these tell at once. */
export function resourcesIn(value: unknown, found = new Set<pulumi.Resource>(), seen = new Set<object>()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return found;
  seen.add(value);
  if (pulumi.Resource.isInstance(value)) found.add(value);
  else if (pulumi.Output.isInstance(value)) {
    const { resources } = value as unknown as { resources(): Set<pulumi.Resource> };
    for (const resource of resources.call(value)) found.add(resource);
  } else for (const one of Object.values(value)) resourcesIn(one, found, seen);
  return found;
}

function withChildren(resource: pulumi.Resource): pulumi.Resource[] {
  return [resource, ...resourcesBelow(resource)];
}

/** All that a component, or the stack, holds. */
export function resourcesBelow(resource: pulumi.Resource): pulumi.Resource[] {
  const { __childResources: children } = resource as unknown as { __childResources?: Set<pulumi.Resource> };
  return [...(children ?? [])].flatMap(withChildren);
}
