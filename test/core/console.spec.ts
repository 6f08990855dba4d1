import assert from "node:assert/strict";
import { consoleUrl } from "../../sdk/core/console";

describe("the address of a function in the AWS console", () => {
  const url = (partition: string, region: string, name = "api") =>
    consoleUrl(`arn:${partition}:lambda:${region}:123456789012:function:${name}`);
  const cases: [partition: string, region: string, expected: string | undefined][] = [
    ["aws", "us-east-1", "https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/api"],
    ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/lambda/home?region=cn-north-1#/functions/api"],
    [
      "aws-us-gov",
      "us-gov-west-1",
      "https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions/api",
    ],
    [
      "aws-eusc",
      "eusc-de-east-1",
      "https://eusc-de-east-1.console.amazonaws-eusc.eu/lambda/home?region=eusc-de-east-1#/functions/api",
    ],
    ["aws-iso", "us-iso-east-1", undefined],
    ["constructor", "us-east-1", undefined],
  ];
  for (const [partition, region, expected] of cases)
    it(`is ${expected === undefined ? "unknown" : "the partition's"}: ${partition}`, () => {
      assert.equal(url(partition, region), expected);
    });

  it("is undefined for anything but a function in AWS", () => {
    for (const text of ["", "api", "arn:aws:lambda:us-east-1:123456789012:function:a:live"])
      assert.equal(consoleUrl(text), undefined);
    assert.equal(url("aws", "evil.example/?"), undefined);
    assert.equal(url("aws", "us-east-1", `"><script>`), undefined);
  });
});
