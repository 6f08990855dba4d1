import fc from "fast-check";
import { seed, soak } from "../../support/counts";
import { accounts } from "./accounts";
import { formsOfLayers } from "./layers";
import { oddPrograms } from "./odd";
import { kindsOfFunctions, programs } from "./programs";
import { promises } from "./promises";
import { resourceOptions } from "./resource-options";
import { live, type Shape } from "./run";
import { waitingPrograms } from "./waiting";

const shapes = [
  ...formsOfLayers,
  ...resourceOptions,
  ...programs,
  ...kindsOfFunctions,
  ...promises,
  ...oddPrograms,
  ...waitingPrograms,
  ...accounts,
];

// The life of a program takes six or more engine commands.
const sampleSize = 1;

function sampled(): readonly Shape[] {
  const some = fc.shuffledSubarray(shapes, { minLength: sampleSize, maxLength: sampleSize });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}

describe("a program that", function () {
  this.timeout(300_000);
  for (const shape of soak ? shapes : sampled()) it(shape.what, () => live(shape));
});
