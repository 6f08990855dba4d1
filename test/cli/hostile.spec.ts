// Data is only ever text in the outputs of the command: names and messages cannot forge lines, commands or escape
// sequences.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { explain as explainAws } from "../../sdk/aws/errors";
import { failureSummary, writeJobSummary } from "../../sdk/cli/ci";
import { confirm } from "../../sdk/cli/confirm";
import { printJson } from "../../sdk/cli/json";
import type { main as Main } from "../../sdk/cli/main";
import { renderStatusMarkdown } from "../../sdk/cli/report/markdown";
import { renderPage } from "../../sdk/cli/report/page";
import { renderSarif } from "../../sdk/cli/report/sarif";
import { createReporter, reportError } from "../../sdk/cli/reporter";
import { printTable } from "../../sdk/cli/table";
import { Output } from "../../sdk/cli/terminal";
import { insertValue } from "../../sdk/core/config/insert";
import { parseConfig } from "../../sdk/core/config/parse";
import { LayersError } from "../../sdk/core/errors";
import { formatProblem } from "../../sdk/core/problem";
import { explainFailure } from "../../sdk/pulumi/stack-errors";
import { assertHarmless, everythingHostile, hostileTexts } from "../support/hostile";
import { awsFunction, layer, stateOf } from "../support/states";
import { Folder } from "./harness";
import { fn, stackOf } from "./report/samples";

// The compiled command, in this process.
const { main }: { readonly main: typeof Main } = require("../../dist/cli/main.js");

/** A stream that keeps what is written to it. */
function sink() {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const stream = { write, on() {} } as never;
  return { stream, output: new Output(stream, {}), text: () => text };
}

function printed(print: (to: Output) => unknown): string {
  const { output, text } = sink();
  print(output);
  return text();
}

/** How each kind of data shows a text in each output. */
const outputs: Readonly<Record<string, (text: string) => string | Promise<string>>> = {
  "lines of a run": (text) =>
    printed((stderr) => {
      const reporter = createReporter({ stdout: stderr, stderr, verbose: true });
      for (const tell of [reporter.info, reporter.item, reporter.warn, reporter.error, reporter.verbose]) tell(text);
    }),
  "an error": (text) =>
    printed((stderr) => {
      const reporter = createReporter({ stdout: stderr, stderr, verbose: true });
      reportError(reporter, new LayersError("internal", text, { next: text, changed: text, cause: new Error(text) }));
      reportError(reporter, new LayersError("interrupted", [text, text], { next: [text, text] }).having(text));
      reportError(reporter, new Error(text));
    }),
  "an error of AWS": (text) => {
    const request = { service: "lambda", operation: text, subject: text, resource: text } as const;
    const errors = [
      { name: "AccessDeniedException", message: text },
      { name: "ExpiredTokenException", message: text },
      { name: text, message: text, $metadata: { httpStatusCode: 400, requestId: text } },
      { name: "SyntaxError", message: text, $metadata: { httpStatusCode: 200 } },
    ];
    const explained = errors.map((error) => {
      const cause = Object.assign(new Error(error.message), error);
      return explainAws(cause, request, { region: text, profile: text }).describe();
    });
    return explained.join("\n");
  },
  "an error of Pulumi": (text) => {
    const failure = { what: "export", stack: text, cwd: "/", stderr: `error: ${text}` };
    return [255, 3, 6].map((exitCode) => explainFailure({ ...failure, exitCode }, [text]).describe()).join("\n");
  },
  "a problem of a config": (text) =>
    printed((to) =>
      to.line(formatProblem({ code: "x", file: text, line: 1, column: 1, message: text, next: text, text, length: 3 })),
    ),
  "a table": (text) => printed((to) => printTable(to, [{ title: "ONE" }, { title: "TWO" }], [[text, text]])),
  "a question": async (text) => {
    const { stream, text: asked } = sink();
    const { Readable } = await import("node:stream");
    await confirm(text, { input: Readable.from([]), output: stream, signal: new AbortController().signal });
    return asked();
  },
  "a JSON document": (text) => printed((to) => printJson(to, { [text]: [text] })),
  Markdown: (text) => renderStatusMarkdown(stacksWith(text)),
  HTML: (text) => {
    const page = renderPage(stacksWith(text), { configFile: text, time: new Date(0) });
    // A file is not a log: its own style has a pseudo-element, and a line of a message may begin with colons.
    return page.replace(/<style>.*?<\/style>/s, "").replace(/^::/gm, "x::");
  },
  SARIF: (text) => renderSarif(stacksWith(text), { version: "1.0.0", configUri: () => "layer_config.yaml" }),
  "a line that is added to a config": (text) => insertValue("layers:\n  a: {}\n", "f", ["layers", text, "version"], 1),
};

function stacksWith(text: string) {
  const odd = stackOf([fn(text, { recorded: ["base:4"], live: "unread", region: "us-east-1" })], {
    stack: text,
    skipped: [{ function: text, reason: text }],
    live: { read: false, reason: text, code: "aws-failed" },
  });
  return [odd, { stack: text, error: new LayersError("aws-failed", text, { next: [text, text] }) }];
}

