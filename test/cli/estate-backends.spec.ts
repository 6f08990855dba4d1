import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { itSampled, soak } from "../support/counts";
import { Estate, type EstateOptions, seedsOf } from "../support/estate";
import { findMotoPython, startS3 } from "../support/moto";
import { startCli } from "./harness";

// The same life of an estate on a file backend and on S3: inspected, updated, interrupted, run again. A soak test uses
// 12 projects with 3 stacks each; a usual run uses a small estate, on S3 alone, as other specs use files.

const size = soak ? { projects: 12, stacks: ["dev", "prod", "staging"] } : { projects: 2, stacks: ["dev", "prod"] };
const folders = Array.from({ length: size.projects }, (_, index) => `services/p${String(index).padStart(2, "0")}`);
const projects: EstateOptions["projects"] = Object.fromEntries(
  folders.map((folder) => [
    folder,
    Object.fromEntries(
      size.stacks.map((stack) => [
        stack,
        { [`${folder.slice(9)}-${stack}`]: ["base:1"], [`${folder.slice(9)}-${stack}-b`]: ["base:1"] },
      ]),
    ),
  ]),
);
const config = (version: number) => `layers:\n  base: {version: ${version}}\n`;

interface Document {
  folder: string;
  stack: string | null;
  totals?: { drift: number };
  changes?: unknown[];
  error?: { code: string };
}

const python = findMotoPython();
if (!python) console.warn("Not run: an estate on S3, which moto serves: it needs Python 3.10 or newer on PATH.");
const backends = (["files", "S3"] as const).filter((backend) => (backend === "S3" ? python !== undefined : soak));

for (const backend of backends) {
  describe(`an estate of ${size.projects} projects with ${size.stacks.length} stacks each, on ${backend}`, function () {
    this.timeout(soak ? 900_000 : 180_000);
    let moto: Awaited<ReturnType<typeof startS3>> | undefined;
    let emulator: Emulator;
    let estate: Estate;

    before(async () => {
      emulator = await startEmulator();
      emulator.seed({ layers: [{ name: "base", versions: 9 }], functions: seedsOf({ projects }) });
      let env: Record<string, string> = emulator.env;
      if (backend === "S3" && python) {
        moto = await startS3(python);
        env = { ...env, ...moto.env };
      }
      const [first = ""] = folders;
      estate = await Estate.create({
        ...{ projects, env, passphrases: { [`${first}/dev`]: "another one" } },
        files: {
          "services/layer_config.yaml": config(2),
          // A project that Pulumi cannot read, and one without a config.
          "services/broken/Pulumi.yaml": "{",
          "alone/Pulumi.yaml": JSON.stringify({ name: "alone", runtime: "yaml" }),
        },
      });
      await estate.pulumi("alone", ["stack", "init", "dev"]);
    });
    after(async () => {
      await estate?.dispose();
      await emulator?.close();
      await moto?.stop();
    });

    const start = (args: readonly string[]) =>
      startCli(["--projects", "*", "--stack", "*", ...args], { cwd: estate.dir, env: estate.env });
    const documents = async (...args: string[]): Promise<{ code: number | null; all: Document[] }> => {
      const { code, stdout, output } = await start([...args, "--json"]).ended;
      assert.notEqual(stdout, "", output);
      return { code, all: JSON.parse(stdout) };
    };
    const count = folders.length * size.stacks.length;
    const codesOf = (all: readonly Document[]) => all.flatMap(({ error }) => error?.code ?? []);

    it("says how all stacks stand, and what could not be read, in a table, documents and a page", async () => {
      const { code, all } = await documents("status");
      assert.equal(code, 2);
      assert.equal(all.length, count + 2);
      assert.deepEqual(codesOf(all), ["config-invalid", "pulumi-failed"]);
      assert.equal(
        all.reduce((sum, { totals }) => sum + (totals?.drift ?? 0), 0),
        2 * count,
      );
      const report = await start(["report", "--html", "page.html"]).ended;
      assert.equal(report.code, 2);
      const page = await readFile(join(estate.dir, "page.html"), "utf8");
      assert.equal(page.split('<details class="stack ').length - 1, count + 2);
      assert.match(
        page,
        new RegExp(
          `${2 * count} of ${2 * count} layers of functions are not as declared; 1 stack could not be read; 1 project could not be read`,
        ),
      );
    });

    itSampled("updates all that it can, ends as a whole on Ctrl-C, and finishes if it is run again", async () => {
      const run = start(["--yes"]);
      await run.printed(new RegExp(`^Stack prod of ${folders[0]}:`, "m"));
      run.kill("SIGINT");
      const { stderr } = await run.ended;
      assert.match(stderr, /\d+ stacks not started: /);
      // Whatever it was doing, each state is readable by Pulumi, and wholly old or wholly new.
      const { all: looked } = await documents("status", "--recorded-only");
      const drifts = looked.flatMap(({ totals }) => totals?.drift ?? []);
      assert.ok(
        drifts.every((drift) => drift === 0 || drift === 2),
        String(drifts),
      );
      assert.ok(drifts.filter((drift) => drift === 2).length >= count - 2);
      const again = await documents("--yes", "--parallel", "2");
      assert.deepEqual(codesOf(again.all), ["config-invalid", "pulumi-failed", "passphrase"]);
      const last = await documents("status", "--recorded-only");
      assert.equal(
        last.all.reduce((sum, { totals }) => sum + (totals?.drift ?? 0), 0),
        2,
      );
    });

    if (backend === "files")
      it("leaves a locked stack alone", async () => {
        const folder = folders.at(-1) ?? "";
        const locks = join(estate.root, `state/.pulumi/locks/organization/${folder.replace("/", "-")}/dev`);
        await mkdir(locks, { recursive: true });
        const lock = { pid: 1, username: "someone", hostname: "elsewhere", timestamp: "2026-11-26T10:00:00Z" };
        await writeFile(join(locks, "1.json"), JSON.stringify(lock));
        await estate.write({ "services/layer_config.yaml": config(3) });
        const { all } = await documents("--yes", "--parallel", "4");
        await rm(locks, { recursive: true });
        assert.deepEqual(codesOf(all), ["config-invalid", "pulumi-failed", "passphrase", "stack-locked"]);
        assert.equal(all.filter(({ changes }) => changes?.length === 2).length, count - 2);
        const names = await readdir(join(estate.dir, "backups"));
        assert.ok(names.some((name) => name.startsWith("stacks_run_")));
      });
  });
}
