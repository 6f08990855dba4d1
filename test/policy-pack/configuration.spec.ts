import assert from "node:assert/strict";
import type { Policies } from "@pulumi/policy";
import { configurationProblems, type PackConfiguration } from "../../policy-pack/configuration";
import { layerPolicies, layerVersionPinned } from "../../policy-pack/policies";

describe("the configuration of a pack", () => {
  const others = { name: "our-own-rule", description: "x", validateResource: () => {} };
  const cases: [what: string, PackConfiguration, says: string[], policies?: Policies][] = [
    ["nothing", {}, []],
    [
      "existing policies and settings",
      {
        all: { enforcementLevel: "advisory" },
        "layer-version-pinned": {
          enforcementLevel: "remediate",
          configFile: "x",
          resourceTypes: { "a:b:C": "layers" },
        },
        "layer-live-drift": { timeoutSeconds: 60 },
      },
      [],
    ],
    [
      "a misspelt policy",
      { "layer-version-pined": {} },
      ['there is no policy "layer-version-pined". Did you mean layer-version-pinned?'],
    ],
    [
      "a policy that resembles no other",
      { "no-public-buckets\n": {} },
      [
        `there is no policy "no-public-buckets\\n". Known names are: ${layerPolicies.map(({ name }) => name).join(", ")}.`,
      ],
    ],
    [
      "misspelt settings",
      { "layer-declared": { configfile: "x", layer: {} } },
      [
        'layer-declared has no setting "configfile". Did you mean configFile?',
        'layer-declared has no setting "layer". Did you mean layers?',
      ],
    ],
    [
      "a setting of another policy",
      { "layer-count": { timeoutSeconds: 3 } },
      [
        'layer-count has no setting "timeoutSeconds". Known names are: configFile, layers, stackOverrides, resourceTypes.',
      ],
    ],
    [
      "only names that resemble ours, in a pack with other policies",
      { "our-own-rule": { anything: 1 }, "our-old-rule": {}, "layer-version-pind": {} },
      ['there is no policy "layer-version-pind". Did you mean layer-version-pinned?'],
      [others, layerVersionPinned],
    ],
  ];
  for (const [what, configuration, says, policies = layerPolicies] of cases) {
    it(`with ${what} is ${says.length === 0 ? "accepted" : "refused"}`, () => {
      assert.deepEqual(configurationProblems(configuration, policies), says);
    });
  }
});
