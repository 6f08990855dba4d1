import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bin } from "../cli/harness";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { start } from "../support/processes";

const program = `
const arn = (name, version, account = "123456789012") => "arn:aws:lambda:us-east-1:" + account + ":layer:" + name + ":" + version;
const datadog = arn("Datadog-Node22-x", 97, "464622532012");
fn("api", { layers: [arn("receipt-dynamo-dev", 5), arn("receipt-label-dev", 2), datadog] });
fn("worker", { layers: [arn("receipt-dynamo-dev", 5), datadog] });
fn("cron", { layers: [arn("receipt-dynamo-dev", 4)] });
`;

/**
 * Replaces what differs from run to run with what the document has. Functions are updated in parallel, in any order.
 */
const fixed = (text: string) =>
  text
    .replaceAll(/(?<!\d)\d{8}_\d{6}(?!\d)/g, "20240824_143022")
    .replaceAll(/\b\d{4}-\d{2}-\d{2}\b/g, "2024-08-24")
    .replaceAll(/(?: {2}- Function .*\n)+/g, (lines) =>
      lines
        .split(/(?<=\n)/)
        .sort()
        .join(""),
    );

describe("docs/tour.md", function () {
  this.timeout(300_000);
  let emulator: Emulator;
  let project: Project;
  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "receipt-dynamo-dev", versions: 6 },
        { name: "receipt-label-dev", versions: 3 },
        { name: "receipt-label-dev", versions: 4, compatibleRuntimes: ["nodejs24.x"] },
        { name: "Datadog-Node22-x", account: "464622532012", versions: 99 },
      ],
    });
    project = await createAwsStack({ env: emulator.env, program: preamble + program });
    await project.up();
    // Someone tries another version in the console.
    const [, ...others] = emulator.layersOf("worker");
    emulator.edit("worker", { Layers: ["receipt-dynamo-dev:3", ...others] });
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  itSampled("shows what its commands print, one after the other", async () => {
    const tools = join(project.root, "tools");
    await mkdir(tools);
    await writeFile(join(tools, "lambda-layers"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, {
      mode: 0o755,
    });
    const env = { ...project.env, PATH: `${tools}:${project.env.PATH}` };

    const document = await readFile(join(checkout, "docs/tour.md"), "utf8");
    const run = async (command: string) => {
      // Both streams in the order in which a terminal shows them.
      const { stdout } = await start("sh", ["-c", `${command} 2>&1`], { cwd: project.dir, env }).ended;
      return `$ ${command}\n${fixed(stdout)}`;
    };
    let real = "";
    for (const part of document.split(/^(```console\n[\s\S]*?^```$)/m)) {
      const commands = part.startsWith("```console\n") ? [...part.matchAll(/^\$ (.+)$/gm)] : [];
      const printed: string[] = [];
      for (const [, command = ""] of commands) printed.push(await run(command));
      real += commands.length > 0 ? `\`\`\`console\n${printed.join("")}\`\`\`` : part;
    }
    assert.equal(document, real);
  });
});
