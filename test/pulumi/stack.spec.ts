import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ErrorCode, LayersError } from "../../sdk/core/errors";
import { type PulumiCommand, PulumiStacks } from "../../sdk/pulumi/stack";
import { withEnv } from "../aws/harness";
import { createProject, type Project } from "../support/engine";

const program = `const pulumi = require("@pulumi/pulumi"); exports.password = pulumi.secret("hunter2");`;

describe("Pulumi's CLI", () => {
  let project: Project;
  let exported: string;
  let restore: () => void;
  before(async function () {
    this.timeout(120_000);
    project = await createProject({
      files: { "index.js": program },
      settings: { runtime: { name: "nodejs", options: { typescript: false } } },
    });
    await project.up();
    exported = await project.exportText();
    await mkdir(join(project.root, "tmp"));
    // A backend with the layout from before there were projects: Pulumi recognises it by its files.
    await mkdir(join(project.root, "legacy/.pulumi/stacks"), { recursive: true });
    await writeFile(join(project.root, "legacy/.pulumi/stacks/dev.json"), '{"version":3,"checkpoint":{"stack":"dev"}}');
    restore = withEnv({ ...project.env, TMPDIR: join(project.root, "tmp") });
  });
  after(async () => {
    restore?.();
    await project?.dispose();
  });

  /** Runs with other environment variables; undefined removes one. */
  const withChanged = async <T>(changes: Record<string, string | undefined>, work: () => Promise<T>): Promise<T> => {
    const undo = withEnv({});
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    try {
      return await work();
    } finally {
      undo();
    }
  };

  const file = async (name: string, content: string) => {
    const path = join(project.root, name);
    await writeFile(path, content);
    return path;
  };

  it("asks once per run for a project's backend, and again if that failed", async () => {
    const asked: (number | null)[] = [];
    const backends = new Map();
    const onCommand = ({ exitCode }: PulumiCommand) => asked.push(exitCode);
    const open = (cwd = project.dir) => new PulumiStacks({ cwd, backends, onCommand });
    await withChanged({ PULUMI_BACKEND_URL: "file:///nowhere/at/all" }, () =>
      assert.rejects(open().backend("dev", "p")),
    );
    const [one, other] = await Promise.all(["dev", "prod"].map((stack) => open().backend(stack, "p")));
    assert.deepEqual(
      asked.map((code) => code === 0),
      [false, true],
    );
    assert.equal(one?.url, other?.url);
    assert.match(other?.file ?? "", /\/p\/prod\.json$/);
    await open(project.root).backend("dev", "p");
    assert.equal(asked.length, 3, "another project's may be elsewhere");
  });

  it("exports byte for byte, with secrets as ciphertext", async () => {
    const stacks = new PulumiStacks({ cwd: project.dir });
    const text = Buffer.from(await stacks.exportState("dev")).toString();
    assert.equal(text, await project.exportText());
    assert.match(text, /"ciphertext"/);
    assert.doesNotMatch(text, /hunter2/);
    assert.equal(Buffer.from(await stacks.exportState("organization/test/dev")).toString(), text);
  });

  it("imports what was exported, and reports each command with its time", async () => {
    const commands: PulumiCommand[] = [];
    const stacks = new PulumiStacks({ cwd: project.dir, onCommand: (command) => commands.push(command) });
    const path = await file("export.json", await project.exportText());
    await stacks.checkSecrets("dev");
    await stacks.importState("dev", path);
    assert.deepEqual(
      commands.map(({ args, exitCode }) => [args, exitCode]),
      [
        [["stack", "--stack=dev"], 0],
        [["stack", "import", `--file=${path}`, "--stack=dev"], 0],
      ],
    );
    assert.ok(commands.every(({ milliseconds }) => milliseconds > 0));
    assert.equal(await stacks.isImporting(path), false);
  });

  interface Failure {
    name: string;
    code: ErrorCode;
    message: RegExp;
    next?: RegExp;
    stack?: string;
    /** Below the project's temporary folder. */
    cwd?: string;
    env?: () => Record<string, string | undefined>;
    what?: "exportState" | "checkSecrets" | "importState";
    content?: () => string;
  }
  const failures: Failure[] = [
    {
      name: "an unknown stack",
      stack: "nope",
      code: "stack-missing",
      message: /^State file not found: the stack nope does not exist in this project \(no stack named 'nope' found\)/,
      next: /^Ensure you're in the correct directory \(should contain Pulumi.yaml\).*\nThis project has: dev\.$/,
    },
    {
      name: "a stack whose name looks like an option",
      stack: "--help",
      code: "stack-missing",
      message: /the stack --help does not exist/,
    },
    {
      name: "a stack whose name looks like a path",
      stack: "../x",
      code: "stack-missing",
      message: /^State file not found/,
    },
    {
      name: "a stack of another organization",
      stack: "acme/test/dev",
      code: "stack-missing",
      message: /acme\/test\/dev/,
    },
    {
      name: "a stack that resembles one of the project's",
      stack: "deev",
      code: "stack-missing",
      message: /the stack deev does not exist/,
      next: /^Did you mean dev\?\nEnsure you're in the correct directory/,
    },
    {
      name: "a full name with another organization, of an existing stack",
      stack: "acme/test/dev",
      what: "checkSecrets",
      code: "stack-missing",
      message: /^State file not found: the stack acme\/test\/dev does not exist/,
      next: /^Did you mean dev\?\n/,
    },
    {
      name: "a full name on a backend with short names",
      stack: "organization/test/dev",
      env: () => ({
        PULUMI_BACKEND_URL: `file://${join(project.root, "legacy")}`,
        PULUMI_DIY_BACKEND_IGNORE_DEPRECATION_ERROR: "1",
      }),
      code: "stack-missing",
      message:
        /^State file not found: the stack organization\/test\/dev does not exist in this project \(a stack name may/,
      next: /^Did you mean dev\?\n/,
    },
    { name: "an unknown stack on import", stack: "nope", what: "importState", code: "stack-missing", message: /nope/ },
    {
      name: "a folder without a project",
      cwd: "empty",
      code: "project-missing",
      message: /^State file not found: .*empty is not in a Pulumi project/,
      next: /should contain Pulumi.yaml/,
    },
    {
      name: "a folder that does not exist",
      cwd: "nowhere",
      code: "project-missing",
      message: /^State file not found: .*nowhere is not in a Pulumi project \(no such folder\)\.$/,
      next: /^Ensure you're in the correct directory \(should contain Pulumi.yaml\)/,
    },
    {
      name: "a file in place of a folder",
      cwd: "project/Pulumi.yaml",
      code: "project-missing",
      message: /Pulumi\.yaml is not in a Pulumi project \(it is a file\)\.$/,
    },
    {
      name: "no login",
      env: () => ({ PULUMI_BACKEND_URL: undefined }),
      code: "pulumi-login",
      message: /^Not logged in to Pulumi: PULUMI_ACCESS_TOKEN must be set/,
      next: /pulumi login/,
    },
    {
      name: "a backend that does not exist",
      env: () => ({ PULUMI_BACKEND_URL: "file:///nonexistent" }),
      code: "pulumi-failed",
      message: /^Pulumi could not export the stack dev: unable to open state directory/,
    },
    {
      name: "no Pulumi",
      env: () => ({ PATH: join(project.root, "empty") }),
      code: "pulumi-missing",
      message: /^The Pulumi CLI was not found/,
      next: /Install it/,
    },
    ...(["checkSecrets", "importState"] as const).flatMap((what): Failure[] => [
      {
        name: `a wrong passphrase (${what})`,
        what,
        env: () => ({ PULUMI_CONFIG_PASSPHRASE: "wrong" }),
        code: "passphrase",
        message: /^The stack's secrets cannot be read: .*incorrect passphrase/,
        next: /^Set PULUMI_CONFIG_PASSPHRASE/,
      },
      {
        name: `no passphrase (${what})`,
        what,
        env: () => ({ PULUMI_CONFIG_PASSPHRASE: undefined }),
        code: "passphrase",
        message: /passphrase must be set/,
      },
    ]),
    {
      name: "a state of another stack",
      what: "importState",
      content: () => exported.replaceAll("urn:pulumi:dev:", "urn:pulumi:prod:"),
      code: "pulumi-failed",
      message: /is from a different stack \(prod != dev\)/,
    },
    {
      name: "a truncated state",
      what: "importState",
      content: () => exported.slice(0, -20),
      code: "pulumi-failed",
      message: /^Pulumi could not import into the stack dev: unexpected EOF/,
    },
  ];

  for (const failure of failures) {
    it(`${failure.name}: ${failure.code}`, async () => {
      await mkdir(join(project.root, "empty"), { recursive: true });
      const { stack = "dev", what = "exportState", content = () => exported } = failure;
      const path = await file("import.json", content());
      const stacks = new PulumiStacks({ cwd: failure.cwd ? join(project.root, failure.cwd) : project.dir });
      await withChanged(failure.env?.() ?? {}, () =>
        assert.rejects(
          what === "importState" ? stacks.importState(stack, path) : stacks[what](stack),
          (error: LayersError) => {
            assert.equal(error.code, failure.code, error.describe());
            assert.match(error.message, failure.message);
            if (failure.next) assert.match(error.next ?? "", failure.next);
            return true;
          },
        ),
      );
    });
  }

  it("a lock left behind: stack-locked, with the command that removes it", async () => {
    const folder = join(project.root, "state/.pulumi/locks/organization/test/dev");
    await mkdir(folder, { recursive: true });
    const lock = { pid: 2 ** 22 + 1, username: "me", hostname: hostname(), timestamp: "2026-11-23T15:43:39Z" };
    await writeFile(join(folder, "0b7f2cb1-6f8c-4d4e-9b5a-000000000000.json"), JSON.stringify(lock));
    const stacks = new PulumiStacks({ cwd: project.dir });
    const path = await file("import.json", exported);
    await assert.rejects(stacks.importState("dev", path), {
      code: "stack-locked",
      message: /^The stack dev is locked: .* The process that locked it is gone\.$/,
      next: "Remove the lock that it left behind, and run again: pulumi cancel --yes --stack dev",
    });
    await project.succeeds(["cancel", "--yes", "--stack", "dev"]);
    await stacks.importState("dev", path);
  });

  it("a lock of an update in progress: stack-locked, with the advice to wait", async () => {
    const folder = join(project.root, "state/.pulumi/locks/organization/test/dev");
    await mkdir(folder, { recursive: true });
    const lock = { pid: 4711, username: "me", hostname: "elsewhere", timestamp: "2026-11-23T15:43:39Z" };
    await writeFile(join(folder, "0b7f2cb1-6f8c-4d4e-9b5a-000000000001.json"), JSON.stringify(lock));
    const stacks = new PulumiStacks({ cwd: project.dir });
    const path = await file("import.json", exported);
    await assert.rejects(stacks.importState("dev", path), {
      code: "stack-locked",
      next: /^Wait until that update has finished/,
    });
    await project.succeeds(["cancel", "--yes", "--stack", "dev"]);
  });

  it("an empty .attrs file, as a killed Pulumi leaves it: the message says what to delete", async () => {
    const path = join(project.root, "state/.pulumi/stacks/test/dev.json.attrs");
    await writeFile(path, "");
    const stacks = new PulumiStacks({ cwd: project.dir });
    await assert.rejects(stacks.exportState("dev"), {
      code: "pulumi-failed",
      next: /dev\.json\.attrs.* is empty, delete it/,
    });
    await rm(path);
    assert.ok((await stacks.exportState("dev")).length > 0);
  });

  it("stops at an abort", async () => {
    const stacks = new PulumiStacks({ cwd: project.dir });
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 20);
    await assert.rejects(stacks.exportState("dev", cancel.signal), { code: "interrupted" });
  });

  it("leaves no temporary files", async () => {
    assert.deepEqual(await readdir(join(project.root, "tmp")), []);
  });
});
