import assert from "node:assert/strict";
import { type LayerConfig, parseConfig } from "../../../sdk/core/config/parse";
import { summary } from "../../support/problems";

function parsed(text: string): LayerConfig {
  const result = parseConfig(text, "c.yaml");
  assert(result.ok, `refused: ${result.ok || result.problems.map(summary).join("; ")}`);
  return result.config;
}

/** The versions that a config declares, by name. */
function versionsOf(text: string): Record<string, number | undefined> {
  return Object.fromEntries([...parsed(text).layers].map(([name, { fields }]) => [name, fields.version]));
}

describe("parseConfig", () => {
  it("reads every field", () => {
    const config = parsed(`
layers:
  receipt-dynamo:
    version: 5
    arn: arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo
    names: ["team-{stack}-legacy-*", other]
    enforce: minimum
    latest: ssm:/path
    description: DynamoDB operations
    compatible_runtimes: [python3.12, python3.13]
    compatible_architectures: [arm64, x86_64]
settings:
  aws_region: eu-central-1
  aws_account_id: "012345678901"
  tag_key: stage
  validate_layer_exists: false
  backup_retention_days: 7.5
  resource_types: { "my:mod:Fn": layerList }
  stack_names: { infra.dev: dev }
stack_overrides:
  dev:
    receipt-dynamo: { version: 6, enforce: exact }
    only-dev: { version: 1 }
`);
    assert.deepEqual(config, {
      file: "c.yaml",
      layers: new Map([
        [
          "receipt-dynamo",
          {
            fields: {
              version: 5,
              arn: "arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo",
              names: ["team-{stack}-legacy-*", "other"],
              enforce: "minimum",
              latest: "ssm:/path",
              description: "DynamoDB operations",
              compatible_runtimes: ["python3.12", "python3.13"],
              compatible_architectures: ["arm64", "x86_64"],
            },
            source: { file: "c.yaml", line: 4, column: 14 },
          },
        ],
      ]),
      overrides: new Map([
        [
          "dev",
          new Map([
            [
              "receipt-dynamo",
              { fields: { version: 6, enforce: "exact" }, source: { file: "c.yaml", line: 22, column: 32 } },
            ],
            ["only-dev", { fields: { version: 1 }, source: { file: "c.yaml", line: 23, column: 26 } }],
          ]),
        ],
      ]),
      settings: {
        region: "eu-central-1",
        accountId: "012345678901",
        tagKey: "stage",
        validateLayerExists: false,
        backupRetentionDays: 7.5,
        resourceTypes: { "my:mod:Fn": "layerList" },
        stackNames: { "infra.dev": "dev" },
      },
    });
  });

  const nothing = `
layers: { a: { version: 1 } }`;
  const nulls = `
layers: { a: { version: 1, arn: , names: ~, enforce: null, latest: , description: , compatible_runtimes: , compatible_architectures: , variants: , replaces: } }
settings: { aws_region: , aws_account_id: null, tag_key: , validate_layer_exists: , backup_retention_days: , resource_types: , stack_names: }
stack_overrides:`;
  for (const [what, text] of Object.entries({ "left out": nothing, "left empty": nulls })) {
    it(`has defaults for everything that is ${what}`, () => {
      assert.deepEqual(parsed(text), {
        file: "c.yaml",
        layers: new Map([["a", { fields: { version: 1 }, source: { file: "c.yaml", line: 2, column: 25 } }]]),
        overrides: new Map(),
        settings: {
          region: undefined,
          accountId: undefined,
          tagKey: "environment",
          validateLayerExists: true,
          backupRetentionDays: 30,
          resourceTypes: {},
          stackNames: {},
        },
      });
    });
  }

  it("treats an override without a value as none", () => {
    assert.deepEqual(
      [...parsed("layers: { a: { version: 1 } }\nstack_overrides: { dev: , prod: { a: } }").overrides],
      [
        ["dev", new Map()],
        ["prod", new Map([["a", { fields: {}, source: { file: "c.yaml", line: 2, column: 35 } }]])],
      ],
    );
  });

  const numbers = { "5": 5, "+5": 5, "5.0": 5, "0x5": 5, "0o17": 15, "1e3": 1000, "9007199254740991": 2 ** 53 - 1 };
  for (const [written, version] of Object.entries(numbers)) {
    it(`reads the version ${written}`, () => {
      assert.deepEqual(versionsOf(`layers: { a: { version: ${written} } }`), { a: version });
    });
  }

  it("reads an account without quotes if it has no leading zero to lose", () => {
    assert.equal(parsed("layers: {}\nsettings: { aws_account_id: 123456789012 }").settings.accountId, "123456789012");
  });

  const forms = {
    "block style": "layers:\n  a:\n    version: 1\n  b:\n    version: 2\n",
    "flow style": "{layers: {a: {version: 1}, b: {version: 2}}}",
    JSON: '{"layers": {"a": {"version": 1}, "b": {"version": 2}}}',
    "JSON with tabs": '{\n\t"layers": {\n\t\t"a": {"version": 1},\n\t\t"b": {"version": 2}\n\t}\n}',
    "quoted keys": "\"layers\":\n  'a': { 'version': 1 }\n  \"b\": { version: 2 }\n",
    comments: "# layers\nlayers: # here\n  a: # first\n    version: 1 # one\n  # second\n  b: { version: 2 } # two\n",
    "explicit keys": "? layers\n: ? a\n  : version: 1\n  ? b\n  : version: 2\n",
    "document marks": "%YAML 1.2\n---\nlayers: { a: { version: 1 }, b: { version: 2 } }\n...\n",
    "no line break at the end": "layers:\n  a: { version: 1 }\n  b:\n    version: 2",
    "Windows line breaks": "layers:\r\n  a:\r\n    version: 1\r\n  b:\r\n    version: 2\r\n",
    "a byte order mark": "\uFEFFlayers: { a: { version: 1 }, b: { version: 2 } }",
    "tags of YAML itself": 'layers: !!map { !!str a: { version: !!int "1" }, b: { version: !!int 2 } }',
    aliases: "layers:\n  a: { version: &one 1 }\n  b: &b\n    version: 2\n",
    "an alias of a number": "layers: { a: { version: &v 1, description: *d }, b: { version: 2 } }".replace("*d", "x"),
    "a merge": "layers:\n  a: &a { version: 1, enforce: minimum }\n  b: { <<: *a, version: 2 }\n",
    "a merge after own keys": "layers:\n  a: &a { version: 1 }\n  b: { version: 2, <<: *a }\n",
    "a merge of two": "layers:\n  a: &a { version: 1 }\n  b: { <<: [{ version: 2 }, *a] }\n",
    "a merge in place": "layers:\n  a: { version: 1 }\n  b: { <<: { version: 2 } }\n",
  };
  for (const [what, text] of Object.entries(forms)) {
    it(`reads ${what}`, () => assert.deepEqual(versionsOf(text), { a: 1, b: 2 }));
  }

  it("keeps keys as written, including numbers and names that every object has", () => {
    const keys = ["5", "007", "1e3", "0x10", "true", "null", "constructor", "toString", "hasOwnProperty", "-_"];
    const entries = keys.map((key) => `  ${key}: { version: 1 }`).join("\n");
    assert.deepEqual(new Set(parsed(`layers:\n${entries}`).layers.keys()), new Set(keys));
    const stacks = ["2024", "007", "1.10", "1e3", "true", "constructor"];
    const overrides = stacks.map((stack) => `  ${stack}: { a: { version: 2 } }`).join("\n");
    const config = parsed(`layers: { a: { version: 1 } }\nstack_overrides:\n${overrides}`);
    assert.deepEqual(new Set(config.overrides.keys()), new Set(stacks));
  });

  it("finds a version's place where it is written, even through aliases and merges", () => {
    const config = parsed("layers:\n  a: &a { version: 1 }\n  b: *a\n  c:\n    <<: *a\n    enforce: minimum\n");
    for (const { source } of config.layers.values()) assert.deepEqual(source, { file: "c.yaml", line: 2, column: 20 });
  });
});
