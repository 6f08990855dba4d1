import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack } from "../support/aws-stack";
import type { Project } from "../support/engine";
import { awsFunction, layer, type Resource } from "../support/states";
import { startCli } from "./harness";

// One estate with something of everything, through every view: all of them must report the same.

const config = `layers:
  base: { version: 5 }
  tools: { version: 3, enforce: minimum }
`;

/** What each layer of a function is, by hand. Nobody may read the last region. */
const estate = [
  ["fine", "us-east-1", "base", 5, 5, "as-declared"],
  ["fine", "us-east-1", "free", 1, 2, "undeclared"],
  ["newer", "us-east-1", "tools", 3, 4, "as-declared"],
  ["api", "us-east-1", "base", 4, 5, "drift"],
  ["api", "eu-west-1", "base", 5, 4, "drift"],
  ["lost", "us-east-1", "base", 5, "absent", "drift"],
  ["lost", "us-east-1", "tools", 3, 3, "as-declared"],
  ["added", "us-east-1", "base", "absent", 5, "as-declared"],
  ["added", "us-east-1", "free", 1, 1, "undeclared"],
  ["twice", "us-east-1", "base", 4, 4, "drift"],
  ["hidden", "ap-south-1", "base", 5, "unknown", "unknown"],
  ["export", "us-east-1", "base", 5, 4, "drift"],
  ["settled", "us-east-1", "base", 5, 5, "as-declared"],
] as const;
const twice = [layer("base", 4), layer("base", 5)];
const resources = ["export", "settled"];
const drift = estate.filter(([, , , , , verdict]) => verdict === "drift");
const unknown = estate.filter(([, , , , , verdict]) => verdict === "unknown");
const totals = {
  functions: new Set(estate.map(([name, region]) => `${name} ${region}`)).size,
  layersOfFunctions: estate.length,
  drift: drift.length,
  unknown: unknown.length,
};

const arnIn = (region: string, name: string, version: number) => layer(name, version).replace("us-east-1", region);

function layersOf(name: string, region: string, place: 3 | 4): string[] {
  return estate.flatMap((row) => {
    const version = row[place];
    return row[0] === name && row[1] === region && typeof version === "number" ? [arnIn(region, row[2], version)] : [];
  });
}

/** The estate as a state: functions with their own resources, and two that a `LayerVersions` resource records. */
function stateFrom(exported: string): string {
  const state = JSON.parse(exported);
  const provider = (type: string, id: string): Resource => ({
    ...{ urn: `urn:pulumi:dev::test::pulumi:providers:${type}::default`, type: `pulumi:providers:${type}` },
    ...{ custom: true, id, inputs: {}, outputs: {} },
  });
  const providers = [
    provider("aws", "11111111-1111-1111-1111-111111111111"),
    provider("pulumi-nodejs", "2"),
    provider("lambda-layers", "3"),
  ];
  const stack = {
    ...{ urn: "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev", type: "pulumi:pulumi:Stack", custom: false },
  };
  const own = new Map(estate.filter(([name]) => !resources.includes(name)).map((row) => [`${row[0]} ${row[1]}`, row]));
  const functions = [...own.values()].map(([name, region]) => {
    const layers = name === "twice" ? twice : layersOf(name, region, 3);
    const made = awsFunction(name, layers);
    const text = JSON.stringify(made)
      .replaceAll(":us-east-1:", `:${region}:`)
      .replaceAll("urn:pulumi:dev::shop", "urn:pulumi:dev::test");
    const resource = JSON.parse(text);
    resource.urn = `${resource.urn}-${region}`;
    for (const side of [resource.inputs, resource.outputs]) side.layers = layers;
    return { ...resource, parent: stack.urn, provider: `${providers[0]?.urn}::${providers[0]?.id}` };
  });
  const [dynamic, native] = resources.map((name) => ({ [name]: { base: 5 } }));
  const common = { configFile: "layer_config.yaml", region: "us-east-1" };
  const reconciled = [
    { type: "pulumi-nodejs:dynamic/lambda-layers:LayerVersions", versions: { __provider: "x", functions: dynamic } },
    { type: "lambda-layers:index:LayerVersions", versions: { versions: native } },
  ].map(({ type, versions }, index) => ({
    ...{ urn: `urn:pulumi:dev::test::${type}::layers`, type, custom: true, id: "lambda-layer-versions" },
    ...{ inputs: { ...common, ...versions, before: {} }, outputs: { ...common, ...versions, before: {} } },
    ...{ parent: stack.urn, provider: `${providers[index + 1]?.urn}::${providers[index + 1]?.id}` },
  }));
  const plugins = reconciled[1];
  // The entries that the plugin's resource has below it, which repeat its record.
  const views = Object.entries(native ?? {}).map(([name, layers]) => ({
    urn: `urn:pulumi:dev::test::${plugins?.type}$lambda-layers:index:FunctionLayers::${name}`,
    ...{ type: "lambda-layers:index:FunctionLayers", custom: false, inputs: { layers }, outputs: { layers } },
    ...{ parent: plugins?.urn, viewOf: plugins?.urn },
  }));
  state.deployment.resources = [stack, ...providers, ...functions, ...reconciled, ...views];
  return JSON.stringify(state, undefined, 4);
}

