import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { checkout } from "../../scripts/places.mjs";
import { fakeCommand, lines } from "../support/fakes";
import { removeFolder, temporaryFolder } from "../support/folders";
import { isAlive, type Running, start } from "../support/processes";

// Builds of processes that compete or are killed. The Go is a slow one: it works until a file tells it to finish.
describe("a build of the engine", function () {
  this.timeout(60_000);

  let root: string;
  let started: Running[];
  beforeEach(async () => {
    root = await temporaryFolder();
    started = [];
    const tools = join(root, "tools");
    await fakeCommand(tools, "node", `console.log("v22.0.0")`);
    await fakeCommand(tools, "npx", "process.exit(1)");
    await fakeCommand(
      tools,
      "go",
      `const fs = require("node:fs");
      const output = process.argv[process.argv.indexOf("-o") + 1];
      fs.writeFileSync(output, "half");
      fs.appendFileSync(${JSON.stringify(join(root, "builds"))}, process.pid + "\\n");
      setInterval(() => {
        if (!fs.existsSync(${JSON.stringify(join(root, "go-on"))})) return;
        fs.copyFileSync(__filename, output);
        process.exit(0);
      }, 20);`,
    );
  });
  afterEach(async () => {
    for (const process of started) process.kill("SIGKILL");
    await Promise.all(started.map(({ ended }) => ended));
    for (const pid of await builds()) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await removeFolder(root);
  });

  const cache = () => join(root, "cache", "pulumi-lambda-layers");
  const builds = async () => (await lines(join(root, "builds"))).map(Number);
  const goOn = () => fakeCommand(root, "go-on", "");

  /** A separate process that looks for the engine and prints its folder. */
  function search(): Running {
    const script = `
      import { interruptible } from ${JSON.stringify(join(checkout, "scripts", "interruptible.mjs"))};
      import { findEngine } from ${JSON.stringify(join(checkout, "scripts", "engine.mjs"))};
      interruptible(async (signal) => {
        console.log("found " + (await findEngine({ signal })).folder);
        return 0;
      });`;
    const env = { PATH: join(root, "tools"), HOME: root, XDG_CACHE_HOME: join(root, "cache") };
    const running = start(process.execPath, ["--input-type=module", "-e", script], { env });
    started.push(running);
    return running;
  }

  async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await condition())) await setTimeout(20);
  }

  it("is done once by two processes at once", async () => {
    const first = search();
    await first.printed(/Building/);
    const second = search();
    await second.printed(/Waiting for another build/);
    await goOn();
    const [one, two] = await Promise.all([first.ended, second.ended]);
    assert.match(one.stdout, /^found /);
    assert.equal(two.stdout, one.stdout);
    assert.equal((await builds()).length, 1);
  });

  it("stops at once, and leaves nothing, if it is interrupted", async () => {
    const process = search();
    await until(async () => (await builds()).length === 1);
    process.kill("SIGINT");
    assert.equal((await process.ended).code, 130);
    assert.deepEqual(await readdir(cache()), []);
    assert.deepEqual((await builds()).filter(isAlive), []);
  });

  it("lets a process that waits for it be interrupted", async () => {
    const first = search();
    await first.printed(/Building/);
    const second = search();
    await second.printed(/Waiting/);
    second.kill("SIGTERM");
    assert.equal((await second.ended).code, 143);
    await goOn();
    assert.equal((await first.ended).code, 0);
  });

  it("does not count if it was killed, and the next process builds again", async () => {
    const killed = search();
    await until(async () => (await builds()).length === 1);
    killed.kill("SIGKILL");
    await killed.ended;
    assert.equal(existsSync(built()), false);

    const next = search();
    await next.printed(/Waiting/);
    await ageLock();
    await goOn();
    assert.equal((await next.ended).code, 0);
    assert.deepEqual(
      (await readdir(cache())).filter((name) => /partial|lock/.test(name)),
      [],
    );
  });

  const built = () => join(cache(), `pulumi-v3.259.0-${process.platform}-${process.arch}-built`);

  /** Makes the lock look as if its owner had shown no sign of life for an hour. */
  async function ageLock(): Promise<void> {
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(`${built()}.lock`, hourAgo, hourAgo);
  }
});
