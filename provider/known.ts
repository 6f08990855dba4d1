import * as pulumi from "@pulumi/pulumi";
import { secretSignature, signatureKey } from "../sdk/core/state/secret";

export { isLiteral } from "./literal";

/** A value, as far as it is known: outputs of what does not exist yet are not known in a preview. */
export type Known<T> = { readonly isKnown: true; readonly value: T } | { readonly isKnown: false };

/** What Pulumi's SDK has of an output beside what it declares. */
interface OutputParts<T> {
  resources(): Set<pulumi.Resource>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  promise(): Promise<T>;
  allResources(): Promise<Set<pulumi.Resource>>;
}

function partsOf<T>(input: pulumi.Input<T>): OutputParts<T> {
  return pulumi.output(input) as unknown as OutputParts<T>;
}

/** The value of an input as soon as it is there; in a preview it may stay unknown. */
export async function known<T>(input: pulumi.Input<T>): Promise<Known<T>> {
  const parts = partsOf(input);
  return (await parts.isKnown) ? { isKnown: true, value: await parts.promise() } : { isKnown: false };
}

/** As {@link known}, for a value that is nothing else while it is not known. */
export async function ifKnown<T>(input: pulumi.Input<T>): Promise<T | undefined> {
  const value = await known(input);
  return value.isKnown ? value.value : undefined;
}

/** Whether the program keeps a value secret. */
export async function isSecret(input: pulumi.Input<unknown>): Promise<boolean> {
  return pulumi.Output.isInstance(input) && (await partsOf(input).isSecret);
}

/** The resources that a value is made from. */
export async function resourcesBehind(input: pulumi.Input<unknown>): Promise<pulumi.Resource[]> {
  return pulumi.Output.isInstance(input) ? [...(await partsOf(input).allResources())] : [];
}

/** Whether a value waits for a resource, as far as that is known at once. */
export function waitsFor(input: pulumi.Input<unknown>, resource: pulumi.Resource | undefined): boolean {
  return resource !== undefined && pulumi.Output.isInstance(input) && partsOf(input).resources().has(resource);
}

/**
 * What a transform gets of a secret if another one was there before: a plain object with a mark, which Pulumi's Node SDK
 * 3.270 does not turn into an output.
 */
export function unwrapped<T>(input: pulumi.Input<T>): pulumi.Input<T> {
  const marked = input as { readonly [signatureKey]?: unknown; readonly value?: pulumi.Input<T> } | null | undefined;
  const isSecret = typeof marked === "object" && marked?.[signatureKey] === secretSignature;
  return isSecret ? (pulumi.secret(marked.value) as pulumi.Output<unknown> as pulumi.Output<T>) : input;
}
