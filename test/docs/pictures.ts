// `npm run pictures`: makes the pictures of docs/ from real runs on the real engine and the emulator.

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Convert from "ansi-to-html";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { cli, cliOnTerminal } from "../cli/harness";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import { startBrowser } from "../support/chromium";
import { checkout, type Project } from "../support/engine";

const folder = join(checkout, "docs", "pictures");

const config = `layers:
  receipt-dynamo:
    version: 5
  receipt-label:
    version: 3
  datadog:
    arn: arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312
    version: 98
  tools:
    names: ["tools-{stack}"]
    version: 2
    enforce: minimum

stack_overrides:
  dev:
    receipt-dynamo:
      version: 6
`;

const program = `${preamble}
const stack = pulumi.getStack();
const arn = (name, version, account = "123456789012") => "arn:aws:lambda:us-east-1:" + account + ":layer:" + name + ":" + version;
const own = (name, version) => arn(name + "-" + stack, version);
const datadog = (version) => arn("Datadog-Python312", version, "464622532012");
const declared = stack === "dev" ? 6 : 5;
const python = (name, layers) => fn(name + "-" + stack, { layers, runtime: "python3.12" });
python("receipt-upload", [own("receipt-dynamo", declared), own("receipt-label", 3), datadog(98)]);
python("receipt-parse", [own("receipt-dynamo", declared), datadog(98)]);
python("receipt-export", [own("receipt-dynamo", 4), own("receipt-label", 3), datadog(97)]);
python("label-train", [own("receipt-label", 2), own("tools", 2), datadog(98)]);
python("label-sync", [own("receipt-label", 3), own("tools", 3), datadog(98)]);
python("nightly-report", [own("receipt-dynamo", declared), own("tools", 2), arn("legacy-fonts", 1)]);
python("user-mail", [own("receipt-dynamo", declared), datadog(98)]);
`;

async function main(): Promise<void> {
  await mkdir(folder, { recursive: true });
  const emulator = await startEmulator();
  const stack = await deploy(emulator);
  const browser = await startBrowser();
  try {
    // A run has moved a function, and someone was busy in the console before and after it.
    emulator.edit("receipt-parse-dev", { Layers: ["receipt-dynamo-dev:4", datadog] });
    await done(["sync", "--stack", "dev", "-f", "receipt-parse-dev", "--yes"], stack);
    emulator.edit("receipt-parse-dev", { Layers: ["receipt-dynamo-dev:5", datadog] });
    emulator.edit("user-mail-prod", { Layers: ["receipt-dynamo-prod:6", datadog] });
    await report(browser, stack);
    await terminal(browser, stack, "status", ["status", "--stack", "dev"]);
    await terminal(browser, stack, "dry-run", ["--stack", "dev,prod", "--dry-run"]);
  } finally {
    await browser.close();
    await stack.dispose();
    await emulator.close();
  }
}

const datadog = "arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312:98";

async function deploy(emulator: Emulator): Promise<Project> {
  const names = ["receipt-dynamo", "receipt-label", "tools"].flatMap((name) => [`${name}-dev`, `${name}-prod`]);
  emulator.seed({
    layers: [
      ...[...names, "legacy-fonts"].map((name) => ({ name, versions: 6 })),
      { name: "Datadog-Python312", account: "464622532012", versions: 98, sharedWith: "everyone" },
    ],
  });
  const stack = await createAwsStack({
    name: "receipts",
    env: emulator.env,
    program,
    files: { "layer_config.yaml": config },
  });
  await stack.up();
  await stack.write({ "Pulumi.prod.yaml": await readFile(join(stack.dir, "Pulumi.dev.yaml"), "utf8") });
  await stack.succeeds(["stack", "init", "prod", "--no-select"]);
  await stack.up("--stack", "prod");
  return stack;
}

/** Runs a command to its end. */
async function done(args: string[], { dir: cwd, env }: Project): Promise<void> {
  const { code, output } = await cli(args, { cwd, env });
  if (code !== 0) throw new Error(output);
}

/** The page, in both colour schemes, and as a phone shows it. */
async function report(browser: Browser, project: Project): Promise<void> {
  await done(["report", "--stack", "dev,prod", "--html", "report.html", "--newest"], project);
  const url = pathToFileURL(join(project.dir, "report.html")).href;
  const desk = { width: 1000, height: 900 };
  await picture(browser, "report-light", { colorScheme: "light", viewport: desk }, (page) => page.goto(url));
  await picture(browser, "report-dark", { colorScheme: "dark", viewport: desk }, async (page) => {
    await page.goto(url);
    await page.getByLabel("Only what has drifted").check();
  });
}

/** How a terminal shows a command. */
async function terminal(browser: Browser, { dir: cwd, env }: Project, name: string, args: string[]): Promise<void> {
  // CI has no progress that is drawn and erased: what is printed stays.
  const { screen } = await cliOnTerminal(args, { cwd, env: { ...env, CI: "true" }, columns: 100 });
  const shown = new Convert({ escapeXML: true, fg: "#e7ecf2", bg: "#10151c", colors }).toHtml(screen);
  const page = `<body style="margin:0;padding:1em 1.2em;width:max-content;background:#10151c;color:#e7ecf2">
    <pre style="margin:0;font:14px/1.4 'DejaVu Sans Mono',monospace"><span style="color:#79b4ff">$</span> lambda-layers ${args.join(" ")}\n${shown}</pre>`;
  await picture(browser, name, { viewport: { width: 400, height: 100 } }, (empty) => empty.setContent(page));
}

// The ones of the sixteen colours that the command uses, as a dark terminal shows them.
const colors = { 1: "#ff8f85", 2: "#6fd6a0", 3: "#f0c674", 6: "#7fd4e0" };

async function picture(
  browser: Browser,
  name: string,
  options: BrowserContextOptions,
  fill: (page: Page) => Promise<unknown>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await fill(page);
  const isTerminal = options.viewport?.width === 400;
  const path = join(folder, `${name}.png`);
  await (isTerminal ? page.locator("body").screenshot({ path }) : page.screenshot({ path, fullPage: true }));
  await context.close();
  console.log(`docs/pictures/${name}.png`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
