// What a function's provider gets for a pinned list, from the transform that the engine calls.

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { connectIn } from "../../../provider/program/aws-inputs";
import type { Declaration, ProgramLayer } from "../../../provider/program/declarations";
import { isSecret, known } from "../../../provider/program/known";
import { LayerLookup } from "../../../provider/program/lookup";
import { OwnLayers } from "../../../provider/program/own-layers";
import { registerPins } from "../../../provider/program/pin";
import { PinChecks } from "../../../provider/program/pin-checks";
import { declared } from "../../support/arbitraries";

const type = "aws:lambda/function:Function";
const base = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`;

async function pinned(layers: pulumi.Input<unknown>, version: ProgramLayer["version"]) {
  const entry: ProgramLayer = { ...declared({ key: "base", version: 1 }), arn: undefined, version };
  const declaration: Declaration = {
    ...{ by: "pinLayers", stack: "dev", layers: [entry], region: undefined, types: { [type]: "layers" } },
    ...{ validateLayerExists: false, aws: {} },
  };
  const checks = new PinChecks(new OwnLayers(undefined), new LayerLookup(connectIn));
  const transforms: pulumi.ResourceTransform[] = [];
  const { registerResourceTransform } = pulumi.runtime;
  Object.assign(pulumi.runtime, { registerResourceTransform: (one: pulumi.ResourceTransform) => transforms.push(one) });
  try {
    registerPins({ declarations: [declaration], checks, regionOf: async () => undefined, note() {} });
  } finally {
    Object.assign(pulumi.runtime, { registerResourceTransform });
  }
  const args = { custom: true, type, name: "api", props: { layers }, opts: {} };
  const result = await transforms[0]?.(args as never);
  const list = result?.props.layers;
  const isWhole = await isSecret(list);
  const value = isWhole ? await known(list) : { isKnown: true, value: list };
  assert.ok(value.isKnown);
  const each = await Promise.all(
    (value.value as pulumi.Input<string>[]).map(async (one) => {
      const text = await known(one);
      return [text.isKnown ? text.value : "?", await isSecret(one)] as const;
    }),
  );
  return { isWhole, each };
}

describe("the layers of a pinned function", () => {
  it("are at the declared version, and not secret", async () => {
    assert.deepEqual(await pinned([base(1)], 5), { isWhole: false, each: [[base(5), false]] });
  });

  it("are a secret if the version is one", async () => {
    assert.deepEqual(await pinned([base(1)], pulumi.secret(5)), { isWhole: false, each: [[base(5), true]] });
  });

  it("stay secret, one by one or as a list", async () => {
    assert.deepEqual(await pinned([pulumi.secret(base(1))], 5), { isWhole: false, each: [[base(5), true]] });
    assert.equal((await pinned(pulumi.secret([base(1)]), 5)).isWhole, true);
  });
});
