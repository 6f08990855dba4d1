// The emulator as a process, its controls from another one, and the variables that point an SDK at it.
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { removeFolder, temporaryFolder } from "../support/folders";
import { awsEnvironment, connectEmulator, startEmulator } from ".";
import { Aws, refused } from "./conformance/aws";

const MAIN = join(__dirname, "main.ts");

async function spawnEmulator(...args: string[]): Promise<{ child: ChildProcess; url: string }> {
  const command = ["--import", "tsx", MAIN, ...args];
  const child = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "inherit"] });
  const [url] = await once(createInterface({ input: child.stdout }), "line");
  return { child, url };
}

describe("the emulator in another process", () => {
  it("prints its URL, is controlled over HTTP, and ends on SIGTERM", async () => {
    const { child, url } = await spawnEmulator("--port", "0", "--update-delay", "0");
    const aws = new Aws("ours", url);
    try {
      const remote = connectEmulator(url);
      await remote.seed({ layers: [{ name: "base", versions: 2 }], functions: [{ name: "api", layers: ["base:1"] }] });
      assert.deepEqual(await remote.layersOf("api"), ["arn:aws:lambda:us-east-1:123456789012:layer:base:1"]);
      await remote.edit("api", { Layers: ["base:2"] });
      assert.deepEqual(
        (await aws.list()).map(({ Layers }) => Layers?.map(({ Arn }) => Arn)),
        [["arn:aws:lambda:us-east-1:123456789012:layer:base:2"]],
      );
      const id = await remote.fault({ operation: "ListFunctions", status: 500, times: 1 });
      await assert.rejects(aws.list(), { name: "ServiceException" });
      assert.equal(await remote.struck(id), 1);
      assert.deepEqual(await remote.counts(), { ListFunctions: 2 });
      await assert.rejects(remote.layersOf("missing"), /The emulator has no function missing/);
    } finally {
      aws.destroy();
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
    }
  });

  it("throttles from the start if told to", async () => {
    const { child, url } = await spawnEmulator("--throttle");
    const aws = new Aws("ours", url);
    try {
      const calls = await Promise.allSettled(Array.from({ length: 200 }, () => aws.list()));
      assert.ok(calls.some(({ status }) => status === "rejected"));
    } finally {
      aws.destroy();
      child.kill();
      await once(child, "exit");
    }
  });

  it("ends with whoever started it if told to", async () => {
    const { child } = await spawnEmulator("--until-stdin-ends");
    child.stdin?.end();
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });
});

describe("the emulator's controls over HTTP", () => {
  it("refuse unknown methods and arguments", async () => {
    const emulator = await startEmulator();
    try {
      const post = async (path: string, body: string) => {
        const response = await fetch(`${emulator.url}/_control/${path}`, { method: "POST", body });
        return [response.status, ((await response.json()) as { message: string }).message];
      };
      const [status, message] = await post("constructor", "[]");
      assert.equal(status, 400);
      assert.match(String(message), /No control 'constructor'; there are: seed, /);
      assert.match(String((await post("seed", "{}"))[1]), /JSON array of the method's arguments/);
    } finally {
      await emulator.close();
    }
  });

  it("are not for requests to AWS, which must be signed and known", async () => {
    const emulator = await startEmulator();
    const aws = new Aws("ours", emulator.url);
    try {
      const unsigned = await fetch(`${emulator.url}/2015-03-31/functions`);
      assert.equal(unsigned.status, 403);
      assert.match(await unsigned.text(), /missing Authentication Token/);
      const unknown = aws.lambda.send(new InvokeCommand({ FunctionName: "api" }));
      await refused(unknown, "UnknownOperationException", 404, /no operation 'POST .*\/api\/invocations'/);
      assert.deepEqual(emulator.counts(), {});
    } finally {
      aws.destroy();
      await emulator.close();
    }
  });
});

describe("the emulator's environment", () => {
  /** Runs a script with nothing but PATH from this process's environment. */
  async function script(source: string, env: Record<string, string>): Promise<unknown> {
    const options = { env: { PATH: process.env.PATH, ...env }, cwd: __dirname };
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", source], options);
    return JSON.parse(stdout);
  }

  const identity = (credentials: string) => `
    const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
    const providers = require("@aws-sdk/credential-providers");
    new STSClient({ credentials: ${credentials} }).send(new GetCallerIdentityCommand({}))
      .then(({ Arn }) => console.log(JSON.stringify(Arn)));`;

  it("is all that an SDK needs", async () => {
    const emulator = await startEmulator({ region: "eu-west-1" });
    try {
      emulator.seed({ functions: [{ name: "api" }] });
      const source = `
        const { LambdaClient, ListFunctionsCommand } = require("@aws-sdk/client-lambda");
        new LambdaClient({}).send(new ListFunctionsCommand({}))
          .then(({ Functions }) => console.log(JSON.stringify(Functions[0].FunctionArn)));`;
      const arn = "arn:aws:lambda:eu-west-1:123456789012:function:api";
      assert.equal(await script(source, emulator.env), arn);
      assert.equal(await script(source, { ...emulator.env, AWS_PROFILE: "" }), arn);
      assert.deepEqual(emulator.env, awsEnvironment(emulator.url, "eu-west-1"));
    } finally {
      await emulator.close();
    }
  });

  it("serves profiles and assumed roles, as the SDK resolves them", async () => {
    const emulator = await startEmulator({ accessKeys: { AKIAPROFILE: "222222222222" } });
    const folder = await temporaryFolder();
    try {
      const config = join(folder, "config");
      await writeFile(
        config,
        `[profile plain]
aws_access_key_id = AKIAPROFILE
aws_secret_access_key = x
[profile role]
role_arn = arn:aws:iam::333333333333:role/deploy
source_profile = plain
role_session_name = session
`,
      );
      const env = { ...emulator.env, AWS_CONFIG_FILE: config };
      const plain = identity(`providers.fromIni({ profile: "plain" })`);
      assert.equal(await script(plain, env), "arn:aws:iam::222222222222:user/emulator");
      const assumed = "arn:aws:sts::333333333333:assumed-role/deploy/session";
      assert.equal(await script(identity(`providers.fromIni({ profile: "role" })`), env), assumed);
      const temporary = `providers.fromTemporaryCredentials({
        params: { RoleArn: "arn:aws:iam::333333333333:role/deploy", RoleSessionName: "session" },
      })`;
      assert.equal(await script(identity(temporary), emulator.env), assumed);
      assert.deepEqual(emulator.counts("deploy"), { AssumeRole: 2 });
    } finally {
      await emulator.close();
      await removeFolder(folder);
    }
  });
});
