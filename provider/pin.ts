import * as pulumi from "@pulumi/pulumi";
import { layerArn, parseLayerVersionArn } from "../sdk/core/arn";
import { LayersError } from "../sdk/core/errors";
import { isAsDeclared } from "../sdk/core/plan";
import { changeLine } from "../sdk/core/report";
import { conflictMessage, type Declaration, type Declared, declaredFor } from "./declarations";
import { ifKnown, isSecret, known, resourcesBehind, unwrapped } from "./known";
import { versionNumber } from "./pending";
import type { PinChecks } from "./pin-checks";
import { cleanLines } from "./say";

/** What the pins of one program go by. */
export interface Pins {
  readonly declarations: readonly Declaration[];
  readonly checks: PinChecks;
}

/** One layer of a function as its provider gets it. */
interface PinnedLayer {
  readonly value: pulumi.Input<string>;
  /** The layer version ARN; undefined while it is not known. */
  readonly text?: string;
  /** Whether it is not known, so that nobody can tell yet which layer it is. */
  readonly isUnknown?: true;
  /** What publishes the version. */
  readonly dependsOn?: readonly pulumi.Resource[];
}

/**
 * Pins the layers of every function that the program registers from now on, children of components included.
 * The function's own provider then shows and makes the change.
 */
export function registerPins(pins: Pins): void {
  pulumi.runtime.registerResourceTransform(async ({ type, name, props, opts }) => {
    const declarations = pins.declarations.filter(({ types }) => types[type] !== undefined);
    const property = declarations[0]?.types[type];
    if (property === undefined || props[property] == null) return undefined;
    try {
      const pinned = await pinFunction({ declarations, checks: pins.checks }, property, { name, props, opts });
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

/** What a transform gets of a function. */
interface RegisteredFunction {
  readonly name: string;
  readonly props: pulumi.Inputs;
  readonly opts: pulumi.ResourceOptions;
}

async function pinFunction(
  pins: Pins,
  property: string,
  { name, props, opts }: RegisteredFunction,
): Promise<{ layers: pulumi.Input<unknown>; dependsOn: pulumi.Resource[] } | undefined> {
  const fn = shownName(name, props);
  const given: pulumi.Input<pulumi.Input<string>[]> = unwrapped(props[property]);
  const { dependsOn: others = [] } = opts as { dependsOn?: pulumi.Resource[] };
  // Element by element, so that one unknown layer does not make the whole list unknown.
  const list = Array.isArray(given) ? given : await ifKnown(given);
  if (ignoresProperty(opts, property)) {
    for (const layer of Array.isArray(list) ? list : []) await warnIgnored(fn, layer, pins);
    return undefined;
  }
  if (list === undefined) await pins.checks.warnUnknown(fn, others, pins.declarations);
  // A list may be anything that a program puts there by mistake; its provider complains better than we could.
  if (!Array.isArray(list)) return undefined;

  const pinned = await Promise.all(list.map((layer) => pinLayer(fn, layer, pins)));
  if (pinned.some(({ isUnknown }) => isUnknown)) await pins.checks.warnUnknown(fn, others, pins.declarations);
  await pins.checks.failInvalidList(
    fn,
    pinned.map(({ text }) => text),
  );
  const values = pinned.map(({ value }) => value);
  return {
    layers: (await isSecret(given)) ? pulumi.secret(values) : values,
    dependsOn: [...others, ...pinned.flatMap(({ dependsOn }) => dependsOn ?? [])],
  };
}

async function pinLayer(fn: string, element: pulumi.Input<string>, pins: Pins): Promise<PinnedLayer> {
  const given = unwrapped(element);
  const text = await ifKnown(given);
  if (text === undefined) return { value: given, isUnknown: true };
  const layer = typeof text === "string" ? parseLayerVersionArn(text) : undefined;
  const declared = layer && (await oneDeclared(layer, pins));
  if (!layer || !declared) return { value: given, text };

  const { entry } = declared;
  const version = await known(entry.version);
  if (!version.isKnown) {
    await pins.checks.warnUnknownVersion(fn, layer, declared);
    const value = pulumi.output(entry.version).apply((its) => `${layerArn(layer)}:${its}`);
    return { value, dependsOn: await resourcesBehind(entry.version) };
  }
  const number = versionNumber(version.value);
  if (number === undefined) {
    await pins.checks.tellNoVersion(fn, layer, declared, version.value);
    return { value: given, text };
  }
  const target = { version: number, enforce: entry.enforce };
  const pinned = isAsDeclared(layer.version, target) ? text : `${layerArn(layer)}:${number}`;
  await pins.checks.verify(fn, pinned, declared);
  const value = (await isSecret(given)) ? pulumi.secret(pinned) : pinned;
  return { value, text: pinned, dependsOn: await resourcesBehind(entry.version) };
}

/** The one entry that is about a layer; fails the run where two resources declare different versions. */
async function oneDeclared(
  layer: NonNullable<ReturnType<typeof parseLayerVersionArn>>,
  { declarations, checks }: Pins,
): Promise<Declared | undefined> {
  const found = await declaredFor(layer, declarations);
  const [first, ...others] = found;
  if (!first || others.length === 0) return first;
  const versions = await Promise.all(found.map(({ entry }) => known(entry.version)));
  const meant = found.map(({ entry }, index) => {
    const version = versions[index];
    return version?.isKnown ? `${entry.enforce} ${versionNumber(version.value)}` : undefined;
  });
  if (new Set(meant.filter((one) => one !== undefined)).size < 2) return first;
  await checks.fail(conflictMessage(layer.name, found));
  return undefined;
}

/** How messages call a function: by its name in AWS, or in the program where Pulumi makes one up. */
function shownName(logicalName: string, { name, functionName }: pulumi.Inputs): string {
  return [name, functionName].find((one) => typeof one === "string") ?? logicalName;
}

/** Whether the program tells the engine to leave the property as it is, which makes a pin void. */
export function ignoresProperty(opts: pulumi.ResourceOptions, property: string): boolean {
  const ignored = (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [];
  return ignored.some(
    (path) =>
      path === "*" || path === property || (/^[.[]/.test(path.slice(property.length)) && path.startsWith(property)),
  );
}

async function warnIgnored(fn: string, given: pulumi.Input<string>, pins: Pins): Promise<void> {
  const text = await ifKnown(given);
  const layer = typeof text === "string" && !(await isSecret(given)) ? parseLayerVersionArn(text) : undefined;
  const declared = layer && (await oneDeclared(layer, pins));
  const version = versionNumber(declared && (await ifKnown(declared.entry.version)));
  if (!layer || !declared || version === undefined) return;
  if (isAsDeclared(layer.version, { version, enforce: declared.entry.enforce })) return;
  const change = changeLine({ function: fn, layer: layer.name, from: layer.version, to: version });
  pulumi.log.warn(
    cleanLines(
      `${change} is declared, but the function has ignoreChanges on its layers, so the pin has no effect. Remove it, or name the function in \`functions\` of LayerVersions.`,
    ),
  );
}
