import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { bin } from "../cli/harness";
import { type Emulator, startEmulator } from "../emulator";
import { checkout } from "../support/engine";
import { Estate, seedsOf } from "../support/estate";
import { type Outcome, run } from "../support/processes";
import { type GitHubApi, startGitHubApi } from "./github-api";

const kit = join(checkout, "examples/github-actions/.github");

interface Step {
  id?: string;
  name?: string;
  uses?: string;
  with?: Record<string, string>;
  run?: string;
}

interface Job {
  permissions?: Record<string, string>;
  environment?: string;
  env?: Record<string, string>;
  secrets?: Record<string, string>;
  uses?: string;
  steps?: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

async function workflows(): Promise<[name: string, workflow: Workflow][]> {
  const names = (await readdir(join(kit, "workflows"))).sort();
  return Promise.all(
    names.map(
      async (name) => [name, parse(await readFile(join(kit, "workflows", name), "utf8"))] as [string, Workflow],
    ),
  );
}

// github.com/rhysd/actionlint is not an npm package.
const actionlint = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "actionlint"))
  .find((path) => existsSync(path));
if (!actionlint) console.warn("Not run: actionlint on the kit's workflows, as it is not on the PATH.");

describe("the workflows of the kit", () => {
  it("pass action-validator", async () => {
    for (const [name] of await workflows()) {
      const validator = join(checkout, "node_modules/@action-validator/cli/cli.mjs");
      const { code, output } = await run(process.execPath, [validator, join(kit, "workflows", name)]);
      assert.equal(code, 0, output);
    }
  });

  if (actionlint)
    it("pass actionlint", async () => {
      const paths = (await workflows()).map(([name]) => join(kit, "workflows", name));
      const { code, output } = await run(actionlint, ["-shellcheck=", "-pyflakes=", ...paths]);
      assert.equal(code, 0, output);
    });

  it("name actions by commit, and insert nothing into a shell", async () => {
    for (const [name, { jobs }] of await workflows())
      for (const { steps = [] } of Object.values(jobs))
        for (const { uses, run: script } of steps) {
          assert.ok(uses === undefined || uses.startsWith("./") || /@[0-9a-f]{40}$/.test(uses), `${name}: ${uses}`);
          assert.ok(!script?.includes("${{"), `${name}: ${script}`);
        }
  });

  it("grant only what a job needs: none has both a role and the right to write to the repository", async () => {
    for (const [name, { permissions, jobs }] of await workflows()) {
      assert.ok(permissions, name);
      assert.ok(
        !Object.entries(permissions).some(
          ([of, right]) => right === "write" && !/^(id-token|security-events)$/.test(of),
        ),
        name,
      );
      for (const [job, { permissions: own = {} }] of Object.entries(jobs)) {
        const written = Object.keys(own).filter((of) => own[of] === "write");
        if (written.includes("id-token")) assert.deepEqual(written, ["id-token"], `${name}: ${job}`);
      }
    }
  });

  it("also find their stacks on a self-managed backend", async () => {
    for (const [name, { jobs }] of await workflows())
      for (const [job, { env = {}, secrets = {} }] of Object.entries(jobs))
        for (const given of [env, secrets])
          assert.equal("PULUMI_BACKEND_URL" in given, "PULUMI_ACCESS_TOKEN" in given, `${name}: ${job}`);
  });

  it("never run a pull request's own code with a role, and give it no role but the read-only one", async () => {
    for (const [name, { on, jobs }] of await workflows()) {
      if (!("pull_request" in on)) continue;
      for (const [job, { environment = "", steps = [] }] of Object.entries(jobs)) {
        const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
        for (const { with: { ref = "" } = {} } of checkouts)
          assert.match(ref, /github\.event\.pull_request\.base\.sha/, `${name}: ${job}`);
        assert.ok(
          !environment.includes("change") || environment.includes("github.event_name == 'push' &&"),
          `${name}: ${job}`,
        );
      }
    }
  });
});

describe("what is written to GitHub", () => {
  it("is cut to what a comment can hold, and keeps the mark by which it is found again", async () => {
    const { bodyOf, isMarked } = await import(pathToFileURL(join(kit, "lambda-layers/github.mjs")).href);
    for (const text of ["short", "a line\n".repeat(20_000), "x".repeat(200_000), `x\n${"y".repeat(200_000)}`]) {
      const body: string = bodyOf("plan", text);
      assert.ok(body.length <= 65_536);
      assert.ok(isMarked({ user: { type: "Bot" }, body }, "plan"), body.slice(0, 99));
      assert.equal(body.includes("This was too long for GitHub."), text.length > 65_000);
    }
  });
});

