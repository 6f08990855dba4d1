import * as pulumi from "@pulumi/pulumi";
import { secretSignature, signatureKey } from "../../sdk/core/state/secret";

export { isLiteral } from "../resource/literal";

/** A value, as far as known: outputs of new resources are unknown in a preview. */
export type Known<T> = { readonly isKnown: true; readonly value: T } | { readonly isKnown: false };

/** Undeclared properties of an output in Pulumi's SDK. */
interface OutputParts<T> {
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  promise(): Promise<T>;
  allResources(): Promise<Set<pulumi.Resource>>;
}

function partsOf<T>(input: pulumi.Input<T>): OutputParts<T> {
  return pulumi.output(input) as unknown as OutputParts<T>;
}

/** The value of an input once available; in a preview it may stay unknown. */
export async function known<T>(input: pulumi.Input<T>): Promise<Known<T>> {
  const parts = partsOf(input);
  return (await parts.isKnown) ? { isKnown: true, value: await parts.promise() } : { isKnown: false };
}

/** Like {@link known}, for a value that has no known parts while unknown. */
export async function ifKnown<T>(input: pulumi.Input<T>): Promise<T | undefined> {
  const value = await known(input);
  return value.isKnown ? value.value : undefined;
}

/** Whether a value is secret. */
export async function isSecret(input: pulumi.Input<unknown>): Promise<boolean> {
  return pulumi.Output.isInstance(input) && (await partsOf(input).isSecret);
}

/** The resources that a value depends on. */
export async function resourcesBehind(input: pulumi.Input<unknown>): Promise<pulumi.Resource[]> {
  return pulumi.Output.isInstance(input) ? [...(await partsOf(input).allResources())] : [];
}

/**
 * A secret as passed to a second transform: a plain object with a marker, which Pulumi's Node SDK 3.270 does not turn
 * into an output.
 */
export function unwrapped<T>(input: pulumi.Input<T>): pulumi.Input<T> {
  const marked = input as { readonly [signatureKey]?: unknown; readonly value?: pulumi.Input<T> } | null | undefined;
  const isSecret = typeof marked === "object" && marked?.[signatureKey] === secretSignature;
  return isSecret ? (pulumi.secret(marked.value) as pulumi.Output<unknown> as pulumi.Output<T>) : input;
}
