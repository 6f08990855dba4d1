import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { check } from "../../../provider/handlers";
import { argumentProblems } from "../../../provider/resource/arguments";
import { requestOf } from "../../support/provider";

/** Arguments of a program whose types nobody checked, and what is reported about them. */
const cases: Record<string, [args: unknown, ...said: RegExp[]]> = {
  nothing: [undefined],
  "nothing at all": [null],
  outputs: [
    {
      layers: { own: { version: pulumi.output("1"), arn: Promise.resolve("x") } },
      functions: { names: pulumi.output(["a"]), prefix: pulumi.secret("b"), tags: { team: pulumi.output("c") } },
      region: pulumi.output("us-east-1"),
    },
  ],
  "a file's name alone": ["layer_config.yaml", /Its arguments cannot be used. It must be an object, not a string/],
  "another name for functions": [
    { function: { names: ["a"] } },
    /^function: There is no such property. Did you mean functions/,
  ],
  "a name for names": [{ functions: { name: "a" } }, /^functions.name: .* Did you mean names/],
  "a name for a list": [{ functions: { names: "a" } }, /^functions.names: It must be a list, not a string/],
  "a list for functions": [{ functions: ["a"] }, /^functions: It must be an object, not a list/],
  "another end": [{ onDelete: "Restore" }, /^onDelete: It must be keep or restore, not Restore/],
  "an output for a file": [{ configFile: 5 }, /^configFile: It must be a string, not 5/],
  "no entry": [{ layers: { own: null } }, /^layers.own: It must be an object, not nothing/],
  "a list of entries": [{ layers: [{ version: 1 }] }, /^layers: It must be a map, not a list/],
  "a number for an ARN": [{ layers: { own: { version: 1, arn: 5 } } }, /^layers.own.arn: It must be a string, not 5/],
  "outputs of what is needed at once": [
    {
      configFile: pulumi.output("x.yaml"),
      layers: {
        own: { version: 1, names: ["a", pulumi.output("b")], enforce: Promise.resolve("minimum") },
        "my layer": pulumi.output({ version: 1 }),
      },
    },
    /^configFile: It cannot be an output or a promise/,
    /^layers\.own\.names\[1\]: It cannot be/,
    /^layers\.own\.enforce: It cannot be/,
    /^layers\["my layer"\]: It cannot be/,
  ],
  "an output of all": [pulumi.output({}), /^Its arguments cannot be used\. It cannot be an output/],
  "all that is wrong": [{ onDelete: 1, region: 2 }, /^onDelete: /, /^region: /],
};

describe("arguments of a program", () => {
  for (const [title, [args, ...said]] of Object.entries(cases)) {
    it(title, () => {
      const problems = argumentProblems(args);
      assert.equal(problems.length, said.length, problems.join("\n"));
      for (const [index, pattern] of said.entries()) assert.match(problems[index] ?? "", pattern);
    });
  }

  it("that are outputs are checked once they are known", async () => {
    const request = requestOf("layers: { base: { version: 1 } }", { selection: { names: "a" } as never });
    const { failures = [] } = await check({}, { configFile: "layer_config.yaml", region: "us-east-1", request });
    assert.deepEqual(
      failures.map(({ reason }) => reason),
      ["functions.names: It must be a list, not a string."],
    );
  });
});
