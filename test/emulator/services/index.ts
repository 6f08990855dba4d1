import type { Operations } from "../context";
import { lambdaOperations } from "../lambda";
import { iamOperations } from "./iam";
import { ssmOperations } from "./ssm";
import { stsOperations } from "./sts";
import { taggingOperations } from "./tagging";

/** The protocol of a service, and the prefix of its IAM actions. */
export interface Service {
  protocol: "rest-json" | "json" | "query";
  operations: Operations;
  actionPrefix: string;
  /** Query protocol only. */
  namespace?: string;
}

/** By the service name in a signature's credential scope, which identifies the service of a request. */
export const SERVICES: Record<string, Service> = {
  lambda: { protocol: "rest-json", operations: lambdaOperations, actionPrefix: "lambda" },
  tagging: { protocol: "json", operations: taggingOperations, actionPrefix: "tag" },
  ssm: { protocol: "json", operations: ssmOperations, actionPrefix: "ssm" },
  sts: {
    protocol: "query",
    operations: stsOperations,
    actionPrefix: "sts",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  },
  iam: {
    protocol: "query",
    operations: iamOperations,
    actionPrefix: "iam",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  },
};
