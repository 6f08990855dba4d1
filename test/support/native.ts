// The native plugin in tests, as `npm run build` makes it.

import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../package.json";
import { awsPluginFolder } from "./aws-stack";
import { checkout, type Project } from "./engine";
import { type Outcome, run } from "./processes";

/** The plugin's folder. */
export const pluginFolder: string = join(checkout, "dist/plugin");

/** The `plugins` of a Pulumi.yaml whose program uses the plugin and the AWS provider. */
export const plugins = {
  providers: [
    { name: "lambda-layers", path: pluginFolder },
    { name: "aws", path: awsPluginFolder() },
  ],
};

/** The beginning of a JavaScript program: `LayerVersions` of the plugin, registered as generated classes do. */
export const preamble = `
const sdk = require("@pulumi/pulumi");
class LayerVersions extends sdk.CustomResource {
  constructor(name, args, opts) {
    super("lambda-layers:index:LayerVersions", name, { ...args, versions: undefined, before: undefined }, { version: "${version}", ...opts });
  }
}
class Provider extends sdk.ProviderResource {
  constructor(name, args) {
    super("lambda-layers", name, args, { version: "${version}" });
  }
}
`;

const runner = `
import sys
from pulumi import automation as auto
from program import program

here = auto.LocalWorkspaceOptions(work_dir=".")
stack = auto.create_or_select_stack("dev", project_name="test", program=program, opts=here)
operation, *options = sys.argv[1:]
try:
    getattr(stack, operation)(on_output=print, **{name: True for name in options})
except auto.CommandError as error:
    sys.exit(str(error))
`;

/**
 * Makes a Python find the package as if pip had installed it, with links: the package asks for its own version.
 * @param folder to create for it
 * @returns the environment to run that Python in
 */
export async function pythonPackage(folder: string): Promise<Record<string, string>> {
  const installed = join(folder, `pulumi_lambda_layers-${version}.dist-info`);
  await mkdir(installed, { recursive: true });
  await writeFile(
    join(installed, "METADATA"),
    `Metadata-Version: 2.1\nName: pulumi_lambda_layers\nVersion: ${version}\n`,
  );
  await symlink(join(checkout, "sdks/python/pulumi_lambda_layers"), join(folder, "pulumi_lambda_layers"), "junction");
  return { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
}

/**
 * Runs Automation API operations on the project's stack with the inline program in its program.py.
 * @param interpreter a Python that has Pulumi's SDK
 */
export async function pythonRunner(interpreter: string, project: Project) {
  await project.write({ "main.py": runner });
  const env = { ...project.env, ...(await pythonPackage(join(project.root, "packages"))), PWD: project.dir };
  return (operation: string, ...options: string[]): Promise<Outcome> =>
    run(interpreter, ["main.py", operation, ...options], { cwd: project.dir, env });
}
