// What the outputs of providers and layers tell before they are known.

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ifKnown } from "../../../provider/program/known";
import { isVersionArn } from "../../../provider/program/own-layers";
import { configuredRegion, noteProvider } from "../../../provider/program/regions";

class Outputs extends pulumi.CustomResource {
  declare readonly arn: pulumi.Output<string>;
  declare readonly layerArn: pulumi.Output<string>;
  declare readonly region: pulumi.Output<string>;
  constructor(type: string) {
    super(type, "one", { arn: undefined, layerArn: undefined, region: undefined });
  }
}

describe("outputs of resources that a preview does not know yet", () => {
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  before(() => pulumi.runtime.setMocks(mocks, "shop", "dev", true));
  after(() => pulumi.runtime.setMocks(mocks, "shop", "dev", false));

  it("are ARNs with a version if they are those of layer versions", () => {
    const [layer, other] = [new Outputs("aws:lambda/layerVersion:LayerVersion"), new Outputs("my:index:Layer")];
    assert.equal(isVersionArn(layer.arn), true);
    for (const arn of [layer.layerArn, layer.arn.apply((text) => text), other.arn, "text", undefined])
      assert.equal(isVersionArn(arn), false);
  });

  it("are the regions that providers are configured with, which may be none", async () => {
    const of = (region: pulumi.Input<string> | undefined) => {
      const resource = new Outputs("pulumi:providers:aws");
      noteProvider({ type: "pulumi:providers:aws", name: "one", props: { region }, opts: {}, resource });
      return resource;
    };
    assert.equal(configuredRegion(of("eu-west-1").region), "eu-west-1");
    assert.equal(configuredRegion(of(undefined).region), undefined);
    const derived = of("eu-west-1").region.apply((region) => region);
    assert.equal(configuredRegion(derived), derived);
    assert.equal(await ifKnown(configuredRegion(of(pulumi.output("eu-west-1")).region)), "eu-west-1");
    assert.equal(configuredRegion("us-east-1"), "us-east-1");
  });
});
