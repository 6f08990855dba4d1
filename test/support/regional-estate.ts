// An estate of functions in several regions, with several runtimes and architectures, and layers whose ARNs differ
// between them.

export const regions = ["us-east-1", "us-east-2", "eu-west-1"] as const;
const runtimes = ["python3.12", "python3.13"] as const;
const architectures = ["arm64", "x86_64"] as const;

/** Accounts: the functions', and those of the layers' publishers. */
export const own = "123456789012";
export const vendor = "017000801446";
export const insights = "580247275435";
export const european = "012438385374";

/** The function that a variant of `shared` makes an exception of. */
export const exception = "us-east-1-312-arm64";

/** One function. */
export interface Kind {
  readonly name: string;
  readonly region: (typeof regions)[number];
  readonly runtime: (typeof runtimes)[number];
  readonly architecture: (typeof architectures)[number];
}

export const estate: readonly Kind[] = regions.flatMap((region) =>
  runtimes.flatMap((runtime) =>
    architectures.map((architecture) => ({
      name: `${region}-${runtime.replace("python3.", "3")}-${architecture}`,
      ...{ region, runtime, architecture },
    })),
  ),
);

/** A config's entries of Powertools, whose name changes, and Insights, which differs by region. */
export const entries = `  powertools:
    arn: arn:aws:lambda:{region}:${vendor}:layer:PowertoolsV3-{runtime}-{architecture}
    version: 3
    replaces: ["arn:aws:lambda:*:${vendor}:layer:PowertoolsV2*"]
  insights:
    arn: arn:aws:lambda:{region}:${insights}:layer:Insights
    version: 4
    variants:
      - when: { region: us-east-2 }
        version: 2
      - when: { region: eu-west-1 }
        arn: arn:aws:lambda:{region}:${european}:layer:Insights
        version: 1
`;

/** A layer's ARN, or a layer version's (`shared:1`). */
export function arn(region: string, account: string, layer: string): string {
  return `arn:aws:lambda:${region}:${account}:layer:${layer}`;
}

const powertools = (runtime: string, architecture: string) =>
  `PowertoolsV3-${runtime.replace(".", "")}-${architecture}`;

/** The Powertools that a function has at first. */
export function oldPowertools({ region, architecture }: Kind): string {
  return arn(region, vendor, architecture === "arm64" ? "PowertoolsV2-Arm64:4" : "PowertoolsV2:4");
}

/** The Powertools and Insights that {@link entries} declare for a function. */
export function declaredEntries({ region, runtime, architecture }: Kind): [powertools: string, insights: string] {
  const version = { "us-east-1": 4, "us-east-2": 2, "eu-west-1": 1 }[region];
  const owner = region === "eu-west-1" ? european : insights;
  return [arn(region, vendor, `${powertools(runtime, architecture)}:3`), arn(region, owner, `Insights:${version}`)];
}

/** A layer with its versions in every region, for an emulator to have. */
export function published(name: string, account: string, versions = 5) {
  return regions.map((region) => ({ name, account, region, versions }));
}

/** The versions of Powertools and Insights, for an emulator to have. */
export const publishedEntries = [
  ...["PowertoolsV2", "PowertoolsV2-Arm64"].flatMap((name) => published(name, vendor)),
  ...runtimes.flatMap((runtime) =>
    architectures.flatMap((architecture) =>
      published(powertools(runtime, architecture), vendor, 4).map((layer) => ({
        ...{ ...layer, compatibleRuntimes: [runtime], compatibleArchitectures: [architecture] },
      })),
    ),
  ),
  ...published("Insights", insights),
  ...published("Insights", european, 1),
];
