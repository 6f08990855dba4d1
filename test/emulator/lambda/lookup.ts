import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { functionArn, ownFunctionReference } from "../arns";
import type { Context } from "../context";
import { conflict, invalidParameter, notFound } from "../errors";
import { type StoredFunction, settled } from "../store";

/** A function that was asked for, with its state brought up to now. */
export interface Found {
  name: string;
  qualifier?: string;
  fn: StoredFunction;
}

/** Throws as Lambda does when there is no such function, or it is another region's or account's. */
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

/** As {@link find} for operations that take no version and no alias. */
export function findUnqualified(reference: string | undefined, at: Context, operation: string): Found {
  const found = find(reference, at, operation);
  if (found.qualifier && found.qualifier !== "$LATEST") {
    throw invalidParameter(
      "This operation is permitted on Lambda functions only, not aliases or versions. Please specify only a function name.",
    );
  }
  return found;
}

/** The configuration behind a qualifier; its ARN ends in the qualifier that was asked for. */
export function qualified({ name, qualifier, fn }: Found, at: Context): FunctionConfiguration {
  if (!qualifier) return fn.configuration;
  const version = fn.aliases.get(qualifier)?.FunctionVersion ?? qualifier;
  const arn = `${functionArn(at.account, at.region, name)}:${qualifier}`;
  const configuration = version === "$LATEST" ? fn.configuration : fn.versions.find((v) => v.Version === version);
  if (!configuration) throw notFound(`Function not found: ${arn}`);
  return { ...configuration, FunctionArn: arn };
}

/** Throws the 409 that Lambda answers while a function is being created or updated. */
export function requireIdle({ fn }: Found): void {
  if (!fn.pending) return;
  const { FunctionArn: arn, State: state } = fn.configuration;
  throw conflict(
    state === "Pending"
      ? `The operation cannot be performed at this time. The function is currently in the following state: Pending`
      : `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
  );
}
