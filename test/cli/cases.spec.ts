import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { useAws } from "../aws/harness";
import { checkout } from "../support/engine";
import { Folder, plainEnvironment } from "./harness";

// Exported states of kinds that once went wrong, from public reports and from trying the command.

interface Case {
  readonly folder: string;
  readonly args: readonly string[];
  readonly code?: number;
  readonly says: readonly RegExp[];
  readonly never?: RegExp;
}

const cases: readonly Case[] = [
  { folder: "auto-named", args: ["status", "-f", "api"], says: [/^! {2}api-1a2b3c4 +base +5 +2$/m] },
  { folder: "auto-named", args: ["--dry-run", "-f", "api"], says: [/Function api-1a2b3c4: Layer base version 2 -> 5/] },
  ...["status", "explain", "update"].map((command) => ({
    folder: "auto-named",
    args: command === "explain" ? [command, "apii"] : [command, "-f", "apii"],
    code: 2,
    says: [/No function apii found in export\.json/, /Did you mean api\?/],
  })),
  {
    folder: "two-regions",
    args: ["--dry-run"],
    says: [/Function api \(eu-west-1\): Layer base version 1 -> 5\n {2}- Function api \(us-east-1\): .* 2 -> 5/],
  },
  {
    folder: "two-regions",
    args: ["report", "--markdown"],
    says: [/api &#40;eu-west-1&#41;|api \(eu-west-1\)/, /api &#40;us-east-1&#41;|api \(us-east-1\)/],
  },
  {
    folder: "two-regions",
    args: ["explain", "api"],
    says: [/^Function api \(eu-west-1\)$/m, /^Function api \(us-east-1\)$/m],
  },
  {
    folder: "duplicates",
    args: ["status", "--json"],
    says: [/"functions": 3,/, /"layersOfFunctions": 4,/, /"drift": 3,/],
  },
  ...[["status"], ["--dry-run"], ["validate"]].map((args) => ({
    folder: "duplicates",
    args,
    says: [/Function py-req has layer base more than once/, /same-twice has layer base more than once/],
  })),
  {
    folder: "pending-replacement",
    args: ["status"],
    says: [/Function goner is skipped: it was deleted, and the next `pulumi up` recreates it\./],
    never: /^! /m,
  },
  { folder: "pending-replacement", args: ["--dry-run"], says: [/^INFO - Found no layer version updates$/m] },
  ...[["--dry-run"], ["status"], ["validate"], ["explain", "legacy-al2"]].map((args) => ({
    folder: "awslayer",
    args,
    says: [/base/],
    never: /awslayer|Invalid/,
  })),
];

describe("lambda-layers with states that once went wrong", () => {
  const aws = useAws();
  let folder: Folder;

  const open = async (name: string) => {
    const read = (file: string) => readFile(join(checkout, "test/data/cases", name, file), "utf8");
    const files = ["layer_config.yaml", "export.json"] as const;
    const [config, state] = await Promise.all(files.map(read));
    folder = await Folder.create({ "layer_config.yaml": config, "export.json": state });
  };
  afterEach(() => folder.dispose());
  const run = (args: readonly string[]) =>
    folder.cli([...args, "--state-file", "export.json"], {
      env: { ...plainEnvironment(folder.path), ...aws.emulator.env },
    });

  for (const { folder: name, args, code = 0, says, never } of cases) {
    it(`says the right thing about ${name}: ${args.join(" ")}`, async () => {
      await open(name);
      const ended = await run(args);
      assert.equal(ended.code, code, ended.output);
      for (const text of says) assert.match(ended.output, text);
      if (never) assert.doesNotMatch(ended.output, never);
    });
  }

  it("moves the layers beside one of Lambda's own, which stays", async () => {
    await open("awslayer");
    const builtIn = "arn:aws:lambda:::awslayer:AmazonLinux2";
    aws.emulator.seed({
      layers: [{ name: "base", versions: 5 }],
      functions: [{ name: "legacy-al2", layers: [builtIn, "base:1"] }],
    });
    const env = { ...plainEnvironment(folder.path), ...aws.emulator.env };
    const { code, output } = await folder.cli(["sync", "-f", "legacy-al2", "--region", "us-east-1", "--yes"], { env });
    assert.equal(code, 0, output);
    assert.deepEqual(aws.emulator.layersOf("legacy-al2"), [
      builtIn,
      "arn:aws:lambda:us-east-1:123456789012:layer:base:5",
    ]);
  });

  it("says what it could not find out about ssm, and never that everything is up to date", async () => {
    await open("ssm");
    aws.emulator.seed({
      layers: [
        { name: "base", versions: 5 },
        { name: "tools", versions: 2 },
      ],
      parameters: { "/layers/base/latest": "3" },
    });
    const { code, output } = await run(["outdated", "--region", "us-east-1"]);
    assert.notEqual(code, 0, output);
    assert.doesNotMatch(output, /All layers are up to date/);
    assert.match(output, /\/layers\/base\/latest/);
    assert.match(output, /\/layers\/tools\/latest/);
  });

  it("distinguishes the regions of several-regions-by-name", async () => {
    await open("several-regions-by-name");
    for (const [region, versions] of Object.entries({ "us-east-1": 5, "eu-west-1": 4 })) {
      aws.emulator.seed({ layers: [{ name: "base", versions, region }] });
    }
    const { output } = await run(["outdated"]);
    const rows = output.split("\n").filter((line) => /\bbase\b.*\d/.test(line));
    assert.equal(new Set(rows.map((row) => row.trim())).size, rows.length, output);
    assert.match(output, /eu-west-1/);
    assert.doesNotMatch(output, /\(deleted\)/);
  });
});
