// Temporary Pulumi projects on the real engine, each with its own backend, Pulumi home and environment.

import { createHash, randomUUID } from "node:crypto";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { engine } from "../../scripts/engine.mjs";
import { removeFolder, temporaryFolder } from "./folders";
import { type Outcome, type Running, type RunOptions, start } from "./processes";

/** The checkout: the folder of package.json. */
export const checkout = resolve(__dirname, "../..");

export interface ProjectOptions {
  /** Files of the project by path; anything but a string is written as JSON. */
  files?: Record<string, unknown>;
  /** Project name. */
  name?: string;
  /** Name of the stack to create. */
  stack?: string;
  /** Further keys of Pulumi.yaml, such as `main`, `plugins` or `runtime`. */
  settings?: Record<string, unknown>;
  /** Stack configuration in plaintext, keys with their namespace: `{"aws:region": "us-east-1"}`. */
  config?: Record<string, unknown>;
  /** Added to the environment of everything that runs in the project. */
  env?: Record<string, string>;
  /**
   * Whether ts-node checks the program's types, as it does for users; takes seconds with the types of `@pulumi/aws`.
   */
  typeCheck?: boolean;
}

/** A Pulumi project with one stack, in its own folder. */
export class Project {
  readonly #running = new Set<Running>();

  /** Use `createProject`. */
  constructor(
    /** The temporary folder that contains all the others. */
    readonly root: string,
    /** The folder of Pulumi.yaml. */
    readonly dir: string,
    readonly stack: string,
    /** The environment in which `pulumi` runs, without any of the caller's AWS or Pulumi settings. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Runs `pulumi ARGS` in the project's folder, whatever its exit code. */
  pulumi(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.start(args, options).ended;
  }

  /** Like `pulumi`, but fails with all output if the exit code is not 0. */
  async succeeds(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const outcome = await this.pulumi(args, options);
    if (outcome.code === 0) return outcome;
    throw new Error(`pulumi ${args.join(" ")} ended with ${outcome.code ?? outcome.signal}:\n${outcome.output}`);
  }

  /** Starts `pulumi ARGS` and leaves it running, for signals and for changes while it runs. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    const { cwd = this.dir, env } = options;
    // PWD as a shell sets it.
    const running = start("pulumi", args, { ...options, cwd, env: { ...this.env, PWD: cwd, ...env } });
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.ended.then(forget, forget);
    return running;
  }

  preview(...args: string[]): Promise<Outcome> {
    return this.succeeds(["preview", ...args]);
  }

  up(...args: string[]): Promise<Outcome> {
    return this.succeeds(["up", "--yes", "--skip-preview", ...args]);
  }

  destroy(...args: string[]): Promise<Outcome> {
    return this.succeeds(["destroy", "--yes", "--skip-preview", ...args]);
  }

  /** The stack's state as text, byte for byte as Pulumi prints it. */
  async exportText(): Promise<string> {
    return (await this.succeeds(["stack", "export", "--stack", this.stack])).stdout;
  }

  /** The stack's state as text, to look at and compare: faster than what Pulumi prints. */
  async stateText(): Promise<string> {
    return JSON.stringify(await this.exportStack());
  }

  /** The stack's state, `{version, deployment}`, as `pulumi stack export` returns it: read from the backend's files. */
  // biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own, and tests look deep into it
  async exportStack(): Promise<any> {
    if (!this.env.PULUMI_BACKEND_URL?.startsWith("file:")) return JSON.parse(await this.exportText());
    const [project = ""] = await readdir(join(this.#backend, ".pulumi/stacks"));
    return readState(this.#backend, project, this.stack);
  }

  /** Saves everything in the backend, including its history; the returned function restores it, any number of times. */
  async keepBackend(): Promise<() => Promise<void>> {
    const kept = `${this.#backend}-kept-${randomUUID()}`;
    await cp(this.#backend, kept, { recursive: true });
    return async () => {
      await removeFolder(this.#backend);
      await cp(kept, this.#backend, { recursive: true });
    };
  }

  get #backend(): string {
    return join(this.root, "state");
  }

  /** Writes files into the project, replacing existing ones. */
  async write(files: Record<string, unknown>): Promise<void> {
    await writeFiles(this.dir, files);
  }

  /** Ends what still runs and removes every file. */
  async dispose(): Promise<void> {
    const running = [...this.#running];
    for (const each of running) each.kill("SIGKILL");
    await Promise.allSettled(running.map(({ ended }) => ended));
    await removeFolder(this.root);
  }
}

/** A stack's state as `pulumi stack export` returns it, from the files of a backend in a folder. */
// biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own
export async function readState(backend: string, project: string, stack: string): Promise<any> {
  const file = join(backend, ".pulumi/stacks", project, `${stack}.json`);
  const { version, checkpoint } = JSON.parse(await readFile(file, "utf8"));
  return { version, deployment: checkpoint.latest };
}

/**
 * Creates a project whose programs can import `pulumi-lambda-layers`, `@pulumi/pulumi`, `@pulumi/aws` and everything
 * else that is installed in the checkout. Call `dispose` at the end.
 */
export async function createProject(options: ProjectOptions = {}): Promise<Project> {
  const { files = {}, name = "test", stack = "dev", settings = {}, config = {}, typeCheck = false } = options;
  const root = await temporaryFolder();
  const dir = join(root, "project");
  const isOrdinary = !Object.keys(options.env ?? {}).some((key) => key.startsWith("PULUMI_"));
  await Promise.all(["project", "state", "home"].map((folder) => mkdir(join(root, folder))));
  await writeFiles(dir, {
    "package.json": { name, private: true },
    "Pulumi.yaml": { name, runtime: runtimeFor(files), ...settings },
    [`Pulumi.${stack}.yaml`]: { config, ...(isOrdinary && { encryptionsalt: salt }) },
    ...files,
  });
  await linkModules(dir);
  const env = {
    ...(await cleanEnvironment(root)),
    ...(typeCheck ? {} : { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }),
    ...options.env,
  };
  const project = new Project(root, dir, stack, env);
  if (isOrdinary) await writeFiles(root, emptyStack(project, name));
  else await project.succeeds(["stack", "init", stack]);
  return project;
}

const passphrase = "test passphrase";

/** Pulumi's salt and check for the passphrase. */
const salt = "v1:ZE80hdCZNWY=:v1:+66tLwfwRm40oxr5:LByPR7r4vrkIoHfbvC8ZyvrSHRVO6A==";

/** What `pulumi stack init` leaves behind, which itself takes a third of a second. */
function emptyStack({ root, dir, stack }: Project, name: string): Record<string, unknown> {
  const id = `organization/${name}/${stack}`;
  const latest = {
    manifest: { time: "2026-11-23T03:43:19.374230281Z", magic: "", version: "" },
    secrets_providers: { type: "passphrase", state: { salt } },
    metadata: {},
  };
  const project = createHash("sha1").update(join(dir, "Pulumi.yaml")).digest("hex");
  return {
    "state/.pulumi/meta.yaml": "version: 1\n",
    [`state/.pulumi/stacks/${name}/${stack}.json`]: { version: 3, checkpoint: { stack: id, latest } },
    [`home/.pulumi/workspaces/${name}-${project}-workspace.json`]: {
      stacks: { [`file://${join(root, "state")}`]: id },
    },
  };
}

/** Programs in JavaScript do without TypeScript's compiler, which takes a tenth of a run to load. */
function runtimeFor(files: Record<string, unknown>): unknown {
  const typescript = Object.keys(files).some((path) => /\.[cm]?ts$/.test(path));
  return typescript ? "nodejs" : { name: "nodejs", options: { typescript } };
}

/**
 * Lets modules in `dir` import what the checkout's own modules can, and the package itself as built in the checkout.
 */
export async function linkModules(dir: string): Promise<void> {
  const modules = join(checkout, "node_modules");
  const names = (await readdir(modules)).filter((name) => !name.startsWith("."));
  await mkdir(join(dir, "node_modules"), { recursive: true });
  await Promise.all([
    ...names.map((name) => symlink(join(modules, name), join(dir, "node_modules", name), "junction")),
    symlink(checkout, join(dir, "node_modules", "pulumi-lambda-layers"), "junction"),
  ]);
}

/** An environment for `pulumi` and our CLI that keeps everything in `root` and contains no credentials. */
export async function cleanEnvironment(root: string): Promise<Record<string, string>> {
  const kept = /^(?:NODE_COMPILE_CACHE|NODE_OPTIONS|LANG|TZ|TMPDIR|TEMP|TMP|SystemRoot|PATHEXT|ComSpec)$/;
  const home = join(root, "home");
  const path = [(await engine()).folder, dirname(process.execPath), process.env.PATH].join(
    process.platform === "win32" ? ";" : ":",
  );
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([key]) => kept.test(key))),
    PATH: path,
    HOME: home,
    USERPROFILE: home,
    GOGC: "1600", // the engine is too short-lived for collecting its memory before it reaches 64 MB
    PULUMI_HOME: join(home, ".pulumi"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

async function writeFiles(dir: string, files: Record<string, unknown>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : `${JSON.stringify(content, undefined, 2)}\n`);
  }
}
