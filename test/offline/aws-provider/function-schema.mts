// The properties of aws:lambda/function:Function, by the call that changes them.

import type { Schema } from "./values.mts";

/** Set by UpdateFunctionConfiguration. */
export const configuration: Schema = {
  deadLetterConfig: { type: "object", fields: { targetArn: { type: "string" } } },
  description: { type: "string" },
  environment: { type: "object", fields: { variables: { type: "map" } } },
  ephemeralStorage: { type: "object", computed: true, fields: { size: { type: "number" } } },
  fileSystemConfig: {
    type: "object",
    aws: "FileSystemConfigs",
    fields: { arn: { type: "string" }, localMountPath: { type: "string" } },
  },
  handler: { type: "string" },
  imageConfig: {
    type: "object",
    fields: {
      commands: { type: "list", aws: "Command" },
      entryPoints: { type: "list", aws: "EntryPoint" },
      workingDirectory: { type: "string" },
    },
  },
  kmsKeyArn: { type: "string", aws: "KMSKeyArn" },
  layers: { type: "list", most: 5, arns: true },
  loggingConfig: {
    type: "object",
    computed: true,
    fields: {
      applicationLogLevel: { type: "string" },
      logFormat: { type: "string" },
      logGroup: { type: "string" },
      systemLogLevel: { type: "string" },
    },
  },
  memorySize: { type: "number", default: 128 },
  role: { type: "string", required: true },
  runtime: { type: "string" },
  snapStart: { type: "object", fields: { applyOn: { type: "string" } } },
  timeout: { type: "number", default: 3 },
  tracingConfig: { type: "object", computed: true, fields: { mode: { type: "string" } } },
  vpcConfig: {
    type: "object",
    fields: {
      ipv6AllowedForDualStack: { type: "boolean" },
      securityGroupIds: { type: "list" },
      subnetIds: { type: "list" },
    },
  },
};

/** Set by UpdateFunctionCode. */
export const code: Schema = {
  architectures: { type: "list", computed: true },
  code: { type: "archive", terraform: "filename" },
  imageUri: { type: "string" },
  s3Bucket: { type: "string" },
  s3Key: { type: "string" },
  s3ObjectVersion: { type: "string" },
  sourceCodeHash: { type: "string", computed: true, aws: "CodeSha256" },
};

export const schema: Schema = {
  ...configuration,
  ...code,
  name: { type: "string", autoname: 64, replaces: true, aws: "FunctionName", terraform: "function_name" },
  packageType: { type: "string", default: "Zip", replaces: true },
  publish: { type: "boolean" },
  region: { type: "string", computed: true, replaces: true },
  reservedConcurrentExecutions: { type: "number", default: -1 },
  skipDestroy: { type: "boolean" },
  tags: { type: "map" },
  tagsAll: { type: "map", computed: true },

  arn: { type: "string", output: true, aws: "FunctionArn" },
  codeSha256: { type: "string", output: true },
  invokeArn: { type: "string", output: true },
  lastModified: { type: "string", output: true },
  qualifiedArn: { type: "string", output: true },
  qualifiedInvokeArn: { type: "string", output: true },
  signingJobArn: { type: "string", output: true },
  signingProfileVersionArn: { type: "string", output: true },
  sourceCodeSize: { type: "number", output: true, aws: "CodeSize" },
  version: { type: "string", output: true },

  // Recorded as by the real provider, but programs for the stand-in cannot set them.
  codeSigningConfigArn: { type: "string", output: true },
  replaceSecurityGroupsOnDestroy: { type: "boolean", output: true },
  replacementSecurityGroupIds: { type: "list", output: true },
};

/** Given by programs, and not returned by AWS. */
export const unreported = ["code", "publish", "region", "s3Bucket", "s3Key", "s3ObjectVersion", "skipDestroy"];
