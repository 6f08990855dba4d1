// Temporary Pulumi projects on the real engine, each with its own backend, Pulumi home and environment.

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

  /** The stack's state, `{version, deployment}`, as `pulumi stack export` returns it: read from the backend's files. */
  // biome-ignore lint/suspicious/noExplicitAny: a state has no type of its own, and tests look deep into it
  async exportStack(): Promise<any> {
    if (!this.env.PULUMI_BACKEND_URL?.startsWith("file:")) return JSON.parse(await this.exportText());
    const stacks = join(this.#backend, ".pulumi/stacks");
    const [project = ""] = await readdir(stacks);
    const { version, checkpoint } = JSON.parse(await readFile(join(stacks, project, `${this.stack}.json`), "utf8"));
    return { version, deployment: checkpoint.latest };
  }

  /** Saves everything in the backend, including its history; the returned function restores it, any number of times. */
  async keepBackend(): Promise<() => Promise<void>> {
    const kept = `${this.#backend}-kept`;
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

/**
 * Creates a project whose programs can import `pulumi-lambda-layers`, `@pulumi/pulumi`, `@pulumi/aws` and everything
 * else that is installed in the checkout. Call `dispose` at the end.
 */
export async function createProject(options: ProjectOptions = {}): Promise<Project> {
  const { files = {}, name = "test", stack = "dev", settings = {}, config = {}, typeCheck = false } = options;
  const root = await temporaryFolder();
  const dir = join(root, "project");
  await Promise.all(["project", "state", "home"].map((folder) => mkdir(join(root, folder))));
  await writeFiles(dir, {
    "package.json": { name, private: true },
    "Pulumi.yaml": { name, runtime: runtimeFor(files), ...settings },
    [`Pulumi.${stack}.yaml`]: { config },
    ...files,
  });
  await linkModules(dir);
  const env = {
    ...(await cleanEnvironment(root)),
    ...(typeCheck ? {} : { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }),
    ...options.env,
  };
  const project = new Project(root, dir, stack, env);
  await project.succeeds(["stack", "init", stack]);
  return project;
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
  const kept = ["NODE_COMPILE_CACHE", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "SystemRoot", "PATHEXT", "ComSpec"];
  const home = join(root, "home");
  const path = [(await engine()).folder, dirname(process.execPath), process.env.PATH].join(
    process.platform === "win32" ? ";" : ":",
  );
  return {
    ...Object.fromEntries(kept.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]]))),
    PATH: path,
    HOME: home,
    USERPROFILE: home,
    GOGC: "1600", // the engine is too short-lived for collecting its memory before it reaches 64 MB
    PULUMI_HOME: join(home, ".pulumi"),
    PULUMI_BACKEND_URL: `file://${join(root, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test passphrase",
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
