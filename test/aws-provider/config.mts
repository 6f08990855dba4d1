import process from "node:process";
import { closest } from "fastest-levenshtein";
import type { Checked } from "./check.mts";
import { isObject, type Properties, UNKNOWN, type Value } from "./values.mts";

/** How a secret value is marked. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** What the stand-in does with the provider's configuration. */
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

const used = [
  "region",
  "accessKey",
  "secretKey",
  "token",
  "profile",
  "maxRetries",
  "assumeRoles",
  "endpoints",
  "defaultTags",
] as const satisfies (keyof Config)[];

/** Settings that change nothing for a provider that checks nothing in advance and has no S3, or that belong to the engine. */
const harmless = [
  "skipCredentialsValidation",
  "skipMetadataApiCheck",
  "skipRegionValidation",
  "skipRequestingAccountId",
  "s3UsePathStyle",
  "version",
  "__internal",
];

/** Takes the region from the environment where the configuration has none, and refuses what would be ignored. */
export function checkConfig(given: Properties): Checked {
  const region = given.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const known = [...used, ...harmless];
  const failures = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((property) => ({
      property,
      reason: `the stand-in for the AWS provider has no such setting; the nearest is "${closest(property, known)}"`,
    }));
  return { inputs: { ...given, ...(region !== undefined && { region }) }, failures };
}

/** Reads a configuration, in which everything but text is JSON in text, and some of it secret. */
export function parseConfig(given: Properties): Config {
  const entries = used.flatMap((name) => {
    const value = plain(given[name] ?? null);
    return value === null || value === UNKNOWN ? [] : [[name, parsed(value)]];
  });
  return Object.fromEntries(entries);
}

function plain(value: Value): Value {
  return isObject(value) && value[SIGNATURE] === SECRET ? (value.value ?? null) : value;
}

function parsed(value: Value): unknown {
  return typeof value === "string" && /^[[{]|^\d{1,3}$/.test(value) ? JSON.parse(value) : value;
}
