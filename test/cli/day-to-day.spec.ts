import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseConfig } from "../../sdk/core/config/parse";
import { useAws } from "../aws/harness";
import { functionIn, layerVersionsOf } from "../ops/looks";
import type { Outcome } from "../support/processes";
import { awsFunction, layer, stateOf } from "../support/states";
import { Folder, plainEnvironment } from "./harness";

const theirs = "464622532012";
const datadog = (version: number) => `arn:aws:lambda:us-east-1:${theirs}:layer:Datadog-Python312:${version}`;

/** The state of another stack, as Pulumi exports it. */
const ofStack = (stack: string, state: object) =>
  JSON.parse(JSON.stringify(state).replaceAll("urn:pulumi:dev::", `urn:pulumi:${stack}::`));

const dev = stateOf([
  awsFunction("api-dev", [layer("receipt-dynamo-dev", 4), datadog(97)]),
  awsFunction("worker-dev", [layer("receipt-dynamo-dev", 4), layer("shared", 2)]),
  awsFunction("cron-dev", [layer("receipt-dynamo-dev", 3)]),
]);
const prod = ofStack(
  "prod",
  stateOf([
    awsFunction("api-prod", [layer("receipt-dynamo-prod", 3), datadog(97)]),
    awsFunction("worker-prod", [layer("receipt-dynamo-prod", 3), layer("shared", 2)]),
    awsFunction("cron-prod", [layer("receipt-dynamo-prod", 3)]),
  ]),
);

const config = `# our layers
layers:
  receipt-dynamo: { version: 4 } # ours
  datadog:
    arn: arn:aws:lambda:us-east-1:${theirs}:layer:Datadog-Python312
    version: 97
  shared:
    version: 2
`;

