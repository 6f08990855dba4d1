import assert from "node:assert/strict";
import { assessStack } from "../../sdk/ops/assess";
import { validate } from "../../sdk/ops/validate";
import { awsFunction } from "../support/states";
import { functionIn, layerIn, layerVersionsOf, useLooks } from "./looks";

const region = "us-east-1";
const config = `layers:
  receipt-dynamo: { version: 5, compatible_runtimes: [nodejs22.x] }
  receipt-label: { version: 3, enforce: minimum }
  nowhere: { version: 4 }
`;
const functions = [
  functionIn(region, "a", ["unrelated:1", "receipt-dynamo-dev:1"]),
  functionIn(region, "b", ["receipt-dynamo-dev:5", "receipt-label-dev:4"]),
];
const secret = awsFunction("secret", { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" });

describe("a validation", () => {
  const looks = useLooks();
  beforeEach(() => {
    looks.aws.emulator.seed({
      layers: ["receipt-dynamo-dev", "receipt-label-dev", "unrelated"].map((name) => ({ name, versions: 9 })),
      functions: [
        { name: "a", layers: ["unrelated:1", "receipt-dynamo-dev:1"] },
        { name: "b", layers: ["receipt-dynamo-dev:5", "receipt-label-dev:4"] },
      ],
    });
  });

  const run = async (text = config, resources: readonly unknown[] = functions, others = {}) =>
    validate(looks.ports, { stack: "dev", config: await looks.write(text, resources), ...others });
  const findings = async (...args: Parameters<typeof run>) =>
    (await run(...args)).findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

  it("says what each entry matches, and warns about what looks wrong", async () => {
    const report = await run();
    assert.deepEqual(
      report.layers.map(({ key, version, matches }) => [
        key,
        version,
        ...matches.map((one) => [one.layer, one.functions]),
      ]),
      [
        ["receipt-dynamo", 5, ["receipt-dynamo-dev", 2]],
        ["receipt-label", 3, ["receipt-label-dev", 1]],
        ["nowhere", 4],
      ],
    );
    assert.deepEqual(report.live, { read: true });
    assert.deepEqual(report.totals, { functions: 2, layersOfFunctions: 4, drift: 1, unknown: 0 });
    const [unused, a = "", b = "", missing, ...others] = report.findings.map(
      ({ severity, code, message }) => `${severity} ${code}: ${message}`,
    );
    assert.equal(
      unused,
      'warning entry-unused: layer_config.yaml:4: "nowhere" matches no layer in the state of dev or in AWS.',
    );
    assert.match(
      a,
      /^warning layer-incompatible: layer_config\.yaml:2: .* is for nodejs22\.x, .* python3\.12 \(a\)\.$/,
    );
    assert.match(b, /\(b\)\.$/);
    assert.equal(
      missing,
      `error layer-version-missing: Layer version does not exist: ${layerIn(region, "nowhere-dev", 4)}, declared at layer_config.yaml:4.`,
    );
    assert.deepEqual(others, []);
  });

  it("warns about parts that match nothing: stacks, functions, and names in `replaces`", async () => {
    const text = `layers:
  base:
    version: 5
    names: ["unrelated"]
    replaces: [receipt-dynamo]
    variants:
      - { when: { function: [a, aa] }, version: 4 }
      - { when: { function: elsewhere }, version: 3 }
stack_overrides:
  production: { base: { version: 4 } }
  dev: { base: { version: 6 } }
`;
    looks.aws.emulator.seed({ functions: [{ name: "elsewhere", layers: [] }] });
    const config = await looks.write(text, functions);
    const { stacks } = looks.ports;
    const listing = { ...stacks, exportState: stacks.exportState, list: async () => ["dev", "org/shop/prod"] };
    const report = await validate({ ...looks.ports, stacks: listing }, { stack: "dev", config });
    const of = (...codes: string[]) =>
      report.findings.filter(({ code }) => codes.includes(code)).map(({ message }) => message);
    assert.deepEqual(of("stack-unknown"), [
      "layer_config.yaml:10: stack_overrides.production has no effect: this project has no stack production. Its stacks are: dev, prod.",
    ]);
    assert.deepEqual(of("function-unknown"), [
      "layer_config.yaml:7: a variant of base is for function aa, which does not exist in the state of dev or in AWS. Did you mean a?",
    ]);
    assert.deepEqual(of("replaces-nothing"), [
      'layer_config.yaml:11: "replaces" of base names receipt-dynamo, which no function has. receipt-dynamo-dev is used by 2 functions: to replace it, write "receipt-dynamo-{stack}".',
    ]);
    const codes = ["stack-unknown", "function-unknown"];
    const unread = await validate(looks.ports, { stack: "dev", config, stateFile: "state.json" });
    assert.deepEqual(
      unread.findings.filter(({ code }) => codes.includes(code)),
      [],
    );
  });

  it("says of a condition with a function's name in the program which name it has in AWS, and status does too", async () => {
    const text = `layers:
  receipt-dynamo:
    version: 5
    variants:
      - { when: { function: cron }, version: 4 }
      - { when: { function: [a, "cron*"] }, version: 1 }
`;
    const resources = [...functions, functionIn(region, "cron-1a2b", ["receipt-dynamo-dev:5"], "cron")];
    const { emulator } = looks.aws;
    emulator.seed({ functions: [{ name: "cron-1a2b", layers: ["receipt-dynamo-dev:5"] }] });
    const line =
      "layer_config.yaml:5: a variant of receipt-dynamo is for function cron, which is the name in the program; `function` needs the name in AWS: cron-1a2b.";
    assert.deepEqual(await findings(text, resources), [`warning function-unknown: ${line}`]);
    assert.deepEqual(await findings(text, resources, { stateFile: "state.json" }), [
      `warning function-unknown: ${line}`,
    ]);
    const config = await looks.write(text, resources);
    const warned = async (others = {}) => {
      const before = looks.lines.length;
      await assessStack(looks.ports, { stack: "dev", config, ...others });
      return looks.lines.slice(before).filter((one) => one.includes("in the program"));
    };
    assert.deepEqual(await warned(), [`WARN - ${line}`]);
    // The name may be that of a function that is left out.
    assert.deepEqual(await warned({ exclude: ["a"] }), []);
    emulator.seed({ functions: [{ name: "cron", layers: [] }] });
    assert.deepEqual(await findings(text, resources), []);
  });

  it("says of an entry whose layers another one takes that it has no effect", async () => {
    const renamed = `layers:
  receipt-dynamo: { version: 5 }
  receipt-label: { version: 4, replaces: ["receipt-dynamo-{stack}"] }
`;
    const unused = async (text: string) =>
      (await run(text)).findings.flatMap(({ code, message }) => (code === "entry-unused" ? [message] : []));
    assert.deepEqual(await unused(renamed), [
      'layer_config.yaml:2: receipt-label replaces every layer of "receipt-dynamo", which therefore has no effect: remove it.',
    ]);
    const here = `layers:
  receipt-dynamo: { version: 5 }
  receipt-label: { version: 4 }
stack_overrides: { dev: { receipt-label: { replaces: ["receipt-dynamo-{stack}"] } } }
`;
    assert.deepEqual(await unused(here), [
      'layer_config.yaml:2: receipt-label replaces every layer of "receipt-dynamo", which therefore has no effect in this stack.',
    ]);
    const closer = `layers:
  receipt-dynamo: { version: 5 }
  receipt: { version: 5, names: ["receipt-dynamo*"] }
`;
    assert.deepEqual(await unused(closer), [
      'layer_config.yaml:3: "receipt" has no effect: receipt-dynamo matches all of its layers more closely.',
    ]);
  });

  it("suggests a layer for a misspelt name in `replaces`, but not the layer of the same entry", async () => {
    const replaced = async (text: string) =>
      (await run(text)).findings.flatMap(({ code, message }) => (code === "replaces-nothing" ? [message] : []));
    assert.deepEqual(
      await replaced(
        'layers: { receipt-core: { version: 2, replaces: ["receipt-dynmo-{stack}", receipt-dynmo, unrelatd] } }\n',
      ),
      [
        ["receipt-dynmo-dev", "receipt-dynamo-{stack}"],
        ["receipt-dynmo", "receipt-dynamo-{stack}"],
        ["unrelatd", "unrelated"],
      ].map(
        ([text, meant]) =>
          `layer_config.yaml:1: "replaces" of receipt-core names ${text}, which no function has. Did you mean ${meant}?`,
      ),
    );
    for (const text of [
      // Its functions already have the new layer.
      'layers: { receipt-label: { version: 2, replaces: ["receipt-lable-{stack}"] }, receipt-dynamo: { version: 5 } }\n',
      'layers: { elsewhere: { version: 2, replaces: ["receipt-parser-{stack}"] }, receipt-dynamo: { version: 5 } }\n',
    ])
      assert.deepEqual(await replaced(text), []);
  });

  it("warns about exceptions that have expired, and about those that are not needed", async () => {
    const text = `layers:
  receipt-dynamo:
    version: 5
    variants:
      - { when: { function: a }, version: 1, until: 2020-12-31 }
      - { when: { function: b }, version: 5 }
`;
    assert.deepEqual(await findings(text), [
      "warning exception: The exception of receipt-dynamo for function a (layer_config.yaml:5) expired on 2020-12-31. It stays in effect until it is removed.",
      "warning exception: The exception of receipt-dynamo for function b (layer_config.yaml:6) is no longer needed: the same version is declared without it. Remove it.",
    ]);
  });

  it("accepts a renamed layer that both of its names replace", async () => {
    const text = `layers:
  receipt-label:
    version: 3
    replaces: [receipt-dynamo, "receipt-dynamo-{stack}"]
`;
    const only = [functionIn(region, "b", ["receipt-dynamo-dev:5"])];
    assert.deepEqual(
      (await run(text, only)).findings.filter(({ code }) => code === "replaces-nothing"),
      [],
    );
  });

  it("counts a layer that a function has twice once, and names it", async () => {
    const twice = [
      functionIn(region, "py-req", ["base:11", "tools:1", "base:12"]),
      functionIn(region, "same-twice", ["base:12", "base:12"]),
      functionIn(region, "one-good-one-bad", ["base:13", "base:12"]),
    ];
    const report = await run("layers:\n  base: { version: 13 }\n", twice, { stateFile: "state.json" });
    assert.deepEqual(
      report.layers.map(({ matches }) => matches.map((one) => one.functions)),
      [[3]],
    );
    assert.deepEqual(
      report.findings.map(({ code, message }) => [
        code,
        /^Function ([\w-]+) has layer base more than once/.exec(message)?.[1],
      ]),
      ["one-good-one-bad", "py-req", "same-twice"].map((name) => ["layer-twice", name]),
    );
  });

  it("counts the functions of a LayerVersions resource, and distinguishes those of two regions", async () => {
    const others = [
      functionIn(region, "a", ["base:1"]),
      functionIn("eu-west-1", "a", ["base:1"], "a-eu"),
      layerVersionsOf({ shared: { base: 1 } }),
    ];
    const text =
      "layers:\n  base: { version: 1, compatible_runtimes: [nodejs22.x] }\nsettings: { aws_account_id: '123456789012' }\n";
    const report = await run(text, others, { stateFile: "state.json" });
    assert.deepEqual(
      report.layers.map(({ matches }) => matches.map((one) => [one.region, one.functions])),
      [
        [
          ["eu-west-1", 1],
          [region, 2],
        ],
      ],
    );
    assert.deepEqual(
      report.findings.map(({ message }) => /\(a \(.*\)\)/.exec(message)?.[0]),
      ["(a (eu-west-1))", "(a (us-east-1))"],
    );
  });

  it("finds versions that do not exist, cannot be read, or suit other functions", async () => {
    const { emulator } = looks.aws;
    emulator.seed({ layers: [{ name: "unrelated", versions: 10, compatibleRuntimes: ["python3.13"] }] });
    emulator.deny({ action: "lambda:GetLayerVersion", resource: "*:layer:receipt-label-dev*" });
    const [missing = "", denied = "", unsuitable = "", ...others] = (
      await findings(
        "layers:\n  receipt-dynamo: { version: 77 }\n  receipt-label: { version: 3 }\n  unrelated: { version: 10 }\n",
      )
    ).toSorted((a, b) => Number(/unrelated/.test(a)) - Number(/unrelated/.test(b)));
    assert.match(missing, /^error layer-version-missing: .*receipt-dynamo-dev:77, declared at layer_config\.yaml:2\.$/);
    assert.match(denied, /^unknown aws-permission: Layer version .*receipt-label-dev:3 cannot be read/);
    assert.match(unsuitable, /^error layer-incompatible: Function a cannot use layer unrelated: it is for python3\.13/);
    assert.deepEqual(others, []);
  });

  it("finds entries that match the same layer, and does not say that they match none", async () => {
    const [first = "", ...others] = await findings(
      "layers: { a: { version: 1, names: [receipt-d*] }, b: { version: 2, names: ['*dynamo-dev'] }, c: { version: 1, names: [unrelated] } }\n",
    );
    assert.match(first, /^error layer-ambiguous: Layer receipt-dynamo-dev is declared twice/);
    assert.deepEqual(
      others.filter((line) => line.includes("matches no layer")),
      [],
    );
  });

  it("reports a config that matches no layer of the selected functions as an error", async () => {
    const [first = ""] = await findings("layers: { recipt-dynamo: { version: 1 } }\n");
    assert.match(
      first,
      /^error config-invalid: layer_config\.yaml matches no layer of the functions in .*: unrelated, receipt/,
    );
    const named = await findings("layers: { receipt-label: { version: 3 } }\n", functions, { functions: ["a"] });
    assert.deepEqual(
      named.map((line) => line.split(":")[0]),
      ["error config-invalid"],
    );
    assert.deepEqual(
      await findings("layers: { receipt-label: { version: 3 } }\n", functions, { functions: ["b"] }),
      [],
    );
  });

  it("says what it could not read, each with a reason", async () => {
    looks.aws.setEnv({ AWS_ACCESS_KEY_ID: undefined });
    const report = await run();
    assert.ok(!report.live.read && report.live.code === "aws-credentials", JSON.stringify(report.live));
    const unknown = report.findings.filter(({ severity }) => severity === "unknown");
    assert.deepEqual(
      unknown.map(({ code }) => code),
      ["aws-credentials", "aws-credentials"],
    );
    assert.equal(report.totals.unknown, 2);
  });

  it("does not say what entries match if no function could be read", async () => {
    looks.aws.emulator.deny({ action: "lambda:ListFunctions" });
    looks.aws.emulator.deny({ action: "tag:GetResources" });
    const found = await findings("layers: { receipt-dynamo: { version: 5 } }\n", [], { allFunctions: true });
    assert.deepEqual(
      found.map((line) => line.split(":")[0]),
      ["unknown aws-permission"],
    );
  });

  it("does not say that an entry matches nothing while layers cannot be read", async () => {
    const found = await findings(config, [...functions, secret]);
    assert.deepEqual(
      found.filter((line) => /entry-unused/.test(line)),
      [],
    );
  });

  it("warns about exceptions that have expired, as status does", async () => {
    const expired = `layers:
  receipt-dynamo:
    version: 1
    variants: [{ when: { function: b }, version: 5, until: 2020-01-01 }]
`;
    const found = await findings(expired);
    assert.deepEqual(
      found.filter((line) => /exception/.test(line)),
      [
        "warning exception: The exception of receipt-dynamo for function b (layer_config.yaml:4) expired on 2020-01-01. It stays in effect until it is removed.",
      ],
    );
  });

  it("continues in other regions if one cannot be asked", async () => {
    looks.aws.emulator.deny({ action: "lambda:GetLayerVersion", resource: "*:eu-west-1:*" });
    looks.aws.emulator.seed({ functions: [{ name: "eu", region: "eu-west-1", layers: ["base:1"] }] });
    const text = "layers: { base: { version: 2 }, receipt-dynamo: { version: 5 } }\n";
    const found = await findings(text, [...functions, functionIn("eu-west-1", "eu", ["base:1"])]);
    assert.deepEqual(
      found.map((line) => line.split(":")[0]),
      ["unknown aws-permission"],
    );
  });

  it("works without AWS if told to, and without what is a secret", async () => {
    const unchecked = await run(`${config}settings: { validate_layer_exists: false }\n`, [...functions, secret]);
    assert.deepEqual(unchecked.live, { read: false, reason: "settings.validate_layer_exists is false" });
    assert.equal(looks.aws.emulator.counts().GetLayerVersion, undefined);
    assert.ok(unchecked.findings.some(({ code, message }) => code === "function-skipped" && /secret/.test(message)));
  });

  it("covers live functions without Pulumi", async () => {
    looks.aws.emulator.seed({
      functions: [{ name: "x", layers: ["receipt-dynamo-dev:1"], tags: { environment: "dev" } }],
    });
    const report = await run("layers: { receipt-dynamo: { version: 5 } }\n", [], { allFunctions: true });
    assert.deepEqual(
      [report.project, report.totals, report.findings],
      [null, { functions: 1, layersOfFunctions: 1, drift: 1, unknown: 0 }, []],
    );
  });
});
