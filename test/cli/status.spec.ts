import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { useAws } from "../aws/harness";
import { fakeCommand } from "../support/fakes";
import { awsFunction, layer, stateOf, urn } from "../support/states";
import { Folder, plainEnvironment } from "./harness";

const eu = { region: "eu-west-1" };
/** The same resource in another region. */
const inEurope = <T>(resource: T): T => JSON.parse(JSON.stringify(resource).replaceAll("us-east-1", eu.region));
/** A second resource for a function with the same name. */
const named = (resource: ReturnType<typeof awsFunction>, name: string) => ({
  ...resource,
  urn: urn("aws:lambda/function:Function", name),
});

const reconciledType = "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";
/** A `LayerVersions` resource that reconciles functions owned elsewhere. */
const reconciling = (functions: Record<string, Record<string, number>>) => ({
  urn: urn(reconciledType, "layers"),
  ...{ custom: true, id: "layers", type: reconciledType, inputs: {}, outputs: { functions, region: "us-east-1" } },
});

// A Pulumi that only exports: these tests are about what becomes of a state, not about how it is obtained.
const pulumi = `const [, , ...words] = process.argv;
if (!words.join(" ").includes("stack export")) process.exit(1);
const { stack } = /--stack=(?<stack>[^ ]+)/.exec(words.join(" ")).groups;
process.stdout.write(require("fs").readFileSync(stack + ".json"));`;

