import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { functionArn, ownFunctionReference } from "../arns";
import type { Context } from "../context";
import { conflict, invalidParameter, notFound } from "../errors";
import { type StoredFunction, settled } from "../store";

/** The requested function, with its state brought up to date. */
export interface Found {
  name: string;
  qualifier?: string;
  fn: StoredFunction;
}

/** Throws as Lambda does if there is no such function, or it is in another region or account. */
export function find(reference: string | undefined, at: Context, operation: string, qualifier?: string): Found {
  const parsed = ownFunctionReference(reference ?? "", at, `lambda:${operation}`);
  const fn = at.shelf.functions.get(parsed.name);
  const asked = parsed.qualifier ?? qualifier;
  if (!fn) {
    const arn = functionArn(at.account, at.region, parsed.name);
    throw notFound(`Function not found: ${asked ? `${arn}:${asked}` : arn}`);
  }
  settled(fn, at);
  return { name: parsed.name, qualifier: asked, fn };
}

/** Like {@link find}, for operations that accept no version and no alias. */
export function findUnqualified(reference: string | undefined, at: Context, operation: string): Found {
  const found = find(reference, at, operation);
  if (found.qualifier && found.qualifier !== "$LATEST") {
    throw invalidParameter(
      "This operation is permitted on Lambda functions only, not aliases or versions. Please specify only a function name.",
    );
  }
  return found;
}

/** The configuration behind a qualifier; its ARN ends in the requested qualifier. */
export function qualified({ name, qualifier, fn }: Found, at: Context): FunctionConfiguration {
  if (!qualifier) return fn.configuration;
  const version = fn.aliases.get(qualifier)?.FunctionVersion ?? qualifier;
  const arn = `${functionArn(at.account, at.region, name)}:${qualifier}`;
  const configuration = version === "$LATEST" ? fn.configuration : fn.versions.find((v) => v.Version === version);
  if (!configuration) throw notFound(`Function not found: ${arn}`);
  return { ...configuration, FunctionArn: arn };
}

/** Throws Lambda's 409 while a function is being created or updated. */
export function requireIdle({ fn }: Found): void {
  if (!fn.pending) return;
  const { FunctionArn: arn, State: state } = fn.configuration;
  throw conflict(
    state === "Pending"
      ? `The operation cannot be performed at this time. The function is currently in the following state: Pending`
      : `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  );
}
