import process from "node:process";
import { closest } from "fastest-levenshtein";
import type { Checked } from "./check.mts";
import { isObject, type Properties, UNKNOWN, type Value } from "./values.mts";

/** How a secret value is marked. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** What the stand-in uses of the provider's configuration. */
export interface Config {
  region?: string;
  accessKey?: string;
  secretKey?: string;
  token?: string;
  profile?: string;
  maxRetries?: number;
  assumeRoles?: { roleArn: string; sessionName?: string; externalId?: string }[];
  endpoints?: { lambda?: string; iam?: string; sts?: string }[];
  defaultTags?: { tags?: Record<string, string> };
}

const texts = ["region", "accessKey", "secretKey", "token", "profile"] as const satisfies (keyof Config)[];

/** The engine passes these as JSON strings. */
const structured = ["maxRetries", "assumeRoles", "endpoints", "defaultTags"] as const satisfies (keyof Config)[];

/**
 * Settings that make no difference to a provider that checks nothing in advance and has no S3, or that belong to the
 * engine.
 */
const harmless = [
  "skipCredentialsValidation",
  "skipMetadataApiCheck",
  "skipRegionValidation",
  "skipRequestingAccountId",
  "s3UsePathStyle",
  "version",
  "__internal",
];

/** Takes the region from the environment if the configuration has none, and refuses settings that it would ignore. */
export function checkConfig(given: Properties, env = process.env): Checked {
  const region = given.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const known = [...texts, ...structured, ...harmless];
  const failures = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((property) => ({
      property,
      reason: `the stand-in for the AWS provider has no such setting; the nearest is "${closest(property, known)}"`,
    }));
  return { inputs: { ...given, ...(region !== undefined && { region }) }, failures };
}

/** Reads a configuration, parts of which are secret. */
export function parseConfig(given: Properties): Config {
  const value = (name: string): Value => {
    const found = plain(given[name] ?? null);
    return found === UNKNOWN ? null : found;
  };
  const parsed = (name: string): Value => {
    const found = value(name);
    return typeof found === "string" ? JSON.parse(found) : found;
  };
  const entries = [...texts.map((name) => [name, value(name)]), ...structured.map((name) => [name, parsed(name)])];
  return Object.fromEntries(entries.filter(([, found]) => found !== null));
}

function plain(value: Value): Value {
  return isObject(value) && value[SIGNATURE] === SECRET ? (value.value ?? null) : value;
}