describe("lambda-layers status", () => {
  const aws = useAws();
  let folder: Folder;

  beforeEach(async () => {
    folder = await Folder.create({ "layer_config.yaml": "layers: { base: { version: 5 } }\n" });
    await fakeCommand(join(folder.path, "bin"), "pulumi", pulumi);
  });
  afterEach(() => folder.dispose());

  const deploy = (...resources: unknown[]) => folder.write({ "dev.json": stateOf(resources) });
  const run = (args: string[], env: Record<string, string> = {}) => {
    const plain = plainEnvironment(folder.path);
    const PATH = [join(folder.path, "bin"), plain.PATH].join(delimiter);
    return folder.cli(args, { env: { ...plain, ...aws.emulator.env, PATH, ...env } });
  };
  const status = (...args: string[]) => run(["status", ...args]);
  const lines = (text: string) => text.trimEnd().split("\n");
  const codes = async (...args: string[]) => [
    (await status(...args)).code,
    (await status(...args, "--expect-no-changes")).code,
  ];

  it("counts layers that no entry declares, and names the entry that seems to mean one of them", async () => {
    const layers = [layer("base-dev", 4), layer("tools", 2), layer("lib", 1)];
    await deploy(awsFunction("api", layers), awsFunction("web", layers));
    const functions = ["api", "web"].map((name) => ({ name, layers: ["base-dev:4", "tools:2", "lib:1"] }));
    aws.emulator.seed({ layers: ["base-dev", "tools", "lib"].map((name) => ({ name, versions: 5 })), functions });
    const arn = layer("tools", 2).replace(/:2$/, "").replace("us-east-1", "eu-west-1");
    for (const [entries, total, ...warnings] of [
      [
        "bse: { version: 5 }, lib: { version: 1 }",
        "4",
        '"bse" matches no layer in the state of dev or in AWS. Did you mean base?',
      ],
      [
        `lib: { version: 1 }, t: { version: 3, arn: "${arn}" }`,
        "4",
        `"t" matches no layer in the state of dev or in AWS. Did you mean ${layer("tools", 2).slice(0, -2)}?`,
      ],
      [
        `lib: { version: 1 }, x: { version: 3, names: ["bas-{stack}"] }`,
        "4",
        '"x" matches no layer in the state of dev or in AWS. Did you mean base-{stack}?',
      ],
      ["base: { version: 4 }, lib: { version: 1 }, elsewhere: { version: 1 }", "2"],
      ["base: { version: 4 }, lib: { version: 1 }, tools: { version: 2 }, tool: { version: 1 }", undefined],
    ] as const) {
      await folder.write({ "layer_config.yaml": `layers: { ${entries} }\n` });
      const { code, stdout, stderr } = await status("--drifted", "--expect-no-changes");
      assert.equal(code, 0, stderr);
      const count = total === undefined ? "" : `; ${total} layers of functions are not declared by any entry`;
      assert.ok(stdout.endsWith(`INFO - 0 of 6 layers of functions are not as declared${count}\n`), stdout);
      assert.equal(stderr, warnings.map((line) => `WARNING - layer_config.yaml:1: ${line}\n`).join(""));
    }
    await folder.write({ "layer_config.yaml": "layers: { bse: { version: 5 }, lib: { version: 1 } }\n" });
    assert.doesNotMatch((await status("-f", "api")).stderr, /Did you mean/);
    const several = await status("--stack", "dev,dev");
    assert.match(several.stdout, /not as declared; 4 layers of functions are not declared by any entry$/m);
  });

  /** Two functions of one name, as the program makes them in two regions. */
  const deployTwoRegions = async () => {
    const europe = named(inEurope(awsFunction("api", [layer("base", 5)])), "api-eu");
    await deploy(awsFunction("api", [layer("base", 5)]), europe, awsFunction("web", [layer("base", 5)]));
    aws.emulator.seed({
      functions: [
        { name: "api", layers: ["base:5"] },
        { name: "api", layers: ["base:4"], ...eu },
        { name: "web", layers: ["base:5"] },
      ],
    });
  };

  it("covers only the named region, and says how many functions are elsewhere", async () => {
    await deployTwoRegions();
    const { stdout, stderr } = await status("--regions", "us-east-1");
    assert.deepEqual(lines(stdout), [
      "INFO - 1 function of other regions left out: this run is for us-east-1",
      "   FUNCTION  LAYER  DECLARED  RECORDED  LIVE",
      "   api       base          5         5     5",
      "   web       base          5         5     5",
      "INFO - 0 of 2 layers of functions are not as declared",
    ]);
    assert.equal(stderr, "");
    const typo = await status("--regions", "us-east-1,us-eats-1");
    assert.equal(typo.code, 2);
    assert.match(typo.stderr, /^ERROR - None of the functions is in us-eats-1\./m);
  });

  it("advises the command that shows the drift it has found, in AWS alone and in one region", async () => {
    await deployTwoRegions();
    const next = async (...args: string[]) =>
      (await status(...args, "--expect-no-changes")).stderr.match(/change: (.*)$/m)?.[1];
    assert.equal(await next("-f", "api"), "lambda-layers --stack dev -f api --sync-aws --dry-run");
    assert.equal(
      await next("--regions", "eu-west-1"),
      "lambda-layers --stack dev --sync-aws --region eu-west-1 --dry-run",
    );
    aws.emulator.fault({ operation: "GetFunction", resource: "web", status: 403, code: "AccessDenied", message: "no" });
    assert.equal(await next(), "lambda-layers --stack dev --sync-aws --dry-run");
  });

  it("makes validate report an unknown if the state hides layers", async () => {
    const signature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    await deploy(awsFunction("hidden", { ...signature, ciphertext: "v1:x" }));
    aws.emulator.seed({ functions: [{ name: "hidden", layers: ["base:5"] }] });
    assert.deepEqual(await codes(), [0, 1]);
    const { code, stderr } = await run(["validate", "-f", "hidden"]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^WARNING - 1 layer of a function cannot be read from the state\.$/m);
  });

  it("distinguishes functions of one name by their region", async () => {
    await deployTwoRegions();
    const { code, stdout, stderr } = await status();
    assert.deepEqual(lines(stdout), [
      "   FUNCTION         LAYER  DECLARED  RECORDED  LIVE",
      "!  api (eu-west-1)  base          5         5     4",
      "   api (us-east-1)  base          5         5     5",
      "   web              base          5         5     5",
      "INFO - 1 of 3 layers of functions is not as declared",
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
    const expecting = await status("--expect-no-changes", "-e", "web");
    assert.equal(expecting.code, 7);
    assert.match(
      expecting.stderr,
      /^To see what an update would change: lambda-layers --stack dev -e web --sync-aws --dry-run$/m,
    );
  });

  it("shows only what is not as declared or unknown with --drifted", async () => {
    await deployTwoRegions();
    assert.deepEqual(lines((await status("--drifted")).stdout), [
      "   FUNCTION         LAYER  DECLARED  RECORDED  LIVE",
      "!  api (eu-west-1)  base          5         5     4",
      "INFO - 1 of 3 layers of functions is not as declared",
    ]);
    const { rows, totals } = JSON.parse((await status("--drifted", "--json")).stdout);
    assert.equal(rows.length, 1);
    assert.deepEqual(totals, { functions: 3, layersOfFunctions: 3, drift: 1, unknown: 0 });
    aws.emulator.edit("api", { Layers: ["base:5"] }, eu);
    assert.equal((await status("--drifted")).stdout, "INFO - 0 of 3 layers of functions are not as declared\n");
  });

  it("counts the exceptions of each stack of several, and warns of those that need attention", async () => {
    await folder.write({
      "layer_config.yaml": `layers:
  base:
    version: 5
    variants:
      - { when: { function: cron }, version: 4, until: 2020-12-31 }
      - { when: { function: mail }, version: 4 }
`,
      "prod.json": stateOf([awsFunction("cron", [layer("base", 4)]), awsFunction("mail", [layer("base", 4)])]),
      "test.json": stateOf([awsFunction("mail", [layer("base", 4)])]),
    });
    await deploy(awsFunction("api", [layer("base", 5)]));
    const several = ["--stack", "prod,test,dev", "--recorded-only", "--expect-no-changes"];
    for (const args of [[], ["--drifted"], ["--matrix"]]) {
      const { code, stdout, stderr } = await status(...several, ...args);
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "WARNING - prod: 2 exceptions, 1 expired\n");
      assert.deepEqual(stdout.match(/^INFO - \S+: \d+ exception.*$/gm), ["INFO - test: 1 exception"]);
    }
    const one = await status("--stack", "prod", "--recorded-only", "--drifted", "--expect-no-changes");
    assert.match(one.stdout, /^INFO - Found 2 exceptions in effect:$/m);
    assert.match(one.stderr, /^WARNING - The exception of base for function cron \(layer_config\.yaml:5\) expired on/m);
    assert.doesNotMatch((await status(...several, "--json")).stderr, /exception/);
  });

  it("reads nothing from AWS with --recorded-only, and says so", async () => {
    await deployTwoRegions();
    const { code, stdout } = await status("--recorded-only", "--expect-no-changes");
    assert.deepEqual(lines(stdout), [
      "   FUNCTION         LAYER  DECLARED  RECORDED",
      "   api (eu-west-1)  base          5         5",
      "   api (us-east-1)  base          5         5",
      "   web              base          5         5",
      "INFO - 0 of 3 layers of functions are not as declared; AWS was not asked",
    ]);
    assert.equal(code, 0);
    assert.deepEqual(aws.emulator.counts(), {});
  });

  it("prints one document with every standing", async () => {
    await deployTwoRegions();
    const document = JSON.parse((await status("--json", "-e", "web")).stdout);
    assert.deepEqual(Object.keys(document), ["format", "stack", "project", "totals", "rows", "skipped", "live"]);
    assert.deepEqual([document.format, document.stack, document.project], [2, "dev", "shop"]);
    assert.deepEqual(document.rows[0], {
      function: "api",
      urn: "urn:pulumi:dev::shop::aws:lambda/function:Function::api-eu",
      layer: "base",
      arn: "arn:aws:lambda:eu-west-1:123456789012:layer:base",
      ...{ declared: 5, enforce: "exact", recorded: 5, live: 4, drift: true, verdict: "drift" },
      target: "arn:aws:lambda:eu-west-1:123456789012:layer:base:5",
      ...{ region: "eu-west-1", account: "123456789012" },
      source: { file: "layer_config.yaml", line: 1, column: 28 },
    });
    const recordedOnly = JSON.parse((await status("--json", "--recorded-only")).stdout);
    assert.ok(!("live" in recordedOnly.rows[0]));
  });

  it("counts a layer that a function has twice once, and warns about it", async () => {
    const twice = (name: string, ...versions: number[]) =>
      awsFunction(
        name,
        versions.map((version) => layer("base", version)),
      );
    await deploy(twice("same-twice", 5, 5), twice("one-bad", 5, 4), awsFunction("web", [layer("base", 5)]));
    const { stdout, stderr } = await status("--recorded-only");
    assert.deepEqual(lines(stdout).slice(1), [
      "!  one-bad     base          5         4",
      "   same-twice  base          5         5",
      "   web         base          5         5",
      "INFO - 1 of 3 layers of functions is not as declared; AWS was not asked",
    ]);
    assert.match(stderr, /^WARNING - Function one-bad has layer base more than once/m);
    assert.match(stderr, /^WARNING - Function same-twice has layer base more than once/m);
  });

  it("names a function that waits for its replacement, and gives it no row", async () => {
    await deploy(awsFunction("goner", [layer("base", 3)], { pendingReplacement: true }));
    const { stdout, stderr } = await status("--expect-no-changes");
    assert.equal(stdout, "INFO - No functions with layers; 1 function is skipped\n");
    assert.match(
      stderr,
      /^WARNING - Function goner is skipped: it was deleted, and the next `pulumi up` recreates it\.$/m,
    );
  });

  describe("for a function that a LayerVersions resource records", () => {
    beforeEach(async () => {
      await deploy(awsFunction("api", [layer("base", 5)]), reconciling({ "billing-export": { base: 5 } }));
      aws.emulator.seed({
        functions: ["api", "billing-export"].map((name) => ({ name, layers: ["base:5"] })),
      });
    });

    it("sees what was changed in the console", async () => {
      assert.deepEqual(await codes(), [0, 0]);
      aws.emulator.edit("billing-export", { Layers: ["base:4"] });
      assert.match((await status()).stdout, /^! {2}billing-export {2}base +5 +5 +4$/m);
      assert.deepEqual(await codes(), [0, 7]);
    });

    it("advises `pulumi up` if AWS has lost the layer", async () => {
      aws.emulator.edit("billing-export", { Layers: [] });
      assert.match(
        (await status()).stderr,
        /^WARNING - Function billing-export: Layer base is recorded at version 5 but not attached in AWS\. To attach it again: pulumi up --stack dev$/m,
      );
      assert.deepEqual(await codes(), [0, 7]);
    });
  });

  it("names a layer that AWS has lost, with the command that attaches it again", async () => {
    await deploy(awsFunction("api", [layer("base", 5)]));
    aws.emulator.seed({ functions: [{ name: "api" }] });
    const { stdout, stderr } = await status("--config", "layer_config.yaml");
    assert.match(stdout, /^! {2}api +base +5 +5 +-$/m);
    assert.match(
      stderr,
      /not attached in AWS\. To attach it again: lambda-layers --stack dev --sync-aws --config layer_config\.yaml$/m,
    );
    const { rows } = JSON.parse((await status("--json")).stdout);
    assert.deepEqual([rows[0].live, rows[0].drift, rows[0].detached], ["absent", true, true]);
  });

  it("counts the layers that AWS has lost in one line, with one command", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    await deploy(...names.map((name) => awsFunction(name, [layer("base", 5)])));
    aws.emulator.seed({ functions: names.map((name) => ({ name })) });
    assert.equal(
      (await status()).stderr,
      "WARNING - 6 layers of functions are recorded but not attached in AWS (a, b, c, d, e and 1 more). To attach them again: lambda-layers --stack dev --sync-aws\n",
    );
  });

  it("does not advise to attach layers to a function that AWS does not have", async () => {
    await deploy(awsFunction("api", [layer("base", 5)]));
    const { stderr } = await status();
    assert.equal(
      stderr,
      "WARNING - Function api is skipped: it does not exist in AWS in us-east-1; `pulumi up --refresh` creates it again.\n",
    );
  });

  it("calls nothing fine without credentials", async () => {
    await deployTwoRegions();
    const env = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const { code, stdout, stderr } = await run(["status"], env);
    assert.match(stdout, /^\? {2}web +base +5 +5 +\?$/m);
    assert.match(
      stdout,
      /^INFO - 0 of 3 layers of functions are not as declared; 3 of 3 layers of functions are unknown; not all live/m,
    );
    assert.match(
      stderr,
      /^WARNING - Not all live versions of stack dev could be read: AWS credentials not configured/m,
    );
    assert.equal(code, 0);
    assert.equal((await run(["status", "--expect-no-changes"], env)).code, 3);
    const { rows, totals, live } = JSON.parse((await run(["status", "--json"], env)).stdout);
    assert.deepEqual([rows[0].live, rows[0].drift, rows[0].verdict], ["unknown", false, "unknown"]);
    assert.deepEqual([totals.unknown, live.read, live.code], [3, false, "aws-credentials"]);
  });

  it("calls nothing fine in a region that cannot be read", async () => {
    await deployTwoRegions();
    aws.emulator.edit("api", { Layers: ["base:5"] }, eu);
    aws.emulator.deny({ action: "lambda:*", resource: `*:${eu.region}:*` });
    const denied = await status();
    assert.match(denied.stdout, /^ {3}api \(us-east-1\) +base +5 +5 +5$/m);
    assert.match(denied.stdout, /^\? {2}api \(eu-west-1\) +base +5 +5 +\?$/m);
    assert.match(denied.stderr, /^WARNING - Not all live versions of stack dev could be read: /m);
    assert.deepEqual(await codes(), [0, 3]);
    aws.emulator.allowAll();
    // An error that is about neither credentials nor a permission.
    aws.emulator.fault({ ...eu, status: 400, code: "InvalidParameterValueException" });
    assert.deepEqual(await codes(), [0, 1]);
    // Known drift takes precedence over what is not known.
    aws.emulator.edit("web", { Layers: ["base:1"] });
    assert.deepEqual(await codes(), [0, 7]);
  });

  it("shows layers that are a secret in the state as not known", async () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
    await deploy(awsFunction("hidden", secret), awsFunction("web", [layer("base", 5)]));
    const { stdout } = await status("--recorded-only");
    assert.match(stdout, /^\? {2}hidden {4}\? +\? +\?$/m);
    assert.deepEqual(await codes("--recorded-only"), [0, 1]);
  });

  it("shows layers that are not known yet, or are not strings, as not known", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    for (const layers of [unknown, [unknown], [null], [3], [[layer("base", 5)]], layer("base", 5)]) {
      await deploy(awsFunction("hidden", layers), awsFunction("web", [layer("base", 5)]));
      const { stdout, stderr } = await status("--recorded-only");
      assert.match(stdout, /^\? {2}hidden {4}\? +\? +\?$/m);
      assert.match(stderr, /Function hidden is skipped: not all of its layers can be read from the state\./);
      assert.equal((await status("--recorded-only", "--expect-no-changes")).code, 1);
    }
  });

  it("names the stack in each warning about one of several", async () => {
    const state = stateOf([awsFunction("hidden", [3]), awsFunction("web", [layer("base", 5)])]);
    await folder.write({ "dev.json": state, "prod.json": state });
    const { stderr } = await status("--stack", "dev,prod", "--recorded-only");
    assert.deepEqual(stderr.match(/^WARNING - \w+: Function hidden is skipped/gm), [
      "WARNING - dev: Function hidden is skipped",
      "WARNING - prod: Function hidden is skipped",
    ]);
  });

  it("says of a function that an update changes in part what the update says", async () => {
    await deploy(awsFunction("hidden", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", layer("base", 1)]));
    const said =
      /^WARNING - Function hidden: not all of its layers can be read from the state, so only those that can are updated\.$/m;
    const update = await run(["--stack", "dev", "--dry-run", "--json"]);
    assert.match(update.stderr, said);
    const looked = await status("--recorded-only", "--json");
    assert.match(looked.stderr, said);
    for (const { stdout } of [update, looked]) assert.deepEqual(JSON.parse(stdout).skipped, []);
    assert.doesNotMatch((await run(["explain", "hidden"])).stdout, /skips it: not all/);
  });

  it("does not call a function skipped in a sync, which moves what it reads in AWS", async () => {
    await deploy(awsFunction("hidden", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"));
    aws.emulator.seed({ layers: [{ name: "base", versions: 5 }], functions: [{ name: "hidden", layers: ["base:1"] }] });
    const { aws: live } = JSON.parse((await run(["sync", "--stack", "dev", "--dry-run", "--json"])).stdout);
    assert.deepEqual([live.changes.length, live.skipped], [1, []]);
  });

  it("warns about a state that cannot be updated as it is, and about strings that are not layer versions", async () => {
    const web = awsFunction("web", [layer("base", 5), `${layer("base", 1)}0`.replace(/\d+$/, "0")]);
    const operation = { type: "updating", resource: { urn: web.urn, type: web.type, custom: true } };
    await folder.write({ "dev.json": stateOf([web], { pending_operations: [operation] }) });
    for (const args of [["status"], ["report", "--markdown"], ["explain", "web"], ["validate"]]) {
      const { stderr } = await run([...args, ...(args[0] === "status" ? ["--recorded-only"] : [])]);
      assert.match(stderr, /^WARNING - The state of stack dev has 1 pending operation.* `pulumi refresh --stack dev`/m);
      assert.match(stderr, /^WARNING - Invalid layer ARN format: arn:.*:layer:base:0 of function web\.$/m);
    }
    const file = ["--state-file", "dev.json", "--stack", "prod"];
    for (const command of ["status", "validate"]) {
      const { stderr } = await run([command, ...file]);
      assert.match(
        stderr,
        /^WARNING - dev\.json is the state of stack dev, but the versions declared for prod were used/m,
      );
    }
  });

  it("keeps to the named region if AWS is not read", async () => {
    await deployTwoRegions();
    const { stdout } = await status("--recorded-only", "--region", eu.region);
    assert.deepEqual(lines(stdout).slice(0, 3), [
      "INFO - 2 functions of other regions left out: this run is for eu-west-1",
      "   FUNCTION  LAYER  DECLARED  RECORDED",
      "   api       base          5         5",
    ]);
    for (const place of [["--recorded-only"], ["--state-file", "dev.json"]]) {
      const nowhere = await status(...place, "--regions", "us-west-99");
      assert.deepEqual([nowhere.code, nowhere.stdout], [2, ""], nowhere.stderr);
      const elsewhere = await status(...place, "-f", "web", "--region", eu.region);
      assert.equal(elsewhere.code, 2, elsewhere.stderr);
      assert.match(elsewhere.stderr, /Function web.*: it is in us-east-1, but this run is for eu-west-1/);
    }
  });

  describe("without Pulumi", () => {
    beforeEach(() => {
      aws.emulator.seed({
        functions: [
          { name: "api", layers: ["base:5"], tags: { environment: "dev", team: "a" } },
          { name: "api", layers: ["base:4"], tags: { environment: "dev" }, ...eu },
          { name: "other", layers: ["base:4"] },
        ],
      });
    });
    const rows = async (...args: string[]) => lines((await run(["status", ...args])).stdout).slice(0, -1);
    const head = "   FUNCTION         LAYER  DECLARED  LIVE";

    it("shows the named functions, of one region or several", async () => {
      const both = ["-f", "api", "--regions", "us-east-1,eu-west-1"];
      assert.deepEqual(await rows(...both), [
        head,
        "!  api (eu-west-1)  base          5     4",
        "   api (us-east-1)  base          5     5",
      ]);
      const { code, stderr } = await status(...both, "--expect-no-changes");
      assert.equal(code, 7);
      assert.match(
        stderr,
        /^To see what an update would change: lambda-layers sync --stack dev -f api --regions us-east-1,eu-west-1 --dry-run$/m,
      );
    });

    it("shows the functions that have the tags", async () => {
      const found = "   api       base          5     5";
      assert.deepEqual((await rows("--all-functions")).slice(1), [found]);
      assert.deepEqual((await rows("--tag", "team=a")).slice(1), [found]);
    });

    it("refuses names and tags that select nothing, and options that exclude each other", async () => {
      await deploy();
      const ends = async (...args: string[]) => (await status(...args)).code;
      assert.equal(await ends("-f", "apii", "--regions", "us-east-1"), 2);
      assert.equal(await ends("--tag", "team=b"), 2);
      for (const args of [
        ["--region", "us-east-1", "--regions", "eu-west-1"],
        ["--recorded-only", "--all-functions"],
        ["--state-file", "dev.json", "--tag", "a=b"],
      ]) {
        const { code, stderr } = await status(...args);
        assert.equal(code, 2);
        assert.match(stderr, /^ERROR - --[\w-]+ and --[\w-]+ cannot be combined\.$/m);
      }
    });
  });

  it("ends several stacks with the total of all, without those that could not be read", async () => {
    const state = stateOf([awsFunction("api", [layer("base", 4)]), awsFunction("web", [layer("base", 5)])]);
    await folder.write({ "dev.json": state, "prod.json": state });
    const last = async (stacks: string) => lines((await status("--recorded-only", "--stack", stacks)).stdout).at(-1);
    assert.equal(
      await last("dev,prod"),
      "INFO - 2 stacks together: 2 of 4 layers of functions are not as declared; AWS was not asked",
    );
    await folder.write({ "dev.json": stateOf([]), "prod.json": stateOf([]) });
    assert.equal(await last("dev,prod"), "INFO - 2 stacks together: no functions with layers; AWS was not asked");
    await folder.write({ "dev.json": state, "prod.json": state });
    assert.equal(
      await last("dev,none"),
      "INFO - 1 of 2 stacks could be read: 1 of 2 layers of functions is not as declared; AWS was not asked",
    );
  });

  it("is the same as what `report` shows", async () => {
    await deployTwoRegions();
    const { stdout } = await run(["report", "-e", "web"]);
    assert.match(stdout, /: 1 of 2 layers of functions is not as declared$/m);
    assert.match(stdout, /^\| <code>api \(eu-west-1\)<\/code> \| <code>base<\/code> \| 5 \| 5 \| \*\*≠ 4\*\* \|/m);
    const documents = await Promise.all(
      ["status", "report"].map(
        async (name) => (await run([name, "--json", ...(name === "report" ? ["--html", "page.html"] : [])])).stdout,
      ),
    );
    assert.equal(documents[0], documents[1]);
  });
});
