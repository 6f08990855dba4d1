import * as pulumi from "@pulumi/pulumi";
import { type LayerVersionArn, layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import type { WhenKey } from "../../sdk/core/config/when";
import { LayersError } from "../../sdk/core/errors";
import { formFor, whenFactsOf } from "../../sdk/core/form";
import { bothIn } from "../../sdk/core/plan";
import { changeLine } from "../../sdk/core/report";
import { factsNeeded, isAsDeclared, type LayerTarget, placeOf, targetArnOf } from "../../sdk/core/target";
import { cleanLines } from "../host/say";
import { versionNumber } from "../resource/pending";
import {
  conflictMessage,
  type Declaration,
  type Declared,
  declaredFor,
  type MatchedEntry,
  type PlacedLayer,
} from "./declarations";
import { resourcesBefore } from "./dependencies";
import { factsFor, layerList, type RegisteredFunction, shownName } from "./function-facts";
import { ifKnown, isLiteral, isSecret, known, resourcesBehind, unwrapped } from "./known";
import type { PinChecks } from "./pin-checks";
import { isOf, isSelected } from "./selecting";

/** What the pins of one program are based on. */
export interface Pins {
  readonly declarations: readonly Declaration[];
  readonly checks: PinChecks;
  /** Called for each function whose pins the engine requests. */
  note(type: string, name: string): void;
  /** The region that a function is in, as far as the program tells. */
  regionOf(registered: RegisteredFunction): Promise<string | undefined>;
}

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
 * Pins the layers of every function that the program registers from now on, children of components included.
 * The function's own provider then shows and makes the change.
 */
export function registerPins(pins: Pins): void {
  pulumi.runtime.registerResourceTransform(async ({ type, name, props, opts }) => {
    const declarations = pins.declarations.filter(({ types }) => types[type] !== undefined);
    const property = declarations[0]?.types[type];
    if (property === undefined) return undefined;
    pins.note(type, name);
    if (props[property] == null) return undefined;
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
  });
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
    for (const layer of Array.isArray(list) ? list : []) await warnIgnored(registered, layer, pins);
    return undefined;
  }
  if (list === undefined) await pins.checks.warnUnknown(fn, "its layers", others, pins.declarations);
  // A list may be anything by mistake; its provider's error is better than ours would be.
  if (!Array.isArray(list)) return undefined;

  const pinned = await withoutBoth(fn, await Promise.all(list.map((layer) => pinLayer(registered, layer, pins))), pins);
  if (pinned.some(({ isUnknown }) => isUnknown))
    await pins.checks.warnUnknown(fn, "a layer", others, pins.declarations);
  await pins.checks.failInvalidList(
    fn,
    pinned.map(({ text }) => text),
    await pins.regionOf(registered),
  );
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
  await pins.checks.verify(fn, pinned, declared);
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

function targetAt(place: string, layer: LayerVersionArn, { enforce }: PlacedLayer, version: number): LayerTarget {
  return { version, enforce, ...(place !== layerArn(layer) && { by: place }) };
}

/** A layer's pin, as far as known. */
type Pin =
  | { readonly is: "nothing" }
  | ({ readonly declared: Declared } & (
      | {
          readonly is: "place";
          /** The ARN, without version, of the layer that it has to be. */
          readonly place: string;
        }
      | { readonly is: "unknown"; readonly key: WhenKey; readonly input: pulumi.Input<unknown> }
      | { readonly is: "none"; readonly why: string }
    ));

/** The pin from the one entry that matches a layer; fails the run if two resources disagree. */
async function pinOf(registered: RegisteredFunction, layer: LayerVersionArn, pins: Pins): Promise<Pin> {
  const found = await declaredFor(layer, pins.declarations);
  const meant = await Promise.all(found.map((one) => pinOfEntry(registered, layer, one, pins)));
  const [first, ...others] = meant;
  if (!first || others.length === 0) return first ?? { is: "nothing" };
  const texts = await Promise.all(
    meant.map(async (pin) => {
      if (pin.is !== "place") return undefined;
      const { version, enforce } = pin.declared.entry;
      const its = await known(version);
      return its.isKnown ? `${enforce} ${pin.place}:${versionNumber(its.value)}` : undefined;
    }),
  );
  if (new Set(texts.filter((one) => one !== undefined)).size < 2) return first;
  const declared = meant.flatMap((pin) => (pin.is === "nothing" ? [] : pin.declared));
  await pins.checks.fail(conflictMessage(layer.name, declared));
  return { is: "nothing" };
}

async function pinOfEntry(
  registered: RegisteredFunction,
  layer: LayerVersionArn,
  { declaration, entry, match }: MatchedEntry,
  { checks }: Pins,
): Promise<Pin> {
  const needed = factsNeeded(entry);
  const { facts, open } = await factsFor(registered, needed, layer, { aws: declaration.aws, lookup: checks.lookup });
  const form = formFor(entry, whenFactsOf(facts, layer));
  const place = "why" in form ? form : placeOf(form, match, layer, facts);
  const declared = { declaration, entry: "why" in form ? entry : form };
  if (typeof place === "string") {
    if (declared.entry.version !== undefined) return { is: "place", declared, place };
    return { is: "none", declared, why: `the entry "${entry.key}" has no version for this function` };
  }
  const waits = open.find(({ key }) => key === place.unknown);
  if (waits) return { is: "unknown", declared, ...waits };
  return { is: "none", declared, why: place.why };
}

/** Whether the program ignores changes of the property, so that a pin has no effect. */
export function ignoresProperty(opts: pulumi.ResourceOptions, property: string): boolean {
  const ignored = (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [];
  return ignored.some(
    (path) =>
      path === "*" || path === property || (/^[.[]/.test(path.slice(property.length)) && path.startsWith(property)),
  );
}

async function warnIgnored(registered: RegisteredFunction, given: pulumi.Input<string>, pins: Pins): Promise<void> {
  const text = await ifKnown(given);
  const layer = typeof text === "string" && !(await isSecret(given)) ? parseLayerVersionArn(text) : undefined;
  const pin = layer && (await pinOf(registered, layer, pins));
  if (!layer || pin?.is !== "place") return;
  const { entry } = pin.declared;
  const version = versionNumber(await ifKnown(entry.version));
  if (version === undefined) return;
  const target = targetAt(pin.place, layer, entry, version);
  if (isAsDeclared(layer.version, target)) return;
  const ends = { from: layer.version, to: version, arn: layerArn(layer), target: targetArnOf(layer, target) };
  const change = changeLine({ function: shownName(registered), layer: layer.name, ...ends });
  pulumi.log.warn(
    cleanLines(
      `${change} is declared, but the function has ignoreChanges on its layers, so the pin has no effect. Remove ignoreChanges, or name the function in \`functions\` of LayerVersions.`,
    ),
  );
}
