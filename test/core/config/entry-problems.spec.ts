import { type ProblemCase, testProblems } from "../../support/problems";

const noVersions = [
  "0",
  "-5",
  "1.5",
  "99999999999999999999",
  ".inf",
  ".nan",
  "true",
  '"-5"',
  '"^5"',
  "five",
  "{ a: 5 }",
  "[5, 6]",
];

const arn = "arn:aws:lambda:us-east-1:123456789012:layer:a";
const builtIn = "arn:aws:lambda:::awslayer:AmazonLinux2";
const leaveOut = "Leave it out: this layer is built into Lambda, has no version, and is never changed";
const arnWanted = "must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME";
const nameWanted =
  "must be a layer name of letters, digits, - and _, in which * matches any text and {stack} is the stack";

const latest =
  "Write a number, such as 1, and run `lambda-layers upgrade`, which replaces it with the newest version (from `latest:` if the entry has one)";
const anyNumber = "Add the version that the layer must be at, such as `version: 1`";

/** What is written in place of a version, and what is advised. */
const meantVersions: Record<string, string> = {
  '"5"': "Write the number without quotes: 5",
  '"5 "': "Write the number without quotes: 5",
  '"05"': "Write the number without quotes: 5",
  '"5.0"': "Write 5",
  v5: "Write 5",
  V05: "Write 5",
  "1_000": "Write 1000",
  "receipt-dynamo:7": "Write 7",
  "arn:aws:lambda:us-east-1:123456789012:layer:a:7": "Write 7",
  "~": anyNumber,
  latest,
  $LATEST: latest,
  Newest: latest,
};

