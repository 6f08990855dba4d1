import assert from "node:assert/strict";
import fc from "fast-check";
import { checkTargets } from "../../sdk/aws/preflight";
import type { LayerVersionFacts, LiveFunction } from "../../sdk/core/live";
import type { UpdateTarget } from "../../sdk/ports";
import { counts } from "../support/counts";
import { arnOf, base, useAws } from "./harness";

function live(name: string, more: Partial<LiveFunction> = {}): LiveFunction {
  return {
    name,
    arn: arnOf(name),
    layers: [base(1)],
    runtime: "python3.12",
    architectures: ["x86_64"],
    packageType: "Zip",
    revisionId: "r1",
    ...more,
  };
}

const suitsAll = async (arn: string): Promise<LayerVersionFacts> => ({
  arn,
  compatibleRuntimes: [],
  compatibleArchitectures: [],
});

describe("checkTargets", () => {
  const test = useAws();

  it("asks once for each distinct version that a function is to get", async () => {
    test.emulator.seed({ layers: ["base", "other"].map((name) => ({ name, versions: 3 })) });
    const aws = await test.connect();
    const targets = ["a", "b", "c"].map((name) => ({ function: live(name), layers: [base(2), base(3, "other")] }));
    assert.deepEqual(await checkTargets(aws, targets), []);
    assert.deepEqual(test.emulator.counts(), { GetLayerVersion: 2 });
  });

  it("does not ask about versions that a function already has, even if they are gone", async () => {
    const aws = await test.connect();
    assert.deepEqual(await checkTargets(aws, [{ function: live("a"), layers: [base(1)] }]), []);
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("finds versions that are missing, unreadable, or for other runtimes and architectures", async () => {
    test.emulator.seed({
      layers: [
        { name: "base", versions: 1 },
        { name: "node", versions: 1, compatibleRuntimes: ["nodejs20.x", "nodejs22.x"] },
        { name: "arm", versions: 1, compatibleRuntimes: ["python3.12"], compatibleArchitectures: ["arm64"] },
      ],
    });
    const theirs = base(7, "theirs").replace("123456789012", "210987654321");
    const aws = await test.connect();
    const problems = await checkTargets(aws, [
      { function: live("a"), layers: [base(2), theirs] },
      { function: live("b"), layers: [base(2), base(1, "node"), base(1, "arm")] },
      { function: live("c", { runtime: "nodejs22.x", architectures: ["arm64"] }), layers: [base(1, "node")] },
    ]);
    assert.deepEqual(problems, [
      {
        code: "layer-version-missing",
        layerVersionArn: base(2),
        message: `Layer version does not exist: ${base(2)}, needed by functions a, b. It was never published, or was deleted.`,
      },
      {
        code: "layer-unreadable",
        layerVersionArn: theirs,
        message: `Layer version ${theirs}, needed by function a, cannot be read: AWS denies lambda:GetLayerVersion. AWS gives the same answer for a version of another account that does not exist.`,
      },
      {
        code: "layer-incompatible",
        function: "b",
        layerVersionArn: base(1, "node"),
        message: `Layer version ${base(1, "node")} does not suit function b: it is for nodejs20.x or nodejs22.x, but the function runs on python3.12.`,
      },
      {
        code: "layer-incompatible",
        function: "b",
        layerVersionArn: base(1, "arm"),
        message: `Layer version ${base(1, "arm")} does not suit function b: it is for arm64, but the function runs on x86_64.`,
      },
    ]);
  });

  it("finds image functions, too many layers and layers of other regions without asking AWS", async () => {
    const six = Array.from({ length: 6 }, (_, index) => base(1, `layer-${index}`));
    const far = base(1).replace("us-east-1", "eu-west-1");
    const aws = await test.connect();
    const targets = [
      { function: live("image", { packageType: "Image", layers: [] }), layers: [] },
      { function: live("six", { layers: six }), layers: six },
      { function: live("far"), layers: [far] },
      // Layers that a function already has are not judged, however they got there.
      { function: live("there", { layers: [far] }), layers: [far] },
    ];
    const problems = await checkTargets(aws, targets);
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message]),
      [
        ["image-function", "Function image is deployed as a container image, which cannot have layers."],
        ["too-many-layers", "Function six would have 6 layers, but Lambda allows only 5."],
        [
          "layer-incompatible",
          `Function far cannot have layer ${far}: the layer is in eu-west-1, and the function is not.`,
        ],
      ],
    );
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("asks nothing if existence checks are off", async () => {
    const aws = await test.connect();
    assert.deepEqual(await checkTargets(aws, [{ function: live("a"), layers: [base(9)] }], { existence: false }), []);
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("names three functions, and counts the others", async () => {
    const targets = ["a", "b", "c", "d", "e"].map((name) => ({ function: live(name), layers: [base(2)] }));
    const [problem] = await checkTargets({ layerVersion: async () => "missing" }, targets);
    assert.match(problem?.message ?? "", /needed by functions a, b, c and 2 more\./);
  });
});

describe("checkTargets, for any targets", () => {
  const layers = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 8 });
  const targets = fc.array(fc.record({ has: layers, wants: layers }), { maxLength: 12 }).map((pairs) =>
    pairs.map(
      ({ has, wants }, index): UpdateTarget => ({
        function: live(`fn-${index}`, { layers: has.map((version) => base(version)) }),
        layers: wants.map((version) => base(version)),
      }),
    ),
  );

  it("asks exactly once for each version that is new to some function", async () => {
    await fc.assert(
      fc.asyncProperty(targets, async (all) => {
        const asked: string[] = [];
        const layerVersion = (arn: string) => {
          asked.push(arn);
          return suitsAll(arn);
        };
        await checkTargets({ layerVersion }, all);
        const wanted = all.flatMap(({ function: fn, layers }) => layers.filter((arn) => !fn.layers.includes(arn)));
        assert.deepEqual(asked.sort(), [...new Set(wanted)].sort());
      }),
      counts({ sample: 100, full: 2000 }),
    );
  });

  it("finds no problem exactly if every list is short enough and every version suits", async () => {
    await fc.assert(
      fc.asyncProperty(targets, layers, async (all, missing) => {
        const gone = new Set(missing.map((version) => base(version)));
        const problems = await checkTargets(
          { layerVersion: async (arn) => (gone.has(arn) ? "missing" : suitsAll(arn)) },
          all,
        );
        const fine = all.every(
          ({ function: fn, layers }) =>
            layers.length <= 5 && layers.every((arn) => fn.layers.includes(arn) || !gone.has(arn)),
        );
        assert.equal(problems.length === 0, fine);
      }),
      counts({ sample: 100, full: 2000 }),
    );
  });
});
