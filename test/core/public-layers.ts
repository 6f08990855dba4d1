import type { TargetFacts } from "../../sdk/core/form";

/** How a publisher names its layers, and which layer a function should get. */
export interface PublicLayer {
  readonly what: string;
  readonly config: string;
  /** What the function has. */
  readonly has: string;
  readonly runs: Omit<TargetFacts, "name" | "account">;
  readonly wants: string;
}

const [python312, python313, nodejs22, java21] = ["python3.12", "python3.13", "nodejs22.x", "java21"];
const arm64 = ["arm64"];
const x86 = ["x86_64"];

const entry = (fields: string) => `layers:\n  layer:\n    ${fields.trim().replaceAll("\n", "\n    ")}\n`;

const insights = entry(`
arn: arn:aws:lambda:{region}:580247275435:layer:LambdaInsightsExtension
version: 53
variants:
  - when: { region: af-south-1, architecture: x86_64 }
    arn: arn:aws:lambda:{region}:012438385374:layer:LambdaInsightsExtension
    version: 28
  - when: { region: cn-north-1 }
    arn: arn:aws-cn:lambda:{region}:488211338238:layer:LambdaInsightsExtension
    version: 27
  - when: { region: us-east-2, architecture: arm64 }
    arn: arn:aws:lambda:{region}:580247275435:layer:LambdaInsightsExtension-Arm64
    version: 22
  - when: { architecture: arm64 }
    arn: arn:aws:lambda:{region}:580247275435:layer:LambdaInsightsExtension-Arm64
    version: 20
  - when: { region: us-east-2 }
    version: 51
`);

const powertools = entry(`
arn: arn:aws:lambda:{region}:017000801446:layer:AWSLambdaPowertoolsPythonV3-{runtime}-{architecture}
version: 18
replaces: ["arn:aws:lambda:*:017000801446:layer:AWSLambdaPowertoolsPythonV2*"]
`);

const datadog = entry(`
version: 110
variants:
  - when: { runtime: python3.12, architecture: arm64 }
    arn: arn:aws:lambda:{region}:464622532012:layer:Datadog-Python312-ARM
  - when: { runtime: python3.12 }
    arn: arn:aws:lambda:{region}:464622532012:layer:Datadog-Python312
  - when: { runtime: python3.13, architecture: arm64 }
    arn: arn:aws:lambda:{region}:464622532012:layer:Datadog-Python313-ARM
  - when: { runtime: nodejs22.x }
    arn: arn:aws:lambda:{region}:464622532012:layer:Datadog-Node22-x
    version: 127
`);

const datadogExtension = entry(`
arn: arn:aws:lambda:{region}:464622532012:layer:Datadog-Extension
version: 83
variants:
  - when: { architecture: arm64 }
    arn: arn:aws:lambda:{region}:464622532012:layer:Datadog-Extension-ARM
`);

const adot = entry(`
arn: arn:aws:lambda:{region}:615299751070:layer:AWSOpenTelemetryDistroPython
version: 16
replaces: ["arn:aws:lambda:*:901920570463:layer:aws-otel-python-*"]
variants:
  - when: { region: us-east-2 }
    version: 13
`);

const parameters = entry(`
arn: arn:aws:lambda:{region}:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension
version: 18
variants:
  - when: { region: us-east-2, architecture: arm64 }
    arn: arn:aws:lambda:{region}:590474943231:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64
    version: 19
  - when: { architecture: arm64 }
    arn: arn:aws:lambda:{region}:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64
  - when: { region: us-east-2 }
    arn: arn:aws:lambda:{region}:590474943231:layer:AWS-Parameters-and-Secrets-Lambda-Extension
    version: 21
`);

const appConfig = entry(`
arn: arn:aws:lambda:{region}:027255383542:layer:AWS-AppConfig-Extension
version: 207
variants:
  - when: { region: us-west-2 }
    arn: arn:aws:lambda:{region}:359756378197:layer:AWS-AppConfig-Extension
    version: 262
`);

