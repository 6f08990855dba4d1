import { type ProblemCase, testProblems } from "../../support/problems";

const cases: ProblemCase[] = [
  {
    what: "an unknown key of the file",
    text: "layers: {}\nsetings: {}",
    shows: ['2:1 unknown-key <setings> unknown key "setings" in the file => Did you mean settings?'],
  },
  {
    what: "the file's only key misspelt",
    text: "layer: {}",
    shows: [
      '1:1 unknown-key <layer> unknown key "layer" in the file => Did you mean layers?',
      "1:1 missing-key <layer: {}> the file has no layers => Add `layers:`",
    ],
  },
  {
    what: "an unknown setting",
    text: "layers: {}\nsettings: { aws_regoin: us-east-1 }",
    shows: ['2:13 unknown-key <aws_regoin> unknown key "aws_regoin" in settings => Did you mean aws_region?'],
  },
  {
    what: "an unknown key of an override",
    text: "layers: { a: { version: 1 } }\nstack_overrides: { dev: { a: { versions: 2 } } }",
    shows: ['2:32 unknown-key <versions> unknown key "versions" in stack_overrides.dev.a => Did you mean version?'],
  },
  {
    what: "__proto__ in every place",
    text: "layers: { __proto__: { version: 1 }, a: { version: 1, __proto__: 1 } }\nstack_overrides: { __proto__: {} }\n__proto__: {}",
    shows: [
      "1:11 unknown-key <__proto__> __proto__ cannot be used as a name here => Choose another name",
      "1:55 unknown-key <__proto__> __proto__ cannot be used as a name here => Choose another name",
      "2:20 unknown-key <__proto__> __proto__ cannot be used as a name here => Choose another name",
      "3:1 unknown-key <__proto__> __proto__ cannot be used as a name here => Choose another name",
    ],
  },
  {
    what: "an empty list of layers",
    text: "settings: {}",
    shows: ["1:1 missing-key <settings: {}> the file has no layers => Add `layers:`"],
  },
  {
    what: "layers without a value",
    text: "layers:",
    shows: [
      "1:1 invalid-value <layers> layers must be a mapping => Put something below `layers:`, or {} if it is empty",
    ],
  },
  {
    what: "layers as a list",
    text: "layers:\n  - a: { version: 1 }",
    shows: ["1:1 invalid-value <layers> layers must be a mapping"],
  },
  {
    what: "a file that is a list",
    text: "- layers",
    shows: ["1:1 invalid-value <- layers> the file must be a mapping => Start with `layers:`"],
  },
  {
    what: "a file that is a string",
    text: "layers",
    shows: ["1:1 invalid-value <layers> the file must be a mapping => Start with `layers:`"],
  },
  {
    what: "an override of an unknown entry, without a version",
    text: "layers: { receipt: { version: 1 } }\nstack_overrides: { dev: { reciept: { enforce: minimum } } }",
    shows: [
      '2:27 missing-key <reciept> stack_overrides.dev.reciept has no version, and layers has no entry "reciept" to take one from => Did you mean receipt?',
    ],
  },
  {
    what: "an override of an entry that resembles no other, without a value",
    text: "layers: { receipt: { version: 1 } }\nstack_overrides: { dev: { other: } }",
    shows: [
      '2:27 missing-key <other> stack_overrides.dev.other has no version, and layers has no entry "other" to take one from => Add a version, or declare the layer in layers',
    ],
  },
  {
    what: "an override whose version is empty",
    text: "layers: { a: { version: 1 } }\nstack_overrides: { dev: { a: { version: } } }",
    shows: [
      "2:32 invalid-value <version> stack_overrides.dev.a.version must be a whole number of 1 or more => Add the version that the layer must be at, such as `version: 1`",
    ],
  },
  {
    what: "overrides as a list",
    text: "layers: {}\nstack_overrides: [dev]",
    shows: ["2:1 invalid-value <stack_overrides> stack_overrides must be a mapping"],
  },
  {
    what: "a stack's full name",
    text: "layers: { a: { version: 1 } }\nstack_overrides: { org/project/dev: { a: { version: 2 } } }",
    shows: [
      '2:20 invalid-name <org/project/dev> "org/project/dev" is not a stack name, which has up to 100 letters, digits, -, _ and ., without organization and project => Write dev',
    ],
  },
  {
    what: "a stack name that Pulumi would not accept",
    text: "layers: {}\nstack_overrides: { 'my stack': {} }",
    shows: [
      "2:20 invalid-name <'my stack'> \"my stack\" is not a stack name, which has up to 100 letters, digits, -, _ and ., without organization and project",
    ],
  },
  {
    what: "a region that does not exist",
    text: "layers: {}\nsettings: { aws_region: US East }",
    shows: ["2:25 invalid-value <US East> settings.aws_region must be a region such as us-east-1"],
  },
  {
    what: "an account with dashes",
    text: "layers: {}\nsettings: { aws_account_id: 1234-5678-9012 }",
    shows: [
      '2:29 invalid-value <1234-5678-9012> settings.aws_account_id must be an account number of 12 digits => Write 12 digits in quotes, such as "123456789012"',
    ],
  },
  {
    what: "an account whose leading zero YAML drops",
    text: "layers: {}\nsettings: { aws_account_id: 012345678901 }",
    shows: [
      '2:29 invalid-value <012345678901> settings.aws_account_id must be an account number of 12 digits => Write 12 digits in quotes, such as "012345678901"',
    ],
  },
  {
    what: "an account that is too short",
    text: "layers: {}\nsettings: { aws_account_id: '1234' }",
    shows: [
      "2:29 invalid-value <'1234'> settings.aws_account_id must be an account number of 12 digits => Write 12 digits in quotes, such as \"123456789012\"",
    ],
  },
  {
    what: "a tag key that is empty",
    text: "layers: {}\nsettings: { tag_key: '' }",
    shows: ["2:22 invalid-value <''> settings.tag_key must be a tag key"],
  },
  {
    what: "yes",
    text: "layers: {}\nsettings: { validate_layer_exists: yes }",
    shows: ["2:36 invalid-value <yes> settings.validate_layer_exists must be true or false => Write true"],
  },
  {
    what: "Off",
    text: "layers: {}\nsettings: { validate_layer_exists: Off }",
    shows: ["2:36 invalid-value <Off> settings.validate_layer_exists must be true or false => Write false"],
  },
  {
    what: "true as a string",
    text: "layers: {}\nsettings: { validate_layer_exists: 'true' }",
    shows: ["2:36 invalid-value <'true'> settings.validate_layer_exists must be true or false => Write true"],
  },
  {
    what: "negative days",
    text: "layers: {}\nsettings: { backup_retention_days: -1 }",
    shows: ["2:36 invalid-value <-1> settings.backup_retention_days must be a number of days, 0 or more"],
  },
  {
    what: "infinite days",
    text: "layers: {}\nsettings: { backup_retention_days: .inf }",
    shows: ["2:36 invalid-value <.inf> settings.backup_retention_days must be a number of days, 0 or more"],
  },
  {
    what: "days with their unit",
    text: "layers: {}\nsettings: { backup_retention_days: 30 days }",
    shows: [
      "2:36 invalid-value <30 days> settings.backup_retention_days must be a number of days, 0 or more => Write 30",
    ],
  },
  {
    what: "a resource type without a module",
    text: "layers: {}\nsettings: { resource_types: { Fn: layers } }",
    shows: [
      '2:31 invalid-name <Fn> "Fn" is not a resource type, which has three parts, such as aws:lambda/function:Function',
    ],
  },
  {
    what: "a resource type without a property",
    text: "layers: {}\nsettings: { resource_types: { 'my:mod:Fn': , 'my:mod:Gn': '' } }",
    shows: [
      "2:31 invalid-value <'my:mod:Fn'> settings.resource_types.my:mod:Fn must be the name of a property",
      "2:59 invalid-value <''> settings.resource_types.my:mod:Gn must be the name of a property",
    ],
  },
];

describe("a config whose sections are wrong", () => {
  testProblems(cases);
});
