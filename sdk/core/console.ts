import { isFunctionArn, parseFunctionArn } from "./function-arn";

// The console addresses of the other partitions, which are isolated, are not public.
const hosts: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
  "aws-eusc": "console.amazonaws-eusc.eu",
};

/** The page of a function in the AWS console of its partition and region; undefined if unknown. */
export function consoleUrl(functionArn: string): string | undefined {
  const parsed = isFunctionArn(functionArn) ? parseFunctionArn(functionArn) : undefined;
  const host = parsed && Object.hasOwn(hosts, parsed.partition) ? hosts[parsed.partition] : undefined;
  if (!parsed || host === undefined) return undefined;
  const { region, name } = parsed;
  return `https://${region}.${host}/lambda/home?region=${region}#/functions/${name}`;
}
