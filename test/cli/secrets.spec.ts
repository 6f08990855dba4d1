import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack, preamble } from "../support/aws-stack";
import type { Project } from "../support/engine";
import { layer } from "../support/states";
import { cli, startCli } from "./harness";

const secrets = ["hunter2-from-config", "correct-horse-battery-staple"];

const program = `${preamble}
const token = new pulumi.Config().requireSecret("token");
fn("api", { layers: ["${layer("receipt-dynamo-dev", 1)}"], environment: { variables: { TOKEN: token } } });
fn("worker", { layers: ["${layer("receipt-dynamo-dev", 1)}"] });
exports.password = pulumi.secret(process.env.PASSWORD);
`;

/** Every file below a folder, as far as it can be read: files come and go. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = files.map(async (file) => [file, await readFile(file, "latin1").catch(() => "")] as const);
  return new Map(await Promise.all(texts));
}

function leaks(text: string): string[] {
  return secrets.filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString("base64")));
}

describe("lambda-layers and secrets", function () {
  this.timeout(120_000);
  let emulator: Emulator;
  let stack: Project;
  let temporary: string;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "receipt-dynamo-dev", versions: 5 }] });
    stack = await createAwsStack({
      env: { ...emulator.env, PASSWORD: secrets[1] ?? "" },
      program,
      files: { "layer_config.yaml": "layers: {receipt-dynamo: {version: 5}}\n" },
    });
    temporary = join(stack.root, "temporary");
    await mkdir(temporary);
    await stack.succeeds(["config", "set", "--secret", "token", secrets[0] ?? ""]);
    await stack.up();
  });
  after(async () => {
    await stack.dispose();
    await emulator.close();
  });

  it("leaves no plaintext in any output or file, at any time, however much it prints", async () => {
    assert.match(await stack.exportText(), /"ciphertext"/);
    const shown = await stack.succeeds(["stack", "export", "--show-secrets"]);
    assert.deepEqual(leaks(shown.stdout), secrets, "the state does hold the secrets");
    const env = { ...stack.env, TMPDIR: temporary };
    // The program's own inputs belong to the test, as does what Pulumi keeps about its runs.
    const folders = [join(stack.dir, "backups"), temporary, join(stack.root, "state")];
    const runs = [
      ["--dry-run", "--sync-aws", "-v"],
      ["status", "-v"],
      ["validate", "-v", "--json"],
      ["--sync-aws", "-v"],
      ["rollback", "--yes", "--sync-aws", "-v"],
      ["rollback", "--yes", "--full", "--json", "-v"],
      ["backups", "list", "-v"],
      ["--stack", "dev,none", "-v", "--json"],
    ];
    for (const args of runs) {
      const running = startCli(args, { cwd: stack.dir, env });
      let ended = false;
      const finished = running.ended.finally(() => {
        ended = true;
      });
      while (!ended) {
        for (const folder of folders) {
          for (const [file, text] of await contents(folder))
            assert.deepEqual(leaks(text), [], `${file} during ${args.join(" ")}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      const { output } = await finished;
      assert.deepEqual(leaks(output), [], args.join(" "));
    }
    assert.ok((await contents(join(stack.dir, "backups"))).size >= 6);
    for (const [file, text] of await contents(stack.dir)) {
      if (!file.includes("node_modules")) assert.deepEqual(leaks(text), [], file);
    }
  });

  it("keeps them readable for Pulumi", async () => {
    const { stdout } = await stack.succeeds(["stack", "export", "--show-secrets"]);
    assert.deepEqual(leaks(stdout), secrets);
    const { stdout: password } = await stack.succeeds(["stack", "output", "password", "--show-secrets"]);
    assert.equal(password.trim(), secrets[1]);
  });

  it("warns about a file that holds them in plaintext, and about no other", async () => {
    const file = join(stack.root, "exported.json");
    for (const [flags, isShown] of [[["--show-secrets"], true] as const, [[], false] as const]) {
      await stack.succeeds(["stack", "export", "--file", file, ...flags]);
      const { code, output } = await cli(["--state-file", file, "--dry-run"], { cwd: stack.dir, env: stack.env });
      assert.deepEqual([code, /holds secrets in plaintext/.test(output), leaks(output)], [0, isShown, []]);
    }
    await rm(file);
  });

  it("does not print a wrong passphrase", async () => {
    await cli(["rollback", "--yes"], { cwd: stack.dir, env: stack.env });
    const env = { ...stack.env, PULUMI_CONFIG_PASSPHRASE: "not the passphrase at all" };
    const { code, output } = await cli(["-v"], { cwd: stack.dir, env });
    assert.equal(code, 3);
    assert.ok(!output.includes("not the passphrase at all"));
  });
});
