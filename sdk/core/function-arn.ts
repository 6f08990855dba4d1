/** The parts of a Lambda function's ARN. */
export interface FunctionArn {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly name: string;
  /** A version or an alias; undefined for the function itself. */
  readonly qualifier: string | undefined;
}

const pattern = /^arn:([^:]+):lambda:([^:]*):(\d*):function:([^:]+)(?::([^:]+))?$/;

/** Parses `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`; undefined for anything else. */
export function parseFunctionArn(text: string): FunctionArn | undefined {
  const [, partition, region, account, name, qualifier] = pattern.exec(text) ?? [];
  if (partition === undefined || region === undefined || account === undefined || name === undefined) return undefined;
  return { partition, region, account, name, qualifier };
}

// As Lambda's API reference has it; any partition is accepted, including future ones.
const wholePattern = /^arn:[a-zA-Z0-9-]+:lambda:[a-z]+(?:-[a-z]+)+-\d+:\d{12}:function:[\w-]{1,140}$/;

/** Whether a text can be the ARN of a function in AWS, without a version or alias. */
export function isFunctionArn(text: string): boolean {
  return wholePattern.test(text);
}

/** The parts of a text by which Lambda finds a function. */
export interface FunctionReference extends Partial<Omit<FunctionArn, "name">> {
  readonly name: string;
}

// `FunctionName` of Lambda's API reference: a name, or a partial or full ARN, with or without a qualifier.
const reference =
  /^(?:arn:([a-zA-Z0-9-]+):lambda:)?(?:([a-z]+(?:-[a-z]+)+-\d+):)?(?:(\d{12}):)?(?:function:)?([\w-]+)(?::(\$LATEST|[\w-]+))?$/;

/**
 * Parses whatever Lambda accepts as a function: `x`, `function:x`, `123456789012:function:x`, an ARN; undefined for
 * anything else.
 */
export function parseFunctionReference(text: string): FunctionReference | undefined {
  const [, partition, region, account, name, qualifier] = reference.exec(text) ?? [];
  return name === undefined ? undefined : { partition, region, account, name, qualifier };
}

/** The name in a function's ARN; anything else is a name itself. */
export function functionName(nameOrArn: string): string {
  return parseFunctionArn(nameOrArn)?.name ?? nameOrArn;
}

/** The ARN of the function itself, without a version or alias. */
export function unqualifiedArn(arn: string): string {
  return arn.split(":").slice(0, 7).join(":");
}

/** As {@link labelsOf}, for functions identified by ARN. */
export function labelsOfArns(arns: Iterable<string>): (arn: string) => string {
  const named = (arn: string) => parseFunctionArn(arn) ?? { name: arn, region: undefined, account: undefined };
  const label = labelsOf([...arns].map(named));
  return (arn) => label(named(arn));
}

/** What distinguishes functions of the same name. */
export interface NamedFunction {
  readonly name: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** A function that may be known by its ARN, as one that is to be told from others. */
export function namedByArn({
  name,
  region,
  arn = "",
}: Omit<NamedFunction, "account"> & { readonly arn?: string }): NamedFunction {
  return { name, region, account: parseFunctionArn(arn)?.account };
}

/**
 * Function names for messages: functions that share a name get their region, and their account if that differs too.
 * @param all every function that the output may name
 */
export function labelsOf(all: Iterable<NamedFunction>): (fn: NamedFunction) => string {
  const [regions, accounts] = [new FirstValues(), new FirstValues()];
  for (const { name, region, account } of all) {
    regions.add(name, region);
    accounts.add(name, account);
  }
  return ({ name, region, account }) => {
    const hasOtherAccounts = accounts.differ.has(name) && account !== undefined;
    if (region === undefined || !(regions.differ.has(name) || hasOtherAccounts)) return name;
    return `${name} (${hasOtherAccounts ? `${region}, ${account}` : region})`;
  };
}

/** The names that come with different values: most come with one, so that no set of values is kept for each name. */
class FirstValues {
  readonly differ = new Set<string>();
  private readonly first = new Map<string, string>();

  /** An unknown value may be the same as the others. */
  add(name: string, value: string | undefined): void {
    if (value === undefined) return;
    const first = this.first.get(name);
    if (first === undefined) this.first.set(name, value);
    else if (first !== value) this.differ.add(name);
  }
}
