import { LayersError } from "../../sdk/core/errors";
import { parseFunctionReference } from "../../sdk/core/function-arn";
import type { FunctionSelection, LiveFunction } from "../../sdk/core/live";
import { withoutQualifier } from "../../sdk/core/selection";
import { quotedIfOdd } from "../../sdk/core/text";
import type { AwsPort } from "../../sdk/ports";

/** A function named by the program, in any form that Lambda accepts. */
export interface NamedFunction {
  /** As written in the program. */
  readonly text: string;
  readonly name: string;
  /** Twelve digits; undefined if the text names none. */
  readonly account: string | undefined;
}

/** The names of a selection, and why some of them are invalid. */
export interface ReadNames {
  readonly named: readonly NamedFunction[];
  readonly refused: readonly string[];
}

/** Why a selection of every function, or none, is rejected. */
export function refuseEmpty({ prefix, tags }: FunctionSelection): string[] {
  const reasons: string[] = [];
  const means = "which would select every function in the region";
  if (prefix === "")
    reasons.push(`functions.prefix is empty, ${means}. Give the start of the function names, or leave it out.`);
  if (tags !== undefined && Object.keys(tags).length === 0)
    reasons.push("functions.tags is empty and selects nothing. Give tags that the functions have, or leave it out.");
  return reasons;
}

/**
 * Reads names in every form that Lambda accepts: plain, parts of an ARN, ARNs, each with `$LATEST` or without a
 * qualifier.
 * @param region the resource's; undefined while unknown, when names of any region are allowed
 */
export function readNames(names: readonly string[] = [], region: string | undefined): ReadNames {
  const named: NamedFunction[] = [];
  const refused: string[] = [];
  for (const text of names) {
    const refusal = refusalOf(text, region);
    if (refusal === undefined) named.push(referenceOf(text));
    else refused.push(refusal);
  }
  return { named, refused };
}

/**
 * Why functions named with an account are rejected: it is not the account of the credentials.
 * @param live the functions that were found by those names
 */
export async function refuseOtherAccounts(
  aws: AwsPort,
  named: readonly NamedFunction[],
  live: readonly LiveFunction[],
): Promise<string[]> {
  const withAccount = named.filter(({ account }) => account !== undefined);
  if (withAccount.length === 0) return [];
  // A function's ARN gives the account without a request.
  const known = live.map(({ arn }) => parseFunctionReference(arn)?.account).find((account) => account !== undefined);
  const own = known ?? (await aws.callerIdentity()).account;
  return withAccount
    .filter(({ account }) => account !== own)
    .map(
      ({ text, account }) =>
        `${text} belongs to account ${account}, but the credentials belong to ${own}. Name it in a LayerVersions with a \`profile\` or \`roleArn\` of that account.`,
    );
}

function refusalOf(text: string, region: string | undefined): string | undefined {
  if (typeof text !== "string" || text === "")
    return "functions.names contains an empty name. Leave it out, or find out where it comes from.";
  try {
    const reference = parseFunctionReference(withoutQualifier(text));
    if (!reference) return `${quotedIfOdd(text)} in functions.names is neither the name nor the ARN of a function.`;
    if (reference.region === undefined || region === undefined || reference.region === region) return undefined;
    return `${text} is in ${reference.region}, but this resource is for ${region}. Name it in a LayerVersions with \`region: "${reference.region}"\`.`;
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    return error.inOneLine();
  }
}

function referenceOf(text: string): NamedFunction {
  const { name, account } = parseFunctionReference(text) ?? { name: text, account: undefined };
  return { text, name, account };
}
