import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { installDependencies } from "../../scripts/dependencies.mjs";
import { fakeCommand, lines } from "../support/fakes";
import { removeFolder, temporaryFolder } from "../support/folders";

describe("the installation of dependencies", () => {
  let root: string;
  let log: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    log = "";
    await mkdir(join(root, "node_modules"));
    await npm(`require("node:fs").appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n")`);
  });
  afterEach(() => removeFolder(root));

  const npm = (script: string) => fakeCommand(join(root, "tools"), "npm", script);
  const install = () => {
    const env = { PATH: [join(root, "tools"), process.env.PATH].join(delimiter) };
    return installDependencies(root, { env, log: (text) => (log += text) });
  };
  const wants = (packages: object) => writeFile(join(root, "package-lock.json"), JSON.stringify({ packages }));
  const has = (packages: object) =>
    writeFile(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));

  const [one, two] = [{ version: "1.0.0" }, { version: "2.0.0" }];
  const table: [what: string, wanted: object, installed: object | undefined, installs: boolean][] = [
    ["is not done if everything is there", { "": two, "node_modules/a": one }, { "node_modules/a": one }, false],
    ["is done if nothing was installed", { "node_modules/a": one }, undefined, true],
    ["is done if a package is missing", { "node_modules/a": one }, {}, true],
    ["is done if a version has changed", { "node_modules/a": two }, { "node_modules/a": one }, true],
    ["does not wait for packages for other platforms", { "node_modules/b": { ...one, optional: true } }, {}, false],
  ];
  for (const [what, wanted, installed, installs] of table) {
    it(what, async () => {
      await wants(wanted);
      if (installed) await has(installed);
      await install();
      assert.equal((await lines(join(root, "calls"))).length, installs ? 1 : 0);
      assert.equal(log, installs ? "Installing dependencies.\n" : "");
    });
  }

  it("shows what npm says if it fails", async () => {
    await npm(`console.error("no such version"); process.exit(1)`);
    await wants({ "node_modules/a": one });
    await assert.rejects(install(), /could not be installed/);
    assert.match(log, /no such version/);
  });
});
