import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join, relative } from "node:path";
import { configJsonSchema } from "../scripts/config-json-schema.mjs";
import { checkout } from "../scripts/places.mjs";
import { configSchema } from "../sdk/core/config/schema";
import { removeFolder, temporaryFolder } from "./support/folders";
import { start } from "./support/processes";

const name = "pulumi-lambda-layers";
const nothing: string[] = [];

/** Runs a program that must succeed; returns its output. */
async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, output } = await start(command, args, { cwd, env: process.env }).ended;
  assert.equal(code, 0, `${command} ${args.join(" ")} failed:\n${output}`);
  return stdout;
}

/** The documents and examples of a checkout. */
async function documentsOf(folder: string): Promise<string[]> {
  const found = await Promise.all(
    ["docs", "examples"].map((name) => readdir(join(folder, name), { recursive: true, withFileTypes: true })),
  );
  return found
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

describe("the package", function () {
  this.timeout(120_000);

  let folder: string;
  let tarball: string;
  let files: string[];
  let unpackedSize: number;

  before(async () => {
    assert(existsSync(join(checkout, "dist/layer-config.schema.json")), "these tests need `npm run build` first");
    folder = await temporaryFolder();
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const [packed] = JSON.parse(await run("npm", pack, checkout));
    tarball = join(folder, packed.filename);
    files = packed.files.map(({ path }: { path: string }) => path);
    unpackedSize = packed.unpackedSize;
    await mkdir(join(folder, "node_modules"));
    await symlink(checkout, join(folder, "node_modules", name), "junction");
  });
  after(() => removeFolder(folder));

  it("has what it needs and nothing else", async () => {
    const documents = /^(?:docs|examples)\//;
    assert.deepEqual(files.filter((path) => documents.test(path)).sort(), await documentsOf(checkout));
    assert.deepEqual(files.filter((path) => !path.startsWith("dist/") && !documents.test(path)).sort(), [
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "package.json",
      "policy-pack/PulumiPolicy.yaml",
      "policy-pack/main.js",
      "policy-pack/package.json",
    ]);
    const made = files.filter((path) => path.startsWith("dist/") && path !== "dist/layer-config.schema.json");
    assert.ok(made.length > 0);
    for (const path of made.filter((path) => path.startsWith("dist/cli/"))) {
      assert.match(path, /^dist\/cli\/(?:bin\.js|compiled\.js|main\.js|chunks\/[\w-]+\.js|LICENSES\.txt)$/);
    }
    const plugin = made
      .filter((path) => path.startsWith("dist/plugin/"))
      .map((path) => path.slice("dist/plugin/".length));
    const executable = "pulumi-resource-lambda-layers";
    assert.deepEqual(plugin.filter((path) => !path.startsWith("chunks/")).sort(), [
      ...["LICENSES.txt", "PulumiPlugin.yaml", "main.js", "package.json"],
      ...[executable, `${executable}.cmd`, "schema.json"],
    ]);
    for (const path of made.filter((path) => !/^dist\/(?:cli|plugin)\//.test(path))) {
      const source = path.replace(/^dist\//, "").replace(/(?:\.d)?\.(?:js|ts)$/, ".ts");
      assert(existsSync(join(checkout, source)), `${path} comes from no source`);
    }
  });

  it("is small", () => {
    // Of these, 2.6 MB are the plugin: programs in other languages have no node_modules, so it contains the AWS SDK.
    // Another 0.7 MB are docs and examples, mostly pictures, so that the links in the README work once it is installed.
    assert(unpackedSize < 5_800_000, `${unpackedSize} bytes`);
  });

  it("names no file of the machine that built it, and no source map that does not exist", async () => {
    for (const path of files) {
      const text = await readFile(join(checkout, path), "utf8");
      assert(!text.includes(checkout), `${path} names the folder that it was built in`);
      assert(!text.includes("sourceMappingURL"), `${path} names a source map`);
    }
  });

  it("passes publint", async () => {
    const { publint } = await import("publint");
    const bytes = await readFile(tarball);
    const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    assert.deepEqual((await publint({ pack: { tarball: data }, strict: true })).messages, nothing);
  });

  it("has types for every way to import it, according to attw", async () => {
    const attw = join(checkout, "node_modules/@arethetypeswrong/cli/dist/index.js");
    await run(process.execPath, [attw, "--no-color", "--no-emoji", tarball], folder);
  });

  it("has the JSON Schema of the config", async () => {
    const schema = JSON.parse(await readFile(join(checkout, "dist/layer-config.schema.json"), "utf8"));
    assert.deepEqual(schema, JSON.parse(JSON.stringify(configJsonSchema(configSchema))));
  });

  it("has a plugin that needs nothing but Node.js, and has the package's version", async () => {
    const plugin = join(folder, "elsewhere");
    await cp(join(checkout, "dist/plugin"), plugin, { recursive: true });
    const manifest = JSON.parse(await readFile(join(plugin, "package.json"), "utf8"));
    const { version } = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));
    assert.equal(manifest.version, version);
    assert.equal(manifest.dependencies, undefined);
    assert.equal(JSON.parse(await readFile(join(plugin, "schema.json"), "utf8")).version, version);
    const running = start(process.execPath, [join(plugin, manifest.main)], { cwd: folder, env: process.env });
    const port = await new Promise<string>((resolve) => running.process.stdout?.once("data", resolve));
    running.kill("SIGKILL");
    await running.ended;
    assert.match(port, /^\d+\n$/);
  });

  const evaluate = async (program: string) =>
    JSON.parse(await run(process.execPath, ["--input-type=commonjs", "-e", program], folder));

  const entries = {
    [name]: ["LayerVersions", "pinLayers", "loadLayerConfig", "LayersError"],
    [`${name}/provider/handlers`]: ["check", "diff", "create", "read", "update", "delete"],
    [`${name}/policy-pack`]: nothing,
    [`${name}/schema.json`]: ["properties"],
    [`${name}/package.json`]: ["version"],
  };
  for (const [entry, wanted] of Object.entries(entries)) {
    it(`gives ${entry} to require`, async () => {
      const exported: string[] = await evaluate(
        `console.log(JSON.stringify(Object.keys(require(${JSON.stringify(entry)}))))`,
      );
      assert.deepEqual(
        wanted.filter((one) => !exported.includes(one)),
        nothing,
      );
    });
  }

  for (const entry of [name, `${name}/provider/handlers`, `${name}/policy-pack`]) {
    it(`loads neither @pulumi/aws nor the AWS SDK for ${entry}`, async () => {
      const loaded: string[] = await evaluate(
        `require(${JSON.stringify(entry)}); console.log(JSON.stringify(Object.keys(require.cache)))`,
      );
      const heavy = /node_modules[\\/](?:@pulumi[\\/]aws|@aws-sdk|@smithy|yocto-spinner)[\\/]/;
      assert(loaded.length > 0);
      assert.deepEqual(
        loaded.filter((path) => heavy.test(path)),
        nothing,
      );
    });
  }

  it("has the same exports for import as for require", async () => {
    await writeFile(
      join(folder, "names.mjs"),
      `import { createRequire } from "node:module";
import * as imported from "${name}";
import { LayerVersions, loadLayerConfig, pinLayers } from "${name}";
import * as policies from "${name}/policy-pack";
import schema from "${name}/schema.json" with { type: "json" };
const require = createRequire(import.meta.url);
const missing = (from, where) => Object.keys(require(from)).filter((key) => !(key in where));
console.log(JSON.stringify({
  types: [LayerVersions, loadLayerConfig, pinLayers].map((value) => typeof value),
  missing: [...missing("${name}", imported), ...missing("${name}/policy-pack", policies)],
  title: schema.title,
}));`,
    );
    assert.deepEqual(JSON.parse(await run(process.execPath, ["names.mjs"], folder)), {
      types: ["function", "function", "function"],
      missing: [],
      title: "Lambda layer versions",
    });
  });

  it("exports nothing else", async () => {
    const code = await evaluate(
      `try { require("${name}/dist/sdk/core/arn.js") } catch ({ code }) { console.log(JSON.stringify(code)) }`,
    );
    assert.equal(code, "ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("needs nothing at run time that it does not declare", async () => {
    const manifest = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));
    const used = new Set<string>();
    for (const path of files.filter((path) => path.endsWith(".js"))) {
      for (const [, module = ""] of (await readFile(join(checkout, path), "utf8")).matchAll(
        /(?:require|import)\("([^."][^"]*)"\)/g,
      )) {
        if (!isBuiltin(module)) used.add(module.split("/", module.startsWith("@") ? 2 : 1).join("/"));
      }
    }
    used.delete(name);
    used.delete("@aws-sdk/signature-v4-crt"); // optional: the AWS SDK itself says what it is for
    const declared = Object.keys(manifest.dependencies);
    assert.deepEqual(
      [...used].filter((module) => !declared.includes(module)),
      nothing,
    );
  });

  it("includes the licenses of the packages that its command is bundled with", async () => {
    const licenses = await readFile(join(checkout, "dist/cli/LICENSES.txt"), "utf8");
    for (const module of ["commander", "yaml", "valibot", "string-width"]) {
      const { version } = JSON.parse(await readFile(join(checkout, "node_modules", module, "package.json"), "utf8"));
      assert(licenses.includes(`${module} ${version}\n`), module);
    }
    assert(licenses.split("Permission ").length > 5);
  });

  it("is licensed under Apache-2.0, with the full text", async () => {
    const text = await readFile(join(checkout, "LICENSE"), "utf8");
    assert.match(text, /Apache License\s+Version 2\.0, January 2004/);
    assert.match(text, /END OF TERMS AND CONDITIONS/);
    assert.deepEqual(
      (await readdir(checkout)).filter((path) => /^licen[cs]e/i.test(path)),
      ["LICENSE"],
    );
  });
});