const newRelic = entry(`
arn: arn:aws:lambda:{region}:451483290750:layer:NewRelicPython312
version: 20
variants:
  - when: { runtime: python3.13, architecture: arm64 }
    arn: arn:aws:lambda:{region}:451483290750:layer:NewRelicPython313ARM64
    version: 7
  - when: { architecture: arm64 }
    arn: arn:aws:lambda:{region}:451483290750:layer:NewRelicPython312ARM64
    version: 21
`);

const klayers = entry(`
arn: arn:aws:lambda:{region}:770693421928:layer:Klayers-p312-requests
version: 12
replaces: ["arn:aws:lambda:*:770693421928:layer:Klayers-python312-requests", "arn:aws:lambda:*:770693421928:layer:Klayers-p39-requests"]
`);

const honeycomb = entry(`
arn: arn:aws:lambda:{region}:702835727665:layer:honeycomb-lambda-extension-{architecture}-v11-1-1
version: 1
replaces: ["arn:aws:lambda:*:702835727665:layer:honeycomb-lambda-extension-*"]
`);

const elastic = entry(`
arn: arn:aws:lambda:{region}:267093732750:layer:elastic-apm-extension-ver-1-5-1-{architecture}
version: 1
replaces: ["arn:aws:lambda:*:267093732750:layer:elastic-apm-extension-ver-*"]
`);

const arn = (rest: string) => `arn:aws:lambda:${rest}`;

