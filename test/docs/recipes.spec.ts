// The commands of docs/recipes.md, run as shown. Its configs are tested by config.spec.ts.

import assert from "node:assert/strict";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { plainEnvironment } from "../cli/harness";
import { type Emulator, startEmulator } from "../emulator";
import { itSampled } from "../support/counts";
import { checkout } from "../support/engine";
import { Estate, seedsOf } from "../support/estate";
import { removeFolder, temporaryFolder } from "../support/folders";
import { blocksOf, sectionOf } from "./markdown";
import { comparable, runStep, sessionsOf } from "./sessions";

/** Commands that do not exit with 0. */
const codes: Readonly<Record<string, number>> = {
  "lambda-layers status --stack prod --drifted --expect-no-changes": 7,
};

describe("docs/recipes.md", function () {
  this.timeout(240_000);
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator();
  });
  afterEach(() => emulator.close());

  /** Runs the commands under a heading, and compares their output with what is shown, if anything is. */
  async function runs(heading: string, place: { root: string; dir: string; env: Readonly<Record<string, string>> }) {
    const sessions = (await sessionsOf("recipes.md")).filter((session) => session.heading === heading);
    assert.ok(sessions.length > 0, heading);
    for (const step of sessions.flatMap(({ steps }) => steps)) {
      const { stdout, code } = await runStep(step, place);
      assert.equal(code, codes[step.command] ?? 0, `${step.command}\n${stdout}`);
      if (step.output.trim() !== "") assert.equal(comparable(stdout), comparable(step.output), step.command);
    }
  }

  /** A folder and an environment without Pulumi. */
  async function plainPlace() {
    const root = await temporaryFolder();
    const dir = join(root, "work");
    await mkdir(dir);
    const { PATH = "", ...plain } = plainEnvironment(root);
    return { root, dir, env: { ...plain, ...emulator.env, PATH: `${PATH}:/usr/bin:/bin` } };
  }

  it("inspects several regions", async () => {
    const text = await readFile(join(checkout, "docs/recipes.md"), "utf8");
    const [config = ""] = blocksOf(sectionOf(text, "Several regions"), "yaml");
    const name = "LambdaInsightsExtension";
    const account = "580247275435";
    const tags = { environment: "prod" };
    for (const [region, version] of Object.entries({ "us-east-1": 35, "us-east-2": 35 })) {
      const layers = [`arn:aws:lambda:${region}:${account}:layer:${name}:${version}`];
      emulator.seed({
        layers: [{ name, versions: 36, account, region }],
        functions: [{ name: "api", region, layers, tags }],
      });
    }
    const place = await plainPlace();
    try {
      await writeFile(join(place.dir, "layer_config.yaml"), config);
      await runs("Several regions", place);
    } finally {
      await removeFolder(place.root);
    }
  });

  it("maintains a fleet without Pulumi", async () => {
    const tags = { environment: "prod" };
    const versions = { api: 3, mail: 3, worker: 2 };
    emulator.seed({
      layers: [{ name: "base", versions: 4 }],
      functions: Object.entries(versions).map(([name, version]) => ({ name, layers: [`base:${version}`], tags })),
    });
    const place = await plainPlace();
    try {
      await runs("A fleet without Pulumi", place);
      assert.match(emulator.layersOf("worker")[0] ?? "", /:base:2$/);
    } finally {
      await removeFolder(place.root);
    }
  });

  itSampled("finds drift, promotes with a canary and goes back, and inspects many projects", async () => {
    const functions = (stack: string, version: number) => ({
      [`api-${stack}`]: [`base-${stack}:${version}`],
      [`worker-${stack}`]: [`base-${stack}:${version}`],
    });
    const projects = {
      shop: { staging: functions("staging", 5), prod: functions("prod", 4) },
      web: { prod: { "site-prod": ["base-prod:4"] } },
    };
    const layers = ["base-staging", "base-prod"].map((name) => ({ name, versions: 5 }));
    emulator.seed({ layers, functions: seedsOf({ projects }) });
    const config = "layers:\n  base: { version: 5 }\nstack_overrides:\n  prod: { base: { version: 4 } }\n";
    const files = {
      "shop/layer_config.yaml": config,
      "web/layer_config.yaml": config,
      "shop/smoke-test.sh": "#!/bin/sh\n",
    };
    const estate = await Estate.create({ projects, files, env: emulator.env });
    try {
      await chmod(join(estate.dir, "shop/smoke-test.sh"), 0o755);
      emulator.edit("worker-prod", { Layers: ["base-prod:3"] });
      const shop = { root: estate.root, dir: join(estate.dir, "shop"), env: estate.env };
      await runs("Drift in CI", shop);
      await runs("Promotion with a canary, and the way back", shop);
      assert.deepEqual(await estate.recorded("shop", "prod"), functions("prod", 4));
      await runs("Many projects", { ...shop, dir: estate.dir });
    } finally {
      await estate.dispose();
    }
  });
});
