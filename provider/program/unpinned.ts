import * as pulumi from "@pulumi/pulumi";
import { layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { changeLine } from "../../sdk/core/report";
import { isAsDeclared, targetArnOf } from "../../sdk/core/target";
import { cleanLines } from "../host/say";
import { versionNumber } from "../resource/pending";
import { type RegisteredFunction, shownName } from "./function-facts";
import { ifKnown, isSecret } from "./known";
import { type Pins, pinOf, targetAt } from "./pin-of";

/** Why a pin has no effect, and what to do. */
export const noEffect = {
  ignored:
    "the function has ignoreChanges on its layers, so the pin has no effect. Remove ignoreChanges, or name the function in `functions` of LayerVersions.",
  overridden:
    "a resource transform of the program sets the layer after the pin. Register the transform before the function is constructed, or set the layer in the function's own `transforms`.",
} as const;

/** Warns of a layer of a function that is not at the declared version, and that a pin cannot change. */
export async function warnUnpinned(
  registered: RegisteredFunction,
  given: pulumi.Input<string>,
  pins: Pins,
  why: (typeof noEffect)[keyof typeof noEffect],
): Promise<void> {
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
  pulumi.log.warn(cleanLines(`${change} is declared, but ${why}`));
}
