// Data is only ever text in the messages of policies.

import assert from "node:assert/strict";
import { PolicyContext } from "../../policy-pack/context";
import { cleaned } from "../../policy-pack/messages";
import { compatible } from "../../policy-pack/policies/compatible";
import { consistency } from "../../policy-pack/policies/consistency";
import { allDeclared } from "../../policy-pack/policies/declared";
import { arnValid, layerCountWithin, noDuplicate, sameRegion } from "../../policy-pack/policies/lambda-rules";
import { versionPinned } from "../../policy-pack/policies/version-pinned";
import { assertHarmless, hostileTexts } from "../support/hostile";
import { analyze, analyzeStack, layer } from "./harness";

describe("data in messages of policies", () => {
  for (const [what, text] of Object.entries(hostileTexts)) {
    it(`is only text if it is ${what}`, async () => {
      const context = new PolicyContext({ PWD: "/" });
      const policies = [versionPinned, arnValid, layerCountWithin, noDuplicate, sameRegion, compatible, allDeclared];
      const settings = { layers: { [text]: { names: ["base"], version: 5, compatible_runtimes: [text] } } };
      const props = {
        name: text,
        runtime: `${text}!`,
        region: text,
        layers: [layer("base", 1), layer("base", 2), text],
      };
      const all = policies.map((make) => make(context));
      const config = Object.fromEntries(all.map(({ name }) => [name, settings]));
      const { violations } = await analyze(all, { name: "fn", props }, config);
      assert.ok(new Set(violations.map(({ policy }) => policy)).size >= 4, JSON.stringify(violations));
      const two = [1, 2].map((version) => ({
        name: `f${version}`,
        props: { name: text, layers: [layer("base", version)] },
      }));
      const ofStack = await analyzeStack([consistency(new PolicyContext({ PWD: "/" }))], two);
      assert.ok(ofStack.violations.length > 0);
      for (const { message } of [...violations, ...ofStack.violations]) assertHarmless(message, what);

      const missing = await analyze(
        [versionPinned(new PolicyContext({ PWD: "/" }))],
        { props },
        { "layer-version-pinned": { configFile: text } },
      );
      const broken = await analyze(
        [versionPinned(new PolicyContext({ PWD: "/" }))],
        { props },
        { "layer-version-pinned": { layers: { [text]: { [text]: text } } } },
      );
      for (const { violations: told } of [missing, broken]) {
        assert.equal(told.length, 1);
        assertHarmless(told[0]?.message ?? "", what);
      }
      cleaned((message) => assertHarmless(message, what))([text, text]);
    });
  }
});