const cases: ProblemCase[] = [
  ...noVersions.map((value) => ({
    what: `version: ${value}`,
    text: `layers:\n  a:\n    version: ${value}`,
    shows: [
      /^[{[]/.test(value)
        ? "3:5 invalid-value <version> layers.a.version must be a whole number of 1 or more"
        : `3:14 invalid-value <${value}> layers.a.version must be a whole number of 1 or more`,
    ],
  })),
  ...Object.entries(meantVersions).map(([value, advice]) => ({
    what: `version: ${value}`,
    text: `layers:\n  a:\n    version: ${value}`,
    shows: [`3:14 invalid-value <${value}> layers.a.version must be a whole number of 1 or more => ${advice}`],
  })),
  {
    what: "an unknown key of an entry",
    text: "layers: { a: { version: 1, enforec: minimum } }",
    shows: ['1:28 unknown-key <enforec> unknown key "enforec" in layers.a => Did you mean enforce?'],
  },
  {
    what: "an unknown key that resembles no other",
    text: "layers: { a: { version: 1, owner: me } }",
    shows: [
      '1:28 unknown-key <owner> unknown key "owner" in layers.a => Known keys are: version, arn, names, enforce, latest, description, compatible_runtimes, compatible_architectures, variants, replaces',
    ],
  },
  {
    what: "keys that every object has",
    text: "layers: { a: { version: 1, constructor: 1, toString: 2 } }",
    shows: [
      '1:28 unknown-key <constructor> unknown key "constructor" in layers.a => Known keys are: version, arn, names, enforce, latest, description, compatible_runtimes, compatible_architectures, variants, replaces',
      '1:44 unknown-key <toString> unknown key "toString" in layers.a => Known keys are: version, arn, names, enforce, latest, description, compatible_runtimes, compatible_architectures, variants, replaces',
    ],
  },
  {
    what: "an entry without version",
    text: "layers: { a: {} }",
    shows: [
      "1:11 missing-key <a> layers.a has no version => Add the version that the layer must be at, such as `version: 1`",
    ],
  },
  {
    what: "an entry that is a number",
    text: "layers: { a: 5 }",
    shows: ["1:14 invalid-value <5> layers.a must be a mapping => Write a: { version: 5 }"],
  },
  {
    what: "an entry of an override that is a number",
    text: "layers: { a: { version: 1 } }\nstack_overrides: { dev: { a: 5 } }",
    shows: ["2:30 invalid-value <5> stack_overrides.dev.a must be a mapping => Write a: { version: 5 }"],
  },
  {
    what: "an entry that is a number but not a version",
    text: "layers: { a: 0, b: 1.5 }",
    shows: ["1:14 invalid-value <0> layers.a must be a mapping", "1:20 invalid-value <1.5> layers.b must be a mapping"],
  },
  {
    what: "an entry without a value",
    text: "layers:\n  a:",
    shows: ["2:3 invalid-value <a> layers.a must be a mapping"],
  },
  {
    what: "version: 05",
    text: "layers:\n  a:\n    version: 05",
    shows: [
      "3:14 invalid-value <05> 05 has a leading zero, which some YAML parsers read as an octal number => Write a number without leading zeros, or a string in quotes",
    ],
  },
  {
    what: "version: 010",
    text: "layers:\n  a:\n    version: 010",
    shows: [
      "3:14 invalid-value <010> 010 has a leading zero, which some YAML parsers read as an octal number => Write a number without leading zeros, or a string in quotes",
    ],
  },
  {
    what: "version: ",
    text: "layers:\n  a:\n    version: ",
    shows: [`3:5 invalid-value <version> layers.a.version must be a whole number of 1 or more => ${anyNumber}`],
  },
  {
    what: "version: [5]",
    text: "layers:\n  a:\n    version: [5]",
    shows: ["3:5 invalid-value <version> layers.a.version must be a whole number of 1 or more => Write 5"],
  },
  {
    what: "an ARN with a version",
    text: "layers: { a: { version: 1, arn: 'arn:aws:lambda:us-east-1:123456789012:layer:a:7' } }",
    shows: [
      "1:33 invalid-value <'arn:aws:lambda:us-east-1:123456789012:layer:a:7'> layers.a.arn must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME => Leave the version out: arn:aws:lambda:us-east-1:123456789012:layer:a",
    ],
  },
  {
    what: "an ARN with a short account",
    text: "layers: { a: { version: 1, arn: 'arn:aws:lambda:us-east-1:12345:layer:a' } }",
    shows: [
      "1:33 invalid-value <'arn:aws:lambda:us-east-1:12345:layer:a'> layers.a.arn must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME",
    ],
  },
  {
    what: "an ARN of another kind",
    text: "layers: { a: { version: 1, arn: 'arn:aws:lambda:us-east-1:123456789012:function:a' } }",
    shows: [
      "1:33 invalid-value <'arn:aws:lambda:us-east-1:123456789012:function:a'> layers.a.arn must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME",
    ],
  },
  {
    what: "an empty ARN",
    text: "layers: { a: { version: 1, arn: '' } }",
    shows: [
      "1:33 invalid-value <''> layers.a.arn must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME",
    ],
  },
  {
    what: "names as a string",
    text: "layers: { a: { version: 1, names: team-* } }",
    shows: ['1:35 invalid-value <team-*> layers.a.names must be a list of layer names => Write a list: ["team-*"]'],
  },
  {
    what: "an empty list of names",
    text: "layers: { a: { version: 1, names: [] } }",
    shows: ["1:28 invalid-value <names> layers.a.names must name at least one layer"],
  },
  {
    what: "names that no layer can have",
    text: "layers: { a: { version: 1, names: ['', a.b, 'a{stak}', 5, null] } }",
    shows: [
      "1:36 invalid-value <''> layers.a.names.0 must be a layer name of letters, digits, - and _, in which * matches any text and {stack} is the stack",
      "1:40 invalid-value <a.b> layers.a.names.1 must be a layer name of letters, digits, - and _, in which * matches any text and {stack} is the stack",
      "1:47 unknown-placeholder <{stak}> there is no placeholder {stak} => Did you mean {stack}?",
      "1:56 invalid-value <5> layers.a.names.3 must be a string => Put it in quotes to make it a string",
      "1:59 invalid-value <null> layers.a.names.4 must be a string",
    ],
  },
  {
    what: "names with versions, and ARNs among them",
    text: "layers:\n  a:\n    version: 1\n    names:\n      - SharpLayer:1\n      - SharpLayer: 1\n      - arn:aws:lambda:us-east-1:123456789012:layer:a:7\n      - arn:aws:lambda:us-east-1:123456789012:layer:a",
    shows: [
      `5:9 invalid-value <SharpLayer:1> layers.a.names.0 ${nameWanted} => Leave the version out: SharpLayer`,
      "6:9 invalid-value <SharpLayer: 1> layers.a.names.1 must be a string => Leave the version out: SharpLayer",
      `7:9 invalid-value <arn:aws:lambda:us-east-1:123456789012:layer:a:7> layers.a.names.2 ${nameWanted} => Give the entry an arn instead of names: arn:aws:lambda:us-east-1:123456789012:layer:a`,
      `8:9 invalid-value <arn:aws:lambda:us-east-1:123456789012:layer:a> layers.a.names.3 ${nameWanted} => Give the entry an arn instead of names: arn:aws:lambda:us-east-1:123456789012:layer:a`,
    ],
  },
  {
    what: "ARNs with extra parts",
    text: `layers: { a: { version: 1, arn: "${arn}:*" }, b: { version: 1, arn: "${arn}-{stack}:latest" }, c: { version: 1, arn: "${arn} " } }`,
    shows: [
      `1:33 invalid-value <"${arn}:*"> layers.a.arn ${arnWanted} => Leave the version out: ${arn}`,
      `1:108 invalid-value <"${arn}-{stack}:latest"> layers.b.arn ${arnWanted} => Leave the version out: ${arn}-{stack}`,
      `1:196 invalid-value <"${arn} "> layers.c.arn ${arnWanted} => Write ${arn}`,
    ],
  },
  {
    what: "an entry whose name is an ARN",
    text: `layers: { "${arn}:7": { version: 7 } }`,
    shows: [
      `1:11 invalid-layer-name <"${arn}:7"> "${arn}:7" is not a valid layer name, which has up to 140 letters, digits, - and _ => Give the entry a name of your choice, and arn: ${arn}`,
    ],
  },
  {
    what: "Lambda's own layers",
    text: `layers: { "${builtIn}": { version: 1 }, a: { version: 1, arn: "${builtIn}" }, b: { version: 1, names: ["${builtIn}"] } }`,
    shows: [
      `1:11 invalid-layer-name <"${builtIn}"> "${builtIn}" is not a valid layer name, which has up to 140 letters, digits, - and _ => ${leaveOut}`,
      `1:91 invalid-value <"${builtIn}"> layers.a.arn ${arnWanted} => ${leaveOut}`,
      `1:160 invalid-value <"${builtIn}"> layers.b.names.0 ${nameWanted} => ${leaveOut}`,
    ],
  },
  {
    what: "entries that are strings with a version",
    text: `layers: { a: v5, b: "${arn}:7", c: latest }`,
    shows: [
      "1:14 invalid-value <v5> layers.a must be a mapping => Write a: { version: 5 }",
      `1:21 invalid-value <"${arn}:7"> layers.b must be a mapping => Write b: { version: 7 }`,
      "1:75 invalid-value <latest> layers.c must be a mapping",
    ],
  },
  {
    what: "an unknown enforce",
    text: "layers: { a: { version: 1, enforce: Minimum } }",
    shows: ["1:37 invalid-value <Minimum> layers.a.enforce must be exact or minimum => Did you mean minimum?"],
  },
  {
    what: "latest without ssm:",
    text: "layers: { a: { version: 1, latest: /path } }",
    shows: ["1:36 invalid-value </path> layers.a.latest must be ssm:/path/of/a/parameter => Write ssm:/path"],
  },
  {
    what: "a description that is a number",
    text: "layers: { a: { version: 1, description: 5 } }",
    shows: ["1:41 invalid-value <5> layers.a.description must be a string => Put it in quotes to make it a string"],
  },
  {
    what: "runtimes as a string",
    text: "layers: { a: { version: 1, compatible_runtimes: python3.12 } }",
    shows: [
      '1:49 invalid-value <python3.12> layers.a.compatible_runtimes must be a list of strings => Write a list: ["python3.12"]',
    ],
  },
  {
    what: "a runtime that YAML takes for a number",
    text: "layers: { a: { version: 1, compatible_runtimes: [3.10] } }",
    shows: [
      "1:50 invalid-value <3.10> layers.a.compatible_runtimes.0 must be a string => Put it in quotes to make it a string",
    ],
  },
  {
    what: "an unknown architecture",
    text: "layers: { a: { version: 1, compatible_architectures: [amd64] } }",
    shows: ["1:55 invalid-value <amd64> layers.a.compatible_architectures.0 must be x86_64 or arm64"],
  },
  {
    what: "entries whose names cannot be layer names",
    text: 'layers: { "a b": { version: 1 }, "": { version: 1 }, "a-{stack}": { version: 1 }, "a:5": { version: 1, arn: null }, xxx.y: { version: 1 } }',
    shows: [
      '1:11 invalid-layer-name <"a b"> "a b" is not a valid layer name, which has up to 140 letters, digits, - and _ => Give the entry an arn or names',
      '1:34 invalid-layer-name <""> "" is not a valid layer name, which has up to 140 letters, digits, - and _ => Give the entry an arn or names',
      '1:54 invalid-layer-name <"a-{stack}"> "a-{stack}" is not a valid layer name, which has up to 140 letters, digits, - and _ => Give the entry an arn or names',
      '1:83 invalid-layer-name <"a:5"> "a:5" is not a valid layer name, which has up to 140 letters, digits, - and _ => Leave the version out: a',
      '1:117 invalid-layer-name <xxx.y> "xxx.y" is not a valid layer name, which has up to 140 letters, digits, - and _ => Give the entry an arn or names',
    ],
  },
];

describe("a config whose entries are wrong", () => {
  testProblems(cases);
});
