import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { forgetUsedJournals, keepJournal, readJournals, useJournals } from "../../../provider/reconcile/journal";
import { checkout } from "../../support/engine";
import { usePulumiHome } from "../pulumi-home";

const journal = { before: { "arn:f": { base: 1 } }, after: { "arn:f": { base: 5 } } };

describe("the journal of an update", () => {
  const home = usePulumiHome();

  const files = () => readdir(join(home.path, "lambda-layers"));

  it("exists until the engine has the answer", async () => {
    const forget = await keepJournal(journal);
    assert.deepEqual(
      (await readJournals()).map(({ file: _, ...kept }) => kept),
      [journal],
    );
    await forget();
    assert.deepEqual(await files(), []);
  });

  it("stays until an update has recorded its content", async () => {
    await keepJournal(journal);
    await keepJournal(journal);
    const [first] = await readJournals();
    await forgetUsedJournals();
    assert.equal((await files()).length, 2);
    useJournals([first?.file ?? ""]);
    await forgetUsedJournals();
    assert.equal((await files()).length, 1);
  });

  it("stays if the engine is gone, since nothing records it then", async () => {
    const code = `
      const { keepJournal } = require("./provider/reconcile/journal");
      const { writeFileSync } = require("node:fs");
      const engine = process.ppid;
      keepJournal(${JSON.stringify(journal)}).then(async (forget) => {
        writeFileSync(process.env.HOME + "/kept", "");
        while (process.ppid === engine) await new Promise((resolve) => setTimeout(resolve, 10));
        await forget();
        writeFileSync(process.env.HOME + "/ended", "");
      });`;
    // The shell plays the engine: it is gone while its child continues.
    const shell = '"$NODE" -r tsx/cjs -e "$CODE" & while [ ! -e "$HOME/kept" ]; do sleep 0.02; done';
    const env = { ...process.env, HOME: home.path, PULUMI_HOME: home.path, NODE: process.execPath, CODE: code };
    const engine = spawn("sh", ["-c", shell], { cwd: checkout, env, stdio: "ignore" });
    await once(engine, "exit");
    while (!existsSync(join(home.path, "ended"))) await sleep(20);
    assert.equal((await files()).length, 1);
  });
});
