import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callerDirectory, findConfig, type PolicySettings } from "../../policy-pack/config-source";
import { PolicyContext } from "../../policy-pack/context";
import { compatible } from "../../policy-pack/policies/compatible";
import { consistency } from "../../policy-pack/policies/consistency";
import { allDeclared } from "../../policy-pack/policies/declared";
import { layerCountWithin } from "../../policy-pack/policies/lambda-rules";
import { versionPinned } from "../../policy-pack/policies/version-pinned";
import { removeFolder, temporaryFolder } from "../support/folders";
import { analyze, analyzeStack, layer, type TestResource } from "./harness";

function config(version: number): string {
  return `layers:\n  base:\n    version: ${version}\n`;
}

describe("the config of policies", () => {
  let root: string;
  before(async () => {
    root = await temporaryFolder();
    await mkdir(join(root, "project", "deep"), { recursive: true });
    await mkdir(join(root, "empty", "layer_config.yaml"), { recursive: true });
    await writeFile(join(root, "project", "layer_config.yaml"), config(1));
    await writeFile(join(root, "project", "Pulumi.yaml"), "name: p\nruntime: yaml\n");
    await writeFile(join(root, "project", "other.yaml"), config(2));
    await writeFile(join(root, "named.yaml"), config(3));
    await writeFile(join(root, "broken.yaml"), "layers:\n  base:\n    version: five\n    versoin: 5\n");
  });
  after(() => removeFolder(root));

  function find(settings: PolicySettings, env: NodeJS.ProcessEnv, ...directory: string[]) {
    const search = findConfig(settings, env, join(root, ...directory));
    if (!search.found) return search;
    const { layers, file } = search.config;
    return { file, version: layers.get("base")?.fields.version };
  }

  it("comes from the settings, else from the variable, else from the nearest layer_config.yaml above", () => {
    const env = { LAMBDA_LAYERS_CONFIG: "../named.yaml" };
    assert.deepEqual(find({ configFile: "other.yaml" }, env, "project"), { file: "other.yaml", version: 2 });
    const inline = { layers: { base: { version: 9 } } };
    assert.deepEqual(find(inline, env, "project"), { file: "the policy's configuration", version: 9 });
    assert.deepEqual(find({}, env, "project"), { file: "../named.yaml", version: 3 });
    assert.deepEqual(find({}, { LAMBDA_LAYERS_CONFIG: "" }, "project"), { file: "layer_config.yaml", version: 1 });
    const above = join("..", "layer_config.yaml");
    assert.deepEqual(find({}, {}, "project", "deep"), { file: above, version: 1 });
    const absolute = join(root, "named.yaml");
    assert.deepEqual(find({ configFile: absolute }, {}, "project"), { file: absolute, version: 3 });
  });

  it("is searched for up to the repository's root, or without one to the folder of Pulumi.yaml, and no further", async () => {
    const outer = join(root, "outer");
    await mkdir(join(outer, "repository", "app", "deep"), { recursive: true });
    await writeFile(join(outer, "layer_config.yaml"), config(4));
    const search = () => find({}, {}, "outer", "repository", "app", "deep");
    assert.ok("problem" in search());
    await writeFile(join(outer, "repository", "app", "Pulumi.yaml"), "name: p\nruntime: yaml\n");
    await writeFile(join(outer, "repository", "layer_config.yaml"), config(5));
    assert.ok("problem" in search());
    await mkdir(join(outer, "repository", ".git"));
    assert.deepEqual(search(), { file: join("..", "..", "layer_config.yaml"), version: 5 });
  });

  it("that is not found is reported with where it was looked for, and what to set", () => {
    const search = findConfig({}, {}, join(root, "empty"));
    assert.ok(!search.found && search.missing);
    assert.match(said(search), /^No layer config: there is no layer_config.yaml in .*empty or a directory above it/);
    assert.match(said(search), /Set `configFile`.*LAMBDA_LAYERS_CONFIG.*pulumi -C DIR/s);

    for (const [settings, env, setting] of [
      [{ configFile: "no.yaml" }, {}, "configFile"],
      [{}, { LAMBDA_LAYERS_CONFIG: "no.yaml" }, "LAMBDA_LAYERS_CONFIG"],
    ] as const) {
      const named = findConfig(settings, env, join(root, "project"));
      assert.ok(!named.found && named.missing);
      const path = join(root, "project", "no.yaml");
      assert.ok(said(named).startsWith(`Layer config not found: no.yaml (looked for ${path}). Nothing was checked.`));
      assert.ok(said(named).includes(`It is named by ${setting}.`));
    }
  });

  it("that is invalid is reported with all its problems, by line and column", () => {
    const file = findConfig({ configFile: "../broken.yaml" }, {}, join(root, "project"));
    assert.ok(!file.found && !file.missing);
    assert.match(
      said(file),
      /^\.\.\/broken\.yaml has 2 problems:\n\.\.\/broken\.yaml:3:14 .*\^.*\n\.\.\/broken\.yaml:4:5 /s,
    );
    const inline = findConfig({ layers: { base: { version: "five" } } }, {}, root);
    assert.ok(!inline.found);
    assert.match(
      said(inline),
      /^the policy's configuration is not valid.*layers\.base\.version must be a whole number/s,
    );
    const both = findConfig({ layers: {}, configFile: "other.yaml" }, {}, root);
    assert.ok(!both.found);
    assert.match(said(both), /has both configFile and layers/);
  });

  it("is looked for where the user called pulumi, according to PWD", () => {
    assert.equal(callerDirectory({ PWD: root }), root);
    for (const PWD of [undefined, "", "relative", join(root, "gone")])
      assert.equal(callerDirectory({ PWD }), process.cwd());
  });

  describe("in a pack", () => {
    const pack = (env: NodeJS.ProcessEnv) => {
      const context = new PolicyContext(env);
      return [versionPinned, layerCountWithin, compatible, allDeclared].map((make) => make(context));
    };
    const fn = (name: string): TestResource => ({ name, props: { name, layers: [layer("base", 1), layer("new", 1)] } });

    it("is that of layer-version-pinned if a policy has none of its own", async () => {
      const settings = { layers: { base: { version: 2 }, new: { version: 1 } } };
      const own = { layers: { base: { version: 1 } } };
      const config = { "layer-version-pinned": settings };
      const policies = pack({ PWD: join(root, "empty") });
      assert.deepEqual(
        (await analyze(policies, fn("a"), config)).violations.map(({ policy }) => policy),
        ["layer-version-pinned"],
      );
      assert.deepEqual(
        (await analyze(policies, fn("b"), { ...config, "layer-declared": own })).violations.map(({ policy }) => policy),
        ["layer-version-pinned", "layer-declared"],
      );
    });

    it("that cannot be used is one violation in a preview, however many functions and policies there are", async () => {
      for (const PULUMI_NODEJS_DRY_RUN of ["true", undefined]) {
        for (const LAMBDA_LAYERS_CONFIG of ["no.yaml", join(root, "broken.yaml")]) {
          const policies = pack({ PWD: join(root, "project"), LAMBDA_LAYERS_CONFIG, PULUMI_NODEJS_DRY_RUN });
          const first = await analyze(policies, fn("a"));
          assert.deepEqual(
            first.violations.map(({ policy, level }) => [policy, level]),
            [["layer-version-pinned", "mandatory"]],
          );
          const second = await analyze(policies, fn("b"));
          assert.deepEqual(second.violations, []);
          assert.deepEqual(second.notApplicable, ["layer-version-pinned", "layer-compatible", "layer-declared"]);
        }
      }
    });

    it("that cannot be used stops every resource in an update", async () => {
      const policies = pack({ PWD: join(root, "empty"), PULUMI_NODEJS_DRY_RUN: "false" });
      for (const name of ["a", "b"]) assert.equal((await analyze(policies, fn(name))).violations.length, 1);
    });

    it("is reported by the next policy if the first is off", async () => {
      const [, ...others] = pack({ PWD: join(root, "empty") });
      const { violations } = await analyze(others, fn("a"));
      assert.deepEqual(
        violations.map(({ policy }) => policy),
        ["layer-compatible"],
      );
    });

    it("may be missing if there are no functions, but may not be invalid", async () => {
      const bucket = { type: "aws:s3/bucket:Bucket" };
      assert.deepEqual((await analyze(pack({ PWD: join(root, "empty") }), bucket)).violations, []);
      const env = { PWD: root, LAMBDA_LAYERS_CONFIG: "broken.yaml" };
      assert.equal((await analyze(pack(env), bucket)).violations.length, 1);
    });

    it("may declare a layer twice, which is one violation too", async () => {
      const settings = {
        layers: { base: { version: 1 }, twin: { version: 2, names: ["x*"] }, other: { version: 2, names: ["*x"] } },
      };
      const policies = pack({});
      const { violations } = await analyze(
        policies,
        { props: { layers: [layer("x", 1)] } },
        { "layer-version-pinned": settings },
      );
      assert.equal(violations.length, 1);
      assert.match(violations[0]?.message ?? "", /^Layer x is declared twice: .*\nRemove one of the two entries/);
    });

    it("may register function types for policies that need nothing else from it", async () => {
      await writeFile(join(root, "types.yaml"), "layers: {}\nsettings:\n  resource_types:\n    my:mod:Fn: parts\n");
      const context = new PolicyContext({ PWD: root, LAMBDA_LAYERS_CONFIG: "types.yaml" });
      const own = (name: string, version: number) => ({
        type: "my:mod:Fn",
        name,
        props: { parts: [layer("a", version)] },
      });
      const { violations } = await analyzeStack([consistency(context)], [own("a", 1), own("b", 2)]);
      assert.equal(violations.length, 1);
    });
  });
});

function said({ problem }: { readonly problem: readonly string[] }): string {
  return problem.join("\n");
}
