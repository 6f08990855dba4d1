import * as pulumi from "@pulumi/pulumi";
import type { Matcher } from "../sdk/core/match";
import { planLayer } from "../sdk/core/plan";
import { changeLine } from "../sdk/core/report";

/** What the pin transform works with. */
export interface PinOptions {
  readonly matcher: Matcher;
  /** Resource type to the property that holds its layers. */
  readonly types: Readonly<Record<string, string>>;
  /** Called for every layer version that a pin sets; throws where it cannot be used. */
  readonly verify?: (layerVersionArn: string) => Promise<void>;
}

/**
 * Pins the layers of every function that the program registers from now on, children of components included.
 * The function's own provider then shows and makes the change.
 */
export function registerPins({ matcher, types, verify }: PinOptions): void {
  const pin = async (layer: string): Promise<string> => {
    // A list may hold anything that a program puts there by mistake; its provider complains better than we could.
    const change = typeof layer === "string" ? planLayer(layer, matcher) : undefined;
    if (!change) return layer;
    const pinned = `${change.arn}:${change.to}`;
    await verify?.(pinned);
    return pinned;
  };
  const pinElement = (layer: pulumi.Input<string>) =>
    typeof layer === "string" ? pin(layer) : pulumi.output(layer).apply(pin);

  pulumi.runtime.registerResourceTransform(async ({ type, name, props, opts }) => {
    const property = types[type];
    if (!property || props[property] == null) return undefined;
    const layers: pulumi.Input<pulumi.Input<string>[]> = props[property];
    if (ignoresProperty(opts, property)) {
      if (Array.isArray(layers)) warnIgnored(name, layers, matcher);
      return undefined;
    }
    // Element by element, so that one unknown layer does not make the whole list unknown.
    const pinned = Array.isArray(layers)
      ? await Promise.all(layers.map(pinElement))
      : pulumi.output(layers).apply((list) => (Array.isArray(list) ? Promise.all(list.map(pin)) : list));
    return { props: { ...props, [property]: pinned }, opts };
  });
}

/** Whether the program tells the engine to leave the property as it is, which makes a pin void. */
export function ignoresProperty(opts: pulumi.ResourceOptions, property: string): boolean {
  const ignored = (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [];
  return ignored.some(
    (path) =>
      path === "*" || path === property || (/^[.[]/.test(path.slice(property.length)) && path.startsWith(property)),
  );
}

function warnIgnored(name: string, layers: readonly pulumi.Input<string>[], matcher: Matcher): void {
  for (const layer of layers) {
    const change = typeof layer === "string" ? planLayer(layer, matcher) : undefined;
    if (!change) continue;
    pulumi.log.warn(
      `${changeLine({ function: name, ...change })} is declared, but the function has ignoreChanges on its layers, so the pin has no effect. Remove it, or name the function in \`functions\` of LayerVersions.`,
    );
  }
}