describe("day-to-day commands", () => {
  const aws = useAws();
  let folder: Folder;

  beforeEach(async () => {
    folder = await Folder.create({ "dev.json": dev, "prod.json": prod });
    aws.emulator.seed({
      layers: [
        {
          name: "receipt-dynamo-dev",
          versions: 6,
          compatibleRuntimes: ["python3.12"],
          compatibleArchitectures: ["arm64"],
        },
        { name: "receipt-dynamo-dev", versions: 8, compatibleRuntimes: ["python3.13"] },
        { name: "receipt-dynamo-prod", versions: 5 },
        { name: "shared", versions: 2, deleted: [2] },
        { name: "Datadog-Python312", account: theirs, versions: 99 },
      ],
    });
  });
  afterEach(() => folder.dispose());

  const run = (...args: string[]): Promise<Outcome> =>
    folder.cli(args, { env: { ...plainEnvironment(folder.path), ...aws.emulator.env } });
  const succeeds = async (...args: string[]): Promise<Outcome> => {
    const ended = await run(...args);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    return ended;
  };

  describe("init", () => {
    it("writes a config from the exports of two stacks, and says what it would change", async () => {
      const { stdout } = await succeeds("init", "--state-file", "dev.json", "--state-file", "prod.json");
      assert.equal(
        stdout,
        `INFO - layer_config.yaml written: 3 layers of dev, prod
INFO - Not as declared, so an update would change: 1 layer of a function
  - Function cron-dev: Layer receipt-dynamo-dev version 3 -> 4
INFO - Next steps:
  - see the current versions: lambda-layers status --stack dev,prod
  - see what an update would change: lambda-layers --stack dev,prod --dry-run
  - see what is out of date: lambda-layers outdated --stack dev,prod
`,
      );
      assert.equal(
        await folder.read("layer_config.yaml"),
        `# yaml-language-server: $schema=./node_modules/pulumi-lambda-layers/dist/layer-config.schema.json
# The version that each Lambda layer must be at: for each stack, the one that most of its functions use (recorded of dev, prod).
layers:
  receipt-dynamo: # receipt-dynamo-dev, receipt-dynamo-prod
    version: 3
  shared:
    version: 2
  Datadog-Python312:
    arn: arn:aws:lambda:us-east-1:${theirs}:layer:Datadog-Python312
    version: 97

settings:
  aws_region: us-east-1
  aws_account_id: "123456789012"

stack_overrides:
  dev:
    receipt-dynamo: { version: 4 }
    # when this was written: 2 of 3 functions at 4; cron-dev at 3
`,
      );
    });

    it("plans exactly what it announced", async () => {
      const said = await succeeds("init", "--state-file", "dev.json", "--state-file", "prod.json", "--json");
      const { changes } = JSON.parse(said.stdout);
      for (const stack of ["dev", "prod"]) {
        const planned = await succeeds("--stack", stack, "--state-file", `${stack}.json`, "--dry-run", "--json");
        const plan = JSON.parse(planned.stdout).changes.map(
          ({ urn: _urn, arn: _arn, target: _target, ...change }: Record<string, unknown>) => ({ stack, ...change }),
        );
        const ofStack = changes.filter((change: { stack: string }) => change.stack === stack);
        assert.deepEqual(
          plan,
          ofStack.map(({ account: _account, ...change }: Record<string, unknown>) => change),
        );
      }
    });

    it("never replaces a file without --force", async () => {
      await folder.write({ "layer_config.yaml": config });
      const { code, stderr } = await run("init", "--state-file", "dev.json");
      assert.equal(code, 2);
      assert.match(stderr, /layer_config\.yaml already exists\. Nothing was changed\.\n.*--force/);
      const shown = await succeeds("init", "--state-file", "dev.json", "--dry-run");
      assert.match(shown.stdout, /^# yaml-language-server/);
      assert.equal(await folder.read("layer_config.yaml"), config);
      await succeeds("init", "--state-file", "dev.json", "--force");
      assert.match(await folder.read("layer_config.yaml"), /^# yaml-language-server/);
    });

    it("prints the file in a dry run, and writes nothing", async () => {
      const before = await folder.files();
      const { stdout } = await succeeds("init", "--state-file", "prod.json", "--dry-run");
      assert.ok(parseConfig(stdout, "stdout").ok);
      assert.deepEqual(await folder.files(), before);
    });

    it("reads the functions in AWS without any state", async () => {
      aws.emulator.seed({
        functions: [{ name: "api", layers: ["receipt-dynamo-dev:5", datadog(98)] }, { name: "bare" }],
      });
      const { stdout } = await succeeds("init", "--live", "--stack", "dev", "--dry-run", "--json");
      assert.deepEqual(JSON.parse(stdout).layers, [
        { key: "receipt-dynamo", version: 5, overrides: {}, uses: 1 },
        { key: "Datadog-Python312", version: 98, overrides: {}, uses: 1 },
      ]);
    });

    it("counts what a LayerVersions resource records", async () => {
      await folder.write({
        "shared.json": stateOf([layerVersionsOf({ billing: { shared: 2 }, mail: { shared: 1 } })]),
      });
      const { stdout } = await succeeds("init", "--state-file", "shared.json", "--json");
      const { layers, changes } = JSON.parse(stdout);
      assert.deepEqual(layers, [{ key: "shared", version: 2, overrides: {}, uses: 2 }]);
      assert.deepEqual(
        changes.map((one: { function: string; from: number; to: number }) => [one.function, one.from, one.to]),
        [["mail", 1, 2]],
      );
      // Only the program moves such a record to another version.
      const upgrade = await succeeds("upgrade", "shared", "--to", "1", "--state-file", "shared.json");
      assert.match(upgrade.stdout, /To see what this changes: pulumi preview --stack dev$/m);
    });

    it("refuses names that select nothing, in states and in AWS", async () => {
      aws.emulator.seed({ functions: [{ name: "api", layers: ["shared:2"] }] });
      const both = ["--state-file", "dev.json", "--state-file", "prod.json"];
      for (const args of [
        [...both, "-f", "wrker-dev"],
        [...both, "-e", "wrker-dev"],
        ["--live", "-f", "apii"],
      ]) {
        const { code, stderr } = await run("init", ...args);
        assert.equal(code, 2, args.join(" "));
        assert.match(stderr, /No function (wrker-dev found in dev\.json, prod\.json|apii found in AWS in us-east-1)\./);
      }
      assert.ok(!(await folder.files()).includes("layer_config.yaml"));
      await succeeds("init", ...both, "-f", "worker-dev");
    });

    it("says if there is nothing to declare", async () => {
      await folder.write({ "empty.json": stateOf([]) });
      const { code, stderr } = await run("init", "--state-file", "empty.json");
      assert.equal(code, 2);
      assert.match(stderr, /No function with a layer was found/);
      await folder.write({ "layer_config.yaml": "layers: { shared: { version: 1 } }\n" });
      const status = await succeeds("status", "--state-file", "empty.json", "--expect-no-changes");
      assert.equal(status.stderr, "WARNING - Nothing was compared: no function with layers was found in empty.json.\n");
    });
  });

  describe("a fleet of several stages, without Pulumi,", () => {
    const advised = (stdout: string) => [...stdout.matchAll(/: lambda-layers (.+)$/gm)].map(([, words = ""]) => words);
    const seed = (tags: boolean) =>
      aws.emulator.seed({
        functions: ["dev", "prod"].flatMap((stage) =>
          ["api", "mail"].map((name) => ({
            ...{ name: `${name}-${stage}`, layers: [`receipt-dynamo-${stage}:${name === "api" ? 4 : 5}`] },
            ...{ Runtime: "python3.12", Architectures: ["arm64"] },
            tags: { team: name, ...(tags && { environment: stage }) },
          })),
        ),
      });
    const entries = async () => Object.keys(parse(await folder.read("layer_config.yaml")).layers);

    for (const tags of [true, false]) {
      it(`gets a config of one stage, and commands that work, ${tags ? "with" : "without"} tags`, async () => {
        seed(tags);
        const { stdout, stderr } = await succeeds("init", "--live", "--stack", "dev", "--region", "us-east-1");
        assert.deepEqual(await entries(), ["receipt-dynamo"]);
        assert.match(
          stderr,
          /^WARNING - 2 functions \(api-prod, mail-prod\) are skipped: layers of prod, and none of the stack\.$/m,
        );
        const which = tags ? "--all-functions" : "-f api-dev -f mail-dev";
        const place = `--stack dev ${which}`;
        assert.deepEqual(
          advised(stdout),
          [`status ${place}`, `sync ${place} --dry-run`, `outdated ${place}`].map((one) => `${one} --region us-east-1`),
        );
        for (const words of [...advised(stdout), `validate ${place}`]) await succeeds(...words.split(" "));
      });
    }

    it("gets a config of some functions, or of several stages by their tags", async () => {
      seed(true);
      await succeeds("init", "--live", "--tag", "team=mail", "--stack", "prod", "--regions", "us-east-1");
      assert.match(await folder.read("layer_config.yaml"), /receipt-dynamo-prod\n {4}version: 5\n/);
      await succeeds("init", "--live", "--all-functions", "--stack", "dev,prod", "--force");
      assert.deepEqual(await entries(), ["receipt-dynamo"]);
      for (const stack of ["dev", "prod"]) await succeeds("validate", "--stack", stack, "--all-functions");
      // The tags are those of a stack's short name, however it is named.
      const { stdout } = await succeeds(..."init --live --stack acme/shop/dev --region us-east-1 --force".split(" "));
      assert.equal(advised(stdout)[0], "status --stack dev --all-functions --region us-east-1");
      for (const [args, says] of [
        [["--live", "--stack", "dev,prod"], /^ERROR - --live takes one stack. For several, add --all-functions/],
        [["--tag", "team=mail"], /add --live/],
        [["--live", "-f", "api-*"], /No function api-\* .*-f and -e take names, not patterns/s],
      ] as const) {
        const { code, stderr } = await run("init", "--force", ...args);
        assert.equal(code, 2);
        assert.match(stderr, says);
      }
    });

    it("is found by another tag than the default one, which the config then names", async () => {
      const tagged = { name: "api-prod", layers: ["receipt-dynamo-prod:4"], tags: { stage: "prod" } };
      aws.emulator.seed({ functions: [tagged] });
      const init = "init --live --stack prod --region us-east-1";
      await succeeds(...`${init} --tag stage=prod`.split(" "));
      assert.match(await folder.read("layer_config.yaml"), /^ {2}tag_key: stage$/m);
      await succeeds("status", "--stack", "prod", "--all-functions");
      // The file that is replaced says it too.
      await succeeds(...`${init} --all-functions --force`.split(" "));
      assert.match(await folder.read("layer_config.yaml"), /^ {2}tag_key: stage$/m);
    });

    it("is upgraded", async () => {
      seed(true);
      await folder.write({ "layer_config.yaml": "layers:\n  receipt-dynamo:\n    version: 4\n" });
      const { stdout, stderr } = await succeeds("upgrade", "receipt-dynamo", "--to", "5", "--stack", "prod");
      assert.match(await folder.read("layer_config.yaml"), /prod:\n +receipt-dynamo: { version: 5 }\n/);
      assert.match(stderr, /^WARNING - Which functions use the layers is not known: /m);
      assert.deepEqual(advised(stdout), ["sync --stack prod --all-functions --dry-run"]);
      await succeeds(...(advised(stdout)[0] ?? "").split(" "));
      const { layers } = JSON.parse(
        (await succeeds("outdated", "--stack", "dev", "-f", "api-dev", "--regions", "us-east-1", "--json")).stdout,
      );
      assert.deepEqual(layers[0].usedBy.functions, ["api-dev"]);
      const next = await succeeds("upgrade", "--all-functions", "--stack", "dev");
      assert.match(await folder.read("layer_config.yaml"), /dev:\n +receipt-dynamo: { version: 6 }\n/);
      assert.deepEqual(advised(next.stdout), ["sync --stack dev --all-functions --dry-run"]);
    });

    it("with projects below the folder is upgraded for those", async () => {
      seed(true);
      const text = "layers:\n  receipt-dynamo:\n    version: 4\n";
      await folder.write({ "services/api/Pulumi.yaml": "name: api\nruntime: yaml\n" });
      for (const [stack, words] of [
        [[], "--projects '*' --stack '*' --dry-run"],
        [["--stack", "prod"], "--projects '*' --stack prod --dry-run"],
      ] as const) {
        await folder.write({ "layer_config.yaml": text });
        const { stdout } = await succeeds("upgrade", "receipt-dynamo", "--to", "5", ...stack);
        assert.ok(stdout.endsWith(`To see what this changes: lambda-layers ${words}\n`), stdout);
      }
      const chosen = await succeeds("upgrade", "receipt-dynamo", "--to", "6", "--all-functions");
      assert.deepEqual(advised(chosen.stdout), ["sync --stack dev --all-functions --dry-run"]);
    });
  });

  describe("outdated", () => {
    beforeEach(() => folder.write({ "layer_config.yaml": config }));

    it("shows what is newer, what suits, and what was deleted", async () => {
      const { code, stdout, stderr } = await run("outdated", "--state-file", "dev.json");
      assert.equal(code, 0);
      const today = "\\d{4}-\\d\\d-\\d\\d";
      assert.match(stdout, /^ +LAYER +DECLARED +NEWEST +COMPATIBLE +PUBLISHED\n/);
      assert.match(stdout, new RegExp(`! +receipt-dynamo-dev +4 +8 +6 +${today}\n`));
      assert.match(stdout, new RegExp(`! +Datadog-Python312 +97 +99 +99 +${today}\n`));
      assert.match(stdout, new RegExp(`x +shared +2 \\(missing\\) +1 +1 +${today}\n`));
      assert.match(stdout, /INFO - 3 of 3 layers outdated\n$/);
      assert.match(stderr, /receipt-dynamo-dev: version 8 is for python3.13, but the function runs on python3.12/);
      assert.match(
        stderr,
        /Layer shared: version 2 \(layer_config\.yaml:8\) does not exist: it was never published, or was del/,
      );
    });

    it("ends with 7 if told to expect nothing newer", async () => {
      const { code, stderr } = await run("outdated", "--state-file", "dev.json", "--expect-no-changes");
      assert.equal(code, 7);
      assert.match(stderr, /Stack dev: 3 layers outdated/);
    });

    it("prints one document", async () => {
      const { stdout } = await succeeds("outdated", "--stack", "prod", "--state-file", "prod.json", "--json");
      const { stack, layers } = JSON.parse(stdout);
      assert.equal(stack, "prod");
      const [first] = layers;
      assert.deepEqual(
        [first.layer, first.declared, first.newest.version, first.compatible.version, first.source, first.outdated],
        ["receipt-dynamo-prod", 4, 5, 5, "list", true],
      );
    });

    it("looks into a parameter if the entry names one", async () => {
      aws.emulator.seed({ parameters: { "/datadog": datadog(98) } });
      await folder.write({
        "layer_config.yaml": config.replace("version: 97", "version: 97\n    latest: ssm:/datadog"),
      });
      const { stdout } = await succeeds("outdated", "--state-file", "dev.json", "--json");
      const [, found] = JSON.parse(stdout).layers;
      assert.deepEqual([found.newest.version, found.source], [98, "parameter"]);
    });

    it("reports what it may not read, continues, and does not end as if everything were known", async () => {
      aws.emulator.deny({ action: "ssm:GetParameter" });
      await folder.write({
        "layer_config.yaml": config.replace("version: 97", "version: 97\n    latest: ssm:/datadog"),
      });
      const { code, stdout, stderr } = await run("outdated", "--state-file", "dev.json");
      assert.equal(code, 3);
      assert.match(stderr, /Datadog-Python312: AWS permission missing: ssm:GetParameter/);
      assert.match(stdout, /receipt-dynamo-dev/);
      assert.match(stdout, /\? +Datadog-Python312 +97 +\? +\? +\?\n/);
      assert.match(stdout, /INFO - 2 of 3 layers outdated; 1 of 3 layers unknown\n$/);
    });
  });

  describe("outdated, for versions that may not be read,", () => {
    it("calls none of them deleted", async () => {
      aws.emulator.seed({ layers: [{ name: "base", versions: 7 }] });
      aws.emulator.deny({ action: "lambda:GetLayerVersion" });
      await folder.write({
        "layer_config.yaml": "layers:\n  base: { version: 5 }\n",
        "denied.json": stateOf([functionIn("us-east-1", "api", ["base:5"])]),
      });
      const { code, stdout, stderr } = await run("outdated", "--state-file", "denied.json");
      assert.equal(code, 3);
      assert.match(stdout, /^! +base +5 +7 /m);
      assert.match(stderr, /^WARNING - Layer base: version 5 cannot be read: AWS denies lambda:GetLayerVersion$/m);
      assert.doesNotMatch(stderr, /deleted/);
    });
  });

  describe("outdated, for a layer in several regions,", () => {
    it("distinguishes the rows", async () => {
      aws.emulator.seed({ layers: [{ name: "base", versions: 3 }] });
      await folder.write({
        "layer_config.yaml": "layers:\n  base: { version: 3 }\n",
        "regions.json": stateOf([
          functionIn("us-east-1", "api", ["base:2"]),
          functionIn("eu-west-1", "euapi", ["base:1"]),
        ]),
      });
      const { stdout } = await succeeds("outdated", "--state-file", "regions.json");
      assert.match(stdout, /x +base \(eu-west-1\) +3 \(never published\) +- +- +-\n +base \(us-east-1\) +3 +3 +3 /);
      const expected = await run("outdated", "--state-file", "regions.json", "--expect-no-changes");
      assert.equal(expected.code, 7);
    });
  });

  describe("upgrade", () => {
    beforeEach(() => folder.write({ "layer_config.yaml": config }));
    const text = () => folder.read("layer_config.yaml");

    it("edits the numbers of all entries, and nothing else", async () => {
      const { stdout, stderr } = await succeeds("upgrade", "--state-file", "dev.json");
      assert.equal(
        stdout,
        `INFO - Found 2 versions to edit:
  - Layer receipt-dynamo version 4 -> 6 (layer_config.yaml:3)
  - Layer datadog version 97 -> 99 (layer_config.yaml:6)
INFO - layer_config.yaml updated. To see what this changes: lambda-layers --stack dev --state-file dev.json --dry-run
`,
      );
      assert.equal(
        stderr,
        "WARNING - Layer shared is not upgraded: shared: version 2 does not exist, and the layer has no version above 1\n",
      );
      assert.equal(await text(), config.replace("version: 4", "version: 6").replace("97", "99"));
    });

    it("writes nothing in a dry run", async () => {
      const { stdout } = await succeeds("upgrade", "--state-file", "dev.json", "--dry-run", "--json");
      const { dryRun, upgrades } = JSON.parse(stdout);
      assert.deepEqual([dryRun, upgrades.length], [true, 2]);
      assert.equal(await text(), config);
    });

    it("edits only the layers that are named, by entry or by their name in AWS", async () => {
      await succeeds("upgrade", "--state-file", "dev.json", "datadog");
      assert.equal(await text(), config.replace("97", "99"));
      await succeeds("upgrade", "--state-file", "dev.json", "receipt-dynamo-dev");
      assert.equal(await text(), config.replace("97", "99").replace("version: 4", "version: 6"));
    });

    it("writes the override of a named stack", async () => {
      await succeeds("upgrade", "--stack", "prod", "--state-file", "prod.json", "receipt-dynamo");
      assert.equal(await text(), `${config}stack_overrides:\n  prod:\n    receipt-dynamo: { version: 5 }\n`);
      await succeeds("upgrade", "--stack", "dev", "--state-file", "dev.json", "receipt-dynamo");
      assert.match(await text(), /\n {2}dev:\n {4}receipt-dynamo: \{ version: 6 \}\n$/);
    });

    it("takes the requested version, if it exists", async () => {
      await succeeds("upgrade", "--state-file", "dev.json", "receipt-dynamo", "--to", "5");
      assert.equal(await text(), config.replace("version: 4", "version: 5"));
      const again = await succeeds("upgrade", "--state-file", "dev.json", "receipt-dynamo", "--to", "5");
      assert.equal(again.stdout, "INFO - Version 5 is already declared: receipt-dynamo (layer_config.yaml:3)\n");
      const unsuitable = await succeeds("upgrade", "--state-file", "dev.json", "receipt-dynamo", "--to", "7");
      assert.match(
        unsuitable.stderr,
        /receipt-dynamo-dev: version 7 is for python3.13, but the function runs on python3/,
      );
      const { code, stderr } = await run("upgrade", "--state-file", "dev.json", "receipt-dynamo", "--to", "9");
      assert.equal(code, 1);
      assert.match(
        stderr,
        /Layer version does not exist or cannot be read: .*:receipt-dynamo-dev:9\. Nothing was changed/,
      );
      assert.match(stderr, /Nearest existing versions of receipt-dynamo-dev: 8, 7, 6\./);
    });

    it("leaves versions alone that are too young", async () => {
      const { stdout, stderr } = await succeeds("upgrade", "--state-file", "dev.json", "--minimum-age", "7d");
      assert.match(stdout, /Found no newer layer versions/);
      assert.match(stderr, /Layer datadog is not upgraded: .*version 99 is too new/);
      assert.equal(await text(), config);
      await succeeds("upgrade", "--state-file", "dev.json", "--minimum-age", "0h");
      assert.notEqual(await text(), config);
    });

    it("suggests the layer that was probably meant", async () => {
      const { code, stderr } = await run("upgrade", "--state-file", "dev.json", "recipt-dynamo");
      assert.equal(code, 2);
      assert.match(stderr, /declares a layer recipt-dynamo\. Nothing was changed\.\nDid you mean receipt-dynamo\?/);
    });

    it("refuses to edit a number that others share", async () => {
      const shared = `layers:\n  receipt-dynamo: &x { version: 4 }\n  other: *x\n`;
      await folder.write({ "layer_config.yaml": shared });
      const { code, stderr } = await run("upgrade", "--state-file", "dev.json", "receipt-dynamo");
      assert.equal(code, 2);
      assert.match(stderr, /would also change layers\.other\. The file was not changed/);
      assert.equal(await text(), shared);
    });
  });

  describe("validate", () => {
    it("ends with 3 if it could not read all, and does not say that every version exists", async () => {
      await folder.write({ "layer_config.yaml": config });
      aws.emulator.deny({ action: "lambda:GetLayerVersion", resource: "*Datadog*" });
      aws.emulator.seed({
        functions: [
          {
            ...{ name: "api", layers: ["receipt-dynamo-dev:4"], tags: { environment: "dev" } },
            ...{ Runtime: "python3.12", Architectures: ["arm64"] },
          },
        ],
      });
      const { code, stdout, stderr } = await run("validate", "--all-functions");
      assert.equal(code, 1, "an error takes precedence over what is not known");
      assert.match(stderr, /Layer version does not exist: .*:layer:shared-dev:2/);
      await folder.write({ "layer_config.yaml": config.split("  shared")[0] });
      const unknown = await run("validate", "--all-functions");
      assert.equal(unknown.code, 3);
      assert.match(
        unknown.stderr,
        /Datadog-Python312:97 cannot be read[\s\S]*\nERROR - Could not determine whether layer_config\.yaml is right/,
      );
      assert.doesNotMatch(stdout + unknown.stdout, /every declared version exists|is valid/);
    });

    it("does not say of entries that claim the same layer that they match none", async () => {
      await folder.write({
        "layer_config.yaml":
          "layers:\n  a: {version: 4, names: [receipt-dynamo-dev]}\n  b: {version: 2, names: [receipt-dynamo-dev]}\n  c: {version: 1}\n",
      });
      const { code, stderr } = await run("validate", "--state-file", "dev.json");
      assert.equal(code, 2);
      assert.match(stderr, /^ERROR - Layer receipt-dynamo-dev is declared twice/m);
      assert.deepEqual(stderr.match(/"\w" matches no layer/g), ['"c" matches no layer']);
    });
  });

  describe("explain", () => {
    beforeEach(() =>
      folder.write({ "layer_config.yaml": `${config}stack_overrides: { dev: { shared: { version: 1 } } }\n` }),
    );

    it("shows everything about a function's layers", async () => {
      const { stdout, stderr } = await succeeds("explain", "--state-file", "dev.json", "worker-dev");
      assert.equal(
        stdout,
        `Function worker-dev
  urn:pulumi:dev::shop::aws:lambda/function:Function::worker-dev

  Layer receipt-dynamo-dev
    arn       arn:aws:lambda:us-east-1:123456789012:layer:receipt-dynamo-dev
    entry     receipt-dynamo: its name combined with the stack's is this name
    declared  4 at layer_config.yaml:3
    recorded  4
    update    changes nothing

  Layer shared
    arn       arn:aws:lambda:us-east-1:123456789012:layer:shared
    entry     shared: its name is this name
    declared  1 at layer_config.yaml:9, the stack's override
    recorded  2
    update    changes the recorded version 2 -> 1
    remedy    lambda-layers --stack dev --state-file dev.json
INFO - 1 of 2 layers of functions is not as declared; AWS was not asked
`,
      );
      assert.match(stderr, /Live versions are unknown: a state file was given/);
    });

    it("suggests the function that was probably meant", async () => {
      const { code, stderr } = await run("explain", "--state-file", "dev.json", "workr-dev");
      assert.equal(code, 2);
      assert.match(stderr, /No function workr-dev found in dev\.json\.\nDid you mean worker-dev\?/);
    });

    it("prints one function as a document, and several as a list in one", async () => {
      await folder.write({
        "two.json": stateOf([
          functionIn("eu-west-1", "api", ["receipt-dynamo:1"], "api-eu"),
          functionIn("us-east-1", "api", ["receipt-dynamo:4"]),
        ]),
      });
      const one = JSON.parse((await succeeds("explain", "--state-file", "dev.json", "cron-dev", "--json")).stdout);
      assert.deepEqual(
        [one.format, one.stack, one.project, one.function, one.layers.length, one.totals.drift, one.live.read],
        [2, "dev", "shop", "cron-dev", 1, 1, false],
      );
      assert.deepEqual(
        [one.layers[0].verdict, one.layers[0].target, one.region, one.account],
        ["drift", layer("receipt-dynamo-dev", 4), "us-east-1", "123456789012"],
      );
      const args = ["explain", "--state-file", "two.json", "api"];
      const several = JSON.parse((await succeeds(...args, "--json")).stdout);
      assert.equal(several.layers, undefined);
      assert.deepEqual(
        several.functions.map((fn: { region: string }) => fn.region),
        ["eu-west-1", "us-east-1"],
      );
      const { stdout } = await succeeds(...args);
      assert.match(stdout, /^Function api \(eu-west-1\)\n[\s\S]*\n\nFunction api \(us-east-1\)\n/);
    });

    it("needs a function", async () => {
      const { code, stderr } = await run("explain");
      assert.equal(code, 2);
      assert.match(stderr, /missing required argument 'function'/);
    });
  });
});
