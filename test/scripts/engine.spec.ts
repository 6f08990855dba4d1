import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { findEngine } from "../../scripts/engine.mjs";
import { fakeCommand, fakePulumi, lines } from "../support/fakes";
import { removeFolder, temporaryFolder } from "../support/folders";
import { run } from "../support/processes";

/** What the npm package does if it can download: it puts the programs below PULUMI_HOME. */
const workingNpx = `
  const { copyFileSync, mkdirSync } = require("node:fs");
  const folder = process.env.PULUMI_HOME + "/versions/" + process.env.PULUMI_VERSION + "/bin";
  mkdirSync(folder, { recursive: true });
  for (const name of ["pulumi", "pulumi-language-nodejs"]) copyFileSync(__filename, folder + "/" + name);`;

/** A Go that creates the requested file. */
const workingGo = `
  const { copyFileSync } = require("node:fs");
  copyFileSync(__filename, process.argv[process.argv.indexOf("-o") + 1]);`;

describe("the search for an engine", function () {
  this.timeout(60_000);

  let root: string;
  let log: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    log = "";
    await fakeCommand(join(root, "node"), "node", `console.log("v22.0.0")`);
  });
  afterEach(() => removeFolder(root));

  const folder = (name: string) => join(root, name);
  const search = (...path: string[]) => {
    const PATH = [...path, "node"].map(folder).join(delimiter);
    const env = { PATH, HOME: root, XDG_CACHE_HOME: folder("cache") };
    return findEngine({ env, log: (text) => (log += text) });
  };
  /** Commands that fail, and note in a file that they were called. */
  const noted = (name: string, script: string) =>
    `require("node:fs").appendFileSync(${JSON.stringify(folder("calls"))}, "${name}\\n");${script}`;
  const calls = () => lines(folder("calls"));
  const brokenNpx = () => noted("npx", `console.error("no network"); process.exit(1)`);

  describe("on PATH", () => {
    for (const version of ["v3.229.0", "v3.259.0", "3.300.1-alpha.1", "v4.0.0"]) {
      it(`accepts ${version}`, async () => {
        await fakePulumi(folder("a"), version);
        assert.deepEqual(await search("a"), { source: "path", folder: folder("a") });
        assert.equal(log, "");
      });
    }

    for (const version of ["v3.228.9", "v2.300.0", "unknown", ""]) {
      it(`skips ${version || "one without a version"}`, async () => {
        await fakePulumi(folder("a"), version);
        await fakePulumi(folder("b"), "v3.229.0");
        assert.equal((await search("a", "b")).folder, folder("b"));
      });
    }

    it("skips one without its Node language host", async () => {
      await fakePulumi(folder("a"), "v3.259.0", false);
      await fakePulumi(folder("b"), "v3.229.0");
      assert.equal((await search("a", "b")).folder, folder("b"));
    });

    it("skips one that a package has brought", async () => {
      await fakePulumi(folder("x/node_modules/.bin"), "v3.259.0");
      await fakePulumi(folder("b"), "v3.229.0");
      assert.equal((await search("x/node_modules/.bin", "b")).folder, folder("b"));
    });

    it("skips one that cannot run", async () => {
      await fakeCommand(folder("a"), "pulumi", "process.exit(1)");
      await fakeCommand(folder("a"), "pulumi-language-nodejs", "");
      await fakePulumi(folder("b"), "v3.229.0");
      assert.equal((await search("a", "b")).folder, folder("b"));
    });

    it("follows a link to the folder with the language host", async () => {
      await fakePulumi(folder("real"), "v3.259.0");
      await mkdir(folder("a"));
      await symlink(folder("real/pulumi"), folder("a/pulumi"));
      assert.equal((await search("a")).folder, folder("real"));
    });

    it("comes before a download and a build", async () => {
      await fakeCommand(folder("tools"), "npx", noted("npx", workingNpx));
      await fakeCommand(folder("tools"), "go", noted("go", workingGo));
      await fakePulumi(folder("a"), "v3.259.0");
      assert.equal((await search("tools", "a")).source, "path");
      assert.deepEqual(await calls(), []);
    });
  });

  describe("elsewhere", () => {
    it("downloads, says so, and does not do it twice", async () => {
      await fakeCommand(folder("tools"), "npx", noted("npx", workingNpx));
      await fakeCommand(folder("tools"), "go", noted("go", workingGo));
      const first = await search("tools");
      assert.equal(first.source, "download");
      assert.ok(existsSync(join(first.folder, "pulumi-language-nodejs")));
      assert.match(log, /^Downloading Pulumi v3\.259\.0 /);
      log = "";
      assert.deepEqual(await search("tools"), first);
      assert.equal(log, "");
      assert.deepEqual(await calls(), ["npx"]);
    });

    it("builds if it cannot download, and then does neither again", async () => {
      await fakeCommand(folder("tools"), "npx", brokenNpx());
      await fakeCommand(folder("tools"), "go", noted("go", workingGo));
      const first = await search("tools");
      assert.equal(first.source, "build");
      assert.deepEqual((await readdir(first.folder)).sort(), [
        "pulumi",
        "pulumi-language-nodejs",
        "pulumi-resource-pulumi-nodejs",
      ]);
      assert.match(log, /no network\nPulumi cannot be downloaded here\.\nBuilding Pulumi v3\.259\.0 /);
      assert.deepEqual(await search("tools"), first);
      assert.deepEqual(await calls(), ["npx", "go"]);
    });

    it("tries the download again in the next run", async () => {
      await fakeCommand(folder("tools"), "npx", brokenNpx());
      await assert.rejects(search("tools"), /no Pulumi here, and no Go/);
      await fakeCommand(folder("tools"), "npx", workingNpx);
      assert.equal((await search("tools")).source, "download");
    });

    it("keeps nothing of a failed build", async () => {
      await fakeCommand(folder("tools"), "npx", brokenNpx());
      await fakeCommand(
        folder("tools"),
        "go",
        `require("node:fs").writeFileSync("pulumi", "half"); console.error("no space left"); process.exit(1)`,
      );
      await assert.rejects(search("tools"), /could not be built/);
      assert.match(log, /no space left/);
      assert.deepEqual(await readdir(folder("cache/pulumi-lambda-layers")), []);
    });
  });

  describe("on a machine with an old Node", () => {
    beforeEach(() => fakeCommand(folder("node"), "node", `console.log("v20.11.0")`));

    const nodeVersion = async (engine: string) => {
      const { stdout } = await run("node", ["--version"], { env: { PATH: [engine, folder("node")].join(delimiter) } });
      return Number(/^v(\d+)/.exec(stdout)?.[1]);
    };

    it("adds a newer Node to an engine from PATH", async () => {
      await fakePulumi(folder("a"), "v3.259.0");
      const found = await search("a");
      assert.equal(found.source, "path");
      assert.ok((await nodeVersion(found.folder)) >= 22);
      for (const name of ["pulumi", "pulumi-language-nodejs"]) {
        assert.equal(await readlink(join(found.folder, name)), join(folder("a"), name));
      }
    });

    it("adds a newer Node to an engine that was built", async () => {
      await fakeCommand(folder("tools"), "npx", brokenNpx());
      await fakeCommand(folder("tools"), "go", workingGo);
      assert.ok((await nodeVersion((await search("tools")).folder)) >= 22);
    });

    it("accepts its own folder if that is already on PATH", async () => {
      await fakePulumi(folder("a"), "v3.259.0");
      const { folder: first } = await search("a");
      const PATH = [first, folder("node")].join(delimiter);
      const again = await findEngine({ env: { PATH, HOME: root, XDG_CACHE_HOME: folder("cache") } });
      assert.equal(again.folder, first);
      assert.equal(dirname(dirname(first)), folder("cache/pulumi-lambda-layers"));
    });
  });
});