describe("one estate through every view", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let project: Project;

  before(async () => {
    emulator = await startEmulator();
    for (const region of ["us-east-1", "eu-west-1", "ap-south-1"]) {
      const names = [...new Set(estate.filter((row) => row[1] === region).map(([name]) => name))];
      emulator.seed({
        layers: ["base", "tools", "free"].map((name) => ({ name, versions: 6, region })),
        functions: names.map((name) => ({ name, region, layers: layersOf(name, region, 4) })),
      });
    }
    emulator.deny({ action: "lambda:GetFunction", resource: "*:ap-south-1:*" });
    project = await createAwsStack({ env: emulator.env, files: { "layer_config.yaml": config } });
    const file = join(project.root, "estate.json");
    await writeFile(file, stateFrom(await project.exportText()));
    await project.succeeds(["stack", "import", "--stack", project.stack, "--file", file]);
  });
  after(async () => {
    await project?.dispose();
    await emulator?.close();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    startCli(args, { cwd: project.dir, env: { ...project.env, ...env } }).ended;
  const json = async (args: readonly string[], env?: Record<string, string>) => {
    const { code, stdout, output } = await run([...args, "--json"], env);
    assert.notEqual(stdout, "", output);
    return { code, document: JSON.parse(stdout) };
  };
  /** Runs with GitHub Actions' files, and returns what it wrote to them. */
  const inCi = async (args: readonly string[]) => {
    const files = { GITHUB_OUTPUT: join(project.root, "output"), GITHUB_STEP_SUMMARY: join(project.root, "summary") };
    for (const file of Object.values(files)) await writeFile(file, "");
    await run(args, files);
    const [outputs, summary] = await Promise.all(Object.values(files).map((file) => readFile(file, "utf8")));
    return {
      outputs: Object.fromEntries(
        (outputs ?? "")
          .trim()
          .split("\n")
          .map((line) => line.split("=")),
      ),
      summary,
    };
  };
  const plain = (version: number | string) => (typeof version === "number" ? version : version);

  it("is shown row by row by status, and the same by report", async () => {
    const { code, document } = await json(["status"]);
    assert.equal(code, 0);
    const rows = document.rows.map((row: Record<string, unknown>) =>
      [row.function, row.region, row.layer, row.recorded, row.live, row.verdict].join(" "),
    );
    assert.deepEqual(rows.sort(), estate.map((row) => row.map((one) => plain(one)).join(" ")).sort());
    assert.deepEqual(document.totals, totals);
    assert.equal(document.live.read, false);
    const report = await json(["report"]);
    assert.deepEqual(report.document.totals, totals);
    assert.deepEqual(
      report.document.rows.map(({ source: _, ...row }: { source?: unknown }) => row),
      document.rows.map(({ source: _, ...row }: { source?: unknown }) => row),
    );
  });

  it("is counted the same in text, Markdown, page and SARIF", async () => {
    const told = `${totals.drift} of ${totals.layersOfFunctions} layers of functions`;
    const { stdout } = await run(["status"]);
    assert.match(stdout, new RegExp(`^INFO - ${told} are not as declared`, "m"));
    assert.match(stdout, /^! {2}api \(eu-west-1\) .*\n! {2}api \(us-east-1\) /m);
    const drifted = await run(["status", "--drifted"]);
    assert.equal(drifted.stdout.match(/^! /gm)?.length, totals.drift);
    const files = ["--html", "page.html", "--markdown", "report.md", "--sarif", "report.sarif"];
    const written = await run(["report", ...files]);
    assert.equal(written.code, 0, written.output);
    const [page, markdown, sarif] = await Promise.all(
      ["page.html", "report.md", "report.sarif"].map((file) => readFile(join(project.dir, file), "utf8")),
    );
    assert.match(page ?? "", new RegExp(`≠</b> ${told}`));
    assert.match(markdown ?? "", new RegExp(told));
    assert.equal(JSON.parse(sarif ?? "").runs[0].results.length, totals.drift);
  });

  for (const [args, code] of [
    [["status"], 7],
    [["report"], 7],
    [["update"], 7],
    [["update", "--sync-aws"], 7],
    [["sync"], 7],
    [["status", "-f", "hidden"], 3],
    [["report", "-f", "hidden"], 3],
    [["update", "--sync-aws", "-f", "hidden"], 3],
    [["update", "-f", "hidden"], 0],
    [["status", "-f", "fine", "-f", "newer", "-f", "added"], 0],
    [["update", "--sync-aws", "-f", "fine", "-f", "newer", "-f", "added"], 0],
    [["status", "-f", "lost"], 7],
    [["update", "--sync-aws", "-f", "lost"], 7],
    [["update", "-f", "lost"], 0],
    [["status", "-f", "export"], 7],
    [["update", "--sync-aws", "-f", "export"], 7],
    [["status", "-f", "api"], 7],
  ] as const) {
    it(`makes ${args.join(" ")} --expect-no-changes exit with ${code}`, async () => {
      const ended = await run([...args, "--expect-no-changes"]);
      assert.equal(ended.code, code, ended.output);
    });
  }

  it("has the same numbers in what commands return and in what CI jobs read", async () => {
    for (const args of [["update", "--sync-aws"], ["sync"]]) {
      const { document } = await json([...args, "--expect-no-changes"]);
      assert.deepEqual(document.totals, totals, args.join(" "));
    }
    const status = await inCi(["status"]);
    const update = await inCi(["update", "--sync-aws", "--expect-no-changes"]);
    assert.deepEqual(status.outputs, { changes: "5", drift: "5", unknown: "1" });
    assert.deepEqual(update.outputs, status.outputs);
    assert.match(status.summary ?? "", /5 of 13 layers of functions/);
  });

  it("is explained with the same verdicts, each function of a name", async () => {
    const { document } = await json(["explain", "api"]);
    assert.deepEqual(
      document.functions.map((fn: { region: string; layers: { verdict: string }[] }) => [
        fn.region,
        fn.layers.map(({ verdict }) => verdict).join(),
      ]),
      [
        ["eu-west-1", "drift"],
        ["us-east-1", "drift"],
      ],
    );
    const lost = await run(["explain", "lost"]);
    assert.match(lost.stdout, /live +-\n/);
    assert.match(lost.stdout, /--sync-aws/);
    const reconciled = await run(["explain", "export"]);
    assert.match(reconciled.stdout, /recorded by this LayerVersions resource/);
  });

  it("is never called valid if something could not be read", async () => {
    const { code, output } = await run(["validate"]);
    assert.doesNotMatch(output, /every declared version exists/);
    assert.notEqual(code, 0);
  });

  it("is entirely unknown without credentials, and every view says so", async () => {
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const { document } = await json(["status", "-f", "fine"], none);
    assert.deepEqual(document.totals, { functions: 1, layersOfFunctions: 2, drift: 0, unknown: 1 });
    for (const args of [["status"], ["report"], ["update", "--sync-aws"], ["validate"], ["outdated"]]) {
      const only = args[0] === "outdated" || args[0] === "validate" ? [] : ["-f", "fine", "--expect-no-changes"];
      const { code, output } = await run([...args, ...only], none);
      assert.equal(code, 3, output);
    }
  });
});
