// What pins learn about versions while an update is in progress.

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type AwsInputs, connectIn, identify } from "../../../provider/program/aws-inputs";
import type { Declared } from "../../../provider/program/declarations";
import { type Existence, LayerLookup } from "../../../provider/program/lookup";
import { type OwnLayer, OwnLayers } from "../../../provider/program/own-layers";
import { PinChecks } from "../../../provider/program/pin-checks";
import { declared } from "../../support/arbitraries";

const arn = "arn:aws:lambda:us-east-1:123456789012:layer:own:1";

/** Answers as AWS does while the layer is being published: it exists the second time it is looked up. */
class Publishing extends LayerLookup<AwsInputs> {
  asked = 0;
  override async exists(): Promise<Existence> {
    this.asked += 1;
    return { is: this.asked === 1 ? "missing" : "there" };
  }
  override async newestVersion(): Promise<number> {
    return 1;
  }
}

class Missing extends LayerLookup<AwsInputs> {
  override async exists(): Promise<Existence> {
    return { is: "missing" };
  }
  override async newestVersion(): Promise<number> {
    return 2;
  }
}

class Publishes extends OwnLayers {
  readonly #type: string;
  constructor(type = "aws:lambda/layerVersion:LayerVersion") {
    super(undefined);
    this.#type = type;
  }
  override async find(): Promise<OwnLayer> {
    const resource = { urn: pulumi.output("urn") } as pulumi.Resource;
    return {
      ...{ logicalName: "own", type: this.#type, resource, name: "own" },
      ...{ region: undefined, arn: undefined, aws: undefined, keepsVersions: undefined },
    };
  }
}

describe("a pin to a version that the program itself publishes", () => {
  const entry = { ...declared({ key: "own", version: 1 }), arn: undefined };
  const declaration = {
    ...{ by: "pinLayers", stack: "dev", layers: [entry], region: undefined, types: {} },
    ...{ validateLayerExists: true, aws: {} },
  };

  it("is not called deleted if it is published between two lookups", async () => {
    const lookup = new Publishing(connectIn, identify);
    const checks = new PinChecks(new Publishes(), lookup);
    await checks.verify("api", arn, { declaration, entry } satisfies Declared);
    assert.equal(lookup.asked, 2);
  });

  for (const [type, version] of [
    ["aws:lambda/layerVersion:LayerVersion", "own.version"],
    ["aws-native:lambda:LayerVersion", 'own.layerVersionArn.apply((arn) => arn.split(":")[7] ?? "")'],
  ] as const)
    it(`fails with an expression that an ${type} has`, async () => {
      const checks = new PinChecks(new Publishes(type), new Missing(connectIn, identify));
      const failed: unknown[] = [];
      checks.fail = async (message) => void failed.push(message);
      await checks.verify("api", arn, { declaration, entry });
      assert.ok(String(failed).includes(`\`version: ${version}\`, instead of a number`), String(failed));
    });
});
