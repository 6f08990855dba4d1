// `npm run demo`: the program of examples/typescript on the real Pulumi engine, with a file backend in a temporary
// folder and an emulated AWS. Prints Pulumi's output, between one-line headings.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pc from "picocolors";
import { startEmulator } from "../emulator";
import { createAwsStack } from "../support/aws-stack";
import { checkout, type Project } from "../support/engine";

const example = join(checkout, "examples", "typescript");

async function main(): Promise<void> {
  const emulator = await startEmulator({ updateDelayMs: 200 });
  emulator.seed({
    layers: [
      { name: "receipt-dynamo-dev", versions: 6 },
      { name: "receipt-label-dev", versions: 3 },
      { name: "Datadog-Python312", account: "464622532012", versions: 98, sharedWith: "everyone" },
    ],
    functions: [{ name: "billing-export", Runtime: "python3.12", layers: ["receipt-dynamo-dev:1"] }],
  });
  const stack = await createAwsStack({
    name: "receipts",
    env: emulator.env,
    typescript: true,
    files: await exampleFiles(),
  });
  const stop = () => void stack.dispose().finally(() => process.exit(130));
  process.once("SIGINT", stop);
  try {
    heading("Preview: what layer_config.yaml means for the stack. Nothing is written");
    await show(stack, "preview");
    heading("Up: own functions are created with the declared versions, the shared one is moved");
    await show(stack, "up", "--yes", "--skip-preview");
    heading("Somebody sets billing-export back to version 2 in the console");
    emulator.edit("billing-export", { Layers: ["receipt-dynamo-dev:2"] });
    console.log(emulator.layersOf("billing-export").join("\n"));
    heading("Preview: shows the drift");
    await show(stack, "preview", "--diff");
    heading("Up: repairs it");
    await show(stack, "up", "--yes", "--skip-preview");
    console.log(emulator.layersOf("billing-export").join("\n"));
  } finally {
    process.off("SIGINT", stop);
    await stack.dispose();
    await emulator.close();
  }
}

/** The example as a user copies it; the harness writes the project file, which must name the provider. */
async function exampleFiles(): Promise<Record<string, string>> {
  const names = (await readdir(example, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name).slice(example.length + 1))
    .filter((name) => !/^(?:Pulumi\..*|package.*\.json)$/.test(name));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(example, name), "utf8")])),
  );
}

function heading(text: string): void {
  console.log(`\n${pc.bold(pc.cyan(`== ${text}`))}\n`);
}

async function show(stack: Project, ...args: string[]): Promise<void> {
  console.log(pc.dim(`$ pulumi ${args.join(" ")}`));
  const running = stack.start([...args, "--color", pc.isColorSupported ? "always" : "never"]);
  running.process.stdout?.pipe(process.stdout, { end: false });
  running.process.stderr?.pipe(process.stderr, { end: false });
  const { code } = await running.ended;
  if (code !== 0) throw new Error(`pulumi ${args[0]} ended with exit code ${code}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
