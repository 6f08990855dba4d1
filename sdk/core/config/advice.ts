import type { GenericIssue } from "valibot";
import { isBuiltInLayer, isLayerArn } from "../arn";
import { didYouMean } from "../nearest";
import { keyText } from "./insert";
import type { Path } from "./yaml-nodes";

const leaveOut = "Leave it out: this layer is built into Lambda, has no version, and is never changed";
const addVersion = "Add the version that the layer must be at, such as `version: 1`";

/** What to do about a value that the schema rejects; undefined if its message is enough. */
export function adviseValue({ type, input: value }: GenericIssue, path: Path): string | undefined {
  const key = path.at(-1);
  if (path.length === 0) return "Start with `layers:`";
  if (key === "version" && path.length > 2) return adviseVersion(value);
  if (path.at(-2) === "names") {
    const advice = adviseName(value);
    if (advice) return advice;
  }
  if (typeof value === "string") {
    const advice = adviseText(key, value);
    if (advice) return advice;
  }
  if (path.at(-2) === "replaces" && typeof value === "string") {
    const { layer } = splitVersion(value.trim());
    return layer === value.trim() ? undefined : `Leave the version out: ${layer}`;
  }
  const ofWhen = path.includes("variants") ? adviseWhen(type, path, value) : undefined;
  if (ofWhen) return ofWhen;
  if (key === "variants") return "Write a list in which each variant starts with `- when:`";
  if (key === "aws_account_id") return `Write 12 digits in quotes, such as "${accountId(value)}"`;
  if (type === "array" && typeof value === "string") return `Write a list: ["${value}"]`;
  if (type === "string" && typeof value !== "object") return "Put it in quotes to make it a string";
  const version = isEntry(path) ? versionIn(value) : undefined;
  if (version !== undefined) return `Write ${keyText(String(key))}: { version: ${version} }`;
  if (path.length === 1 && value === null) return `Put something below \`${String(key)}:\`, or {} if it is empty`;
  return undefined;
}

/** What to do about a missing key. */
export function adviseMissing(key: string): string {
  return key === "version" ? addVersion : `Add \`${key}:\``;
}

/** What to do about an entry's name that cannot be a layer's. */
export function adviseEntryName(name: string): string {
  const { layer } = splitVersion(name);
  if (isBuiltInLayer(name)) return leaveOut;
  if (isLayerArn(layer)) return `Give the entry a name of your choice, and arn: ${layer}`;
  return layer === name ? "Give the entry an arn or names" : `Leave the version out: ${layer}`;
}

function adviseVersion(value: unknown): string | undefined {
  if (value === null || value === undefined) return addVersion;
  if (typeof value === "string" && /^\s*\$?(?:latest|newest)\s*$/i.test(value)) {
    return "Write a number, such as 1, and run `lambda-layers upgrade`, which replaces it with the newest version (from `latest:` if the entry has one)";
  }
  const version = versionIn(value);
  if (version === undefined) return undefined;
  return typeof value === "string" && /^\s*\d+\s*$/.test(value)
    ? `Write the number without quotes: ${version}`
    : `Write ${version}`;
}

/** The version that a value probably means: of `"5"`, `v5`, `5.0`, `1_000`, `[5]`, and of an ARN or name with a version. */
function versionIn(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length === 1 ? versionIn(value[0]) : undefined;
  const text = splitVersion(String(value).trim()).version ?? String(value).trim();
  const [, digits] = /^v?0*([1-9][\d_]*)(?:\.0+)?$/i.exec(text) ?? [];
  const version = Number(digits?.replaceAll("_", ""));
  return Number.isSafeInteger(version) ? version : undefined;
}

/** An ARN in which every placeholder has a value. */
function withoutPlaceholders(arn: string): string {
  return arn.replaceAll("{account}", "123456789012").replaceAll(/\{[^{}]*\}/g, "x");
}

