import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { parseLayerVersionArn } from "../../sdk/core/arn";
import { LayersError } from "../../sdk/core/errors";
import { bothIn } from "../../sdk/core/plan";
import { isAsDeclared, targetArnOf } from "../../sdk/core/target";
import { versionNumber } from "../resource/pending";
import { resourcesBefore } from "./dependencies";
import { layerList, type RegisteredFunction, shownName } from "./function-facts";
import { ifKnown, isLiteral, isSecret, known, resourcesBehind, unwrapped } from "./known";
import { type Pins, pinOf, targetAt } from "./pin-of";
import { isOf, isSelected } from "./selecting";
import { noEffect, warnUnpinned } from "./unpinned";

/** One layer of a function as passed to its provider. */
interface PinnedLayer {
  readonly value: pulumi.Input<string>;
  /** The layer version ARN; undefined while it is not known. */
  readonly text?: string;
  /** Whether it is unknown, so that the layer cannot be identified yet. */
  readonly isUnknown?: true;
  /** The resource that publishes the version. */
  readonly dependsOn?: readonly pulumi.Resource[];
  /** As written in the program. */
  readonly given?: { readonly value: pulumi.Input<string>; readonly text: string };
}

/**
 * Pins the layers of every function that the program registers, children of components included. The function's own
 * provider then shows and makes the change.
 */
export function pinTransform(pins: Pins): pulumi.ResourceTransform {
  const transform: pulumi.ResourceTransform = async ({ type, name, props, opts }) => {
    const declarations = pins.declarations.filter(({ types }) => types[type] !== undefined);
    const property = declarations[0]?.types[type];
    if (property === undefined) return undefined;
    pins.note(type, name, props[property] != null && !ignoresProperty(opts, property));
    if (props[property] == null) {
      pins.notePinned(type, name, []);
      return undefined;
    }
    try {
      const pinned = await pinFunction({ ...pins, declarations }, property, { type, name, props, opts });
      return (
        pinned && { props: { ...props, [property]: pinned.layers }, opts: { ...opts, dependsOn: pinned.dependsOn } }
      );
    } catch (error) {
      if (!(error instanceof LayersError)) throw error;
      await pins.checks.fail(error.lines);
      return undefined;
    }
  };
  // The engine's calls do not come in the context of the program, by which several inline programs of the Automation API
  // are told apart.
  return AsyncResource.bind(transform);
}

async function pinFunction(
  pins: Pins,
  property: string,
  registered: RegisteredFunction,
): Promise<{ layers: pulumi.Input<unknown>; dependsOn: pulumi.Resource[] } | undefined> {
  const { props, opts } = registered;
  const fn = shownName(registered);
  const given: pulumi.Input<pulumi.Input<string>[]> = unwrapped(props[property]);
  const { dependsOn: others = [] } = opts as { dependsOn?: pulumi.Resource[] };
  // Element by element, so that one unknown layer does not make the whole list unknown.
  const list = await layerList(given);
  if (ignoresProperty(opts, property)) {
    if (pins.declarations.some(({ functions }) => functions && isSelected(registered, functions))) return undefined;
    for (const layer of Array.isArray(list) ? list : []) await warnUnpinned(registered, layer, pins, noEffect.ignored);
    return undefined;
  }
  if (list === undefined) await pins.checks.warnUnknown(fn, "its layers", others, pins.declarations);
  // A list may be anything by mistake; its provider's error is better than ours would be.
  if (!Array.isArray(list)) return undefined;

  const pinned = await withoutBoth(fn, await Promise.all(list.map((layer) => pinLayer(registered, layer, pins))), pins);
  if (pinned.some(({ isUnknown }) => isUnknown))
    await pins.checks.warnUnknown(fn, "a layer", others, pins.declarations);
  const layers = pinned.map(({ text }) => text);
  pins.notePinned(registered.type, registered.name, layers);
  const packageType = await known(props.packageType);
  if (!packageType.isKnown && layers.length > 0) pins.checks.warnUnknownPackage(fn);
  const isImage = packageType.isKnown && packageType.value === "Image";
  await pins.checks.failInvalidList(fn, layers, { region: await pins.regionOf(registered), isImage });
  const values = pinned.map(({ value }) => value);
  return {
    layers: (await isSecret(given)) ? pulumi.secret(values) : values,
    dependsOn: [...others, ...pinned.flatMap(({ dependsOn }) => dependsOn ?? [])],
  };
}

