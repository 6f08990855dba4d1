import type * as pulumi from "@pulumi/pulumi";
import { type LayerVersionArn, layerArn } from "../../sdk/core/arn";
import type { WhenKey } from "../../sdk/core/config/when";
import { formFor, whenFactsOf } from "../../sdk/core/form";
import { factsNeeded, type LayerTarget, placeOf } from "../../sdk/core/target";
import { versionNumber } from "../resource/pending";
import type { AwsInputs } from "./aws-inputs";
import {
  conflictMessage,
  type Declaration,
  type Declared,
  declaredFor,
  type MatchedEntry,
  type PlacedLayer,
} from "./declarations";
import { factsFor, type RegisteredFunction } from "./function-facts";
import { known } from "./known";
import type { PinChecks } from "./pin-checks";

// Which entry of which declaration a layer of a function is pinned by.

/** What the pins of one program are based on. */
export interface Pins {
  readonly declarations: readonly Declaration[];
  readonly checks: PinChecks;
  /**
   * Called for each function whose pins the engine requests.
   * @param sets whether the program sets its layers, by transforms too
   */
  note(type: string, name: string, sets: boolean): void;
  /** Called with the layers that its provider gets, as far as known, unless these are not the pins' to decide. */
  notePinned(type: string, name: string, layers: readonly (string | undefined)[]): void;
  /** The region that a function is in, as far as the program tells. */
  regionOf(registered: RegisteredFunction): Promise<string | undefined>;
  /** The credentials of a function's own provider; undefined if that is the default one. */
  awsOf(registered: RegisteredFunction): Promise<AwsInputs | undefined>;
}

/** The target of a layer from an entry. */
export function targetAt(
  place: string,
  layer: LayerVersionArn,
  { enforce }: PlacedLayer,
  version: number,
): LayerTarget {
  return { version, enforce, ...(place !== layerArn(layer) && { by: place }) };
}

/** A layer's pin, as far as known. */
export type Pin =
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
export async function pinOf(registered: RegisteredFunction, layer: LayerVersionArn, pins: Pins): Promise<Pin> {
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
  { declaration, entry, match, isRegionOpen }: MatchedEntry,
  { checks, awsOf }: Pins,
): Promise<Pin> {
  if (isRegionOpen)
    return { is: "unknown", declared: { declaration, entry }, key: "region", input: declaration.region };
  const needed = factsNeeded(entry);
  const aws = (await awsOf(registered)) ?? declaration.aws;
  const { facts, open } = await factsFor(registered, needed, layer, { aws, lookup: checks.lookup });
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