/** What to do about a variant, or a value of its condition. */
function adviseWhen(type: string, path: Path, value: unknown): string | undefined {
  const [inside, key] = typeof path.at(-1) === "number" ? [path.at(-3), path.at(-2)] : [path.at(-2), path.at(-1)];
  if (key === "when") return "Say which functions it applies to, such as `when: { region: us-east-2 }`";
  if (key === "until") return undefined;
  if (inside !== "when") return undefined;
  const text = String(value);
  if (key === "region" && /^[a-z]+(?:[-_][a-z]+)+[-_]?\d+[a-z]?$/i.test(text.trim())) {
    const region = text
      .trim()
      .toLowerCase()
      .replaceAll("_", "-")
      .replace(/-?(\d+)[a-z]?$/, "-$1");
    return region === text ? undefined : `Write ${region}`;
  }
  if (key === "account" && (typeof value === "number" || /\D/.test(text))) return `Write "${accountId(value)}"`;
  if (key === "runtime" && typeof value === "string") return adviseRuntime(text);
  if (key === "architecture" && /^(?:arm64.*|aarch64|arm)$/i.test(text)) return "Write arm64";
  if (key === "architecture" && /^(?:x86.*|amd64|x64|i386)$/i.test(text)) return "Write x86_64";
  if (key === "function" && text.startsWith("arn:")) return `Write ${text.split(":")[6] ?? "its name"}`;
  return type === "union" && typeof value === "number" ? "Put it in quotes to make it a string" : undefined;
}

/** A runtime with its missing dot added. */
function adviseRuntime(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/\s/g, "");
  const runtime = plain
    .replace(/^(python|ruby)(\d)(\d+)$/, "$1$2.$3")
    .replace(/^nodejs(\d+)x?$/, "nodejs$1.x")
    .replace(/^provided(al\d+)$/, "provided.$1");
  return runtime === text || !/^[a-z]+[a-z0-9.]*$/.test(runtime) ? undefined : `Write ${runtime}`;
}

function adviseName(value: unknown): string | undefined {
  const [only, ...others] = typeof value === "object" && value !== null ? Object.keys(value) : [];
  // YAML takes `name: 1` for a mapping.
  if (only !== undefined && others.length === 0) return `Leave the version out: ${only}`;
  if (typeof value !== "string") return undefined;
  const { layer } = splitVersion(value);
  if (isBuiltInLayer(value)) return leaveOut;
  if (isLayerArn(layer)) return `Give the entry an arn instead of names: ${layer}`;
  return layer === value ? undefined : `Leave the version out: ${layer}`;
}

function adviseText(key: PropertyKey | undefined, value: string): string | undefined {
  const { layer } = splitVersion(value.trim());
  switch (key) {
    case "arn":
      if (isBuiltInLayer(value)) return leaveOut;
      if (!isLayerArn(withoutPlaceholders(layer))) return undefined;
      return layer === value.trim() ? `Write ${layer}` : `Leave the version out: ${layer}`;
    case "enforce":
      return didYouMean(value, ["exact", "minimum"]);
    case "latest":
      return value.startsWith("/") ? `Write ssm:${value}` : undefined;
    case "validate_layer_exists":
      return /^(?:yes|no|on|off|true|false)$/i.test(value) ? `Write ${/^(?:yes|on|true)$/i.test(value)}` : undefined;
    case "backup_retention_days": {
      const [days] = /^\d+(?=\s*(?:d|days?)?$)/.exec(value.trim()) ?? [];
      return days && `Write ${Number(days)}`;
    }
    default:
      return undefined;
  }
}

/** A text, and the part after its last colon if that can only be a version. */
function splitVersion(text: string): { layer: string; version?: string } {
  const [, layer, version] = /^(.+):(\d+|\*|\$?latest)?$/is.exec(text) ?? [];
  return layer === undefined ? { layer: text } : { layer, version };
}

/** Whether a path is that of an entry: `layers.NAME` or `stack_overrides.STACK.NAME`. */
function isEntry([section, ...names]: Path): boolean {
  return (section === "layers" && names.length === 1) || (section === "stack_overrides" && names.length === 2);
}

/** The probable intention behind a mistyped account number, or an example. */
function accountId(value: unknown): string {
  const digits = String(value).replace(/\D/g, "");
  // YAML has read it as a number, without its leading zeros.
  const padded = typeof value === "number" ? digits.padStart(12, "0") : digits;
  return padded.length === 12 ? padded : "123456789012";
}
