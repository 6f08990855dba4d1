import assert from "node:assert/strict";
import { layerVersionsInputs } from "../../../provider/resource/inputs";
import { problemsOf } from "../../../provider/resource/problems";
import { unknown } from "../../../provider/resource/selection";

/** Inputs, and the paths and reasons of what is wrong with them. */
const cases: Record<string, [inputs: object, ...problems: [path: string, reason: RegExp][]]> = {
  nothing: [{}],
  "all that there is": [
    {
      configFile: "layers.yaml",
      layers: {
        "my layer": { version: "7", names: ["a", "b*"], enforce: "minimum" },
        other: { version: 3, arn: "arn" },
      },
      functions: { names: ["fn"], prefix: "x", tags: { team: "t" } },
      ...{ region: "us-east-1", profile: "p", roleArn: "r", onDelete: "restore", views: false },
    },
  ],
  "what is unknown": [
    { configFile: unknown, layers: unknown, functions: { names: [unknown], tags: unknown }, views: unknown },
  ],
  "what is null": [{ configFile: null, functions: null }],
  "an unknown property": [{ configfile: "x" }, ["configfile", /no such property. Did you mean configFile\?/]],
  "an unknown property that is like none": [{ zzzzzzzz: 1 }, ["zzzzzzzz", /Known properties are: configFile, layers,/]],
  "an unknown part of the functions": [{ functions: { name: ["a"] } }, ["functions.name", /Did you mean names\?/]],
  "one name for a list": [{ functions: { names: "a" } }, ["functions.names", /must be a list, not a string/]],
  "a name that is a number": [{ functions: { names: ["a", 7] } }, ["functions.names[1]", /must be a string, not 7/]],
  "functions that are a list": [{ functions: ["a"] }, ["functions", /must be an object, not a list/]],
  "tags that are a list": [{ functions: { tags: ["a"] } }, ["functions.tags", /must be a map, not a list/]],
  "a tag that is a number": [
    { functions: { tags: { "aws:x": 1 } } },
    ['functions.tags["aws:x"]', /must be a string, not 1/],
  ],
  "layers that are a text": [{ layers: "base" }, ["layers", /must be a map, not a string/]],
  "an entry that is a version": [{ layers: { base: 5 } }, ["layers.base", /must be an object, not 5/]],
  "version 0": [{ layers: { base: { version: 0 } } }, ["layers.base.version", /whole number of 1 or more, not 0/]],
  "a version with a fraction": [{ layers: { base: { version: 1.5 } } }, ["layers.base.version", /not 1.5/]],
  "a version in words": [
    { layers: { "my layer": { version: "five\n" } } },
    ['layers["my layer"].version', /not "five\\n"/],
  ],
  "another enforcement": [
    { layers: { base: { version: 1, enforce: "max" } } },
    ["layers.base.enforce", /exact or minimum, not max/],
  ],
  "an unknown field": [{ layers: { base: { versoin: 1 } } }, ["layers.base.versoin", /Did you mean version\?/]],
  "a region that is a list": [{ region: ["us-east-1"] }, ["region", /must be a string, not a list/]],
  "another end": [{ onDelete: "delete" }, ["onDelete", /must be keep or restore, not delete/]],
  "views that are a text": [{ views: "yes" }, ["views", /must be true or false, not a string/]],
  "several at once": [{ region: 1, functions: { prefix: 2 } }, ["region", /not 1/], ["functions.prefix", /not 2/]],
};

describe("what is wrong with the inputs of the plugin's resource", () => {
  for (const [title, [inputs, ...wanted]] of Object.entries(cases)) {
    it(title, () => {
      const found = problemsOf(inputs, layerVersionsInputs);
      assert.deepEqual(
        found.map(({ path }) => path),
        wanted.map(([path]) => path),
      );
      for (const [index, [, reason]] of wanted.entries()) assert.match(found[index]?.reason ?? "", reason);
    });
  }
});
