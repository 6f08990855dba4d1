import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { conflictBetween, type Declaration, type ProgramLayer } from "../../../provider/program/declarations";
import { declared } from "../../support/arbitraries";

const arn = (region: string, name = "base") => `arn:aws:lambda:${region}:123456789012:layer:${name}`;

function declaration(by: string, layers: Partial<ProgramLayer>[], region?: Declaration["region"]): Declaration {
  return {
    by,
    stack: "dev",
    layers: layers.map(({ version = 1, arn: itsArn, ...fields }) => ({
      ...declared({ key: "base", version: 1, ...fields }),
      arn: itsArn,
      version,
    })),
    region,
    types: {},
    validateLayerExists: true,
    aws: {},
  };
}

describe("declarations of one layer by two resources", () => {
  const cases: {
    title: string;
    one: [Partial<ProgramLayer>[], Declaration["region"]?];
    other: [Partial<ProgramLayer>[], Declaration["region"]?];
    conflict?: RegExp;
  }[] = [
    { title: "agree if they say the same", one: [[{ version: 4 }]], other: [[{ version: 4 }]] },
    { title: "agree if one of them uses a string", one: [[{ version: 4 }]], other: [[{ version: "4" }]] },
    {
      title: "agree if they are for different layers",
      one: [[{ version: 4 }]],
      other: [[{ key: "other", version: 6 }]],
    },
    {
      title: "contradict each other in every region",
      one: [[{ version: 4 }]],
      other: [[{ version: 6 }]],
      conflict: /^Layer base is declared differently by one \(layer_config\.yaml:1: version 4\) and other \(/,
    },
    {
      title: "contradict each other in a region that only one of them names",
      one: [[{ version: 4 }]],
      other: [[{ version: 6 }], "eu-west-1"],
      conflict: /^Layer base /,
    },
    {
      title: "do not conflict in two regions",
      one: [[{ version: 4 }], "us-east-1"],
      other: [[{ version: 6 }], "eu-west-1"],
    },
    {
      title: "contradict each other by strictness",
      one: [[{ version: 4, enforce: "minimum" }]],
      other: [[{ version: 4 }]],
      conflict: /at least version 4/,
    },
    {
      title: "contradict each other by name and ARN",
      one: [[{ version: 4, arn: arn("us-east-1", "vendor"), key: "v" }]],
      other: [[{ version: 6, key: "vendor" }]],
      conflict: /^Layer vendor /,
    },
    {
      title: "do not conflict if the ARN is in another region",
      one: [[{ version: 4, arn: arn("us-east-1", "vendor"), key: "v" }]],
      other: [[{ version: 6, key: "vendor" }], "eu-west-1"],
    },
    {
      title: "contradict each other by a glob and a name",
      one: [[{ version: 4, names: ["team-*"] }]],
      other: [[{ version: 6, names: ["team-x"] }]],
      conflict: /^Layer team-x /,
    },
    {
      title: "contradict each other by name and stack",
      one: [[{ version: 4 }]],
      other: [[{ version: 6, names: ["base-dev"], key: "x" }]],
      conflict: /^Layer base-dev /,
    },
    {
      title: "are compared later if one is an output",
      one: [[{ version: pulumi.output(4) }]],
      other: [[{ version: 6 }]],
    },
    {
      title: "are compared later if a region is an output",
      one: [[{}], pulumi.output("r")],
      other: [[{ version: 6 }]],
    },
  ];
  for (const { title, one, other, conflict } of cases) {
    it(title, () => {
      const [a, b] = [declaration("one", ...one), declaration("other", ...other)];
      for (const message of [conflictBetween(a, b), conflictBetween(b, a)]) {
        if (conflict === undefined) assert.equal(message, undefined);
        else assert.ok(message);
      }
      if (conflict) assert.match(conflictBetween(a, b) ?? "", conflict);
    });
  }
});
