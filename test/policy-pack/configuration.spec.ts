import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import type { Policies } from "@pulumi/policy";
import type { PolicySettings } from "../../policy-pack/config-source";
import { configurationProblems, type PackConfiguration } from "../../policy-pack/configuration";
import { leadingPolicy, PolicyContext } from "../../policy-pack/context";
import { layerPolicies, layerVersionPinned } from "../../policy-pack/policies";
import { allDeclared } from "../../policy-pack/policies/declared";
import { analyze, layer } from "./harness";

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

describe("what is configured for the first policy", () => {
  const layers = { base: { version: 5 } };
  const resourceTypes = { "my:mod:Fn": "parts" };
  const resource = { type: "my:mod:Fn", props: { name: "api", parts: [layer("other", 1)] } };
  const undeclared = /^Function api: Layer other version 1 is not declared in the policy's configuration/;
  const cases: [what: string, leading: PolicySettings, own: PolicySettings, says: RegExp][] = [
    ["its layers and function types", { layers, resourceTypes }, {}, undeclared],
    ["function types alone", { resourceTypes }, {}, /^No layer config/],
    ["function types, for one with layers of its own", { resourceTypes }, { layers }, undeclared],
    ["layers, for one with function types of its own", { layers }, { resourceTypes }, undeclared],
  ];
  for (const [what, leading, own, says] of cases) {
    it(`holds for others, also if it is disabled itself: ${what}`, async () => {
      const context = new PolicyContext({ PWD: tmpdir() });
      context.share({ [leadingPolicy]: leading });
      const { violations } = await analyze([allDeclared(context)], resource, { "layer-declared": own });
      assert.equal(violations.length, 1);
      assert.match(violations[0]?.message ?? "", says);
    });
  }
});
