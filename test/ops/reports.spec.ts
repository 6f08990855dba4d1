import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { loadLayerConfig } from "../../sdk/files/config-file";
import { executePrune, listBackups, planPrune } from "../../sdk/ops/backups";
import type { StatusReport } from "../../sdk/ops/plans";
import { readStatus } from "../../sdk/ops/status";
import { validate } from "../../sdk/ops/validate";
import { createPorts } from "../../sdk/wiring";
import { keepLines, layer, useStack } from "./harness";

const config = `layers:
  receipt-dynamo: { version: 5, compatible_runtimes: [python3.12] }
  receipt-label: { version: 3, enforce: minimum }
  nowhere: { version: 4 }
`;
const program = `
fn("a", { layers: [layer("unrelated", 1), layer("receipt-dynamo-dev", 1)] });
fn("b", { layers: [layer("receipt-dynamo-dev", 5), layer("receipt-label-dev", 4)] });
fn("secret", { layers: pulumi.secret([layer("receipt-dynamo-dev", 1)]) });
`;

describe("reports on a stack", function () {
  this.timeout(60_000);
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });
  beforeEach(() => deployed.reset());

  const lines: string[] = [];
  const ports = () => createPorts({ cwd: deployed.project.dir, reporter: keepLines(lines) });
  const load = (file = "layer_config.yaml") => loadLayerConfig(file, deployed.project.dir);
  /** Runs without credentials. */
  const withoutCredentials = async <T>(work: () => Promise<T>): Promise<T> => {
    const { AWS_ACCESS_KEY_ID: key } = process.env;
    delete process.env.AWS_ACCESS_KEY_ID;
    try {
      return await work();
    } finally {
      process.env.AWS_ACCESS_KEY_ID = key;
    }
  };

  describe("status", () => {
    const rows = (report: StatusReport) =>
      report.rows.map(({ function: name, layer: of, declared, recorded, live, drift }) =>
        [name, of, declared, recorded, live, drift ? "drift" : "ok"].map((cell) => cell ?? "-").join(" "),
      );

    it("tells declared, recorded and live, and where they differ", async () => {
      deployed.emulator.edit("b", {
        Layers: [layer("receipt-dynamo-dev", 4), layer("receipt-label-dev", 2), layer("unrelated", 3)],
      });
      const report = await readStatus(ports(), { stack: "dev", config: load() });
      assert.deepEqual(rows(report), [
        "a unrelated - 1 1 ok",
        "a receipt-dynamo-dev 5 1 1 drift",
        "b receipt-dynamo-dev 5 5 4 drift",
        "b receipt-label-dev 3 4 2 drift",
        "b unrelated - - 3 ok",
        "secret receipt-dynamo-dev 5 - 1 drift",
      ]);
      assert.deepEqual(report.live, { read: true });
      assert.deepEqual(report.skipped, [{ function: "secret", reason: "its layers are a secret in the state" }]);
      assert.equal(report.rows[3]?.enforce, "minimum");
    });

    it("tells without credentials what is declared and recorded, and why not more", async () => {
      const report = await withoutCredentials(() => readStatus(ports(), { stack: "dev", config: load() }));
      assert.deepEqual(rows(report).slice(0, 3), [
        "a unrelated - 1 - ok",
        "a receipt-dynamo-dev 5 1 - drift",
        "b receipt-dynamo-dev 5 5 - ok",
      ]);
      assert.match(report.live.read ? "" : report.live.reason, /^AWS credentials not configured/);
    });

    it("is of the functions that are named, and of a state file without AWS", async () => {
      await deployed.project.write({ "state.json": deployed.original });
      const filter = { functions: ["a", "b"], exclude: ["b"] };
      const report = await readStatus(ports(), { stack: "dev", config: load(), stateFile: "state.json", filter });
      assert.deepEqual(rows(report), ["a unrelated - 1 - ok", "a receipt-dynamo-dev 5 1 - drift"]);
      assert.deepEqual(deployed.emulator.counts(), {});
    });

    it("changes nothing", async () => {
      const before = await deployed.project.exportText();
      await readStatus(ports(), { stack: "dev", config: load() });
      assert.equal(await deployed.project.exportText(), before);
      assert.deepEqual(deployed.emulator.writes(), []);
      assert.ok(!(await readdir(deployed.project.dir)).includes("backups"));
    });
  });

  describe("validate", () => {
    const findings = async (file?: string) => {
      const { findings: all } = await validate(ports(), { stack: "dev", config: load(file) });
      return all.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
    };

    it("tells what each entry matches, and warns of what looks wrong", async () => {
      const report = await validate(ports(), { stack: "dev", config: load() });
      assert.deepEqual(report.layers, [
        { key: "receipt-dynamo", version: 5, matches: [{ layer: "receipt-dynamo-dev", functions: 2 }] },
        { key: "receipt-label", version: 3, matches: [{ layer: "receipt-label-dev", functions: 1 }] },
        { key: "nowhere", version: 4, matches: [] },
      ]);
      assert.deepEqual(report.live, { read: true });
      const [unused = "", a = "", b = "", missing = "", ...others] = report.findings.map(
        ({ severity, code, message }) => `${severity} ${code}: ${message}`,
      );
      assert.equal(
        unused,
        'warning entry-unused: layer_config.yaml:4: "nowhere" matches no layer in the state of dev.',
      );
      assert.match(
        a,
        /^warning layer-incompatible: layer_config\.yaml:2: .* is for python3\.12, .* nodejs22\.x \(a\)\.$/,
      );
      assert.match(b, /\(b\)\.$/);
      assert.equal(
        missing,
        `error layer-version-missing: Layer version does not exist: ${layer("nowhere-dev", 4)}, declared at layer_config.yaml:4.`,
      );
      assert.deepEqual(others, []);
    });

    it("finds versions that do not exist, cannot be read, or suit other functions", async () => {
      const { emulator, project } = deployed;
      await project.write({
        "bad.yaml": `layers:
  receipt-dynamo: { version: 77 }
  receipt-label: { version: 3 }
  unrelated: { version: 2 }
`,
      });
      emulator.deny({ action: "lambda:GetLayerVersion", resource: "*:layer:receipt-label-dev*" });
      const [missing, denied, ...others] = await findings("bad.yaml");
      assert.match(missing ?? "", /^error layer-version-missing: .*receipt-dynamo-dev:77, declared at bad\.yaml:2\.$/);
      assert.match(denied ?? "", /^warning layer-unreadable: Layer version .*receipt-label-dev:3 cannot be read/);
      assert.deepEqual(others, []);
    });

    it("finds entries that match the same layer", async () => {
      await deployed.project.write({
        "two.yaml": "layers: { a: { version: 1, names: [receipt-d*] }, b: { version: 2, names: ['*dynamo-dev'] } }\n",
      });
      const [first] = await findings("two.yaml");
      assert.match(first ?? "", /^error layer-ambiguous: Layer receipt-dynamo-dev is declared twice/);
    });

    it("does without AWS where credentials are missing, or it is told to", async () => {
      const report = await withoutCredentials(() => validate(ports(), { stack: "dev", config: load() }));
      assert.match(report.live.read ? "" : report.live.reason, /^AWS credentials not configured/);
      await deployed.project.write({ "unchecked.yaml": `${config}settings: { validate_layer_exists: false }\n` });
      const unchecked = await validate(ports(), { stack: "dev", config: load("unchecked.yaml") });
      assert.deepEqual(unchecked.live, { read: false, reason: "settings.validate_layer_exists is false" });
      assert.deepEqual(deployed.emulator.counts(), {});
    });
  });

  describe("backups", () => {
    const names = [
      "dev_state_20200101_000000.json",
      "dev_state_20200102_000000.json",
      "prod_state_20200101_000000.json",
    ];
    beforeEach(() => deployed.project.write(Object.fromEntries(names.map((name) => [`backups/${name}`, "{}"]))));

    it("are listed, newest first, of one stack or of all", async () => {
      const listed = async (stack?: string) => (await listBackups(ports(), stack)).map(({ name }) => name);
      assert.deepEqual(await listed("dev"), [names[1], names[0]]);
      assert.deepEqual((await listed()).sort(), names);
    });

    it("are pruned as planned, of no stack the newest", async () => {
      const plan = await planPrune(ports(), { retentionDays: 30 });
      assert.deepEqual(
        plan.remove.map(({ name }) => name),
        [names[0]],
      );
      assert.equal(plan.keep.length, 2);
      lines.length = 0;
      await executePrune(ports(), plan);
      assert.deepEqual(lines, [`INFO - Removed backups/${names[0]}`]);
      assert.deepEqual((await readdir(join(deployed.project.dir, "backups"))).sort(), names.slice(1));
    });
  });
});
