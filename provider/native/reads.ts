import { isDeepStrictEqual } from "node:util";
import * as handlers from "../handlers";
import type { Checked, Recorded } from "../resource/record";
import { readDeclaring, type Surroundings } from "./declaring";
import type { Handling } from "./handling";
import { readSelection } from "./import";
import { hiddenBy, isComputed, isDynamic, outputsOf, recordedOf } from "./records";
import { nameOf } from "./urn";
import { open, seal, type Values } from "./values";

/** A resource as it is in AWS. */
export interface Found {
  readonly id: string;
  readonly outputs: Values;
  readonly inputs: Values;
}

/** The live versions of recorded functions. */
export async function refresh(
  handling: Handling,
  urn: string,
  id: string,
  olds: Values,
  oldInputs: Values,
): Promise<Found> {
  const { values, secrets } = open(oldInputs);
  const recorded = recordedOf(olds);
  const found = await handling.run(urn, () => handlers.read(id, recorded));
  const { functions: versions, before } = found.inputs as unknown as Recorded;
  const outputs = outputsOf(found.props as Recorded, oldInputs);
  // Unchanged functions are not reported: a refresh would show drift that an update has already repaired.
  if (isDeepStrictEqual(versions, recorded.functions)) return { id, outputs, inputs: oldInputs };
  const program = Object.fromEntries(Object.entries(values).filter(([name]) => !isComputed(name)));
  const inputs = seal(
    { ...(isDynamic(olds) ? {} : { ...program, rowsBelow: values.rowsBelow }), versions, before },
    new Set([...secrets, ...hiddenBy(secrets)]),
  );
  return { id, outputs, inputs };
}

/**
 * The live versions of what an id selects, to be recorded.
 * @returns undefined if it selects nothing
 * @throws Error the id or the config file is not valid, or AWS does not answer
 */
export async function importSelected(
  handling: Handling,
  urn: string,
  id: string,
  around: Surroundings,
): Promise<Found | undefined> {
  const functions = readSelection(id);
  const declaring = readDeclaring(nameOf(urn), { functions }, around);
  if (declaring.is !== "known")
    throw new Error(
      declaring.is === "wrong" ? declaring.problems.map(({ reason }) => reason).join("\n") : "Nothing is known.",
    );
  const { settings, request } = declaring;
  const declared = { ...settings, request } as Parameters<typeof handlers.check>[1];
  const found = await handling.run(urn, () => handlers.check({}, declared));
  const [failed] = found.failures ?? [];
  if (failed) throw new Error(failed.reason);
  const { before } = found.inputs as Checked;
  if (Object.keys(before).length === 0) return undefined;
  const record = { ...settings, versions: before, before };
  return { id, outputs: record, inputs: { ...record, functions } };
}
