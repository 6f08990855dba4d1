// Many Pulumi projects with several stacks each, on the real engine. No program is run: states are imported.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SeedFunction } from "../emulator/seed";
import { cleanEnvironment, readState } from "./engine";
import { removeFolder, temporaryFolder } from "./folders";
import { type Outcome, run } from "./processes";
import { awsFunction } from "./states";

/** A function of a stack: its name, and its layers as `name:version`. */
export type EstateFunctions = Readonly<Record<string, readonly string[]>>;

export interface EstateOptions {
  /** Projects by their folders below the estate's, each with its stacks and their functions. */
  projects: Readonly<Record<string, Readonly<Record<string, EstateFunctions>>>>;
  /** Further files by their paths. */
  files?: Readonly<Record<string, string>>;
  /** Added to the environment: an AWS, a backend. */
  env?: Readonly<Record<string, string>>;
  /** Passphrases of stacks that have their own, by `folder/stack`. */
  passphrases?: Readonly<Record<string, string>>;
}

const account = "123456789012";
const arnOf = (layer: string) => `arn:aws:lambda:us-east-1:${account}:layer:${layer}`;

/** The functions of all stacks, for an emulator. */
export function seedsOf({ projects }: Pick<EstateOptions, "projects">): SeedFunction[] {
  return Object.values(projects).flatMap((stacks) =>
    Object.values(stacks).flatMap((functions) =>
      Object.entries(functions).map(([name, layers]) => ({ name, layers: [...layers] })),
    ),
  );
}

/** A folder with many projects, and the backend and environment that they share. */
export class Estate {
  private constructor(
    readonly root: string,
    readonly dir: string,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async create({ projects, files = {}, env = {}, passphrases = {} }: EstateOptions): Promise<Estate> {
    const root = await temporaryFolder();
    const dir = join(root, "estate");
    await Promise.all(["estate", "state", "home"].map((folder) => mkdir(join(root, folder))));
    const estate = new Estate(root, dir, { ...(await cleanEnvironment(root)), ...env });
    for (const [folder, stacks] of Object.entries(projects)) {
      const name = projectName(folder);
      await estate.write({ [`${folder}/Pulumi.yaml`]: JSON.stringify({ name, runtime: "yaml" }) });
      for (const [stack, functions] of Object.entries(stacks)) {
        const own = passphrases[`${folder}/${stack}`];
        const env: Record<string, string> = own === undefined ? {} : { PULUMI_CONFIG_PASSPHRASE: own };
        await estate.pulumi(folder, ["stack", "init", stack], env);
        const file = join(root, "import.json");
        const settings = await readFile(join(dir, folder, `Pulumi.${stack}.yaml`), "utf8");
        const [, salt = ""] = /encryptionsalt: (\S+)/.exec(settings) ?? [];
        await writeFile(file, stateOfStack(name, stack, functions, salt));
        await estate.pulumi(folder, ["stack", "import", "--stack", stack, "--file", file], env);
      }
    }
    await estate.write(files);
    return estate;
  }

  /** Runs Pulumi in a project's folder, and fails if it does. */
  async pulumi(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
    const outcome = await run("pulumi", args, { cwd: join(this.dir, folder), env: { ...this.env, ...env } });
    if (outcome.code !== 0) throw new Error(`pulumi ${args.join(" ")} in ${folder}:\n${outcome.output}`);
    return outcome;
  }

  /** The layers that a stack records, by function: `base:5`. */
  async recorded(folder: string, stack: string): Promise<Record<string, string[]>> {
    const { deployment } = await readState(join(this.root, "state"), projectName(folder), stack);
    const resources: { type: string; inputs: { name: string; layers: string[] } }[] = deployment.resources;
    return Object.fromEntries(
      resources
        .filter(({ type }) => type === "aws:lambda/function:Function")
        .map(({ inputs }) => [inputs.name, inputs.layers.map((arn) => arn.split(":").slice(-2).join(":"))]),
    );
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(this.dir, path, ".."), { recursive: true });
      await writeFile(join(this.dir, path), text);
    }
  }

  dispose(): Promise<void> {
    return removeFolder(this.root);
  }
}

/** A project's name: the path of its folder, with dashes. */
export function projectName(folder: string): string {
  return folder.replaceAll("/", "-");
}

/** The state of a stack with these functions, ready to import. */
function stateOfStack(project: string, stack: string, functions: EstateFunctions, salt: string): string {
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::${project}::${type}::${name}`;
  const parent = urn("pulumi:pulumi:Stack", `${project}-${stack}`);
  const provider = { urn: urn("pulumi:providers:aws", "default"), id: "11111111-1111-1111-1111-111111111111" };
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"hush"' };
  const resources = [
    { urn: parent, type: "pulumi:pulumi:Stack", custom: false, outputs: { token: secret } },
    { ...provider, type: "pulumi:providers:aws", custom: true, inputs: {}, outputs: {} },
    ...Object.entries(functions).map(([name, layers]) => ({
      ...awsFunction(name, layers.map(arnOf)),
      urn: urn("aws:lambda/function:Function", name),
      ...{ parent, provider: `${provider.urn}::${provider.id}` },
    })),
  ];
  const manifest = { time: "2026-11-23T03:43:19.374230281Z", magic: "", version: "" };
  const secrets_providers = { type: "passphrase", state: { salt } };
  return JSON.stringify({ version: 3, deployment: { manifest, secrets_providers, resources } });
}
