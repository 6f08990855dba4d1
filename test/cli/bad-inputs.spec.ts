import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { itSampled } from "../support/counts";
import { createProject, type Project } from "../support/engine";
import { awsFunction, layer } from "../support/states";
import { cli, readmeConfig, readmeState } from "./harness";

/** A run that must fail, and how. */
interface BadInput {
  name: string;
  args: string[];
  code: number;
  /** The first line on stderr, apart from warnings. */
  says: RegExp;
  /** The end of stderr. */
  next?: string;
  /** Files in a separate folder, without a project. */
  files?: Record<string, unknown>;
  env?: Record<string, string | undefined>;
}

const onFile = ["--state-file", "state.json"];
const valid = { "layer_config.yaml": readmeConfig, "state.json": readmeState };
const withConfig = (text: string | Buffer) => ({ ...valid, "layer_config.yaml": text });
const withState = (text: unknown) => ({ ...valid, "state.json": text });
/** Files in the project that the runs share. */
const ofProject = (state: object) => JSON.parse(JSON.stringify(state).replaceAll("::shop::", "::test::"));
const stateText = JSON.stringify(readmeState, undefined, 4);

const wrongFlags: BadInput[] = [
  { args: ["--dry-rn"], says: /^ERROR - unknown option '--dry-rn'$/, next: "Did you mean --dry-run?" },
  { args: ["--stak=dev"], says: /^ERROR - unknown option '--stak=dev'$/, next: "Did you mean --stack?" },
  { args: ["--sync"], says: /^ERROR - unknown option '--sync'$/, next: "Did you mean --sync-aws?" },
  { args: ["--cwd", "backps", ...onFile], says: /^ERROR - There is no folder backps\. Nothing was changed\.$/ },
  {
    args: ["--cwd", "state.json", ...onFile],
    says: /^ERROR - There is no folder state\.json\. Nothing was changed\.$/,
  },
  {
    args: ["plan"],
    says: /^ERROR - unknown command 'plan'$/,
    next: "To see what an update would change: lambda-layers --dry-run",
  },
  {
    args: ["upgrade", "base", "5"],
    says: /^ERROR - 5 is a version, not a layer\. Nothing was changed\.$/,
    next: "To declare it: lambda-layers upgrade base --to 5",
  },
  { args: ["--x"], says: /^ERROR - unknown option '--x'$/, next: "List its options: lambda-layers help update" },
  { args: ["-x"], says: /^ERROR - unknown option '-x'$/, next: "List its options: lambda-layers help update" },
  { args: ["--nope", "--json"], says: /^ERROR - unknown option '--nope'$/ },
  { args: ["status", "--out", "x"], says: /'--out'$/, next: "status does not take it, but update does." },
  { args: ["status", "--full=x", "--json"], says: /'--full=x'$/, next: "status does not take it, but rollback does." },
  {
    args: ["backups", "list", "-fapi"],
    says: /'-fapi'$/,
    next: "backups list does not take it. These commands do: update, sync, rollback, status, report, validate, explain, outdated, init, upgrade.",
  },
  {
    args: ["backups", "list", "--retention-days", "3"],
    says: /'--retention-days'$/,
    next: "backups list does not take it, but backups prune does.",
  },
  {
    args: ["backups", "--json"],
    says: /^ERROR - 'backups' needs a subcommand$/,
    next: "Use one of: lambda-layers backups list, lambda-layers backups prune",
  },
  {
    args: ["--dry-run=yes"],
    says: /^ERROR - option '--dry-run' takes no value$/,
    next: "Write --dry-run without a value.",
  },
  {
    args: ["status", "--json=1"],
    says: /^ERROR - option '--json' takes no value$/,
    next: "Write --json without a value.",
  },
  {
    args: ["report", "--dry-run=1"],
    says: /'--dry-run=1'$/,
    next: "report does not take it. These commands do: update, sync, rollback, init, upgrade, backups prune.",
  },
  { args: ["statsu"], says: /^ERROR - unknown command 'statsu'$/, next: "Did you mean status?" },
  { args: ["help", "statsu"], says: /^ERROR - unknown command 'statsu'$/, next: "Did you mean status?" },
  {
    args: ["help", "foo", "--json"],
    says: /^ERROR - unknown command 'foo'$/,
    next: "List the commands: lambda-layers help",
  },
  {
    args: ["explain", "--json"],
    says: /^ERROR - missing required argument 'function'$/,
    next: "List its options: lambda-layers help explain",
  },
  { args: ["--config", "a.yaml", "--json", "--stack"], says: /^ERROR - option '--stack <NAME>' argument missing$/ },
  { args: ["--config"], says: /^ERROR - option '--config <FILE>' argument missing$/ },
  {
    args: ["--stack", "dev,,prod"],
    says: /^ERROR - option '--stack <NAME>' argument 'dev,,prod' is invalid\. Name one/,
  },
  {
    args: ["status", "--all-functions", "--region", "eu-west-1,us-west-2"],
    says: /^ERROR - option '--region <REGION>' argument 'eu-west-1,us-west-2' is invalid\. Name one region, such as us-east-1; for several there is --regions\.$/,
  },
  {
    args: ["status", "--all-functions", "--regions", "eu-west-1 us-west-2"],
    says: /argument 'eu-west-1 us-west-2' is invalid\. Name one region, or several separated by commas\.$/,
  },
  {
    args: ["--rate", "fast"],
    says: /^ERROR - option '--rate <N>' argument 'fast' is invalid\. Write a number above 0/,
  },
  { args: ["--rate", "0"], says: /^ERROR - option '--rate <N>' argument '0' is invalid/ },
  {
    args: ["--sync-aws", "--tag", "prod"],
    says: /^ERROR - option '--tag <KEY=VALUE>' argument 'prod' is invalid\. Write KEY/,
  },
  {
    args: ["status", "--cwd", "a", "--cwd=b"],
    says: /^ERROR - option '--cwd <DIR>' argument 'b' is invalid\. It was already given as 'a'\. Give it once\.$/,
  },
  {
    args: ["upgrade", "--minimum-age", "7d", "--minimum-age", "2w", "--json"],
    says: /argument '2w' is invalid\. It was already given as '7d'/,
  },
  {
    args: ["--sync-aws", "--tag", "team=a", "--tag", "env=x", "--tag", "team=b"],
    says: /argument 'team=b' is invalid\. 'team=a' was already given/,
  },
  { args: ["status", "--dry-run"], says: /^ERROR - unknown option '--dry-run'$/ },
  { args: ["rollback", "a.json", "b.json", "--yes"], says: /^ERROR - too many arguments for 'rollback'/ },
  {
    args: ["status", "prod"],
    says: /^ERROR - too many arguments for 'status'/,
    next: "Did you mean --stack prod? Several stacks are separated by commas.",
  },
  { args: ["rollback", "a.json", "--yes", "--stack", "a,b"], says: /^ERROR - A backup belongs to one stack/ },
  { args: ["rollback"], says: /^ERROR - This command needs confirmation, and there is no terminal to ask on/ },
  { args: ["rollback", "--json"], says: /^ERROR - This command needs confirmation/ },
  { args: ["backups", "prune"], says: /^ERROR - This command needs confirmation, and there is no terminal to ask on/ },
  { args: ["backups", "remove"], says: /^ERROR - unknown command 'remove'$/ },
  { args: ["completion", "powershell"], says: /^ERROR - .*'powershell' is invalid for argument 'shell'/ },
  { args: [...onFile, "--sync-aws"], says: /^ERROR - .*--state-file and --sync-aws cannot be combined/ },
  { args: ["--out", "x.json"], says: /^ERROR - --out needs --state-file/ },
  { args: ["--tag", "team=shop"], says: /^ERROR - --all-functions and --tag need --sync-aws/ },
].map((one) => ({ ...one, name: one.args.join(" "), code: 2, files: valid }));

