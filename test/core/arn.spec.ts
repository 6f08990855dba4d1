import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isBuiltInLayer,
  isLayerArn,
  layerArn,
  layerVersionArn,
  parseLayerVersionArn,
  partitionOf,
} from "../../sdk/core/arn";
import { layerVersionArns } from "../support/arbitraries";

describe("parseLayerVersionArn", () => {
  const account = "123456789012";
  const layer = { partition: "aws", region: "us-east-1", account, name: "receipt-dynamo-dev", version: 5 };

  const accepted: [string, Partial<typeof layer>][] = [
    [`arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:5`, {}],
    [
      `arn:aws-cn:lambda:cn-north-1:${account}:layer:receipt-dynamo-dev:5`,
      { partition: "aws-cn", region: "cn-north-1" },
    ],
    [
      `arn:aws-us-gov:lambda:us-gov-west-1:${account}:layer:receipt-dynamo-dev:5`,
      { partition: "aws-us-gov", region: "us-gov-west-1" },
    ],
    [
      `arn:aws-new:lambda:xx-somewhere-12:${account}:layer:receipt-dynamo-dev:5`,
      { partition: "aws-new", region: "xx-somewhere-12" },
    ],
    ["arn:aws:lambda:us-east-1:000000000001:layer:receipt-dynamo-dev:5", { account: "000000000001" }],
    [`arn:aws:lambda:us-east-1:${account}:layer:Some_Layer-2:1`, { name: "Some_Layer-2", version: 1 }],
    [`arn:aws:lambda:us-east-1:${account}:layer:${"x".repeat(140)}:5`, { name: "x".repeat(140) }],
    [`arn:aws:lambda:us-east-1:${account}:layer:5:7`, { name: "5", version: 7 }],
    [`arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:007`, { version: 7 }],
    [
      `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:9007199254740991`,
      { version: Number.MAX_SAFE_INTEGER },
    ],
  ];
  for (const [text, parts] of accepted) {
    it(`reads ${text}`, () => assert.deepEqual(parseLayerVersionArn(text), { ...layer, ...parts }));
  }

  const refused = {
    nothing: "",
    "a layer ARN without version": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev`,
    "an empty version": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:`,
    "version 0": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:0`,
    "a negative version": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:-1`,
    "a version that is no number": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:$LATEST`,
    "a version that numbers cannot hold": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:9007199254740993`,
    "a layer of AWS's own, which has no version": "arn:aws:lambda:::awslayer:AmazonLinux1803",
    "an account of 11 digits": "arn:aws:lambda:us-east-1:12345678901:layer:receipt-dynamo-dev:5",
    "an account of 13 digits": "arn:aws:lambda:us-east-1:1234567890123:layer:receipt-dynamo-dev:5",
    "an account with a letter": "arn:aws:lambda:us-east-1:12345678901a:layer:receipt-dynamo-dev:5",
    "no account": "arn:aws:lambda:us-east-1::layer:receipt-dynamo-dev:5",
    "no region": `arn:aws:lambda::${account}:layer:receipt-dynamo-dev:5`,
    "a function": `arn:aws:lambda:us-east-1:${account}:function:receipt-dynamo-dev:5`,
    "another service": `arn:aws:s3:us-east-1:${account}:layer:receipt-dynamo-dev:5`,
    "a name of 141 characters": `arn:aws:lambda:us-east-1:${account}:layer:${"x".repeat(141)}:5`,
    "a name with a dot": `arn:aws:lambda:us-east-1:${account}:layer:a.b:5`,
    "something before it": ` arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:5`,
    "a line break after it": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:5\n`,
    "digits of another script": `arn:aws:lambda:us-east-1:${account}:layer:receipt-dynamo-dev:５`,
    "a placeholder": "[secret]",
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}`, () => assert.equal(parseLayerVersionArn(text), undefined));
  }

  it("parses what layerVersionArn builds", () => {
    fc.assert(
      fc.property(layerVersionArns, (arn) => assert.deepEqual(parseLayerVersionArn(layerVersionArn(arn)), arn)),
    );
  });
});

describe("isLayerArn", () => {
  it("is true only for an ARN without a version", () => {
    fc.assert(
      fc.property(layerVersionArns, (arn) => {
        assert.equal(isLayerArn(layerArn(arn)), true);
        assert.equal(isLayerArn(layerVersionArn(arn)), false);
      }),
    );
    assert.equal(isLayerArn("arn:aws:lambda:us-east-1:12345:layer:x"), false);
  });
});

describe("isBuiltInLayer", () => {
  it("is true for Lambda's own layers, which have no region, account or version", () => {
    const own = ["arn:aws:lambda:::awslayer:AmazonLinux2", "arn:aws-cn:lambda:::awslayer:AmazonLinux1803"];
    for (const text of own) assert.equal(isBuiltInLayer(text), true);
    const others = ["arn:aws:lambda:::awslayer:", "arn:aws:lambda:us-east-1::awslayer:a", `${own[0]}:1`, ` ${own[0]}`];
    for (const text of others) assert.equal(isBuiltInLayer(text), false);
    fc.assert(fc.property(layerVersionArns, (arn) => assert.equal(isBuiltInLayer(layerVersionArn(arn)), false)));
  });
});

describe("partitionOf", () => {
  const partitions = {
    "us-east-1": "aws",
    "eu-central-1": "aws",
    "cn-northwest-1": "aws-cn",
    "us-gov-east-1": "aws-us-gov",
    "us-iso-east-1": "aws-iso",
    "us-isob-east-1": "aws-iso-b",
    "eu-isoe-west-1": "aws-iso-e",
    "us-isof-south-1": "aws-iso-f",
    "eusc-de-east-1": "aws-eusc",
  };
  for (const [region, partition] of Object.entries(partitions)) {
    it(`puts ${region} in ${partition}`, () => assert.equal(partitionOf(region), partition));
  }
});
