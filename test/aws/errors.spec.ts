import assert from "node:assert/strict";
import { explain, isDenied, type Request } from "../../sdk/aws/errors";
import type { ErrorCode } from "../../sdk/core/errors";

const update: Request = {
  service: "lambda",
  operation: "UpdateFunctionConfiguration",
  subject: "api",
  resource: "arn:aws:lambda:us-east-1:123456789012:function:api",
};
const list: Request = { service: "lambda", operation: "ListFunctions" };
const user = "User: arn:aws:iam::123456789012:user/ci";

interface Case {
  readonly name: string;
  readonly text: string;
  readonly request: Request;
  readonly code: ErrorCode;
  readonly message: string;
  readonly next?: string;
}

describe("explain", () => {
  const cases: readonly Case[] = [
    {
      name: "AccessDeniedException",
      text: `${user} is not authorized to perform: lambda:UpdateFunctionConfiguration on resource: ${update.resource} because no identity-based policy allows the lambda:UpdateFunctionConfiguration action`,
      request: update,
      code: "aws-permission",
      message: `AWS permission missing: lambda:UpdateFunctionConfiguration on ${update.resource} is denied to arn:aws:iam::123456789012:user/ci.`,
      next: `AWS says: no identity-based policy allows the lambda:UpdateFunctionConfiguration action. Allow lambda:UpdateFunctionConfiguration on ${update.resource} in the caller's IAM policy.`,
    },
    {
      name: "AccessDeniedException",
      text: `${user} is not authorized to perform: lambda:GetLayerVersion on resource: arn:aws:lambda:us-east-1:1:layer:x:3 with an explicit deny in a service control policy`,
      request: update,
      code: "aws-permission",
      message:
        "AWS permission missing: lambda:GetLayerVersion on arn:aws:lambda:us-east-1:1:layer:x:3 is denied to arn:aws:iam::123456789012:user/ci.",
      next: "AWS says: an explicit deny in a service control policy. Allow lambda:GetLayerVersion on arn:aws:lambda:us-east-1:1:layer:x:3 in the caller's IAM policy.",
    },
    {
      name: "AccessDenied",
      text: "Access denied",
      request: list,
      code: "aws-permission",
      message: "AWS permission missing: lambda:ListFunctions on * is denied.",
      next: "Allow lambda:ListFunctions on * in the caller's IAM policy.",
    },
    {
      name: "CredentialsProviderError",
      text: "Could not load credentials from any providers",
      request: list,
      code: "aws-credentials",
      message: "AWS credentials not configured: Could not load credentials from any providers.",
      next: "Run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile.",
    },
    {
      name: "ExpiredTokenException",
      text: "The security token included in the request is expired",
      request: list,
      code: "aws-credentials",
      message: "AWS rejected the credentials: The security token included in the request is expired.",
    },
    {
      name: "InvalidParameterValueException",
      text: "Layer version arn:aws:lambda:us-east-1:123456789012:layer:base:9 does not exist.",
      request: update,
      code: "layer-version-missing",
      message: "Layer version does not exist: arn:aws:lambda:us-east-1:123456789012:layer:base:9.",
    },
    {
      name: "InvalidParameterValueException",
      text: "Cannot reference more than 5 layers.",
      request: update,
      code: "aws-failed",
      message:
        "Lambda UpdateFunctionConfiguration of api failed in us-east-1: InvalidParameterValueException: Cannot reference more than 5 layers. (request ID 42)",
    },
  ];
  for (const { name, text, request, code, message, next } of cases) {
    it(`${name}: ${text}`, () => {
      const cause = Object.assign(new Error(text), { name, $metadata: { httpStatusCode: 400, requestId: "42" } });
      const error = explain(cause, request, { region: "us-east-1" });
      assert.equal(error.code, code);
      assert.equal(error.message, message);
      assert.equal(error.cause, cause);
      if (next) assert.equal(error.next, next);
    });
  }
});

describe("explain, with a profile", () => {
  const where = { region: "us-east-1", profile: "team" };
  for (const [name, message, next] of [
    ["CredentialsProviderError", /^AWS credentials not configured for profile team: /, /--profile team`/],
    ["ExpiredTokenException", /^AWS rejected the credentials of profile team: /, /^Sign in again/],
  ] as const) {
    it(`names it: ${name}`, () => {
      const error = explain({ name, message: "no" }, list, where);
      assert.match(error.message, message);
      assert.match(error.next ?? "", next);
    });
  }
});

describe("isDenied", () => {
  it("distinguishes the requested action from one that it depends on", () => {
    const error = {
      name: "AccessDenied",
      message: `${user} is not authorized to perform: sts:AssumeRole on resource: r`,
    };
    assert.equal(isDenied(error), true);
    assert.equal(isDenied(error, "sts:AssumeRole"), true);
    assert.equal(isDenied(error, "lambda:GetLayerVersion"), false);
    assert.equal(isDenied({ name: "AccessDeniedException" }, "lambda:GetLayerVersion"), true);
    assert.equal(isDenied({ name: "ResourceNotFoundException" }), false);
  });
});
