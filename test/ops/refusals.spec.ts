import assert from "node:assert/strict";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { LayersError } from "../../sdk/core/errors";
import type { BackupPort, Ports, StackPort } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";
import { itSampled } from "../support/counts";
import { backupNames, importState, keepLines, type Told, update, useStack } from "./harness";

const config = "layers: { receipt-dynamo: { version: 5 } }\n";
const program = `
fn("a", { layers: [layer("receipt-dynamo-dev", 1)] });
if (require("fs").existsSync("second")) fn("b", { layers: [layer("receipt-dynamo-dev", 1)] });
if (require("fs").existsSync("third")) fn("c", { layers: [layer("receipt-dynamo-dev", 1)] });
`;

/** What Pulumi is asked before anything is written, sorted. */
const looks = ["stack", "stack export", "stack history", "whoami"];

/** Ports whose stacks do something else first, or afterwards. */
function withStacks(change: (stacks: StackPort) => Partial<StackPort>): (ports: Ports) => Ports {
  return (ports) => {
    const { stacks } = ports;
    const methods: StackPort = {
      list: (...args) => stacks.list(...args),
      hasProject: () => stacks.hasProject(),
      project: () => stacks.project(),
      configured: () => stacks.configured(),
      exportState: (...args) => stacks.exportState(...args),
      isState: (...args) => stacks.isState(...args),
      checkSecrets: (...args) => stacks.checkSecrets(...args),
      importState: (...args) => stacks.importState(...args),
      isImporting: (...args) => stacks.isImporting(...args),
      history: (...args) => stacks.history(...args),
      exportVersion: (...args) => stacks.exportVersion(...args),
      backend: (...args) => stacks.backend(...args),
    };
    return { ...ports, stacks: { ...methods, ...change(stacks) } };
  };
}

/** Ports whose n-th export happens after something else, whether it is kept or only compared. */
function beforeExport(number: number, work: () => Promise<unknown>): (ports: Ports) => Ports {
  let count = 0;
  return withStacks((stacks) => ({
    async exportState(...args) {
      if (++count === number) await work();
      return stacks.exportState(...args);
    },
    async isState(...args) {
      if (++count === number) await work();
      return stacks.isState(...args);
    },
  }));
}