const configs: BadInput[] = [
  {
    name: "that is missing",
    args: ["--config", "none.yaml"],
    files: valid,
    says: /^ERROR - Config file not found: none\.yaml/,
    next: "Name the file with --config (`configFile` in TypeScript, `config_file` in Python), or create one with `lambda-layers init`.",
  },
  {
    name: "that is a folder",
    args: [],
    files: { "layer_config.yaml/x": "", "state.json": "" },
    says: /^ERROR - Cannot read layer_config\.yaml: it is a folder$/,
  },
  { name: "that is not YAML", args: [], files: withConfig("layers: {a: [}"), says: /^ERROR - layer_config\.yaml has/ },
  { name: "that is empty", args: [], files: withConfig(""), says: /^ERROR - layer_config\.yaml has/ },
  { name: "with an unknown key", args: [], files: withConfig("layerz: {}\n"), says: /^ERROR - layer_config\.yaml has/ },
  {
    name: "with a version that is not a number",
    args: [],
    files: withConfig("layers: {a: {version: five}}"),
    says: /^ERROR - layer_config\.yaml has a problem:$/,
  },
  {
    name: "with a version of 0",
    args: [],
    files: withConfig("layers: {a: {version: 0}}"),
    says: /^ERROR - layer_config\.yaml has a problem:$/,
  },
  {
    name: "that is not in UTF-8",
    args: [],
    files: withConfig(Buffer.from([0x61, 0xff, 0xfe])),
    says: /^ERROR - Cannot read layer_config\.yaml: line 1 is not UTF-8/,
  },
  {
    name: "with two entries for a layer",
    args: [],
    files: withConfig(
      "layers:\n  a: {version: 1, names: [receipt-dynamo-dev]}\n  b: {version: 2, names: [receipt-dynamo-dev]}\n",
    ),
    says: /^ERROR - Layer receipt-dynamo-dev is declared twice: "a" \(layer_config\.yaml:2\) and "b" \(layer_config\.yaml:3\)/,
  },
].map((one) => ({ ...one, args: [...onFile, ...one.args], code: 2 }));

