import { type ProblemCase, testProblems } from "../../support/problems";

const cases: ProblemCase[] = [
  {
    what: "a flow mapping that is not closed",
    text: "layers: { a: { version: 1 }\n",
    shows: ["2:1 invalid-yaml <> Flow map in block collection must be sufficiently indented and end with a }"],
  },
  {
    what: "indentation that matches no level",
    text: "layers:\n  a:\n    version: 1\n   b: 2\n",
    shows: ["4:1 invalid-yaml < > All mapping items must start at the same column"],
  },
  {
    what: "tabs as indentation, on each line",
    text: "layers:\n\ta:\n\t\tversion: 1\n",
    shows: [
      "2:1 invalid-yaml <\t> Tabs are not allowed as indentation => Indent with spaces",
      "3:1 invalid-yaml <\t\t> Tabs are not allowed as indentation => Indent with spaces",
    ],
  },
  {
    what: "{stack} without quotes, once",
    text: "layers:\n  a: { arn: arn:aws:lambda:us-east-1:123456789012:layer:a-{stack}, version: 1 }\n",
    shows: [
      '2:59 invalid-yaml <{> Unexpected flow-map-start at node end => Put a string that contains { or * in quotes: "team-{stack}-*"',
    ],
  },
  {
    what: "{stack} in a list without quotes",
    text: "layers:\n  a:\n    names: [team-{stack}-x]\n    version: 1\n",
    shows: [
      '3:18 invalid-yaml <{> Missing , or : between flow sequence items => Put a string that contains { or * in quotes: "team-{stack}-*"',
    ],
  },
  {
    what: "* without quotes",
    text: "layers: { a: { names: [*], version: 1 } }",
    shows: [
      '1:24 invalid-yaml <*> Alias cannot be an empty string => Put a string that contains { or * in quotes: "team-{stack}-*"',
    ],
  },
  {
    what: "a glob that looks like an alias",
    text: "layers:\n  a:\n    names: [*-legacy]\n    version: 1\n",
    shows: [
      "3:13 invalid-yaml <*-legacy> there is no &-legacy before *-legacy => Put it in quotes if it is a string that starts with *",
    ],
  },
  {
    what: "an alias inside its own anchor",
    text: "layers: &a\n  a: *a\n",
    shows: ["2:6 invalid-yaml <*a> *a refers to something that contains it"],
  },
  {
    what: "an alias before its anchor",
    text: "layers: { a: *b, b: &b { version: 1 } }",
    shows: ["1:14 invalid-yaml <*b> there is no &b before *b => Put it in quotes if it is a string that starts with *"],
  },
  {
    what: "a key that is a list",
    text: "layers:\n  ? [a, b]\n  : { version: 1 }\n",
    shows: ["2:5 invalid-yaml <[> a key must be a plain string"],
  },
  {
    what: "a key that is a mapping",
    text: "layers: { { a: b }: { version: 1 } }",
    shows: ["1:11 invalid-yaml <{> a key must be a plain string"],
  },
  {
    what: "a merge of a number",
    text: "layers:\n  a:\n    <<: 5\n    version: 1\n",
    shows: ["3:9 invalid-yaml <5> << must be followed by a mapping or a list of mappings"],
  },
  {
    what: "a merge of a list of numbers",
    text: "layers: { a: { <<: [{ version: 1 }, 5] } }",
    shows: ["1:37 invalid-yaml <5> << must be followed by a mapping or a list of mappings"],
  },
  {
    what: "a merge of something that is not a mapping",
    text: "layers:\n  a:\n    version: &v 1\n  b:\n    <<: *v\n",
    shows: ["3:17 invalid-yaml <1> << must be followed by a mapping or a list of mappings"],
  },
  {
    what: "a custom tag",
    text: "layers: { a: { version: 1, description: !secret text } }",
    shows: ["1:41 invalid-yaml <!secret> Unresolved tag: !secret => Remove the tag"],
  },
  {
    what: "a tag that would run code in Python",
    text: 'layers: !!python/object/apply:os.system ["true"]',
    shows: [
      "1:1 invalid-value <layers> layers must be a mapping",
      "1:9 invalid-yaml <!!python/object/apply:os.system> Unresolved tag: tag:yaml.org,2002:python/object/apply:os.system => Remove the tag",
    ],
  },
  {
    what: "an unknown directive",
    text: "%FOO bar\n---\nlayers: {}\n",
    shows: ["1:1 invalid-yaml <%FOO bar> Unknown directive %FOO => Remove this line"],
  },
  {
    what: "a second document",
    text: "layers: {}\n---\nlayers: {}\n",
    shows: [
      "2:1 invalid-yaml <---> the file holds more than one YAML document => Remove this line, or what follows it",
    ],
  },
  {
    what: "a key that appears twice",
    text: 'layers:\n  a: { version: 1 }\n  b: { version: 1 }\n  "a": { version: 2 }\n',
    shows: ['4:3 duplicate-key <"a"> this mapping already has the key "a" => Remove one of the two'],
  },
  {
    what: "a number that appears twice as a key",
    text: 'layers:\n  5: { version: 1 }\n  "5": { version: 2 }\n',
    shows: ['3:3 duplicate-key <"5"> this mapping already has the key "5" => Remove one of the two'],
  },
  {
    what: "a section that appears twice",
    text: "layers: { a: { version: 1 } }\nlayers: { b: { version: 1 } }\n",
    shows: ['2:1 duplicate-key <layers> this mapping already has the key "layers" => Remove one of the two'],
  },
  {
    what: "old Mac line ends",
    text: "layers:\r  a:\r    version: 1\r",
    shows: ["1:8 invalid-yaml <\r> Nested mappings are not allowed in compact mappings"],
  },
  {
    what: "a UTF-16 text read as UTF-8",
    text: "l\u0000a\u0000y\u0000e\u0000r\u0000s\u0000:\u0000",
    shows: [
      "1:1 invalid-value <l\u0000a\u0000y\u0000e\u0000r\u0000s\u0000:\u0000> the file must be a mapping => Start with `layers:`",
    ],
  },
];

describe("a config that is not valid YAML", () => {
  testProblems(cases);
});
