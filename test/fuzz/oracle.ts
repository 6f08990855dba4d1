import assert from "node:assert/strict";

// What an update may do to a state, by rules of its own: nothing here comes from the package.

/** A version for each of some layers, by name. */
export type Edit = Readonly<Record<string, number>>;

// biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own, and this looks deep into it
type Json = any;

const functionType = "aws:lambda/function:Function";
const layerVersion = /^(arn:[^:]+:lambda:[^:]+:[^:]+:layer:([^:]+):)(\d+)$/;

/** The layers of the state's functions, by name: those that a config entry can name. */
export function layerNames(text: string): string[] {
  const names = new Set<string>();
  for (const { layers } of layerLists(JSON.parse(text))) {
    for (const layer of layers) {
      const [, , name] = layerVersion.exec(String(layer)) ?? [];
      if (name) names.add(name);
    }
  }
  return [...names].sort();
}

/** Fails unless one text is the other with exactly this edit: by bytes, and by meaning. */
export function assertEdited(before: string, after: string, edit: Edit): void {
  const versions = /(?<=:layer:([^:"\\]+):)\d+(?=")/g;
  assert.equal(after.replaceAll(versions, "#"), before.replaceAll(versions, "#"), "other bytes have changed");
  const expected = JSON.parse(before);
  for (const { owner, layers } of layerLists(expected)) {
    owner.layers = layers.map((layer) => {
      const [, start, name = ""] = layerVersion.exec(String(layer)) ?? [];
      const version = Object.hasOwn(edit, name) ? edit[name] : undefined;
      return start && version !== undefined ? `${start}${version}` : layer;
    });
  }
  assert.deepEqual(JSON.parse(after), expected);
}

function layerLists(state: Json): { owner: Json; layers: readonly unknown[] }[] {
  const functions = (state.deployment.resources ?? []).filter(({ type }: Json) => type === functionType);
  return functions
    .filter((one: Json) => !one.delete && !one.pendingReplacement)
    .flatMap(({ inputs, outputs }: Json) => [inputs, outputs])
    .filter((owner: Json) => Array.isArray(owner?.layers))
    .map((owner: Json) => ({ owner, layers: owner.layers }));
}
