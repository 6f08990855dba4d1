import { type ProblemCase, testProblems } from "../../support/problems";

const cases: ProblemCase[] = [
  {
    what: "a misspelt placeholder in an ARN",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:{regoin}:123456789012:layer:a" } }',
    shows: ["1:49 unknown-placeholder <{regoin}> there is no placeholder {regoin} => Did you mean {region}?"],
  },
  {
    what: "a placeholder in an ARN's name that resembles no other",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a-{flavour}" } }',
    shows: [
      "1:80 unknown-placeholder <{flavour}> there is no placeholder {flavour} => Allowed here: {stack}, {region}, {runtime}, {architecture}",
    ],
  },
  {
    what: "the region's placeholder in place of the account",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:{region}:layer:a" } }',
    shows: ["1:59 misplaced-placeholder <{region}> {region} cannot be used in its account => Allowed here: {account}"],
  },
  {
    what: "the account's placeholder in an ARN's name",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a-{account}" } }',
    shows: [
      "1:80 misplaced-placeholder <{account}> {account} cannot be used in its name => Allowed here: {stack}, {region}, {runtime}, {architecture}",
    ],
  },
  {
    what: "the stack's placeholder as an account",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:{stack}:layer:a" } }',
    shows: ["1:59 misplaced-placeholder <{stack}> {stack} cannot be used in its account => Allowed here: {account}"],
  },
  {
    what: "a placeholder for the service",
    text: 'layers: { a: { version: 1, arn: "arn:aws:{service}:us-east-1:123456789012:layer:a" } }',
    shows: ["1:42 unknown-placeholder <{service}> there is no placeholder {service} => Write the value itself"],
  },
  {
    what: "a placeholder for an ARN's resource type",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:123456789012:{runtime}:a" } }',
    shows: [
      "1:72 misplaced-placeholder <{runtime}> {runtime} cannot be used in this part of an ARN => Write the value itself",
    ],
  },
  {
    what: "an ARN with placeholders and a version",
    text: 'layers: { a: { version: 1, arn: "arn:{partition}:lambda:{region}:{account}:layer:a-{runtime}:7" } }',
    shows: [
      '1:33 invalid-value <"arn:{partition}:lambda:{region}:{account}:layer:a-{runtime}:7"> layers.a.arn must be a layer ARN without a version: arn:aws:lambda:REGION:ACCOUNT:layer:NAME => Leave the version out: arn:{partition}:lambda:{region}:{account}:layer:a-{runtime}',
    ],
  },
  {
    what: "a misspelt placeholder in names",
    text: 'layers: { a: { version: 1, names: ["a-{runtme}"] } }',
    shows: ["1:39 unknown-placeholder <{runtme}> there is no placeholder {runtme} => Did you mean {runtime}?"],
  },
  {
    what: "the partition in a name",
    text: 'layers: { a: { version: 1, names: [b, "a-{partition}"] } }',
    shows: [
      "1:42 misplaced-placeholder <{partition}> {partition} cannot be used in a layer's name => Allowed here: {stack}, {region}, {runtime}, {architecture}",
    ],
  },
  {
    what: "the account in a name",
    text: 'layers: { a: { version: 1, names: ["a-{account}"] } }',
    shows: [
      "1:39 misplaced-placeholder <{account}> {account} cannot be used in a layer's name => Allowed here: {stack}, {region}, {runtime}, {architecture}",
    ],
  },
  {
    what: "a misspelt placeholder in a variant",
    text: 'layers: { a: { version: 1, variants: [{ when: { region: eu-west-1 }, names: ["a-{archtecture}"] }] } }',
    shows: [
      "1:81 unknown-placeholder <{archtecture}> there is no placeholder {archtecture} => Did you mean {architecture}?",
    ],
  },
  {
    what: "a placeholder that is not closed",
    text: 'layers: { a: { version: 1, names: ["a-{stack"] } }',
    shows: [
      '1:36 invalid-value <"a-{stack"> layers.a.names.0 must be a layer name of letters, digits, - and _, in which * matches any text and {stack} is the stack',
    ],
  },
  {
    what: "an empty placeholder",
    text: 'layers: { a: { version: 1, names: ["a-{}"] } }',
    shows: [
      "1:39 unknown-placeholder <{}> there is no placeholder {} => Allowed here: {stack}, {region}, {runtime}, {architecture}",
    ],
  },
  {
    what: "a placeholder in `replaces`",
    text: 'layers: { a: { version: 1, replaces: ["arn:aws:lambda:{region}:123456789012:layer:b"] } }',
    shows: ["1:55 misplaced-placeholder <{region}> {region} cannot be used in `replaces` => Use * to match any text"],
  },
  {
    what: "an unknown placeholder in `replaces`",
    text: 'layers: { a: { version: 1, replaces: ["b-{stak}"] } }',
    shows: ["1:42 unknown-placeholder <{stak}> there is no placeholder {stak} => Did you mean {stack}?"],
  },
  {
    what: "`replaces` with a version",
    text: 'layers: { a: { version: 1, replaces: ["arn:aws:lambda:us-east-1:123456789012:layer:a:7", "b:7"] } }',
    shows: [
      '1:39 invalid-value <"arn:aws:lambda:us-east-1:123456789012:layer:a:7"> layers.a.replaces.0 must be a layer\'s name, or its ARN without a version, in which * matches any text => Leave the version out: arn:aws:lambda:us-east-1:123456789012:layer:a',
      '1:90 invalid-value <"b:7"> layers.a.replaces.1 must be a layer\'s name, or its ARN without a version, in which * matches any text => Leave the version out: b',
    ],
  },
  {
    what: "`replaces` as a string",
    text: "layers: { a: { version: 1, replaces: old-a } }",
    shows: ['1:38 invalid-value <old-a> layers.a.replaces must be a list of layers => Write a list: ["old-a"]'],
  },
  {
    what: "an empty `replaces`",
    text: "layers: { a: { version: 1, replaces: [] } }",
    shows: ["1:28 invalid-value <replaces> layers.a.replaces must name at least one layer"],
  },
  {
    what: "an entry that replaces itself by name",
    text: "layers: { a: { version: 1, replaces: [b, a] } }",
    shows: [
      "1:42 replaces-itself <a> a is the layer of the entry itself: a layer cannot replace itself => Leave it out",
    ],
  },
  {
    what: "an entry that replaces its own ARN",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a", replaces: ["arn:aws:lambda:us-east-1:123456789012:layer:a"] } }',
    shows: [
      '1:93 replaces-itself <"arn:aws:lambda:us-east-1:123456789012:layer:a"> arn:aws:lambda:us-east-1:123456789012:layer:a is the layer of the entry itself: a layer cannot replace itself => Leave it out',
    ],
  },
  {
    what: "variants as a mapping",
    text: "layers: { a: { version: 1, variants: { region: us-east-2, version: 2 } } }",
    shows: [
      "1:28 invalid-value <variants> layers.a.variants must be a list of variants => Write a list in which each variant starts with `- when:`",
    ],
  },
  {
    what: "an empty list of variants",
    text: "layers: { a: { version: 1, variants: [] } }",
    shows: [
      "1:28 invalid-value <variants> layers.a.variants must have at least one variant => Write a list in which each variant starts with `- when:`",
    ],
  },
  {
    what: "a variant that is a number",
    text: "layers: { a: { version: 1, variants: [7] } }",
    shows: ["1:39 invalid-value <7> layers.a.variants.0 must be a mapping"],
  },
  {
    what: "a variant without when",
    text: "layers: { a: { version: 1, variants: [{ version: 2 }] } }",
    shows: ["1:39 missing-key <{ version: 2 }> layers.a.variants.0 has no when => Add `when:`"],
  },
  {
    what: "a variant whose when is empty",
    text: "layers:\n  a:\n    version: 1\n    variants:\n      - when:\n        version: 2",
    shows: [
      "5:9 invalid-value <when> layers.a.variants.0.when must be a mapping => Say which functions it applies to, such as `when: { region: us-east-2 }`",
    ],
  },
  {
    what: "a when that is a string",
    text: "layers: { a: { version: 1, variants: [{ when: us-east-2, version: 2 }] } }",
    shows: [
      "1:47 invalid-value <us-east-2> layers.a.variants.0.when must be a mapping => Say which functions it applies to, such as `when: { region: us-east-2 }`",
    ],
  },
  {
    what: "a key of when outside of it",
    text: "layers: { a: { version: 1, variants: [{ when: {}, region: us-east-2, version: 2 }] } }",
    shows: ['1:51 unknown-key <region> unknown key "region" in layers.a.variants.0 => Put it under `when:`'],
  },
  {
    what: "an unknown key of a variant",
    text: "layers: { a: { version: 1, variants: [{ when: { region: us-east-2 }, versoin: 2 }] } }",
    shows: ['1:70 unknown-key <versoin> unknown key "versoin" in layers.a.variants.0 => Did you mean version?'],
  },
  {
    what: "an unknown key of a when",
    text: "layers: { a: { version: 1, variants: [{ when: { regoin: us-east-2 }, version: 2 }] } }",
    shows: ['1:49 unknown-key <regoin> unknown key "regoin" in layers.a.variants.0.when => Did you mean region?'],
  },
  {
    what: "variants in a variant",
    text: "layers: { a: { version: 1, variants: [{ when: { region: us-east-2 }, version: 2, variants: [] }] } }",
    shows: [
      '1:82 unknown-key <variants> unknown key "variants" in layers.a.variants.0 => Known keys are: when, version, arn, names, enforce, latest, description, compatible_runtimes, compatible_architectures, until',
    ],
  },
  {
    what: "a variant's version as a string",
    text: "layers: { a: { version: 1, variants: [{ when: { region: us-east-2 }, version: '2' }] } }",
    shows: [
      "1:79 invalid-value <'2'> layers.a.variants.0.version must be a whole number of 1 or more => Write the number without quotes: 2",
    ],
  },
  {
    what: "a region that does not exist",
    text: "layers: { a: { version: 1, variants: [{ when: { region: us_east_2 }, version: 2 }] } }",
    shows: [
      "1:57 invalid-value <us_east_2> layers.a.variants.0.when.region must be a region such as us-east-1, in which * matches any text => Write us-east-2",
    ],
  },
  {
    what: "an availability zone",
    text: "layers: { a: { version: 1, variants: [{ when: { region: us-east-2a }, version: 2 }] } }",
    shows: [
      "1:57 invalid-value <us-east-2a> layers.a.variants.0.when.region must be a region such as us-east-1, in which * matches any text => Write us-east-2",
    ],
  },
  {
    what: "regions of which one does not exist",
    text: "layers: { a: { version: 1, variants: [{ when: { region: [us-east-2, Ohio] }, version: 2 }] } }",
    shows: [
      "1:69 invalid-value <Ohio> layers.a.variants.0.when.region.1 must be a region such as us-east-1, in which * matches any text",
    ],
  },
  {
    what: "an empty list of regions",
    text: "layers: { a: { version: 1, variants: [{ when: { region: [] }, version: 2 }] } }",
    shows: ["1:49 invalid-value <region> layers.a.variants.0.when.region must have at least one element"],
  },
  {
    what: "an account as a number",
    text: "layers: { a: { version: 1, variants: [{ when: { account: 123456789012 }, version: 2 }] } }",
    shows: [
      '1:58 invalid-value <123456789012> layers.a.variants.0.when.account must be an account number of 12 digits in quotes, in which * matches any text, or a list of these => Write "123456789012"',
    ],
  },
  {
    what: "an account that is too short",
    text: "layers: { a: { version: 1, variants: [{ when: { account: '12345' }, version: 2 }] } }",
    shows: [
      "1:58 invalid-value <'12345'> layers.a.variants.0.when.account must be an account number of 12 digits in quotes, in which * matches any text",
    ],
  },
  {
    what: "an unknown architecture",
    text: "layers: { a: { version: 1, variants: [{ when: { architecture: aarch64 }, version: 2 }] } }",
    shows: [
      "1:63 invalid-value <aarch64> layers.a.variants.0.when.architecture must be x86_64 or arm64 => Write arm64",
    ],
  },
  {
    what: "a runtime in upper case",
    text: "layers: { a: { version: 1, variants: [{ when: { runtime: Python 3.12 }, version: 2 }] } }",
    shows: [
      "1:58 invalid-value <Python 3.12> layers.a.variants.0.when.runtime must be a runtime such as python3.12, in which * matches any text => Write python3.12",
    ],
  },
  {
    what: "a runtime that YAML takes for a number",
    text: "layers: { a: { version: 1, variants: [{ when: { runtime: 3.12 }, version: 2 }] } }",
    shows: [
      "1:58 invalid-value <3.12> layers.a.variants.0.when.runtime must be a runtime such as python3.12, in which * matches any text, or a list of these => Put it in quotes to make it a string",
    ],
  },
  {
    what: "a runtime without its dot",
    text: "layers: { a: { version: 1, variants: [{ when: { runtime: [python312, nodejs22, providedal2023] }, version: 2 }] } }",
    shows: [
      "1:59 invalid-value <python312> layers.a.variants.0.when.runtime.0 must be a runtime such as python3.12, in which * matches any text => Write python3.12",
      "1:70 invalid-value <nodejs22> layers.a.variants.0.when.runtime.1 must be a runtime such as python3.12, in which * matches any text => Write nodejs22.x",
      "1:80 invalid-value <providedal2023> layers.a.variants.0.when.runtime.2 must be a runtime such as python3.12, in which * matches any text => Write provided.al2023",
    ],
  },
  {
    what: "a function's ARN",
    text: "layers: { a: { version: 1, variants: [{ when: { function: 'arn:aws:lambda:us-east-1:123456789012:function:f' }, version: 2 }] } }",
    shows: [
      "1:59 invalid-value <'arn:aws:lambda:us-east-1:123456789012:function:f'> layers.a.variants.0.when.function must be a function's name in AWS, in which * matches any text => Write f",
    ],
  },
  {
    what: "a function's name with a space",
    text: "layers: { a: { version: 1, variants: [{ when: { function: [a, 'my function'] }, version: 2 }] } }",
    shows: [
      "1:63 invalid-value <'my function'> layers.a.variants.0.when.function.1 must be a function's name in AWS, in which * matches any text",
    ],
  },
  {
    what: "a condition that is a mapping",
    text: "layers: { a: { version: 1, variants: [{ when: { function: { name: f } }, version: 2 }] } }",
    shows: [
      "1:49 invalid-value <function> layers.a.variants.0.when.function must be a function's name in AWS, in which * matches any text, or a list of these",
    ],
  },
  {
    what: "a variant after one that always matches",
    text: "layers: { a: { version: 1, variants: [{ when: {}, version: 2 }, { when: { region: us-east-2 }, version: 3 }] } }",
    shows: [
      "1:67 variant-hidden <when> this variant is never used: it comes after variant 1, which always matches => Move it before that one, or remove one of the two",
    ],
  },
  {
    what: "a variant after one for all regions",
    text: "layers: { a: { version: 1, variants: [{ when: { region: '*' }, version: 2 }, { when: { function: f }, version: 3 }] } }",
    shows: [
      "1:80 variant-hidden <when> this variant is never used: it comes after variant 1, which always matches => Move it before that one, or remove one of the two",
    ],
  },
  {
    what: "the same condition twice, in another order",
    text: "layers: { a: { version: 1, variants: [{ when: { region: [a-b-1, c-d-1] }, version: 2 }, { when: { region: [c-d-1, a-b-1] }, version: 3 }] } }",
    shows: [
      "1:91 variant-hidden <when> this variant is never used: it comes after variant 1, which matches region a-b-1 or c-d-1 => Move it before that one, or remove one of the two",
    ],
  },
  {
    what: "a variant after one that matches more",
    text: "layers: { a: { version: 1, variants: [{ when: { runtime: 'python*' }, version: 2 }, { when: { runtime: python3.12, architecture: arm64 }, version: 3 }] } }",
    shows: [
      "1:87 variant-hidden <when> this variant is never used: it comes after variant 1, which matches runtime python* => Move it before that one, or remove one of the two",
    ],
  },
  {
    what: "a variant without a version in a layer that only an override has",
    text: "layers: { a: { version: 1 } }\nstack_overrides: { dev: { b: { variants: [{ when: { region: us-east-1 }, version: 2 }, { when: { region: us-east-2 } }] } } }",
    shows: [
      "2:90 missing-key <when> neither this variant nor stack_overrides.dev.b has a version => Add the version that the layer must be at, here or in the entry",
    ],
  },
  {
    what: "a variant for another region than its ARN's",
    text: 'layers: { a: { version: 1, variants: [{ when: { region: us-east-2 }, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a" }] } }',
    shows: [
      "1:57 variant-region <us-east-2> this variant is for us-east-2, but its arn is in us-east-1 => Write arn: arn:aws:lambda:{region}:123456789012:layer:a, or the layer's ARN in us-east-2",
    ],
  },
  {
    what: "variants for other regions than the entry's ARN",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a", variants: [{ when: { region: [us-east-1, us-east-2] }, version: 2 }] } }',
    shows: [
      "1:123 variant-region <us-east-2> this variant is for us-east-2, but the entry's arn is in us-east-1 => Write arn: arn:aws:lambda:{region}:123456789012:layer:a, or the layer's ARN in us-east-2",
    ],
  },
  {
    what: "a region pattern that does not match the ARN",
    text: 'layers: { a: { version: 1, variants: [{ when: { region: "eu-*" }, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a" }] } }',
    shows: [
      '1:57 variant-region <"eu-*"> this variant is for eu-*, but its arn is in us-east-1 => Write arn: arn:aws:lambda:{region}:123456789012:layer:a, or the layer\'s ARN in eu-*',
    ],
  },
  {
    what: "an override's variant for another region than the entry's ARN",
    text: 'layers: { a: { version: 1, arn: "arn:aws:lambda:us-east-1:123456789012:layer:a" } }\nstack_overrides: { dev: { a: { variants: [{ when: { region: us-east-2 }, version: 2 }] } } }',
    shows: [
      "2:61 variant-region <us-east-2> this variant is for us-east-2, but the entry's arn is in us-east-1 => Write arn: arn:aws:lambda:{region}:123456789012:layer:a, or the layer's ARN in us-east-2",
    ],
  },
  {
    what: "an entry and a variant without a version",
    text: "layers: { a: { variants: [{ when: { region: us-east-1 }, version: 2 }, { when: { region: us-east-2 } }] } }",
    shows: [
      "1:74 missing-key <when> neither this variant nor layers.a has a version => Add the version that the layer must be at, here or in the entry",
    ],
  },
  {
    what: "an entry and variants without any version",
    text: "layers: { a: { variants: [{ when: { region: us-east-1 }, names: [b] }] } }",
    shows: [
      "1:11 missing-key <a> layers.a has no version => Add the version that the layer must be at, such as `version: 1`",
    ],
  },
  {
    what: "a new entry of an override without any version",
    text: "layers: { b: { version: 1 } }\nstack_overrides: { dev: { a: { variants: [{ when: { region: us-east-1 }, names: [b] }] } } }",
    shows: [
      '2:27 missing-key <a> stack_overrides.dev.a has no version, and layers has no entry "a" to take one from => Add a version, or declare the layer in layers',
    ],
  },
  {
    what: "an until that is not a day",
    text: "layers: { a: { version: 1, variants: [{ when: { function: f }, version: 2, until: 2026-02-30 }] } }",
    shows: ["1:83 invalid-value <2026-02-30> layers.a.variants.0.until must be a date such as 2026-12-31"],
  },
  {
    what: "until in words",
    text: "layers: { a: { version: 1, variants: [{ when: { function: f }, version: 2, until: end of 2026 }] } }",
    shows: ["1:83 invalid-value <end of 2026> layers.a.variants.0.until must be a date such as 2026-12-31"],
  },
  {
    what: "until as a year",
    text: "layers: { a: { version: 1, variants: [{ when: { function: f }, version: 2, until: 2026 }] } }",
    shows: [
      "1:83 invalid-value <2026> layers.a.variants.0.until must be a date such as 2026-12-31 => Put it in quotes to make it a string",
    ],
  },
  {
    what: "until of an entry",
    text: "layers: { a: { version: 1, until: 2026-12-31 } }",
    shows: [
      '1:28 unknown-key <until> unknown key "until" in layers.a => It belongs to an exception: put it in one of the `variants`',
    ],
  },
  {
    what: "a stack name that cannot be part of a layer's",
    text: "layers: { a: { version: 1 } }\nsettings: { stack_names: { infra.dev: infra.dev } }",
    shows: [
      "2:39 invalid-value <infra.dev> settings.stack_names.infra.dev must be valid in a layer's name: letters, digits, - and _",
    ],
  },
  {
    what: "a full stack name",
    text: "layers: { a: { version: 1 } }\nsettings: { stack_names: { org/shop/infra.dev: dev } }",
    shows: [
      '2:28 invalid-name <org/shop/infra.dev> "org/shop/infra.dev" is not a stack name, which has up to 100 letters, digits, -, _ and ., without organization and project => Write infra.dev',
    ],
  },
  {
    what: "stack names as a list",
    text: "layers: { a: { version: 1 } }\nsettings: { stack_names: [dev] }",
    shows: ["2:13 invalid-value <stack_names> settings.stack_names must be a mapping"],
  },
  {
    what: "a stack's name that is a number",
    text: "layers: { a: { version: 1 } }\nsettings: { stack_names: { infra.7: 7 } }",
    shows: [
      "2:37 invalid-value <7> settings.stack_names.infra.7 must be valid in a layer's name: letters, digits, - and _ => Put it in quotes to make it a string",
    ],
  },
];

describe("a config whose variants, placeholders or replacements are wrong", () => {
  testProblems(cases);
});