describe("data in the command's outputs", () => {
  for (const [output, show] of Object.entries(outputs)) {
    it(`is only text in ${output}`, async () => {
      for (const [what, text] of Object.entries(hostileTexts)) assertHarmless(await show(text), `${what} in ${output}`);
    });
  }

  it("is unchanged in documents, and in configs that are written", () => {
    for (const text of Object.values(hostileTexts)) {
      const document = printed((to) => printJson(to, { [text]: text }));
      assert.deepEqual(JSON.parse(document), { [text]: text });
      const config = insertValue("layers:\n  a: { version: 1 }\n", "f", ["layers", text, "version"], 1);
      const parsed = parseConfig(config, "f");
      if (parsed.ok) assert.deepEqual([...parsed.config.layers.keys()], ["a", text]);
    }
  });

  it("cannot be a command in the Azure logging command that names a file", async () => {
    const folder = await Folder.create();
    try {
      const AGENT_TEMPDIRECTORY = join(folder.path, "a\n##vso[task.complete]%0Ab");
      await mkdir(AGENT_TEMPDIRECTORY);
      const failed = failureSummary({ stack: "dev", error: new LayersError("internal", "x") });
      const { output, text } = sink();
      const reporter = { warn: (line: string) => assert.fail(line) } as never;
      await writeJobSummary([failed], { env: { TF_BUILD: "True", AGENT_TEMPDIRECTORY }, reporter, stdout: output });
      const [first = "", ...others] = text().split("\n");
      assert.match(
        first,
        /^##vso\[task\.uploadsummary\]\/.*\/a%0A##vso\[task\.complete\]%AZP250Ab\/lambda-layers-\S+\.md$/,
      );
      for (const line of others) assert.match(line, /^(?:##vso\[task\.setvariable variable=\w+;isOutput=true\]\d+)?$/);
    } finally {
      await folder.dispose();
    }
  });
});

describe("data of states and configs", () => {
  let folder: Folder;
  // Without this no name of a function in AWS, and so no test of a name, gets through.
  const name = everythingHostile;
  const arn = `arn:aws:lambda:us-east-1:123456789012:function:${name.replaceAll(":", ".")}`;
  const hostileFunction = (layers: unknown[], others: object = {}) => {
    const made = awsFunction(name, layers, others);
    return { ...made, outputs: { ...(made.outputs as object), arn, runtime: name, region: name } };
  };
  const entry = { names: ["base"], description: name, compatible_runtimes: [name] };
  const configs = {
    "good.yaml": { layers: { [name]: { ...entry, version: 5 } } },
    "unused.yaml": { layers: { [name]: { names: ["other"], version: 5 } } },
    "twice.yaml": { layers: { [name]: { ...entry, version: 5 }, [`${name}2`]: { ...entry, version: 6 } } },
    "bad.yaml": {
      layers: { [name]: { ...entry, [name]: 5, version: name } },
      [name]: 1,
      settings: { aws_region: name },
    },
    "broken.yaml": `layers:\n  base: &a\n    version: *${name.replace(/\s/g, "_")}\n  "${name.replaceAll("\n", "")}: [\n`,
  };
  const drifted = hostileFunction([layer("base", 1), name, layer("free", 2)]);
  const states = {
    "state.json": stateOf([drifted, hostileFunction([layer("base", 2)], { urn: `${drifted.urn}2`, delete: true })]),
    "pending.json": stateOf([drifted], { pending_operations: [{ resource: drifted, type: name }] }),
    "broken.json": stateOf([{ ...drifted, parent: `${drifted.urn}-none` }]),
    "noted.json": stateOf([drifted], {
      metadata: { integrity_error: { version: name, command: name, error: name } },
    }),
    "odd.json": stateOf([drifted], { manifest: { time: name, magic: name, version: name } }),
    "no.json": `{"version": 3, "deployment": ${name}`,
  };

  before(async () => {
    folder = await Folder.create({ ...configs, ...states });
  });
  after(() => folder.dispose());

  async function run(...words: string[]): Promise<string> {
    const [stdout, stderr] = [sink(), sink()];
    const world = { stdin: process.stdin, version: "1.0.0", signal: new AbortController().signal };
    const env = { NO_COLOR: "1" };
    await main([...words, "--cwd", folder.path], { ...world, env, stdout: stdout.stream, stderr: stderr.stream });
    return `${stdout.text()}\n${stderr.text()}`;
  }

  const commands: readonly (readonly string[])[] = [
    ["update", "--dry-run", "-v"],
    ["update", "--out", "out.json"],
    ["update", "--expect-no-changes", "--dry-run", "--json"],
    ["update", "--dry-run", "-f", name],
    ["update", "--dry-run", "-e", "no\n::error::FORGED"],
    ["status"],
    ["status", "--json"],
    ["validate"],
    ["validate", "--json"],
    ["report", "--markdown"],
    ["explain", name],
    ["explain", `${name}?`],
  ];

  const run1 = async (words: readonly string[], config: string, state: string) => {
    const output = await run(...words, "--config", config, "--state-file", state);
    assertHarmless(output, `lambda-layers ${words[0]} of ${config} and ${state}`);
    return output;
  };

  it("are only text in everything that a command prints", async () => {
    const seen: string[] = [];
    for (const words of commands) seen.push(await run1(words, "good.yaml", "state.json"));
    const all = seen.join("");
    assert.match(all, /Found 1 layer version update/);
    assert.match(all, /Invalid layer ARN format/);
  });

  it("are only text in messages about invalid configs and states", async () => {
    for (const config of Object.keys(configs))
      for (const words of [["validate"], ["update", "--dry-run"]]) await run1(words, config, "state.json");
    for (const state of Object.keys(states)) await run1(["update", "--dry-run"], "good.yaml", state);
    assertHarmless(await run("update", `--${name}`), "a flag");
    assertHarmless(await run(name), "a command");
    assertHarmless(await run("update", "--stack", name, "--dry-run"), "a stack");
    assertHarmless(await run("update", "--config", name), "a missing file");
  });

  it("are only text in a draft, which has them unchanged", async () => {
    const draft = await run("init", "--dry-run", "--state-file", "dev=state.json");
    assertHarmless(draft, "a draft");
  });
});
