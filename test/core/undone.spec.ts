import assert from "node:assert/strict";
import { parseLayerVersionArn } from "../../sdk/core/arn";
import { type AssessedFunction, assess } from "../../sdk/core/assess";
import { declareFor } from "../../sdk/core/config/declared";
import { parseConfig } from "../../sdk/core/config/parse";
import { createMatcher } from "../../sdk/core/match";
import type { RecordedLayer, RecordedLayers } from "../../sdk/core/state/facts";
import { declaredTargets } from "../../sdk/core/target";
import { compareWithProgram } from "../../sdk/core/undone";
import { layer } from "../support/states";

const urn = "urn:pulumi:dev::shop::aws:lambda/function:Function::api";

/**
 * What a program gives `api`, whose state has `base` at 5, as declared, beside other layers, by default an undeclared
 * one.
 */
function compare(
  program: RecordedLayers | "gone" | undefined,
  state = ["base:5", "other:1"],
  enforce: "exact" | "minimum" = "exact",
) {
  const layers = state.flatMap((text) => parseLayerVersionArn(arnOf(text)) ?? []);
  const fn: AssessedFunction = {
    ...{ name: "api", arn: undefined, region: undefined, account: undefined, urn, recordedBy: "function" },
    ...{ recorded: { layers, complete: true }, live: undefined },
  };
  const by = layer("base", 5).slice(0, -2);
  const targetOf = ({ name }: { name: string }) => {
    if (name === "old") return { version: 5, enforce, by };
    return name === "base" ? { version: 5, enforce } : undefined;
  };
  const { undone, unknown } = compareWithProgram(
    assess([fn], targetOf),
    new Map(program ? [[urn, program === "gone" ? program : { layers: program, facts: { name: "api" } }]] : []),
    targetOf,
  );
  return [
    ...undone.map((one) => `${one.layer.name} ${one.layer.version} -> ${one.to && `${one.to.name} ${one.to.version}`}`),
    ...unknown.map(({ reason }) => reason),
  ];
}

function arnOf(text: string): string {
  const [name = "", version] = text.split(":");
  return layer(name, Number(version));
}

const list = (...texts: string[]): RecordedLayers => ({
  kind: "list",
  layers: texts.map((text): RecordedLayer => {
    if (text === "secret") return { kind: "secret" };
    const isLayer = /^\w+:\d+$/.test(text);
    return { kind: "text", text: isLayer ? arnOf(text) : text, version: undefined, start: 0 };
  }),
});

const unreadable = "its layers are a secret, or unknown until the update";

describe("what a program changes about layers that are as declared", () => {
  const cases: [name: string, program: RecordedLayers | "gone" | undefined, expected: string[]][] = [
    ["no change of the function at all", undefined, []],
    ["the same", list("base:5", "other:1"), []],
    ["another order, and other versions of undeclared layers", list("other:2", "base:5"), []],
    ["an older version", list("base:4", "other:1"), ["base 5 -> base 4"]],
    ["a newer version", list("base:6", "other:1"), ["base 5 -> base 6"]],
    ["the layer is taken off", list("other:1"), ["base 5 -> null"]],
    ["an undeclared layer in its place", list("mine:2", "other:1"), ["base 5 -> mine 2"]],
    ["the layer that it has replaced", list("other:1", "old:3"), ["base 5 -> old 3"]],
    ["the replaced layer beside it", list("old:3", "base:5"), []],
    ["no list", { kind: "absent" }, ["base 5 -> null"]],
    ["null", { kind: "null" }, ["base 5 -> null"]],
    ["the layer twice, once as declared", list("base:5", "base:4"), ["base 5 -> base 4"]],
    ["one of Lambda's own layers beside it", list("arn:aws:lambda:::awslayer:AmazonLinux1703"), ["base 5 -> null"]],
    ["the layer beside an unknown value", list("04da6b54-80e4-46f7-96ec-b56ff0331ba9", "base:5"), []],
    [
      "another version beside an unknown value",
      list("04da6b54-80e4-46f7-96ec-b56ff0331ba9", "base:4"),
      ["base 5 -> base 4"],
    ],
    ["an unknown value", list("04da6b54-80e4-46f7-96ec-b56ff0331ba9"), [unreadable]],
    ["a secret element", list("[secret]"), [unreadable]],
    ["a secret element as states contain it", list("secret"), [unreadable]],
    ["a secret list, which a preview shows as a string", { kind: "other" }, [unreadable]],
    ["a secret list", { kind: "secret" }, [unreadable]],
    ["the function's deletion", "gone", ["it is no longer in the program"]],
  ];
  for (const [name, program, expected] of cases) it(name, () => assert.deepEqual(compare(program), expected));

  it("is reported once for a function that is gone", () => {
    assert.deepEqual(compare("gone", ["base:5", "other:1"]), ["it is no longer in the program"]);
  });

  it("is nothing if the program changes the runtime, and the layer with it", () => {
    const parsed = parseConfig(
      'layers: { tools: { names: ["tools-{runtime}"], version: 1, replaces: ["tools-*"] } }',
      "c",
    );
    assert(parsed.ok);
    const targetOf = declaredTargets(createMatcher(declareFor(parsed.config, "dev")));
    const tools = (runtime: string) => layer(`tools-${runtime}`, 1);
    const fn: AssessedFunction = {
      ...{ name: "api", arn: undefined, region: undefined, account: undefined, urn, recordedBy: "function" },
      ...{ recorded: { layers: [parseLayerVersionArn(tools("python312")) ?? assert.fail()], complete: true } },
      ...{ live: undefined, runtime: "python3.12", architectures: [] },
    };
    const undoneBy = (runtime: string, its: string) => {
      const layers: RecordedLayers = {
        kind: "list",
        layers: [{ kind: "text", text: tools(its), version: undefined, start: 0 }],
      };
      const program = new Map([
        [urn, { layers, facts: { name: "api", region: "us-east-1", runtime, architectures: [] } }],
      ]);
      return compareWithProgram(assess([fn], targetOf), program, targetOf).undone.map(({ to }) => to?.name);
    };
    assert.deepEqual(undoneBy("python3.13", "python313"), []);
    assert.deepEqual(undoneBy("python3.12", "python313"), ["tools-python313"]);
    assert.deepEqual(undoneBy("python3.13", "python311"), ["tools-python311"]);
  });

  it("leaves out what is not as declared anyway", () => assert.deepEqual(compare(list("base:3"), ["base:4"]), []));

  it("allows newer versions if a minimum is declared", () => {
    assert.deepEqual(compare(list("base:6"), ["base:5"], "minimum"), []);
    assert.deepEqual(compare(list("base:4"), ["base:5"], "minimum"), ["base 5 -> base 4"]);
  });
});