describe("an update that cannot be made", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });
  beforeEach(() => deployed.reset());

  const stateNow = () => deployed.project.stateText();
  const fails = (told: Told, code: string, message: RegExp): void => {
    assert.equal(told.error?.code, code, told.error?.describe() ?? "it succeeded");
    assert.match(told.error?.describe() ?? "", message);
  };

  itSampled("because the stack is updated meanwhile loses nothing of that update", async () => {
    const { project } = deployed;
    const up = async () => {
      await project.write({ second: "" });
      await project.up();
    };
    const told = await update(project, {}, beforeExport(2, up));
    await rm(join(project.dir, "second"));
    fails(told, "stack-changed", /^The stack dev was changed by someone else .*Nothing was imported\.\nRun again/);
    assert.ok(!told.commands.includes("stack import"));
    assert.match(await stateNow(), /Function::b"/);
    assert.doesNotMatch(await stateNow(), /receipt-dynamo-dev:5/);
    const again = await update(project);
    assert.equal(again.result?.changes.length, 2);
    assert.match(await stateNow(), /Function::b"/);
  });

  /** Changes the stack between the last export and the import. */
  const beforeImport = (work: () => Promise<unknown>, change: Partial<StackPort> = {}) =>
    withStacks((stacks) => ({
      async importState(...args) {
        await work();
        return stacks.importState(...args);
      },
      ...change,
    }));
  const overwritten = async (told: Told) => {
    const [, kept = ""] = /kept in (\S+?)\.\n/.exec(told.error?.describe() ?? "") ?? [];
    return { kept, text: await readFile(join(deployed.project.dir, kept), "utf8") };
  };

  itSampled(
    "without overwriting an update made in the moment of the import names that, and keeps what it left",
    async () => {
      const { project } = deployed;
      const up = async () => {
        await project.write({ third: "" });
        await project.up();
        await rm(join(project.dir, "third"));
      };
      const told = await update(project, {}, beforeImport(up));
      fails(
        told,
        "verification-failed",
        /overwrote a change .* stack dev in file:\/\/\S+ at the same time: the update of 20\S+Z\. .* kept in backups\/dev_state_\S+\.\n/,
      );
      assert.doesNotMatch(await stateNow(), /Function::c"/);
      const { kept, text } = await overwritten(told);
      assert.match(text, /Function::c"/);
      assert.match(told.error?.next ?? "", new RegExp(`pulumi stack import --stack dev --file ${kept}$`));
      await project.succeeds(["stack", "import", "--stack", "dev", "--file", kept]);
      assert.equal((await update(project)).result?.changes.length, 2);
      assert.match(await stateNow(), /Function::c"/);
    },
  );

  it("without overwriting someone else's import names that, and keeps it", async () => {
    const { project, original } = deployed;
    const other = original.replaceAll("receipt-dynamo-dev:1", "receipt-dynamo-dev:7");
    const told = await update(
      project,
      {},
      beforeImport(() => importState(project, other)),
    );
    fails(
      told,
      "verification-failed",
      /at the same time: an import or an edit of the state, made from the state of 20\S+Z\. /,
    );
    assert.match((await overwritten(told)).text, /receipt-dynamo-dev:7/);
  });

  itSampled("on a bucket names the object with what an update in that moment had left", async () => {
    const { project } = deployed;
    const backend = async () => ({ url: "s3://states", file: undefined });
    const told = await update(
      project,
      {},
      beforeImport(() => project.up(), { backend }),
    );
    fails(
      told,
      "verification-failed",
      /in s3:\/\/states at the same time: the update of .*\nDownload .* \.pulumi\/history\/\w+\/dev\/dev-\*\.checkpoint\.json in s3/,
    );
  });

  it("because the state after the import is wrong says how to go back", async () => {
    const { project, original } = deployed;
    const told = await update(
      project,
      {},
      beforeExport(3, () => importState(project, original)),
    );
    fails(
      told,
      "verification-failed",
      /^After the import, the state of dev is not what was imported\.\n {2}changed: urn:.*layers\[0\]/,
    );
    const [state] = await backupNames(project);
    assert.match(told.error?.next ?? "", new RegExp(`pulumi stack import --stack dev --file backups/${state}$`));
  });

  it("says that AWS was not reached either, if functions were to follow", async () => {
    const { project, original, emulator } = deployed;
    emulator.resetCounts();
    const wrong = beforeExport(3, () => importState(project, original));
    fails(
      await update(project, { syncAws: true }, wrong),
      "verification-failed",
      /layers\[0\]\nNo function was changed in AWS\.\nCheck the stack\./,
    );
    await importState(project, original);
    const locked = withStacks(() => ({
      async importState() {
        throw new LayersError("stack-locked", "The stack is locked.");
      },
    }));
    fails(
      await update(project, { syncAws: true }, locked),
      "stack-locked",
      /^The stack is locked\. The stack's state is unchanged\. No function was changed in AWS\.$/,
    );
    assert.deepEqual(emulator.writes(), []);
  });

  it("because operations are pending says what to run", async () => {
    const { project } = deployed;
    const file = join(project.root, "state/.pulumi/stacks/test/dev.json");
    const kept = await readFile(file, "utf8");
    const checkpoint = JSON.parse(kept);
    const resource = checkpoint.checkpoint.latest.resources.find(({ type }: { type: string }) =>
      type.endsWith(":Function"),
    );
    checkpoint.checkpoint.latest.pending_operations = [{ resource, type: "updating" }];
    await writeFile(file, JSON.stringify(checkpoint));
    try {
      const told = await update(project, { dryRun: true });
      fails(
        told,
        "pending-operations",
        /has 1 pending operation: .*\n {2}updating urn:.*::a\nNothing was changed\.\nRun `pulumi refresh --stack dev`/,
      );
    } finally {
      await writeFile(file, kept);
    }
  });

  itSampled("because the stack is locked leaves it unchanged, and the next run succeeds", async () => {
    const { project } = deployed;
    const locks = join(project.root, "state/.pulumi/locks/organization/test/dev");
    await mkdir(locks, { recursive: true });
    const lock = { pid: 2 ** 22 + 1, username: "me", hostname: hostname(), timestamp: "2026-11-23T15:43:39Z" };
    await writeFile(join(locks, "0b7f2cb1-6f8c-4d4e-9b5a-000000000000.json"), JSON.stringify(lock));
    const before = await stateNow();
    const told = await update(project);
    fails(told, "stack-locked", /is gone\. The stack's state is unchanged\.\n.*pulumi cancel --yes --stack dev$/s);
    assert.equal(await stateNow(), before);
    assert.equal(told.error?.exitStatus, 1);
    await project.succeeds(["cancel", "--yes", "--stack", "dev"]);
    assert.equal((await update(project)).result?.changes.length, 1);
  });

  for (const [name, passphrase, message] of [
    ["wrong", "wrong", /incorrect passphrase.*Nothing was changed\./s],
    ["missing", undefined, /passphrase must be set.*Nothing was changed\./s],
  ] as const) {
    it(`because the passphrase is ${name} is detected before anything is written`, async () => {
      const { project } = deployed;
      const before = process.env.PULUMI_CONFIG_PASSPHRASE;
      if (passphrase) process.env.PULUMI_CONFIG_PASSPHRASE = passphrase;
      else delete process.env.PULUMI_CONFIG_PASSPHRASE;
      try {
        const told = await update(project);
        fails(told, "passphrase", message);
        assert.deepEqual(told.commands.toSorted(), looks);
        assert.equal(told.error?.exitStatus, 3);
        assert.deepEqual(await backupNames(project), []);
      } finally {
        process.env.PULUMI_CONFIG_PASSPHRASE = before;
      }
    });
  }

  it("because the backup folder is a link imports nothing", async () => {
    const { project } = deployed;
    await mkdir(join(project.root, "elsewhere"));
    await symlink(join(project.root, "elsewhere"), join(project.dir, "backups"));
    const told = await update(project);
    fails(told, "backup-folder", /^The backup folder backups is a link\. Nothing was changed\./);
    assert.deepEqual(told.commands.toSorted(), looks);
    await rm(join(project.dir, "backups"));
  });

  it("because the disk is full imports nothing, and leaves no file that looks like an update", async () => {
    const { project } = deployed;
    const before = await stateNow();
    const told = await update(project, {}, (ports) => {
      const noteImport = async () => {
        throw new LayersError("backup-folder", "Cannot write to the backup folder backups: no space left on device.");
      };
      const backups = new Proxy(ports.backups, {
        get(target, name: keyof BackupPort) {
          return name === "noteImport" ? noteImport : target[name].bind(target);
        },
      });
      return { ...ports, backups };
    });
    fails(told, "backup-folder", /no space left on device\. Nothing was imported: the stack's state is unchanged\./);
    assert.equal(await stateNow(), before);
    assert.deepEqual(
      (await createPorts({ cwd: project.dir }).backups.list("dev")).map(({ kind, madeBy }) => [kind, madeBy]),
      [["state", "copy"]],
    );
  });

  it("because the config has problems asks Pulumi nothing", async () => {
    const { project } = deployed;
    await project.write({ "bad.yaml": "layers: { receipt-dynamo: { version: five } }\n" });
    const told = await update(project, { configPath: "bad.yaml" });
    fails(told, "config-invalid", /^bad\.yaml has a problem/);
    assert.deepEqual(told.commands, []);
  });

  it("because two entries match a layer changes nothing", async () => {
    const { project } = deployed;
    await project.write({
      "two.yaml": "layers: { a: { version: 1, names: [receipt-*] }, b: { version: 2, names: ['*-dev'] } }\n",
    });
    fails(await update(project, { configPath: "two.yaml" }), "layer-ambiguous", /declared twice.*Nothing was changed/);
  });

  it("because the stack's name is impossible asks Pulumi nothing", async () => {
    const told = await update(deployed.project, { stackName: "a b; c" });
    fails(told, "usage", /^Not a valid stack name: "a b; c"/);
    assert.deepEqual(told.commands, []);
  });

  it("because its options exclude each other says so", async () => {
    const scope = [{ allFunctions: true }, { tags: { a: "b" } }];
    for (const options of [{ stateFile: "x.json", syncAws: true }, { out: "x.json" }, ...scope]) {
      fails(await update(deployed.project, options), "usage", /--/);
    }
  });

  describe("interrupted", () => {
    /** Aborts the run once the n-th of Pulumi's commands with this name has ended. */
    const interruptAfter = async (command: string, number = 1): Promise<Told & { state: string }> => {
      const { project } = deployed;
      const cancel = new AbortController();
      let count = 0;
      const lines: string[] = [];
      const ports = createPorts({
        cwd: project.dir,
        reporter: keepLines(lines),
        signal: cancel.signal,
        onPulumi: ({ args }) => args.join(" ").startsWith(command) && ++count === number && cancel.abort(),
      });
      const told = await update(project, {}, () => ports);
      return { ...told, lines, state: await stateNow() };
    };

    for (const [command, number, after, message] of [
      ["stack export", 1, "the export", "Interrupted. Nothing was changed."],
      ["stack --stack", 1, "the check of secrets", "Interrupted. Nothing was changed."],
      ["stack export", 2, "the second export", "Interrupted. Nothing was imported: the stack's state is unchanged."],
    ] as const) {
      it(`after ${after} stops and says that nothing was changed`, async () => {
        const before = await stateNow();
        const { error, state } = await interruptAfter(command, number);
        assert.equal(error?.code, "interrupted");
        assert.equal(error?.message, message);
        assert.equal(state, before);
      });
    }

    it("during the import compares what was imported, and succeeds", async () => {
      const { result, lines, state } = await interruptAfter("stack import");
      assert.ok(lines.includes("INFO - Pulumi state updated successfully"));
      assert.equal(result?.changes.length, 1);
      assert.match(state, /receipt-dynamo-dev:5/);
    });
  });
});
