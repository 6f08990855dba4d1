import { isLayerArn } from "../sdk/core/arn";

/** Why a text is not a layer version ARN. The text is not quoted, because it may be a misplaced secret. */
export function describeInvalid(text: string): string {
  if (isLayerArn(text))
    return "it has no version at its end; `aws.lambda.LayerVersion` has the full ARN in `arn`, not in `layerArn`";
  if (text.trim() === "") return "it is empty";
  if (text !== text.trim()) return "it has spaces around it";
  const parts = text.split(":");
  const [arn, , service, region, account, kind, name, version] = parts;
  if (arn !== "arn") return "it does not start with arn:";
  if (service !== "lambda") return "it is the ARN of another service";
  if (kind !== "layer") return "it is not the ARN of a layer";
  if (!region) return "it has no region";
  if (!/^\d{12}$/.test(account ?? "")) return "its account does not have 12 digits";
  if (!/^[a-zA-Z0-9_-]{1,140}$/.test(name ?? "")) return "its name is not 1 to 140 letters, digits, - and _";
  if (!/^[1-9]\d*$/.test(version ?? "")) return "its version is not a number of 1 or more";
  return "it does not have the parts of a layer version ARN";
}
