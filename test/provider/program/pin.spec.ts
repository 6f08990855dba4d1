// What a function's provider gets for a pinned list, from the transform that the engine calls.

import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { connectIn, identify } from "../../../provider/program/aws-inputs";
import type { Declaration, ProgramLayer } from "../../../provider/program/declarations";
import { isSecret, known } from "../../../provider/program/known";
import { LayerLookup } from "../../../provider/program/lookup";
import { OwnLayers } from "../../../provider/program/own-layers";
import { pinTransform } from "../../../provider/program/pin";
import { PinChecks } from "../../../provider/program/pin-checks";
import type { Pins } from "../../../provider/program/pin-of";
import { declared } from "../../support/arbitraries";

const type = "aws:lambda/function:Function";
const base = (version: number) => `arn:aws:lambda:us-east-1:123456789012:layer:base:${version}`;

/** The transform, as a program of its own context registers it. */
function transformOf(version: ProgramLayer["version"], pins: Partial<Pins> = {}) {
  const entry: ProgramLayer = { ...declared({ key: "base", version: 1 }), arn: undefined, version };
  const declaration: Declaration = {
    ...{ by: "pinLayers", stack: "dev", layers: [entry], region: undefined, types: { [type]: "layers" } },
    ...{ validateLayerExists: false, aws: {} },
  };
  const checks = new PinChecks(new OwnLayers(undefined), new LayerLookup(connectIn, identify));
  const others = { regionOf: async () => undefined, awsOf: async () => undefined, note() {}, notePinned() {} };
  const transform = pinTransform({ declarations: [declaration], checks, ...others, ...pins });
  return async (props: object) =>
    await transform({
      custom: true,
      type,
      name: "api",
      props,
      opts: {},
    } as unknown as pulumi.ResourceTransformArgs);
}

async function pinned(layers: pulumi.Input<unknown>, version: ProgramLayer["version"]) {
  const result = await transformOf(version)({ layers });
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
  it("are pinned in the context of the program, by which inline programs are told apart", async () => {
    const programs = new AsyncLocalStorage<string>();
    const found: unknown[] = [];
    const note = () => void found.push(programs.getStore());
    const [one, two] = ["one", "two"].map((name) => programs.run(name, () => transformOf(5, { note })));
    await programs.run("two", () => one?.({ layers: [base(1)] }));
    await two?.({ layers: [base(1)] });
    assert.deepEqual(found, ["one", "two"]);
  });

  for (const [how, packageType] of [
    ["as a text", "Image"],
    ["as an output", pulumi.output("Image")],
  ] as const)
    it(`cannot be those of a container image, given ${how}`, async () => {
      const failed: unknown[] = [];
      const checks = new PinChecks(new OwnLayers(undefined), new LayerLookup(connectIn, identify));
      checks.fail = async (message) => void failed.push(message);
      await transformOf(5, { checks })({ layers: [base(1)], packageType });
      await transformOf(5, { checks })({ layers: [], packageType });
      assert.deepEqual(failed, ["Function api is a container image, which cannot have layers. Remove its `layers`."]);
    });

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