const invalidStates: BadInput[] = [
  {
    name: "that is missing",
    text: undefined,
    says: /^ERROR - State file not found: state\.json\. Nothing was changed\.$/,
  },
  { name: "that is cut off", text: stateText.slice(0, 2000), says: /^ERROR - .*byte 2000/ },
  {
    name: "that is cut off in a string",
    text: stateText.slice(0, stateText.indexOf("layer:receipt")),
    says: /^ERROR - .*byte \d+/,
  },
  { name: "that is empty", text: "", says: /^ERROR - .*byte 0/ },
  { name: "that is not JSON", text: "resources: []", says: /^ERROR - .*byte 0/ },
  { name: "with an extra comma", text: `${stateText.trimEnd().slice(0, -1)},}`, says: /^ERROR - .*byte \d+/ },
  { name: "with more text after it", text: `${stateText}{}`, says: /^ERROR - .*byte \d+/ },
  {
    name: "with a line break in a string",
    text: stateText.replace("receipt-dynamo", "receipt\ndynamo"),
    says: /^ERROR - .*byte \d+/,
  },
  { name: "with another structure", text: "[1, 2, 3]", says: /^ERROR - / },
].map(({ text, ...one }) => ({
  ...one,
  args: onFile,
  code: 2,
  files: text === undefined ? { "layer_config.yaml": readmeConfig } : withState(text),
}));

const unknownVersions: BadInput[] = [1, 2, 5, 999, "3", 3.5, null, undefined].map((version) => ({
  name: `${JSON.stringify(version) ?? "none"}`,
  args: onFile,
  code: 2,
  files: withState({ ...readmeState, version }),
  says: /^ERROR - .*version/,
}));

const noProject: BadInput[] = [
  [],
  ["--dry-run"],
  ["--json"],
  ["status"],
  ["validate"],
  ["--stack", "dev,prod"],
  ["-v"],
].map((args) => ({
  name: ["lambda-layers", ...args].join(" "),
  args,
  code: 2,
  files: { "layer_config.yaml": readmeConfig, "before.json": readmeState },
  says: /^ERROR - State file not found: .* is not in a Pulumi project/,
}));

const config = ["--config", join("..", "project", "layer_config.yaml")];

/** Runs that start in the project but name another folder, by a relative path. */
const elsewhere: BadInput[] = [
  ["--cwd", "..", "--config", join("project", "layer_config.yaml")],
  ["--cwd", join("..", "state"), ...config],
  ["status", "--cwd", join("..", "state"), ...config, "--json"],
].map((args) => ({
  name: args.join(" "),
  args,
  code: 2,
  says: /^ERROR - State file not found: \/.* is not in a Pulumi project/,
  next: "Ensure you're in the correct directory (should contain Pulumi.yaml), or name it with --cwd.",
}));