/** Keeps a layer if the function already has its replacement. */
async function withoutBoth(fn: string, pinned: readonly PinnedLayer[], { checks }: Pins): Promise<PinnedLayer[]> {
  const texts = pinned.flatMap(({ given, text }) => given?.text ?? text ?? []);
  const moving = pinned.flatMap(({ given, text }) => {
    const arn = given && text !== undefined ? given.text.slice(0, given.text.lastIndexOf(":")) : undefined;
    return arn !== undefined && text !== undefined && !text.startsWith(`${arn}:`) ? [{ arn, target: text }] : [];
  });
  const both = moving.length === 0 ? [] : bothIn(texts, moving);
  for (const { arn, by } of both) checks.reportBoth(fn, arn, by);
  return pinned.map((one) => {
    const isLeft = both.some(({ arn }) => one.given?.text.startsWith(`${arn}:`));
    return isLeft && one.given ? { value: one.given.value, text: one.given.text } : one;
  });
}

async function pinLayer(
  registered: RegisteredFunction,
  element: pulumi.Input<string>,
  pins: Pins,
): Promise<PinnedLayer> {
  const fn = shownName(registered);
  const given = unwrapped(element);
  const text = await ifKnown(given);
  if (text === undefined) return { value: given, isUnknown: true };
  const layer = typeof text === "string" ? parseLayerVersionArn(text) : undefined;
  const pin = layer && (await pinOf(registered, layer, pins));
  if (!layer || !pin || pin.is === "nothing") return { value: given, text };
  const { declared } = pin;
  if (pin.is === "unknown") {
    pins.checks.warnUnknownFact(fn, layer, pin.key, declared);
    // Known in the update, in which the pin is computed again.
    return { value: pulumi.output(pin.input as pulumi.Input<string>).apply(() => text) };
  }
  if (pin.is === "none") {
    pins.checks.reportNoTarget(fn, layer, pin.why, declared);
    return { value: given, text };
  }
  if (isBehind(registered, declared.entry.version)) {
    pins.checks.reportCycle(fn, layer, declared);
    return { value: given, text };
  }
  const version = await known(declared.entry.version);
  if (!version.isKnown) {
    await pins.checks.warnUnknownVersion(fn, layer, declared);
    const value = pulumi.all([declared.entry.version, given]).apply(([its]) => `${pin.place}:${its}`);
    return { value, dependsOn: await resourcesBehind(declared.entry.version) };
  }
  const number = versionNumber(version.value);
  if (number === undefined) {
    await pins.checks.reportNoVersion(fn, layer, declared, version.value);
    return { value: given, text };
  }
  const target = targetAt(pin.place, layer, declared.entry, number);
  const pinned = isAsDeclared(layer.version, target) ? text : targetArnOf(layer, target);
  await pins.checks.verify(fn, pinned, declared, await pins.awsOf(registered));
  // Values derived from secrets are secret.
  const isHidden = (await isSecret(given)) || (await isSecret(declared.entry.version));
  const value = isHidden ? pulumi.secret(pinned) : pinned;
  const dependsOn = await resourcesBehind(declared.entry.version);
  return { value, text: pinned, given: { value: given, text }, dependsOn };
}

/** Whether a value waits for a function, which then cannot wait for the value. */
function isBehind(registered: RegisteredFunction, value: pulumi.Input<unknown>): boolean {
  return !isLiteral(value) && [...resourcesBefore(value)].some(isOf(registered));
}

/** Whether the program ignores changes of the property, so that a pin has no effect. */
export function ignoresProperty(opts: pulumi.ResourceOptions, property: string): boolean {
  const ignored = (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [];
  return ignored.some(
    (path) =>
      path === "*" || path === property || (/^[.[]/.test(path.slice(property.length)) && path.startsWith(property)),
  );
}
