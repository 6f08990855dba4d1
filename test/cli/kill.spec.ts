import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { compareStates } from "../../sdk/core/state/compare";
import { layer, useStack } from "../ops/harness";
import { counts, itSampled, seed, tally } from "../support/counts";
import type { Project } from "../support/engine";
import { findMotoPython, startS3 } from "../support/moto";
import type { Outcome, Running } from "../support/processes";
import { startCli } from "./harness";

const program = `
for (const name of ["a", "b", "c"])
  fn(name, { layers: [layer("receipt-dynamo-dev", 1), layer("receipt-label-dev", 1), layer("unrelated", 2)] });
`;

/** The layers of each function in one of two variants: the second one gives way to another layer. */
const layersAt = (version: number) => [
  layer("receipt-dynamo-dev", version),
  version === 1 ? layer("receipt-label-dev", 1) : layer("receipt-renamed", 2),
  layer("unrelated", 2),
];
const configFor = (version: number) => {
  const names = ["receipt-label-dev", "receipt-renamed"];
  const [here, other] = version === 1 ? names : names.toReversed();
  return `layers:
  receipt-dynamo: { version: ${version} }
  label: { names: [${here}], version: ${version}, replaces: [${other}] }
`;
};

/** An environment in which the real Pulumi waits for some seconds before it imports. */
async function slowPulumi({ root, env }: Project, seconds: number): Promise<Record<string, string>> {
  const folder = join(root, "slow");
  await mkdir(folder);
  const script = `#!/bin/sh\ncase "$*" in *import*) sleep ${seconds};; esac\nPATH=\${PATH#*:} exec pulumi "$@"\n`;
  await writeFile(join(folder, "pulumi"), script, { mode: 0o755 });
  return { ...env, PATH: `${folder}:${env.PATH}` };
}

/** What a run prints when it reaches its next piece of work. */
const steps = [
  /Exporting stack state/,
  /DEBUG - pulumi .*stack export/, // the check of the secrets provider
  /State saved to/, // the second export
  /INFO - Importing state/,
  /DEBUG - pulumi .*stack import/, // the last export
  /Pulumi state updated successfully/,
  /INFO - (Synchronizing|Rolling back)/,
];

// `npm run soak -- kills` covers both backends.
const isOnS3 = process.env.LAMBDA_LAYERS_BACKEND === "S3";
const backend = isOnS3 ? async () => startS3(findMotoPython() ?? assert.fail("moto needs Python 3.10")) : undefined;