/** Schemes as AWS and vendors document them; the versions are snapshots. */
export const publicLayers: readonly PublicLayer[] = [
  {
    what: "LambdaInsights if the entry itself applies",
    config: insights,
    has: arn("us-east-1:580247275435:layer:LambdaInsightsExtension:35"),
    runs: { region: "us-east-1", architectures: x86 },
    wants: arn("us-east-1:580247275435:layer:LambdaInsightsExtension:53"),
  },
  {
    what: "LambdaInsights in a region with its own version",
    config: insights,
    has: arn("us-east-2:580247275435:layer:LambdaInsightsExtension:33"),
    runs: { region: "us-east-2", architectures: [] },
    wants: arn("us-east-2:580247275435:layer:LambdaInsightsExtension:51"),
  },
  {
    what: "LambdaInsights in a region with its own account",
    config: insights,
    has: arn("af-south-1:012438385374:layer:LambdaInsightsExtension:20"),
    runs: { region: "af-south-1", architectures: x86 },
    wants: arn("af-south-1:012438385374:layer:LambdaInsightsExtension:28"),
  },
  {
    what: "LambdaInsights from the wrong account",
    config: insights,
    has: arn("af-south-1:580247275435:layer:LambdaInsightsExtension:20"),
    runs: { region: "af-south-1", architectures: x86 },
    wants: arn("af-south-1:012438385374:layer:LambdaInsightsExtension:28"),
  },
  {
    what: "LambdaInsights in another partition",
    config: insights,
    has: "arn:aws-cn:lambda:cn-north-1:488211338238:layer:LambdaInsightsExtension:20",
    runs: { region: "cn-north-1", architectures: x86 },
    wants: "arn:aws-cn:lambda:cn-north-1:488211338238:layer:LambdaInsightsExtension:27",
  },
  {
    what: "LambdaInsights for arm64, on x86_64",
    config: insights,
    has: arn("us-east-1:580247275435:layer:LambdaInsightsExtension:53"),
    runs: { region: "us-east-1", architectures: arm64 },
    wants: arn("us-east-1:580247275435:layer:LambdaInsightsExtension-Arm64:20"),
  },
  {
    what: "LambdaInsights for arm64 in a region with its own version",
    config: insights,
    has: arn("us-east-2:580247275435:layer:LambdaInsightsExtension-Arm64:2"),
    runs: { region: "us-east-2", architectures: arm64 },
    wants: arn("us-east-2:580247275435:layer:LambdaInsightsExtension-Arm64:22"),
  },
  {
    what: "Powertools V3 for the function's runtime and architecture",
    config: powertools,
    has: arn("eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-arm64:4"),
    runs: { region: "eu-west-1", runtime: python312, architectures: arm64 },
    wants: arn("eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-arm64:18"),
  },
  {
    what: "Powertools V3 after a new runtime",
    config: powertools,
    has: arn("eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:18"),
    runs: { region: "eu-west-1", runtime: python313, architectures: [] },
    wants: arn("eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-x86_64:18"),
  },
  {
    what: "Powertools V2 is replaced by V3",
    config: powertools,
    has: arn("us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV2:79"),
    runs: { region: "us-east-1", runtime: python312, architectures: x86 },
    wants: arn("us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:18"),
  },
  {
    what: "Powertools V2 for arm64 is replaced by V3",
    config: powertools,
    has: arn("us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV2-Arm64:79"),
    runs: { region: "us-east-1", runtime: python313, architectures: arm64 },
    wants: arn("us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:18"),
  },
  {
    what: "Powertools for TypeScript, one name for all",
    config: entry("arn: arn:aws:lambda:{region}:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2\nversion: 30"),
    has: arn("eu-central-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:12"),
    runs: { region: "eu-central-1", runtime: nodejs22, architectures: arm64 },
    wants: arn("eu-central-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:30"),
  },
  {
    what: "Datadog, a variant for each name",
    config: datadog,
    has: arn("us-east-1:464622532012:layer:Datadog-Python312:98"),
    runs: { runtime: python312, architectures: x86 },
    wants: arn("us-east-1:464622532012:layer:Datadog-Python312:110"),
  },
  {
    what: "Datadog for arm64",
    config: datadog,
    has: arn("us-east-1:464622532012:layer:Datadog-Python312:98"),
    runs: { runtime: python312, architectures: arm64 },
    wants: arn("us-east-1:464622532012:layer:Datadog-Python312-ARM:110"),
  },
  {
    what: "Datadog after a new runtime",
    config: datadog,
    has: arn("us-east-1:464622532012:layer:Datadog-Python312-ARM:110"),
    runs: { runtime: python313, architectures: arm64 },
    wants: arn("us-east-1:464622532012:layer:Datadog-Python313-ARM:110"),
  },
  {
    what: "Datadog for a runtime with its own version",
    config: datadog,
    has: arn("us-east-1:464622532012:layer:Datadog-Node22-x:120"),
    runs: { runtime: nodejs22, architectures: x86 },
    wants: arn("us-east-1:464622532012:layer:Datadog-Node22-x:127"),
  },
  {
    what: "Datadog's extension",
    config: datadogExtension,
    has: arn("us-east-1:464622532012:layer:Datadog-Extension:65"),
    runs: { architectures: x86 },
    wants: arn("us-east-1:464622532012:layer:Datadog-Extension:83"),
  },
  {
    what: "Datadog's extension for arm64",
    config: datadogExtension,
    has: arn("us-east-1:464622532012:layer:Datadog-Extension-ARM:65"),
    runs: { architectures: arm64 },
    wants: arn("us-east-1:464622532012:layer:Datadog-Extension-ARM:83"),
  },
  {
    what: "OpenTelemetry's distribution",
    config: adot,
    has: arn("us-east-1:615299751070:layer:AWSOpenTelemetryDistroPython:10"),
    runs: { runtime: python312 },
    wants: arn("us-east-1:615299751070:layer:AWSOpenTelemetryDistroPython:16"),
  },
  {
    what: "OpenTelemetry's distribution in a region with its own version",
    config: adot,
    has: arn("us-east-2:615299751070:layer:AWSOpenTelemetryDistroPython:10"),
    runs: { region: "us-east-2", runtime: python312 },
    wants: arn("us-east-2:615299751070:layer:AWSOpenTelemetryDistroPython:13"),
  },
  {
    what: "OpenTelemetry's older layer, whose version is in its name",
    config: adot,
    has: arn("us-east-1:901920570463:layer:aws-otel-python-amd64-ver-1-25-0:1"),
    runs: { runtime: python312 },
    wants: arn("us-east-1:615299751070:layer:AWSOpenTelemetryDistroPython:16"),
  },
  {
    what: "Parameters and Secrets",
    config: parameters,
    has: arn("us-east-1:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension:11"),
    runs: { architectures: x86 },
    wants: arn("us-east-1:177933569100:layer:AWS-Parameters-and-Secrets-Lambda-Extension:18"),
  },
  {
    what: "Parameters and Secrets in a region with its own account",
    config: parameters,
    has: arn("us-east-2:590474943231:layer:AWS-Parameters-and-Secrets-Lambda-Extension:14"),
    runs: { region: "us-east-2", architectures: x86 },
    wants: arn("us-east-2:590474943231:layer:AWS-Parameters-and-Secrets-Lambda-Extension:21"),
  },
  {
    what: "Parameters and Secrets for arm64 in that region",
    config: parameters,
    has: arn("us-east-2:590474943231:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:14"),
    runs: { region: "us-east-2", architectures: arm64 },
    wants: arn("us-east-2:590474943231:layer:AWS-Parameters-and-Secrets-Lambda-Extension-Arm64:19"),
  },
  {
    what: "AppConfig",
    config: appConfig,
    has: arn("us-east-1:027255383542:layer:AWS-AppConfig-Extension:128"),
    runs: {},
    wants: arn("us-east-1:027255383542:layer:AWS-AppConfig-Extension:207"),
  },
  {
    what: "AppConfig in a region with its own account",
    config: appConfig,
    has: arn("us-west-2:359756378197:layer:AWS-AppConfig-Extension:162"),
    runs: { region: "us-west-2" },
    wants: arn("us-west-2:359756378197:layer:AWS-AppConfig-Extension:262"),
  },
  {
    what: "New Relic",
    config: newRelic,
    has: arn("us-east-1:451483290750:layer:NewRelicPython312:12"),
    runs: { runtime: python312, architectures: x86 },
    wants: arn("us-east-1:451483290750:layer:NewRelicPython312:20"),
  },
  {
    what: "New Relic for another runtime and architecture",
    config: newRelic,
    has: arn("us-east-1:451483290750:layer:NewRelicPython312:12"),
    runs: { runtime: python313, architectures: arm64 },
    wants: arn("us-east-1:451483290750:layer:NewRelicPython313ARM64:7"),
  },
  {
    what: "Klayers under its new name",
    config: klayers,
    has: arn("us-east-1:770693421928:layer:Klayers-p39-requests:19"),
    runs: { runtime: python312 },
    wants: arn("us-east-1:770693421928:layer:Klayers-p312-requests:12"),
  },
  {
    what: "Honeycomb, whose version is in its name",
    config: honeycomb,
    has: arn("us-east-1:702835727665:layer:honeycomb-lambda-extension-arm64-v11-0-0:1"),
    runs: { architectures: arm64 },
    wants: arn("us-east-1:702835727665:layer:honeycomb-lambda-extension-arm64-v11-1-1:1"),
  },
  {
    what: "Elastic, whose version is in its name",
    config: elastic,
    has: arn("eu-west-1:267093732750:layer:elastic-apm-extension-ver-1-4-0-x86_64:1"),
    runs: { region: "eu-west-1", architectures: [] },
    wants: arn("eu-west-1:267093732750:layer:elastic-apm-extension-ver-1-5-1-x86_64:1"),
  },
  {
    what: "Elastic's own agent for Java",
    config: entry("arn: arn:aws:lambda:{region}:267093732750:layer:elastic-apm-java-ver-1-52-0\nversion: 1"),
    has: arn("eu-west-1:267093732750:layer:elastic-apm-java-ver-1-52-0:1"),
    runs: { region: "eu-west-1", runtime: java21 },
    wants: arn("eu-west-1:267093732750:layer:elastic-apm-java-ver-1-52-0:1"),
  },
];
