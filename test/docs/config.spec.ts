import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../scripts/places.mjs";
import { parseLayerVersionArn } from "../../sdk/core/arn";
import { declareFor } from "../../sdk/core/config/declared";
import { type LayerConfig, parseConfig } from "../../sdk/core/config/parse";
import { knownKeys } from "../../sdk/core/config/schema";
import type { TargetFacts } from "../../sdk/core/form";
import { createMatcher } from "../../sdk/core/match";
import { pinLayer } from "../../sdk/core/plan";
import { formatProblem } from "../../sdk/core/problem";
import { declaredTargets } from "../../sdk/core/target";
import { blocksOf, tableOf } from "./markdown";

const document = readFileSync(join(checkout, "docs/config.md"), "utf8");
const recipeBook = readFileSync(join(checkout, "docs/recipes.md"), "utf8");

const blocks = (opening: string, text = document) => blocksOf(text, opening);
const table = (...columns: string[]) => tableOf(document, ...columns);

/** The texts in backticks. */
const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

function parsed(text: string): LayerConfig {
  const result = parseConfig(text, "layer_config.yaml");
  assert(result.ok, text);
  return result.config;
}

describe("docs/config.md", () => {
  const examples = blocks("yaml");
  examples.forEach((text, index) => {
    it(`has a valid example (${index + 1} of ${examples.length})`, () => parsed(text));
  });

  it("shows a broken file with its error messages", () => {
    const [text = ""] = blocks("yaml broken");
    const result = parseConfig(text, "layer_config.yaml");
    assert(!result.ok);
    const message = `layer_config.yaml has ${result.problems.length} problems:\n${result.problems.map(formatProblem).join("\n")}\n`;
    assert.deepEqual(blocks("text"), [message]);
  });

  it("says what its example of overrides does", () => {
    const config = parsed(examples.find((text) => text.includes("debug-tools")) ?? "");
    const layers = (stack: string) =>
      declareFor(config, stack).layers.map(({ key, version, enforce }) => `${key} ${version} ${enforce}`);
    assert.deepEqual(layers("dev"), ["receipt-dynamo 6 minimum", "debug-tools 2 exact"]);
    assert.deepEqual(layers("prod"), ["receipt-dynamo 5 exact"]);
  });

  const region = "eu-west-1";
  const account = "123456789012";
  const layerOf = (name: string, owner = account, where = region) => `arn:aws:lambda:${where}:${owner}:layer:${name}`;
  const recipes: Record<string, { has: string; fn: TargetFacts; wants: string }[]> = {
    powertools: [
      {
        has: layerOf("AWSLambdaPowertoolsPythonV2-Arm64:79", "017000801446"),
        fn: { name: "f", region, account, runtime: "python3.13", architectures: ["arm64"] },
        wants: layerOf("AWSLambdaPowertoolsPythonV3-python313-arm64:18", "017000801446"),
      },
    ],
    datadog: [
      {
        has: layerOf("Datadog-Python312:98", "464622532012"),
        fn: { name: "f", region, account, runtime: "python3.12", architectures: ["arm64"] },
        wants: layerOf("Datadog-Python312-ARM:110", "464622532012"),
      },
      {
        has: layerOf("Datadog-Node22-x:98", "464622532012"),
        fn: { name: "f", region, account, runtime: "nodejs22.x", architectures: [] },
        wants: layerOf("Datadog-Node22-x:127", "464622532012"),
      },
    ],
    insights: [
      ["us-east-1", "580247275435", 35],
      ["us-east-2", "580247275435", 33],
      ["af-south-1", "012438385374", 28],
    ].map(([where, owner, version]) => ({
      has: layerOf("LambdaInsightsExtension:2", String(owner), String(where)),
      fn: { name: "f", region: String(where), account, architectures: [] },
      wants: layerOf(`LambdaInsightsExtension:${version}`, String(owner), String(where)),
    })),
    "billing-export": [
      { has: layerOf("receipt-dynamo:1"), fn: { name: "billing-export", region }, wants: layerOf("receipt-dynamo:7") },
      { has: layerOf("receipt-dynamo:1"), fn: { name: "other", region }, wants: layerOf("receipt-dynamo:5") },
    ],
    "receipt-core": [
      { has: layerOf("receipt-dynamo-dev:9"), fn: { name: "f", region }, wants: layerOf("receipt-core-dev:2") },
      { has: layerOf("receipt-core:1"), fn: { name: "f", region }, wants: layerOf("receipt-core:2") },
    ],
  };
  for (const [what, cases] of Object.entries(recipes)) {
    it(`has a recipe with ${what} that does what it says`, () => {
      const text = blocks("yaml", recipeBook).find((one) => one.includes(what)) ?? "";
      const targetOf = declaredTargets(createMatcher(declareFor(parsed(text), "dev")));
      for (const { has, fn, wants } of cases) assert.equal(pinLayer(has, targetOf, fn), wants);
    });
  }

  const fields = { layers: knownKeys.entry, settings: knownKeys.settings };
  for (const [section, keys] of Object.entries(fields)) {
    const rows =
      document
        .split(`## \`${section}\``)[1]
        ?.split("\n## ")[0]
        ?.match(/^\| `.*$/gm) ?? [];

    it(`describes every field of ${section}`, () => {
      assert.deepEqual(
        rows.map((row) => quoted(row)[0]),
        keys,
      );
    });

    for (const row of rows) {
      const [field] = quoted(row);
      it(`has a valid example of ${field}`, () => {
        const example = /\| `([^`]+)` \|$/.exec(row)?.[1];
        const value = `${field}: ${example}`;
        const others = field === "version" ? "" : "version: 1, ";
        parsed(section === "layers" ? `layers: { a: { ${others}${value} } }` : `layers: {}\nsettings: { ${value} }`);
      });
    }
  }

  const matches = table("entry", "is about", "and not about");
  it("has a table of what matches", () => assert(matches.length > 3));
  for (const [entry = "", about = "", notAbout = ""] of matches) {
    it(`is right about ${entry}`, () => {
      const find = createMatcher(declareFor(parsed(`layers:\n  ${quoted(entry)[0]}`), "dev"));
      const found = (name: string) => {
        const arn = parseLayerVersionArn(`arn:aws:lambda:us-east-1:123456789012:layer:${name}:1`);
        assert(arn);
        return find(arn) !== undefined;
      };
      for (const name of quoted(about)) assert(found(name), name);
      for (const name of quoted(notAbout)) assert(!found(name), name);
    });
  }

  it("lists the code of every problem", () => {
    const folder = join(checkout, "sdk/core/config");
    const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const codes = [...source.join("\n").matchAll(/code: "([a-z-]+)"/g)].map(([, code]) => code);
    const [, listed = ""] = /^Codes: ([\s\S]*?)\.$/m.exec(document) ?? [];
    assert.deepEqual(new Set(quoted(listed)), new Set(codes));
  });
});