describe("a run that is interrupted", function () {
  this.timeout(7_200_000);
  const deployed = useStack(program, { files: { "to-1.yaml": configFor(1), "to-2.yaml": configFor(2) }, backend });
  before(() => {
    deployed.emulator.configure({ updateDelayMs: 200 });
    deployed.emulator.seed({ layers: [{ name: "receipt-renamed", versions: 9 }] });
  });
  /** The version that the stack is at. There are two; each run moves it to the other. */
  let at = 1;

  type Kind = "update" | "rollback";
  const run = (kind: Kind, env = deployed.project.env): Running => {
    const config = kind === "update" ? ["--config", `to-${3 - at}.yaml`] : [];
    const args = [kind, ...config, "--stack", "dev", "--sync-aws", "--yes", "--verbose"];
    return startCli(args, { cwd: deployed.project.dir, env, group: true });
  };
  const stateAt = async () => Buffer.from(await deployed.project.exportText());

  /** The versions that the state records of the updated layer, each once. */
  const versionsNow = async () => {
    const found = (await deployed.project.exportText()).matchAll(/"arn:[^"]*:receipt-dynamo-dev:(\d+)"/g);
    return [...new Set(Array.from(found, ([, version]) => version))].join();
  };

  beforeEach(async () => {
    at = Number(await versionsNow());
  });

  /** Interrupts a run, finds the state old or new, runs again, and finds everything done. */
  const cutShort = async (kind: Kind, step: RegExp, delay: number, signal: NodeJS.Signals): Promise<Outcome> => {
    const { project, emulator } = deployed;
    const target = 3 - at;
    const old = await stateAt();
    const running = run(kind);
    await running.printed(step);
    await sleep(delay);
    tally(`${kind}s cut short by ${signal} on ${isOnS3 ? "S3" : "files"}`);
    running.kill(signal);
    const outcome = await running.ended;
    // In half of the cases the next run starts at once, and may meet an import that is still going on.
    if (delay % 2 === 0)
      assert.match(await versionsNow(), new RegExp(`^(${at}|${target})$`), "a state between old and new");

    const again = await run(kind).ended;
    assert.equal(again.code, 0, `${outcome.output}\nAGAIN\n${again.output}`);
    const after = await project.exportStack();
    const functions = after.deployment.resources.filter(({ type }: { type: string }) => type.endsWith(":Function"));
    assert.equal(functions.length, 3);
    for (const { inputs, outputs, id } of functions) {
      const layers = layersAt(target);
      assert.deepEqual([inputs.layers, outputs.layers, emulator.layersOf(id)], [layers, layers, layers]);
    }
    const others = compareStates(old, await stateAt(), { limit: 100 }).filter(
      ({ path }) => !/layers\[[01]\]$/.test(path),
    );
    assert.deepEqual(others, [], "something other than these layers has changed");
    at = target;
    return outcome;
  };

  /** Interrupts runs in each step in turn; only the moment within the step is random. */
  const cutShortAtEachStep = async (
    numbers: { sample: number; full: number },
    cut: (step: RegExp, delay: number) => Promise<void>,
  ) => {
    let turn = seed;
    const property = fc.asyncProperty(fc.nat(800), (delay) => cut(steps[turn++ % steps.length] ?? /./, delay));
    await fc.assert(property, { ...counts(numbers), endOnFailure: true });
  };

  it("by a kill leaves the old state or the new, and the next run finishes", () =>
    cutShortAtEachStep({ sample: 2, full: 400 }, async (step, delay) => {
      await cutShort("update", step, delay, "SIGKILL");
    }));

  it("by Ctrl-C says what was done, and the next run finishes", () =>
    cutShortAtEachStep({ sample: 2, full: 110 }, async (step, delay) => {
      const { code, signal, output } = await cutShort("update", step, delay, "SIGINT");
      // Node no longer catches signals once it is about to exit.
      assert.ok(code === 0 || code === 130 || signal === "SIGINT", `${code} ${signal}\n${output}`);
      if (code === 130) assert.match(output, /WARNING - Interrupted\. \w+/);
    }));

  itSampled("and is a rollback rolls back with the next run", () =>
    cutShortAtEachStep({ sample: 1, full: 100 }, async (step, delay) => {
      const updated = await run("update").ended;
      assert.equal(updated.code, 0, updated.output);
      at = 3 - at;
      await cutShort("rollback", step, delay, "SIGKILL");
    }),
  );

  itSampled("during a slow import is waited for by the next run", async () => {
    const { project } = deployed;
    const target = 3 - at;
    const slow = await slowPulumi(project, 3);
    const running = run("update", slow);
    await running.printed(/INFO - Importing state/);
    await sleep(300);
    running.kill("SIGKILL");
    await running.ended;
    const again = await run("update").ended;
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /WARNING - An import from an earlier run is still in progress/);
    assert.doesNotMatch(again.output, /State exported to/, "the killed import went through all the same");
    assert.equal(await versionsNow(), String(target));
    at = target;
  });

  it("changes the text of the moved layers in the imported state, and no other byte", async () => {
    const folder = join(deployed.project.dir, "backups");
    const imported = (await readdir(folder)).filter((name) => /^dev_(updated|rollback)_/.test(name));
    assert.ok(imported.length > 0);
    for (const name of imported) {
      const before = await readFile(join(folder, name.replace(/updated|rollback/, "state")), "latin1");
      const [was, is] = before.includes(`"${layersAt(1)[0]}"`)
        ? [layersAt(1), layersAt(2)]
        : [layersAt(2), layersAt(1)];
      const expected = was.reduce((text, old, index) => text.replaceAll(`"${old}"`, `"${is[index]}"`), before);
      assert.equal(await readFile(join(folder, name), "latin1"), expected, name);
    }
  });

  it("leaves no half-written file under its final name", async () => {
    const names = await readdir(join(deployed.project.dir, "backups"));
    const complete = names.filter((name) => !name.startsWith("."));
    assert.ok(complete.length > 0);
    for (const name of complete)
      assert.match(name, /^dev_((state|updated|rollback)_\d{8}_\d{6}(_\d+)?\.json|sync_\d{8}_\d{6}(_\d+)?\.jsonl)$/);
  });
});
