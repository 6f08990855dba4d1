import * as pulumi from "@pulumi/pulumi";

const key = "__transformations";
const ours = new WeakMap<pulumi.Resource, pulumi.ResourceTransformation[]>();

/**
 * Registers a transformation of all resources of the stack that stays the last one, whatever the program registers
 * later: it sees what resources are constructed with in the end. If Pulumi keeps its list elsewhere some day, it is one
 * of many.
 */
export function registerLast(stack: pulumi.Resource, transformation: pulumi.ResourceTransformation): void {
  const last = ours.get(stack) ?? [];
  last.push(transformation);
  pulumi.runtime.registerStackTransformation(transformation);
  const all: unknown = Reflect.get(stack, key);
  if (ours.has(stack) || !Array.isArray(all)) return;
  ours.set(stack, last);
  let list: readonly unknown[] = all;
  Object.defineProperty(stack, key, {
    ...{ configurable: true, enumerable: true, get: () => list },
    set(given: readonly pulumi.ResourceTransformation[]) {
      list = [...given.filter((one) => !last.includes(one)), ...last];
    },
  });
}