describe("the jobs of the kit", function () {
  this.timeout(240_000);
  let emulator: Emulator;
  let estate: Estate;
  let api: GitHubApi;
  let origin: string;

  const names = Array.from({ length: 8 }, (_, index) => `fn-${index}`);
  const projects = { services: { dev: Object.fromEntries(names.map((name) => [name, ["base:1"]])) } };

  before(async () => {
    api = await startGitHubApi();
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 3 }], functions: seedsOf({ projects }) });
    const files = { "layer_config.yaml": "layers:\n  base: {version: 1}\n", ".gitignore": "*.md\n*.html\nbackups\n" };
    estate = await Estate.create({ projects, env: emulator.env, files });
    origin = join(estate.root, "origin.git");
    const command = join(estate.root, "bin/npx");
    await mkdir(join(estate.root, "bin"));
    await writeFile(command, `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`);
    await chmod(command, 0o755);
    await cp(join(kit, "lambda-layers"), join(estate.dir, ".github/lambda-layers"), { recursive: true });
    await git("init", "--quiet", "--initial-branch=main");
    await git("init", "--quiet", "--bare", origin);
    await git("remote", "add", "origin", origin);
    await commit("main");
    // A pull request that declares another version, and brings a script that must never run.
    await estate.write({ "layer_config.yaml": "layers:\n  base: {version: 2}\n", ".npmrc": "script-shell=evil\n" });
    await commit("refs/pull/7/head");
    await git("checkout", "--quiet", "main");
    await git("reset", "--quiet", "--hard", "origin/main");
  });
  after(async () => {
    await estate?.dispose();
    await emulator?.close();
    await api?.close();
  });

  async function git(...args: string[]): Promise<void> {
    const identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
    const { code, output } = await run("git", [...identity, ...args], { cwd: estate.dir, env: estate.env });
    assert.equal(code, 0, output);
  }
  async function commit(ref: string): Promise<void> {
    await git("add", ".");
    await git("commit", "--quiet", "--message=x");
    await git("push", "--quiet", "origin", `HEAD:${ref.startsWith("refs/") ? ref : `refs/heads/${ref}`}`);
    await git("fetch", "--quiet", "origin");
  }

  /** Does what GitHub does with the script of a step; returns how it ended and what it passed on. */
  async function step(file: string, job: string, name: string, given: Record<string, string> = {}) {
    const [, workflow] = (await workflows()).find(([one]) => one === file) ?? [];
    const script = workflow?.jobs[job]?.steps?.find((one) => one.name === name)?.run;
    assert.ok(script, `${file}: ${name}`);
    const [output, summary] = [join(estate.root, "output"), join(estate.root, "summary")];
    await Promise.all([output, summary].map((path) => writeFile(path, "")));
    const env = {
      ...{ PROJECTS: "*", STACKS: "*", STACK: "dev", GITHUB_ACTIONS: "true", CI: "true" },
      ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_TOKEN: "token", GITHUB_API_URL: api.url },
      ...{ GITHUB_REPOSITORY: "team/infra", GITHUB_REPOSITORY_OWNER: "team", GITHUB_RUN_ID: "5" },
      ...{ GITHUB_SERVER_URL: "https://github.example", NUMBER: "7", ...given },
    };
    const ended: Outcome = await run("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: estate.dir,
      env: { ...estate.env, ...env, PATH: `${join(estate.root, "bin")}:${estate.env.PATH}` },
    });
    const lines = (await readFile(output, "utf8")).trim().split("\n").filter(Boolean);
    return { ...ended, outputs: Object.fromEntries(lines.map((line) => line.split("=") as [string, string])) };
  }

  it("show the plan of a pull request in one comment, which is updated in place", async () => {
    const file = "layers-plan.yaml";
    const before = await step(file, "plan", "Look where the layers stand");
    assert.deepEqual([before.code, before.outputs.drift], [0, "0"], before.output);
    const taken = await step(file, "plan", "Take the configs of the pull request");
    assert.equal(taken.code, 0, taken.output);
    assert.match(await readFile(join(estate.dir, "layer_config.yaml"), "utf8"), /version: 2/);
    assert.ok(!(await readdir(estate.dir)).includes(".npmrc"));
    const plan = await step(file, "plan", "Plan");
    assert.deepEqual([plan.code, plan.outputs.status, plan.outputs.changes], [0, "0", "8"], plan.output);
    // Someone who quotes the comment is not mistaken for it.
    api.kept.push({
      ...{ id: 1, number: 1, kind: "comment", on: 7, state: "open" },
      body: "<!-- lambda-layers: plan -->\nme too",
      user: { type: "User" },
    });
    for (const _ of [1, 2]) assert.equal((await step(file, "comment", "Comment")).code, 0);
    const comments = api.kept.filter(({ on }) => on === 7);
    assert.equal(comments.length, 2);
    assert.match(comments[1]?.body ?? "", /fn-0[\s\S]*fn-7/);
    assert.deepEqual(
      api.requests.filter((one) => !one.startsWith("GET")),
      ["POST /issues/7/comments", "PATCH /issues/comments/2"],
    );
    await writeFile(join(estate.dir, "plan.md"), `${"a line of a plan\n".repeat(5000)}`);
    assert.equal((await step(file, "comment", "Comment")).code, 0);
    assert.match(
      comments[1]?.body ?? "",
      /\[The run has all of it\]\(https:\/\/github\.example\/team\/infra\/actions\/runs\/5\)/,
    );
    const fails = async (FAIL_ON: string, STATUS = "0") =>
      (await step(file, "comment", "Fail as chosen", { FAIL_ON, STATUS, CHANGES: "8", DRIFT: "0" })).code;
    assert.deepEqual(
      [await fails("never"), await fails("drift"), await fails("plan"), await fails("never", "3"), await fails("x")],
      [0, 0, 1, 1, 1],
    );
    await git("checkout", "--quiet", "--", ".");
  });

  it("keep one issue open while something has drifted", async () => {
    const file = "layers-drift.yaml";
    const issue = async (STATUS: string) => {
      const { code, output } = await step(file, "issue", "Open, update or close the issue", { STATUS });
      assert.equal(code, 0, output);
      return api.kept.filter(({ kind }) => kind === "issue").map(({ state }) => state);
    };
    assert.deepEqual(await issue("0"), []);
    emulator.edit("fn-3", { Layers: ["base:3"] });
    const look = await step(file, "look", "Look");
    emulator.edit("fn-3", { Layers: ["base:1"] });
    assert.deepEqual([look.code, look.outputs.status], [0, "7"], look.output);
    assert.deepEqual(await issue("7"), ["open"]);
    assert.deepEqual(await issue("7"), ["open"]);
    assert.match(api.kept.find(({ kind }) => kind === "issue")?.body ?? "", /fn-3/);
    assert.deepEqual(await issue("0"), ["closed"]);
    // A job that broke off before it could report anything.
    await rm(join(estate.dir, "drift.md"));
    assert.deepEqual(await issue(""), ["closed", "open"]);
  });

  it("open one pull request for newer versions, and update it", async () => {
    const file = "layers-upgrade.yaml";
    const given = {
      GROUP: "ba*",
      MINIMUM_AGE: "0h",
      BRANCH: "lambda-layers/upgrade-all",
      BASE: "main",
      TITLE: "Upgrade",
      NAME: "all",
    };
    const upgrade = await step(file, "look", "Upgrade", given);
    assert.equal(upgrade.code, 0, upgrade.output);
    assert.match(
      await readFile(join(estate.dir, "upgrade/upgrade.md"), "utf8"),
      /^\| <code>base<\/code> \| 1 → 3 \| \d{4}-\d\d-\d\d \(less than a day old\) \| 8 \| <code>python3\.12<\/code> \|/m,
    );
    for (const _ of [1, 2]) {
      await git("checkout", "--quiet", "main");
      await git("reset", "--quiet", "--hard", "origin/main");
      const pushed = await step(file, "open", "Push the branch", given);
      assert.deepEqual([pushed.code, pushed.outputs.pushed], [0, "true"], pushed.output);
      assert.equal((await step(file, "open", "Open or update the pull request", given)).code, 0);
    }
    const pulls = api.kept.filter(({ kind }) => kind === "pull");
    assert.equal(pulls.length, 1);
    assert.match(pulls[0]?.body ?? "", /1 → 3/);
    const shown = await run("git", ["show", "lambda-layers/upgrade-all:layer_config.yaml"], {
      cwd: origin,
      env: estate.env,
    });
    assert.equal(shown.stdout, "layers:\n  base: {version: 3}\n");
    await git("checkout", "--quiet", "main");
    await rm(join(estate.dir, "upgrade"), { recursive: true });
  });

  it("and Renovate, with its documented settings, find the versions that exist", async () => {
    const feed = await run("npx", ["lambda-layers", "outdated", "--projects", "*", "--renovate", "feed"], {
      cwd: estate.dir,
      env: { ...estate.env, PATH: `${join(estate.root, "bin")}:${estate.env.PATH}` },
    });
    assert.equal(feed.code, 0, feed.output);
    const { releases } = JSON.parse(await readFile(join(estate.dir, "feed/base.json"), "utf8"));
    assert.deepEqual(
      releases.map(({ version, releaseTimestamp }: Record<string, string>) => [version, typeof releaseTimestamp]),
      [
        ["1", "undefined"],
        ["3", "string"],
      ],
    );
    const documented = await readFile(join(checkout, "docs/estate.md"), "utf8");
    const [, settings = ""] = /configuration then is:\n\n```json\n([\s\S]*?)```/.exec(documented) ?? [];
    const [{ matchStrings }] = JSON.parse(settings).customManagers;
    const config = `layers:
  base: # ours
    version: 5
    description: version 7 of it
  tools: { version: 2 }
  datadog: {arn: x, version: 3}
stack_overrides:
  dev: { base: { version: 6 } }
`;
    assert.deepEqual(
      [...config.matchAll(new RegExp(matchStrings[0], "g"))].map(({ groups }) => [
        groups?.depName,
        groups?.currentValue,
      ]),
      [
        ["base", "5"],
        ["tools", "2"],
      ],
    );
    await rm(join(estate.dir, "feed"), { recursive: true });
  });

  it("sync in several jobs, and combine their records into one page and one result", async () => {
    const file = "layers-sync.yaml";
    const dir = join(estate.dir, "services");
    await estate.write({ "services/layer_config.yaml": "layers:\n  base: {version: 2}\n" });
    const outer = estate.dir;
    const inProject = async (name: string, job: string, given: Record<string, string> = {}) => {
      Object.assign(estate, { dir });
      try {
        return await step(file, job, name, { SHARDS: "2", RATE: "15", ...given });
      } finally {
        Object.assign(estate, { dir: outer });
      }
    };
    const none = await inProject("Report", "report");
    assert.deepEqual([none.code, /no run records/.test(none.output)], [0, true], none.output);
    for (const SHARD of ["1", "2"]) {
      const synced = await inProject("Sync", "sync", { SHARD });
      assert.equal(synced.code, 0, synced.output);
      await cp(join(dir, "backups"), join(dir, `records/records-${SHARD}`), { recursive: true });
      await rm(join(dir, "backups"), { recursive: true });
    }
    const all = await inProject("Report", "report");
    assert.equal(all.code, 0, all.output);
    assert.match(all.output, /8 functions in 2 runs: 8 updated/);
    assert.match(await readFile(join(dir, "runs.html"), "utf8"), /<b>✓<\/b> 8 functions in 2 runs: 8 updated\./);
    // A record whose job was interrupted.
    const [folder = ""] = await readdir(join(dir, "records"));
    const [record = ""] = await readdir(join(dir, "records", folder));
    const path = join(dir, "records", folder, record);
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    await writeFile(path, `${lines.slice(0, -2).join("\n")}\n`);
    const cut = await inProject("Report", "report");
    assert.equal(cut.code, 4, cut.output);
    assert.match(cut.output, /1 unknown; 1 run interrupted/);
    // The advised command works as printed.
    const [, advised = ""] = /^To finish: lambda-layers (.*)$/m.exec(cut.output) ?? [];
    assert.match(advised, /^sync --stack dev --resume records\/records-\d\/dev_sync_\d+_\d+\.jsonl$/);
    const finished = await run(process.execPath, [bin, ...advised.split(" "), "--yes"], { cwd: dir, env: estate.env });
    assert.equal(finished.code, 0, finished.output);
  });
});
