import assert from "node:assert/strict";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import type { TargetFacts } from "../../sdk/core/form";
import { createMatcher } from "../../sdk/core/match";
import { planLayers } from "../../sdk/core/plan";
import { declaredTargets } from "../../sdk/core/target";
import { type Figure, figure, ratioOf } from "./figures";

const functions = 10_000;
const entries = 50;
const variants = 20;
const pairs = 15;
const regions = ["us-east-1", "us-east-2", "eu-west-1"];
const runtimes = ["python3.12", "python3.13"];
const architectures = ["arm64", "x86_64"];

/** How long planning a fleet takes with a file that has many variants, compared with the same file without any. */
export async function run(): Promise<Figure[]> {
  const fleet = Array.from({ length: functions }, (_, index) => functionOf(index));
  const plan = (config: string) => {
    const parsed = parseConfig(config, "layer_config.yaml");
    assert(parsed.ok);
    const declared = declareFor(parsed.config, "dev");
    return async () => {
      const targetOf = declaredTargets(createMatcher(declared));
      let changes = 0;
      for (const { fn, layers } of fleet) changes += planLayers(layers, targetOf, fn).length;
      assert.equal(changes, functions * 5);
    };
  };
  const [varied, plain] = [plan(configOf(variants)), plan(configOf(0))];
  await varied();
  await plain();
  const name = `planning ${functions} functions by ${entries} entries of ${variants} variants`;
  return [figure(name, await ratioOf(varied, plain, pairs), "x", "the same without variants", 2)];
}

function functionOf(index: number): { readonly fn: TargetFacts; readonly layers: readonly string[] } {
  const pick = <T>(values: readonly T[], step: number) => values[Math.floor(index / step) % values.length] as T;
  const region = pick(regions, 1);
  const fn = {
    ...{ name: `fn-${index}`, region, account: "123456789012" },
    ...{ runtime: pick(runtimes, 3), architectures: [pick(architectures, 6)] },
  };
  const layers = Array.from({ length: 5 }, (_, place) => {
    return `arn:aws:lambda:${region}:123456789012:layer:layer-${(index + place * 7) % entries}:1`;
  });
  return { fn, layers };
}

function configOf(number: number): string {
  const layers = Object.fromEntries(
    Array.from({ length: entries }, (_, index) => [
      `layer-${index}`,
      {
        version: 5,
        ...(number > 0 && {
          variants: Array.from({ length: number }, (_, at) => ({
            when: {
              region: regions[at % 3],
              runtime: at % 2 === 0 ? `python3.${at}` : "python*",
              ...(at % 4 === 0 ? { function: `other-${at}-*` } : { architecture: "arm64", account: String(1e11 + at) }),
            },
            version: 6 + at,
          })),
        }),
      },
    ]),
  );
  return JSON.stringify({ layers });
}