const unknownStacks: BadInput[] = [
  ["--stack", "none"],
  ["--stack", "organization/test/none"],
  ["--stack", "--help"],
  ["--stack", "../dev"],
  ["status", "--stack", "none"],
  ["validate", "--stack", "none", "--json"],
  ["rollback", "--stack", "none", "--yes", "before.json"],
  ["--stack", "none,dev", "--dry-run"],
].map((args) => ({
  name: args.join(" "),
  args,
  code: 6,
  says: /^ERROR - State file not found: the stack (none|--help|\.\.\/dev|organization\/test\/none) does not exist in this project \(/,
}));

const commandsOnStack = [["--yes"], ["--dry-run"], ["status"], ["validate", "--json"], ["--stack", "dev,prod"]];

const noPulumi: BadInput[] = commandsOnStack.map((args) => ({
  name: args.join(" "),
  args,
  code: 2,
  env: { PATH: "/nonexistent" },
  says: /^ERROR - The Pulumi CLI was not found: there is no `pulumi` on the PATH\. Nothing was changed\.$/,
}));

const notLoggedIn: BadInput[] = commandsOnStack.map((args) => ({
  name: args.join(" "),
  args,
  code: 3,
  env: { PULUMI_BACKEND_URL: undefined },
  says: /^ERROR - Not logged in to Pulumi: /,
}));

const wrongPassphrase: BadInput[] = [
  { args: [], env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } },
  { args: ["--json"], env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } },
  { args: [], env: { PULUMI_CONFIG_PASSPHRASE: undefined } },
  {
    args: ["-f", "my-function-1"],
    env: { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: "/nonexistent" },
  },
  { args: ["rollback", "--yes", "before.json"], env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } },
].map((one) => ({
  ...one,
  name: `${["lambda-layers", ...one.args].join(" ")} with ${JSON.stringify(one.env)}`,
  code: 3,
  says: /^ERROR - The stack's secrets cannot be read: .*Nothing was changed\.$/,
}));

const locked: BadInput[] = [
  ["--yes"],
  ["--json"],
  ["-f", "my-function-1"],
  ["--stack", "organization/test/dev"],
  ["rollback", "--yes", "before.json"],
].map((args) => ({ name: args.join(" "), args, code: 1, says: /^ERROR - The stack \S*dev is locked: / }));

describe("lambda-layers with bad input", () => {
  let project: Project;

  before(async function () {
    this.timeout(120_000);
    project = await createProject({
      files: {
        "layer_config.yaml": readmeConfig,
        "index.js": 'exports.secret = require("@pulumi/pulumi").secret("from the program");',
        "before.json": ofProject(readmeState),
      },
    });
    await project.up();
    const state = await project.exportStack();
    const orphan = { parent: undefined, provider: undefined };
    state.deployment.resources.push(
      ofProject(
        awsFunction("my-function-1", [layer("receipt-dynamo-dev", 3)], { ...orphan, propertyDependencies: undefined }),
      ),
    );
    await project.write({ "with-function.json": state });
    await project.succeeds(["stack", "import", "--file", "with-function.json"]);
  });
  after(() => project.dispose());

  /** Runs in a folder of its own, or in the project. */
  const check = ({ name, args, code, says, next, files, env }: BadInput) =>
    itSampled(name, async () => {
      const folder = files ? join(project.root, `input-${folders++}`) : project.dir;
      for (const [path, content] of Object.entries(files ?? {})) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        const isText = typeof content === "string" || Buffer.isBuffer(content);
        await writeFile(join(folder, path), isText ? content : JSON.stringify(content));
      }
      const outcome = await cli(args, { cwd: folder, env: definedOnly({ ...project.env, ...env }) });
      const first = outcome.stderr.split("\n").find((line) => !/^(WARNING|DEBUG) - /.test(line)) ?? "";
      assert.match(first, says, outcome.output);
      assert.equal(outcome.code, code, outcome.output);
      if (next !== undefined) assert.equal(outcome.stderr.trimEnd().split("\n").at(-1), next);
      if (!args.includes("-v")) assert.doesNotMatch(outcome.output, /^ +at .*:\d+/m);
      if (args.includes("--json")) assert.ok("error" in JSON.parse(outcome.stdout));
      // What nobody could plan has no result.
      assert.doesNotMatch(outcome.stdout, /nothing to change/);
    });
  let folders = 0;

  describe("wrong flags", () => wrongFlags.forEach(check));
  describe("a config", () => configs.forEach(check));
  describe("a state file", () => invalidStates.forEach(check));
  describe("a state of version", () => unknownVersions.forEach(check));
  describe("outside of a project", () => noProject.forEach(check));
  describe("a folder outside of a project", () => elsewhere.forEach(check));
  describe("an unknown stack", () => unknownStacks.forEach(check));
  describe("no Pulumi CLI", () => noPulumi.forEach(check));
  describe("no login", () => notLoggedIn.forEach(check));
  describe("a wrong passphrase", () => wrongPassphrase.forEach(check));

  describe("a locked stack", () => {
    const lock = () => join(project.root, "state/.pulumi/locks/organization/test/dev/0c4f4c3a.json");
    before(async () => {
      await mkdir(dirname(lock()), { recursive: true });
      const owner = {
        pid: 1,
        username: "somebody",
        hostname: `not-${hostname()}`,
        timestamp: new Date().toISOString(),
      };
      await writeFile(lock(), JSON.stringify(owner));
    });
    after(() => rm(lock()));
    locked.forEach(check);
  });
});

function definedOnly(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<string, string>;
}
