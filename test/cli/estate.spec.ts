import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { itSampled } from "../support/counts";
import { Estate, type EstateFunctions, type EstateOptions, seedsOf } from "../support/estate";
import { startCli } from "./harness";

const functionsOf = (project: string, stack: string, version: number): EstateFunctions => ({
  [`${project}-${stack}-a`]: [`base-${stack}:${version}`],
  [`${project}-${stack}-b`]: [`base-${stack}:${version}`, "tools:2"],
});

const projects: EstateOptions["projects"] = {
  "services/billing": { dev: functionsOf("billing", "dev", 5), prod: functionsOf("billing", "prod", 4) },
  "services/orders": { dev: functionsOf("orders", "dev", 3), prod: functionsOf("orders", "prod", 4) },
  web: { dev: functionsOf("web", "dev", 5) },
};

const config = (version: number) => `layers:
  base: {version: ${version}}
  tools: {version: 2}
stack_overrides:
  prod: {base: {version: 4}} # prod waits
`;

interface Document {
  folder?: string;
  stack: string | null;
  project: string | null;
  totals?: { drift: number };
  changes?: unknown[];
  error?: { code: string };
}

describe("a run over many projects and stacks", function () {
  this.timeout(240_000);
  let emulator: Emulator;
  let estate: Estate;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({
      layers: [
        { name: "base-dev", versions: 6 },
        { name: "base-prod", versions: 6 },
        { name: "tools", versions: 2 },
      ],
      functions: seedsOf({ projects }),
    });
    estate = await Estate.create({
      ...{ projects, env: emulator.env, passphrases: { "services/orders/prod": "another one" } },
      files: {
        "layer_config.yaml": config(5),
        // The nearest config applies.
        "web/layer_config.yaml": "layers: {base: {version: 6}}\n",
        "broken/Pulumi.yaml": "{",
        "node_modules/some/Pulumi.yaml": "name: no\nruntime: yaml\n",
        ".hidden/Pulumi.yaml": "name: no\nruntime: yaml\n",
      },
    });
  });
  after(async () => {
    await estate?.dispose();
    await emulator?.close();
  });

  const start = (args: readonly string[], env: Record<string, string> = {}) =>
    startCli(args, { cwd: estate.dir, env: { ...estate.env, ...env } });
  const all = ["--projects", "*", "--stack", "*"];
  const json = async (args: readonly string[]) => {
    const { code, stdout, output } = await start([...args, "--json"]).ended;
    assert.notEqual(stdout, "", output);
    return { code, documents: JSON.parse(stdout) };
  };
  const commandsIn = (stderr: string) =>
    [...stderr.matchAll(/DEBUG - (?:\S+ of \S+: )?pulumi ([^:]*):/g)].map(([, it]) => it);

  it("shows the status of every stack in one table, and which project it could not read, asking each once", async () => {
    const { code, stdout, stderr } = await start(["status", ...all, "-v"]).ended;
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `   PROJECT           STACK  FUNCTIONS  LAYERS  DRIFT  UNKNOWN
?  broken            -              -       -      -        -  pulumi-failed: Pulumi could not list the stacks of the project in ${estate.dir.slice(0, 8)}…
   services/billing  dev            2       3      0        0
   services/billing  prod           2       3      0        0
!  services/orders   dev            2       3      2        0
   services/orders   prod           2       3      0        0
!  web               dev            2       3      2        0
INFO - 5 stacks of 3 projects together: 4 of 15 layers of functions are not as declared; 1 project could not be read; 1 layer of a function is not declared by any entry
`,
    );
    assert.match(
      stderr,
      /^ERROR - project broken: Pulumi could not list the stacks of the project in .*\/broken: .*invalid YAML/m,
    );
    const commands = commandsIn(stderr);
    assert.equal(commands.filter((one) => one?.startsWith("stack ls")).length, 4);
    assert.equal(commands.filter((one) => one?.startsWith("stack export")).length, 5);
  });

  it("prints one array of documents, the same one by one or in parallel", async () => {
    const [one, several] = [await json(["status", ...all, "--parallel", "1"]), await json(["status", ...all])];
    assert.deepEqual(one, several);
    assert.deepEqual(
      several.documents.map(({ folder, stack, project, totals, error }: Document) => [
        ...[folder, stack, project],
        totals?.drift ?? error?.code,
      ]),
      [
        ["broken", null, null, "pulumi-failed"],
        ["services/billing", "dev", "services-billing", 0],
        ["services/billing", "prod", "services-billing", 0],
        ["services/orders", "dev", "services-orders", 2],
        ["services/orders", "prod", "services-orders", 0],
        ["web", "dev", "web", 2],
      ],
    );
  });

  itSampled("shows what is not as declared with its project and stack, and where stacks differ", async () => {
    const drifted = await start(["status", ...all, "--drifted", "--projects", "services/*"]).ended;
    const { stdout } = await start(["status", "--projects", "services/o*", "--stack", "*", "--drifted"]).ended;
    assert.equal(drifted.code, 1);
    assert.match(stdout, /^! {2}services\/orders {2}dev {4}orders-dev-a {2}base-dev {9}5 {9}3 {5}3$/m);
    const matrix = await start(["status", "--matrix", "--projects", "services/*", "--stack", "dev,prod"]).ended;
    assert.equal(
      matrix.stdout,
      `   LAYER  dev of services/billing  prod of services/billing  dev of services/orders  prod of services/orders
*  base   5                        4                         5 ! 3                   4
   tools  2                        2                         2                       2
INFO - 1 of 2 layers is declared differently between stacks (*)
INFO - 4 stacks of 2 projects together: 2 of 12 layers of functions are not as declared
`,
    );
  });

  it("names the projects below a folder that is in none, with the command that runs in them", async () => {
    for (const [args, command] of [
      [["status", "--drifted"], "status --drifted --projects '*'"],
      [["validate", "--stack", "*"], "validate --stack '*' --projects '*'"],
      [["--config", "layer_config.yaml", "--dry-run"], "--dry-run --projects '*' --config layer_config.yaml"],
    ] as const) {
      const { code, stderr } = await start(args).ended;
      assert.equal(code, 2, stderr);
      const says = `There are projects below this folder. To run in all of them: lambda-layers ${command}\n`;
      assert.ok(stderr.includes(says), stderr);
      const live =
        /^Without Pulumi, choose functions in AWS by tag or name: lambda-layers status --drifted --all-functions$/m;
      if (args[0] === "status") assert.match(stderr, live);
    }
    const { stderr } = await start(["rollback", "dev.json", "--yes"]).ended;
    assert.doesNotMatch(stderr, /projects below/);
    const { code } = await start(["status", "--drifted", "--projects", "services/*"]).ended;
    assert.equal(code, 0);
  });

  it("refuses globs that match nothing, and says which stacks a project does not have", async () => {
    const ends = async (...args: string[]) => {
      const { code, stderr, stdout } = await start(["status", "--recorded-only", ...args]).ended;
      return [code, stderr.split("\n")[0], stdout.split("\n")[0]];
    };
    assert.deepEqual((await ends("--projects", "servces/orders"))[0], 2);
    assert.match(
      String((await ends("--projects", "none*"))[1]),
      /^ERROR - No project's folder matches none\*\. Nothing was changed\.$/,
    );
    const [code, error] = await ends("--cwd", "services/orders", "--stack", "pord*");
    assert.equal(code, 6);
    assert.match(String(error), /^ERROR - No stack in this project matches pord\*\. Nothing was changed\.$/);
    assert.deepEqual(
      (await ends("--projects", "services/*", "--projects", "web", "--stack", "prod"))[2],
      "INFO - 1 project without such a stack: web",
    );
    // What is piped into a file is Markdown alone.
    const args = ["--projects", "services/*", "--projects", "web", "--stack", "prod", "--recorded-only"];
    assert.match((await start(["report", ...args]).ended).stdout, /^#/);
    assert.equal((await ends("--state-file", "x.json", "--stack", "*"))[0], 2);
  });

  it("selects only stacks with a tag", async () => {
    await estate.pulumi("services/orders", ["stack", "tag", "set", "tier", "gold", "--stack", "dev"]);
    const { documents } = await json([
      "status",
      "--projects",
      "services/*",
      "--stack-tag",
      "tier=gold",
      "--recorded-only",
    ]);
    assert.deepEqual(
      documents.map(({ folder, stack }: Record<string, string>) => [folder, stack]),
      [["services/orders", "dev"]],
    );
  });

  it("updates all that it can, each stack as a whole, and names the others", async () => {
    await estate.write({ "layer_config.yaml": config(5).replace("version: 4", "version: 5") });
    // A lock that someone holds: a file in the backend, as Pulumi writes it.
    const locks = join(estate.root, "state/.pulumi/locks/organization/services-billing/dev");
    await mkdir(locks, { recursive: true });
    const lock = join(locks, "11111111-2222-3333-4444-555555555555.json");
    await writeFile(
      lock,
      JSON.stringify({ pid: 1, username: "someone", hostname: "elsewhere", timestamp: "2026-11-26T10:00:00Z" }),
    );
    await estate.write({ "layer_config.yaml": config(6).replace("version: 4", "version: 5") });
    const run = ["--projects", "services/*", "--stack", "*", "--parallel", "2"];
    const { code, stdout, stderr } = await start([...run, "--yes"]).ended;
    assert.equal(code, 1, stderr);
    assert.match(
      stdout,
      /^INFO - The plan for 4 stacks: 8 layers of functions in 4 stacks:\n {2}- base-\{stack\} -> 5: 4 functions, 2 stacks: prod of services\/billing \(2\), prod of services\/orders \(2\)\n {2}- base-\{stack\} -> 6: 4 functions, 2 stacks: dev of services\/billing \(2\), dev of services\/orders \(2\)$/m,
    );
    assert.match(stderr, /^ERROR - dev of services\/billing: The stack dev is locked: [\s\S]*someone@elsewhere/m);
    assert.match(stdout, /^INFO - 2 of 4 stacks of 2 projects could be done: /m);
    assert.match(
      stderr,
      /^ERROR - prod of services\/orders: The secrets of stack prod of services\/orders need a different passphrase or key\. Run it on its own with that: lambda-layers --yes --stack prod --config \.\.\/\.\.\/layer_config\.yaml --cwd services\/orders$/m,
    );
    assert.deepEqual(await estate.recorded("services/orders", "dev"), {
      "orders-dev-a": ["base-dev:6"],
      "orders-dev-b": ["base-dev:6", "tools:2"],
    });
    assert.deepEqual((await estate.recorded("services/billing", "prod"))["billing-prod-a"], ["base-prod:5"]);
    assert.deepEqual((await estate.recorded("services/billing", "dev"))["billing-dev-a"], ["base-dev:5"]);
    assert.deepEqual((await estate.recorded("services/orders", "prod"))["orders-prod-a"], ["base-prod:4"]);
    const exported = [...stdout.matchAll(/^INFO - Exporting stack state for (.*)$/gm)].map(([, it]) => it);
    const named = ["billing", "orders"].flatMap((one) => ["dev", "prod"].map((stack) => `${stack} of services/${one}`));
    assert.deepEqual(exported, named);
    // The lines of two stacks are never mixed.
    const sections = stdout.split(/^Stack /m).slice(1);
    assert.deepEqual(
      sections.map((text) => [
        text.split(":")[0],
        new Set([...text.matchAll(/Function (\w+-\w+)-/g)].map(([, it]) => it)),
      ]),
      [
        ["dev of services/billing", new Set(["billing-dev"])],
        ["prod of services/billing", new Set(["billing-prod"])],
        ["dev of services/orders", new Set(["orders-dev"])],
        ["prod of services/orders", new Set()],
      ],
    );
    // The advised command works as printed.
    const [, advised = ""] = /: (pulumi -C services\/billing cancel --yes --stack dev)$/m.exec(stderr) ?? [];
    await estate.pulumi(".", advised.split(" ").slice(1));
    // Running it again finishes the rest.
    const again = await json([...run, "--yes"]);
    assert.deepEqual(
      again.documents.map(({ changes, error }: Document) => changes?.length ?? error?.code),
      [2, 0, 0, "passphrase"],
    );
    assert.equal(again.code, 3);
  });

  itSampled("starts no other stack once more have failed than may", async () => {
    await estate.write({ "services/layer_config.yaml": "layers: {" });
    const { documents, code } = await json([
      "status",
      ...all,
      "--failure-tolerance",
      "0",
      "--parallel",
      "1",
      "--recorded-only",
    ]);
    await rm(join(estate.dir, "services/layer_config.yaml"));
    assert.equal(code, 1);
    assert.deepEqual(
      documents.map(({ error }: { error?: { code: string } }) => error?.code),
      ["pulumi-failed", ...Array(5).fill("not-begun")],
    );
  });

  it("ends as a whole on Ctrl-C, says what was not started, and continues if it is run again", async () => {
    await estate.write({ "layer_config.yaml": config(5).replace("version: 4", "version: 3") });
    const run = start(["--projects", "services/*", "--stack", "dev,prod", "--yes"]);
    await run.printed(/^Stack prod of services\/billing:/m);
    run.kill("SIGINT");
    const { code, stderr } = await run.ended;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /2 stacks not started: dev of services\/orders, prod of services\/orders\./);
    assert.deepEqual((await estate.recorded("services/orders", "dev"))["orders-dev-a"], ["base-dev:6"]);
    await start(["--projects", "services/*", "--stack", "dev", "--yes"]).ended;
    assert.deepEqual((await estate.recorded("services/orders", "dev"))["orders-dev-a"], ["base-dev:5"]);
  });

  it("rolls back a whole run, states and functions, by its one record", async () => {
    const versions = async () => [
      (await estate.recorded("services/billing", "dev"))["billing-dev-a"],
      (await estate.recorded("services/orders", "dev"))["orders-dev-a"],
      emulator.layersOf("billing-dev-a").map((arn) => arn.split(":").slice(-2).join(":")),
      emulator.layersOf("orders-dev-a").map((arn) => arn.split(":").slice(-2).join(":")),
    ];
    const before = await versions();
    await estate.write({ "layer_config.yaml": config(4).replace("version: 4} #", "version: 3} #") });
    const { stdout, stderr, code } = await start(["--projects", "services/*", "--stack", "dev", "--sync-aws"]).ended;
    assert.equal(code, 0, stderr);
    const four = Array(4).fill(["base-dev:4"]);
    assert.deepEqual(await versions(), four);
    const [, back = ""] = /^INFO - To roll all of it back: lambda-layers (.*)$/m.exec(stdout) ?? [];
    assert.match(back, /^rollback backups\/stacks_run_\d{8}_\d{6}\.jsonl --sync-aws$/);
    const dry = await start([...back.split(" "), "--dry-run"]).ended;
    assert.deepEqual([dry.code, await versions()], [0, four], dry.stderr);
    const { code: ended, stderr: said } = await start([...back.split(" "), "--yes"]).ended;
    assert.equal(ended, 0, said);
    assert.deepEqual(await versions(), before);
  });

  itSampled("takes a name that only some of the stacks have, and globs if stacks have backups or states", async () => {
    const { documents, code } = await json([
      "status",
      "--projects",
      "services/o*",
      "--stack",
      "*",
      "-f",
      "orders-prod-a",
      "--recorded-only",
    ]);
    assert.equal(code, 2);
    assert.deepEqual(
      documents.map(({ stack, totals, error }: Document) => [stack, totals ? "read" : error?.code]),
      [
        ["dev", "usage"],
        ["prod", "read"],
      ],
    );
    const inOrders = ["--cwd", "services/orders"];
    const { documents: backups } = await json(["backups", "list", ...inOrders, "--stack", "d*"]);
    assert.deepEqual([...new Set(backups.map(({ stack }: Document) => stack))], ["dev"]);
    const { documents: drafted } = await json([
      "init",
      ...inOrders,
      "--stack",
      "*",
      "--dry-run",
      "--config",
      "new.yaml",
    ]);
    assert.deepEqual(drafted.stacks, ["dev", "prod"]);
  });

  it("validates many stacks in one table and one array, and prints what they share once", async () => {
    await estate.write({ "services/layer_config.yaml": "layers: {base: {version: 9}, tools: {version: 1}}\n" });
    const run = ["validate", "--projects", "services/*", "--projects", "broken", "--stack", "*"];
    const { code, stdout, stderr } = await start(run).ended;
    assert.equal(code, 1);
    assert.match(stdout, /^ {3}PROJECT +STACK +ENTRIES +USED +LAYERS +ERRORS +WARNINGS +UNKNOWN$/m);
    assert.match(stdout, /^x {2}services\/orders +prod +2 +2 +3 +1 +0 +0$/m);
    assert.match(stdout, /^INFO - 0 of 4 stacks of 2 projects valid; 4 errors; 1 could not be read$/m);
    const told = stderr.match(/^ERROR - (.*): Layer version does not exist: .*base-dev:9/gm) ?? [];
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", /^ERROR - dev of services\/billing, dev of services\/orders: /);
    const { documents } = await json(run);
    await rm(join(estate.dir, "services/layer_config.yaml"));
    assert.deepEqual(
      documents.map(({ folder, stack, error, findings }: Document & { findings?: unknown[] }) => [
        ...[folder, stack],
        findings?.length ?? error?.code,
      ]),
      [
        ["broken", null, "pulumi-failed"],
        ["services/billing", "dev", 1],
        ["services/billing", "prod", 1],
        ["services/orders", "dev", 1],
        ["services/orders", "prod", 1],
      ],
    );
  });

  itSampled("explains a function in one table, wherever it is among many stacks", async () => {
    await estate.write({ "services/layer_config.yaml": "layers: {base: {version: 9}, tools: {version: 1}}\n" });
    const run = ["--projects", "services/*", "--stack", "*"];
    const { code, stdout } = await start(["explain", "orders-dev-b", ...run]).ended;
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^ {3}PROJECT +STACK +FUNCTION +LAYER +DECLARED +RECORDED +LIVE +DECLARED BY\n! {2}services\/orders +dev +orders-dev-b +base-dev +9 +\d +\d +base at services\/layer_config\.yaml:1\n! {2}services\/orders +dev +orders-dev-b +tools +1 +2 +2 .*\nINFO - 1 of 4 stacks has a function orders-dev-b\n$/,
    );
    const { documents } = await json(["explain", "orders-dev-b", ...run]);
    assert.deepEqual(
      documents.map((one: { function?: string; functions?: unknown[] }) => one.function ?? one.functions?.length),
      [0, 0, "orders-dev-b", 0],
    );
    const none = await start(["explain", "nowhere", ...run]).ended;
    await rm(join(estate.dir, "services/layer_config.yaml"));
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^ERROR - None of these stacks records a function nowhere\.$/m);
  });

  itSampled("upgrades a group wherever a config has it, and refuses one that none has", async () => {
    const run = (group: string) =>
      start(["upgrade", "--projects", "services/o*", "--projects", "web", "--group", group, "--dry-run"]).ended;
    const { code, stdout, stderr } = await run("too*");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^INFO - No entry of layer_config\.yaml matches too\*\.$/m);
    const none = await run("twols");
    assert.equal(none.code, 2);
    assert.match(
      none.stderr,
      /^ERROR - No entry of .*layer_config\.yaml matches twols\. Nothing was changed\.\nDid you mean tools\?$/m,
    );
  });

  itSampled("drafts one config from many stacks, and lists what it knows nothing about", async () => {
    const run = ["init", ...all, "--config", "new.yaml"];
    const { code, stdout, stderr } = await start(run).ended;
    assert.equal(code, 1);
    assert.match(stdout, /^INFO - new\.yaml written: 2 layers of dev, prod$/m);
    assert.doesNotMatch(stderr, /Nothing was changed/);
    assert.match(stderr, /^WARNING - What project broken uses is not in it: that could not be read\.$/m);
    // The advised command works as printed.
    const [, advised = ""] = /versions: lambda-layers (.*)$/m.exec(stdout) ?? [];
    assert.equal(advised, "status --projects '*' --stack '*' --config new.yaml");
    const { documents } = await json([...run, "--dry-run"]);
    assert.deepEqual(
      documents.failed.map(({ folder, stack, error }: Document) => [folder, stack, error?.code]),
      [["broken", null, "pulumi-failed"]],
    );
  });

  it("lists and prunes the backups of many projects, which are in each project's folder", async () => {
    const { stdout } = await start(["backups", "list", "--projects", "services/*", "--stack", "d*"]).ended;
    assert.match(stdout, / {2}services\/billing\/backups\/dev_state_\d{8}_\d{6}\.json$/m);
    assert.doesNotMatch(stdout, /prod_state/);
    const { documents } = await json(["backups", "list", "--projects", "services/*", "--stack", "d*"]);
    assert.deepEqual(
      [...new Set(documents.map(({ folder, stack }: Document) => `${folder} ${stack}`))],
      ["services/billing dev", "services/orders dev"],
    );
    const prune = ["backups", "prune", "--projects", "services/*", "--retention-days", "0", "--yes"];
    const pruned = await json(prune);
    assert.ok(pruned.documents.some(({ remove }: { remove: unknown[] }) => remove.length > 0));
    const left = await json(prune);
    assert.ok(left.documents.every(({ remove }: { remove: unknown[] }) => remove.length === 0));
    assert.ok(left.documents.every(({ keep }: { keep: unknown[] }) => keep.length > 0));
  });

  it("keeps backups in each project's folder", async () => {
    assert.ok(
      (await readdir(join(estate.dir, "services/orders/backups"))).some((name) => name.startsWith("dev_state_")),
    );
  });
});
