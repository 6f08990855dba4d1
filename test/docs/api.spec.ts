// The programs of docs/api.md compile, and do what the page says.

import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { type Emulator, startEmulator } from "../emulator";
import { checkout } from "../support/engine";
import { Estate, seedsOf } from "../support/estate";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run } from "../support/processes";
import { blocksOf } from "./markdown";

const require = createRequire(__filename);

describe("docs/api.md", function () {
  this.timeout(240_000);
  let programs: string[];
  let folder: string;
  before(async () => {
    const text = await readFile(join(checkout, "docs/api.md"), "utf8");
    programs = blocksOf(text, "ts");
    folder = await temporaryFolder();
    await mkdir(join(folder, "node_modules"));
    for (const name of ["@types", "@pulumi"]) {
      await symlink(join(checkout, "node_modules", name), join(folder, "node_modules", name));
    }
    await symlink(checkout, join(folder, "node_modules/pulumi-lambda-layers"));
    for (const [index, program] of programs.entries()) await writeFile(join(folder, `program${index}.ts`), program);
  });
  after(() => removeFolder(folder));

  it("names every value that the package exports", async () => {
    const text = await readFile(join(checkout, "docs/api.md"), "utf8");
    for (const name of Object.keys(require(join(checkout, "dist/sdk/index.js")))) {
      assert.match(text, new RegExp(`\`${name}\\b`), name);
    }
  });

  it("has programs that compile", () => {
    const options: ts.CompilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: true, noImplicitOverride: true, types: ["node"] },
      ...{
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
      },
    };
    const files = programs.map((_, index) => join(folder, `program${index}.ts`));
    const problems = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
    assert.deepEqual(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });

  describe("on a stack", () => {
    let emulator: Emulator;
    let estate: Estate;
    before(async () => {
      const projects = { shop: { dev: { api: ["base:1", "tools-legacy:2"] } } };
      emulator = await startEmulator();
      const layers = ["base", "tools-legacy"].map((name) => ({ name, versions: 5 }));
      emulator.seed({ layers, functions: seedsOf({ projects }) });
      const config = "layers: { base: { version: 3 } }\nstack_overrides: { prod: { base: { version: 2 } } }\n";
      estate = await Estate.create({ projects, files: { "shop/layer_config.yaml": config }, env: emulator.env });
    });
    after(async () => {
      await estate?.dispose();
      await emulator?.close();
    });

    const printed = async (index: number) => {
      const program = ts.transpile(programs[index] ?? "", {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
      });
      await writeFile(join(folder, "program.cjs"), program);
      const { code, output } = await run(process.execPath, [join(folder, "program.cjs")], {
        cwd: join(estate.dir, "shop"),
        env: estate.env,
      });
      assert.equal(code, 0, output);
      return output;
    };

    it("has programs that do what they say", async () => {
      assert.equal(await printed(1), "api: base -> 3\napi: tools-legacy -> 4\n");
      assert.match(await printed(0), /^api: base 1 -> 3\nbackup: backups\/dev_state_\w+\.json\n$/);
      assert.match(emulator.layersOf("api")[0] ?? "", /:base:3$/);
      assert.equal(await printed(2), "base: 2\n");
    });
  });
});
