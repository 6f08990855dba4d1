import assert from "node:assert/strict";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromiumPath, startBrowser } from "./chromium";
import { removeFolder, temporaryFolder } from "./folders";

describe("the browser for tests", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder, "bin"));
    env = { PATH: join(folder, "bin"), HOME: folder, XDG_CACHE_HOME: join(folder, "cache") };
  });
  afterEach(() => removeFolder(folder));

  const program = async (name: string, script = "") => {
    const path = join(folder, "bin", name);
    await writeFile(path, `#!/bin/sh\n${script}`);
    await chmod(path, 0o755);
    return path;
  };
  /** An apt-get that notes its arguments and then creates the program; slow enough for two to meet. */
  const apt = (made: string) =>
    program("apt-get", `echo "$*" >> "${folder}/calls"\n/bin/sleep 0.2\ncase "$*" in *install*) ${made} ;; esac\n`);

  it("is the program that CHROME_PATH names, and no other", async () => {
    await program("chromium");
    const chosen = await program("my-browser");
    assert.equal(await chromiumPath({ ...env, CHROME_PATH: chosen }), chosen);
    await assert.rejects(chromiumPath({ ...env, CHROME_PATH: join(folder, "none") }), /CHROME_PATH is .*none, which/);
  });

  it("is one that is installed", async () => {
    const chrome = await program("google-chrome");
    assert.equal(await chromiumPath(env), chrome);
  });

  it("is installed once if there is none, even if two ask at once", async () => {
    const path = join(folder, "bin", "chromium");
    await apt(`printf '#!/bin/sh\\n' > "${path}"; /bin/chmod 755 "${path}"`);
    const found = await Promise.all([chromiumPath(env, true), chromiumPath(env, true)]);
    assert.deepEqual(found, [path, path]);
    const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
    assert.deepEqual(
      calls.map((line) => /update|install/.exec(line)?.[0]),
      ["update", "install"],
    );
  });

  it("is an error if none can be found or installed", async () => {
    await assert.rejects(chromiumPath(env, true), /install one, or set CHROME_PATH/);
    await apt("echo no network; exit 100");
    await assert.rejects(chromiumPath(env, false), /install one, or set CHROME_PATH/);
    await assert.rejects(chromiumPath(env, true), /apt-get install .* ended with 100:\nno network/);
  });

  it("starts, and with an empty profile", async function () {
    this.timeout(900_000); // it may have to be installed
    const browser = await startBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent("<title>It works</title>");
      assert.equal(await page.title(), "It works");
      assert.deepEqual(await page.context().cookies(), []);
    } finally {
      await browser.close();
    }
  });
});
