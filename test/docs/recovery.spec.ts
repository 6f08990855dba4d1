import assert from "node:assert/strict";
import { chmod, readFile, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { readmeConfig, startCli } from "../cli/harness";
import type { Emulator } from "../emulator";
import { useStack } from "../ops/harness";
import { itSampled } from "../support/counts";
import type { Project } from "../support/engine";
import { layer } from "../support/states";
import { runStep, type Step, sessionsOf } from "./sessions";

const program = `
fn("my-function-1", { layers: ["${layer("receipt-dynamo-dev", 1)}"] });
fn("my-function-2", { layers: ["${layer("receipt-dynamo-dev", 2)}"] });
fn("my-function-3", { layers: ["${layer("receipt-label-dev", 1)}"] });
`;
const names = ["my-function-1", "my-function-2", "my-function-3"];
// The versions that the program deploys, and those that the config declares.
const asDeployed = [1, 2, 1];
const declared = [5, 5, 3];

describe("docs/recovery.md", function () {
  this.timeout(120_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": readmeConfig } });
  const sections = new Map<string, Step[]>();
  let emulator: Emulator;
  let stack: Project;

  before(async () => {
    ({ emulator, project: stack } = deployed);
    for (const { heading, steps } of await sessionsOf("recovery.md")) {
      sections.set(heading, [...(sections.get(heading) ?? []), ...steps]);
    }
  });
  beforeEach(() => deployed.reset());

  const cli = (...args: string[]) => startCli(args, { cwd: stack.dir, env: stack.env });
  const update = async (...args: string[]) => assert.equal((await cli(...args).ended).code, 0);
  const recorded = async () => {
    const { deployment } = await stack.exportStack();
    return names.map((name) => {
      const { outputs } = deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`));
      return Number(outputs.layers[0].split(":").at(-1));
    });
  };
  const live = () => names.map((name) => Number(emulator.layersOf(name)[0]?.split(":").at(-1)));
  const stateFile = () => join(stack.root, "state/.pulumi/stacks/test/dev.json");

  /** Leaves a lock held by a Pulumi that is gone. */
  const lock = () => {
    const owner = { pid: 999_999_999, username: "me", hostname: hostname(), timestamp: new Date().toISOString() };
    return stack.write({ "../state/.pulumi/locks/organization/test/dev/0c4f4c3a.json": owner });
  };
  /** Leaves an update of a function with an unknown end. */
  const leavePending = async () => {
    const state = JSON.parse(await readFile(stateFile(), "utf8"));
    const { latest } = state.checkpoint;
    const resource = latest.resources.find(({ urn }: { urn: string }) => urn.endsWith("::my-function-1"));
    latest.pending_operations = [{ resource, type: "updating" }];
    await writeFile(stateFile(), JSON.stringify(state));
  };

  /** What has gone wrong, and how everything is once the section's commands have run. */
  interface Section {
    readonly arrange?: () => Promise<unknown>;
    readonly recorded: readonly number[];
    readonly live: readonly number[];
  }

  const cases: Record<string, Section> = {
    "A run was killed in the middle": {
      async arrange() {
        const running = cli();
        await running.printed(/Importing state/);
        running.kill("SIGKILL");
        await running.ended;
      },
      recorded: declared,
      live: asDeployed,
    },
    "The stack is locked": {
      async arrange() {
        await lock();
        const { code, stderr } = await cli().ended;
        assert.deepEqual([code, /The stack dev is locked/.test(stderr)], [1, true]);
      },
      recorded: declared,
      live: asDeployed,
    },
    "Pulumi cannot read the stack: `failed to load checkpoint: EOF`": {
      async arrange() {
        await truncate(`${stateFile()}.attrs`);
        const { code, stderr } = await cli().ended;
        assert.deepEqual([code, /failed to load checkpoint: EOF/.test(stderr)], [1, true]);
      },
      recorded: asDeployed,
      live: asDeployed,
    },
    "An update was a mistake": { arrange: () => update("--sync-aws"), recorded: asDeployed, live: declared },
    // By the time Pulumi imports a state, the rollback has its own backup.
    "The whole state has to go back": { arrange: () => update(), recorded: asDeployed, live: asDeployed },
    "The stack was changed meanwhile": { recorded: declared, live: asDeployed },
    "There are pending operations": {
      async arrange() {
        await leavePending();
        const { code, stderr } = await cli().ended;
        assert.deepEqual([code, /has 1 pending operation/.test(stderr)], [1, true]);
      },
      recorded: declared,
      live: asDeployed,
    },
    "The state is broken": {
      async arrange() {
        const state = JSON.parse(await readFile(stateFile(), "utf8"));
        state.checkpoint.latest.resources.at(-1).parent = "urn:pulumi:dev::test::a:b:C::missing";
        await writeFile(stateFile(), JSON.stringify(state));
        const { code, stderr } = await cli().ended;
        assert.deepEqual([code, /is broken, .* its parent \S+::missing is missing/.test(stderr)], [1, true], stderr);
      },
      recorded: declared,
      live: asDeployed,
    },
    "Pulumi itself crashed": {
      async arrange() {
        await leavePending();
        await lock();
        const refresh = await stack.pulumi(["refresh", "--yes", "--skip-preview"]);
        assert.match(refresh.output, /the stack is currently locked/);
      },
      recorded: declared,
      live: asDeployed,
    },
    "After the import, the state is not what was imported": {
      arrange: () => update(),
      recorded: asDeployed,
      live: asDeployed,
    },
    "The import overwrote a change that someone else made": {
      async arrange() {
        const other = (await stack.exportText()).replaceAll("receipt-label-dev:1", "receipt-label-dev:2");
        const imports = "pulumi stack import --stack dev --file other.json";
        const script = `#!/bin/sh\nPATH=\${PATH#*:}\ncase "$*" in *"stack import"*) ${imports} ;; esac\nexec pulumi "$@"\n`;
        await stack.write({ "other.json": other, "bin/pulumi": script });
        await chmod(join(stack.dir, "bin/pulumi"), 0o755);
        const env = { ...stack.env, PATH: `${join(stack.dir, "bin")}:${stack.env.PATH}` };
        const { code, stderr } = await startCli([], { cwd: stack.dir, env }).ended;
        assert.deepEqual([code, /The import overwrote a change/.test(stderr)], [1, true]);
        assert.equal((await recorded())[2], 3);
      },
      recorded: declared,
      live: asDeployed,
    },
    "Some functions were not updated in AWS": {
      async arrange() {
        const fault = { operation: "UpdateFunctionConfiguration", resource: "my-function-2", status: 400 };
        emulator.fault({ ...fault, code: "InvalidParameterValueException", message: "no luck" });
        assert.equal((await cli("--sync-aws").ended).code, 4);
        emulator.clearFaults();
        assert.deepEqual(live(), [5, 2, 3]);
      },
      recorded: declared,
      live: declared,
    },
    "The state is right, but AWS is not (or the other way round)": {
      async arrange() {
        await update();
        emulator.edit("my-function-3", { Layers: ["receipt-label-dev:2"] });
      },
      recorded: declared,
      live: declared,
    },
    "The backup's layer version is gone": {
      async arrange() {
        await update("--sync-aws");
        emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 0, deleted: [1, 2] }] });
        const { code, stderr } = await cli("rollback", "--dry-run", "--sync-aws").ended;
        assert.equal(code, 0);
        assert.match(stderr, /Layer version no longer exists: \S+:receipt-dynamo-dev:1/);
        assert.match(stderr, /Function my-function-2 cannot be rolled back/);
      },
      recorded: [5, 5, 1],
      live: [5, 5, 1],
    },
    "One function, by hand": { recorded: [5, 2, 1], live: [5, 2, 1] },
  };

  it("has no section that is not tested here", () => {
    assert.deepEqual([...sections.keys()], Object.keys(cases));
  });

  for (const [heading, expected] of Object.entries(cases)) {
    itSampled(heading, async () => {
      await expected.arrange?.();
      for (const step of sections.get(heading) ?? []) {
        const { code, stdout } = await runStep(step, stack);
        assert.equal(code, 0, `${step.command}\n${stdout}`);
      }
      assert.deepEqual(
        { recorded: await recorded(), live: live() },
        { recorded: expected.recorded, live: expected.live },
      );
    });
  }
});
