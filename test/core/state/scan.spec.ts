import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { StateError, type StateProblem } from "../../../sdk/core/state/error";
import type { RecordedLayers } from "../../../sdk/core/state/facts";
import { scanState } from "../../../sdk/core/state/scan";
import { secret, unknown } from "../../support/arbitrary-states";
import { pulumiStyle, writeJson } from "../../support/json-styles";
import { awsFunction, layer, stateOf, urn } from "../../support/states";

const layers = [layer("receipt-dynamo-dev", 1), layer("receipt-label-dev", 12)];

describe("scanState", () => {
  it("reads an export as the AWS provider writes it", () => {
    const bytes = fs.readFileSync(path.join(__dirname, "../../data/state-two-functions.json"));
    const { functions, integrity, ...facts } = scanState(bytes);
    assert.equal(integrity.broken, undefined);
    assert.deepEqual(facts, {
      version: 3,
      owner: { stack: "dev", project: "realaws" },
      resourceCount: 6,
      secretsProvider: "passphrase",
      pendingOperations: { count: 0, first: [] },
      reconciled: [],
    });
    const recorded = [
      "arn:aws:lambda:us-east-1:123456789012:layer:mylayer:3",
      "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:38",
    ];
    assert.deepEqual(
      functions.map((one) => ({ ...one, inputs: texts(one.inputs), outputs: texts(one.outputs) })),
      Object.entries({ fn1: "fn1-1befe8a", fn2: "fixed-fn2" }).map(([logical, name]) => ({
        urn: `urn:pulumi:dev::realaws::aws:lambda/function:Function::${logical}`,
        type: "aws:lambda/function:Function",
        id: name,
        name,
        arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
        deleted: false,
        external: false,
        replaced: false,
        publishes: false,
        initErrors: [],
        runtime: "nodejs20.x",
        architectures: ["x86_64"],
        packageType: "Zip",
        region: "us-east-1",
        inputs: recorded,
        outputs: recorded,
      })),
    );
  });

  it("reads the same whatever the order of a resource's keys", () => {
    const one = awsFunction("one", layers);
    const two = awsFunction("two", [layer("receipt-dynamo-dev", 3)], { outputs: undefined });
    const backwards = <T extends object>(resource: T) => Object.fromEntries(Object.entries(resource).reverse()) as T;
    const withoutPlaces = (functions: readonly unknown[]) =>
      JSON.parse(JSON.stringify(functions, (key, value) => (key === "start" || key === "end" ? undefined : value)));
    const facts = (...resources: object[]) =>
      withoutPlaces(scanState(Buffer.from(JSON.stringify(stateOf(resources)))).functions);
    assert.deepEqual(facts(one, backwards(two)), facts(one, two));
    assert.deepEqual(facts(backwards(one), two), facts(one, two));
    assert.deepEqual(facts(backwards(two), backwards(one)), facts(two, one));
  });

  it("reads what LayerVersions resources record, except for those that are leaving the stack", () => {
    const native = (name: string, others: object = {}) => ({
      ...{ urn: urn("lambda-layers:index:LayerVersions", name), type: "lambda-layers:index:LayerVersions" },
      ...{ outputs: { versions: { f: { base: 5 } }, region: "us-east-1" }, ...others },
    });
    const type = "pulumi-nodejs:dynamic/lambda-layers:LayerVersions";
    const { reconciled } = scanState(
      Buffer.from(
        JSON.stringify(
          stateOf([
            native("own"),
            native("deleted", { delete: true }),
            native("replaced", { pendingReplacement: true }),
            native("hidden", { outputs: { versions: secret, region: secret } }),
            native("new", { outputs: undefined }),
            native("refreshed", {
              outputs: { versions: { f: { base: 4 } }, left: { f: { base: 5, tools: 2 }, gone: { base: 5 } } },
            }),
            native("hidden in part", { outputs: { versions: { f: { base: 4 } }, left: secret } }),
            { urn: urn(type, "dynamic"), type, outputs: { functions: { g: { base: 4 } } } },
          ]),
        ),
      ),
    );
    assert.deepEqual(
      reconciled.map(({ urn, region, functions }) => [urn.split("::").at(-1), region, functions]),
      [
        ["own", "us-east-1", { f: { base: 5 } }],
        ["hidden", undefined, undefined],
        ["new", undefined, {}],
        ["refreshed", undefined, { f: { base: 4, tools: 2 } }],
        ["hidden in part", undefined, undefined],
        ["dynamic", undefined, { g: { base: 4 } }],
      ],
    );
  });

  it("assumes that the state belongs to the stack of its first resource", () => {
    const first = { urn: "urn:pulumi:dev::one::pulumi:pulumi:Stack::one-dev", type: "pulumi:pulumi:Stack" };
    const { owner } = scanState(Buffer.from(JSON.stringify(stateOf([{ type: "a:b:C" }, first, awsFunction("f", [])]))));
    assert.deepEqual(owner, { stack: "dev", project: "one" });
  });

  it("reads an export of functions whose layers were taken off", () => {
    const bytes = fs.readFileSync(path.join(__dirname, "../../data/state-layers-removed.json"));
    const recorded = scanState(bytes).functions.map(({ inputs, outputs }) => [inputs, outputs]);
    const removed = [{ kind: "absent" }, { kind: "list", layers: [] }];
    assert.deepEqual(recorded, [removed, removed]);
  });

  it("returns the place of each version, in bytes", () => {
    const bytes = encode(stateOf([awsFunction("é😀", layers)]));
    for (const recorded of [onlyFunction(bytes).inputs, onlyFunction(bytes).outputs]) {
      assert(recorded.kind === "list");
      const found = recorded.layers.map((one) => {
        assert(one.kind === "text" && one.version);
        const { start, end } = one.version;
        return [one.text, bytes.subarray(start - 5, start).toString(), bytes.subarray(start, end).toString()];
      });
      assert.deepEqual(found, [
        [layers[0], "-dev:", "1"],
        [layers[1], "-dev:", "12"],
      ]);
    }
  });

  it("returns the place of a version with escapes as a whole", () => {
    const written = JSON.stringify(layers[1]).replace("label-dev:12", "lab\\u0065l\\u002ddev\\u003a\\u0031\\u0032");
    const bytes = Buffer.from(JSON.stringify(stateOf([awsFunction("f", "here")])).replaceAll('"here"', `[${written}]`));
    const { inputs } = onlyFunction(bytes);
    assert(inputs.kind === "list" && inputs.layers[0]?.kind === "text" && inputs.layers[0].version);
    const { text, version } = inputs.layers[0];
    assert.equal(text, layers[1]);
    assert.equal(bytes.subarray(version.start, version.end).toString(), "\\u0031\\u0032");
  });

  const kinds: [name: string, value: unknown, kind: RecordedLayers["kind"]][] = [
    ["an absent property", undefined, "absent"],
    ["null", null, "null"],
    ["an empty list", [], "list"],
    ["a list", layers, "list"],
    ["a secret", secret, "secret"],
    ["a secret whose keys are in another order", Object.fromEntries(Object.entries(secret).reverse()), "secret"],
    ["a value that is not known yet", unknown, "other"],
    ["an object that is not a secret", { ...secret, "4dabf18193072939515e22adb298388d": "other" }, "other"],
    ["a number", 5, "other"],
  ];
  for (const [name, value, kind] of kinds) {
    it(`reports ${name}`, () => {
      const { inputs, outputs } = onlyFunction(encode(stateOf([awsFunction("f", value)])));
      assert.deepEqual([inputs.kind, outputs.kind], [kind, kind]);
    });
  }

  it("reports elements that are not strings, and strings that are not layer versions", () => {
    const other = [secret, "arn:aws:lambda:us-east-1:123456789012:layer:no-version", null, [layers[0]], layers[0]];
    const { inputs } = onlyFunction(encode(stateOf([awsFunction("f", other)])));
    assert(inputs.kind === "list");
    assert.deepEqual(
      inputs.layers.map((one) => (one.kind === "text" ? one.version !== undefined : one.kind)),
      ["secret", false, "other", "other", true],
    );
  });

  it("recognises functions by type alone, and layers by property alone", () => {
    const { urn: _, ...properties } = awsFunction("f", layers);
    const resources = [
      { urn: urn("aws:s3/bucket:Bucket", "a"), type: "aws:s3/bucket:Bucket", inputs: { layers } },
      {
        urn: urn("x:y:Z", "aws:lambda/function:Function"),
        type: "x:y:Z",
        inputs: { resource: awsFunction("g", layers) },
      },
      { ...properties, type: "aws:lambda/function:Functions", urn: urn("aws:lambda/function:Function", "h") },
      { urn: urn("aws:lambda/alias:Alias", "b"), type: "aws:lambda/alias:Alias", layers, outputs: { layers } },
    ];
    const { functions, resourceCount } = scanState(encode(stateOf(resources)));
    assert.deepEqual([functions, resourceCount], [[], 4]);
    const fn = awsFunction("f", undefined, { layers, inputs: { environment: { variables: { layers } } } });
    assert.deepEqual(onlyFunction(encode(stateOf([fn]))).inputs, { kind: "absent" });
  });

  it("finds registered types, with their own property", () => {
    const fn = { urn: urn("my:mod:Fn", "f"), type: "my:mod:Fn", inputs: { layerList: layers, layers: null } };
    const [found] = scanState(encode(stateOf([fn])), { resourceTypes: { "my:mod:Fn": "layerList" } }).functions;
    assert.deepEqual([found?.name, found && texts(found.inputs), found?.outputs.kind], ["f", layers, "absent"]);
  });

  it("reads what aws-native records", () => {
    const type = "aws-native:lambda:Function";
    const outputs = { functionName: "physical", layers, arn: "arn:aws-cn:lambda:cn-north-1:123456789012:function:f" };
    const found = onlyFunction(encode(stateOf([{ urn: urn(type, "f"), type, id: "physical", inputs: {}, outputs }])));
    assert.deepEqual([found.name, found.region, texts(found.outputs)], ["physical", "cn-north-1", layers]);
  });

  const names: [name: string, resource: object, expected: string][] = [
    ["the outputs' name", { inputs: { name: "in" }, outputs: { name: "out" }, id: "id" }, "out"],
    ["the inputs' name if there are no outputs", { inputs: { name: "in" }, id: "id" }, "in"],
    ["the id if the name is a secret", { inputs: { name: secret }, outputs: { name: secret }, id: "id" }, "id"],
    ["the end of the URN if there is no id", { inputs: {}, outputs: null }, "logical"],
  ];
  for (const [name, resource, expected] of names) {
    it(`takes a function's name from ${name}`, () => {
      const type = "aws:lambda/function:Function";
      assert.equal(onlyFunction(encode(stateOf([{ urn: urn(type, "logical"), type, ...resource }]))).name, expected);
    });
  }

  it("takes the properties of a function from its inputs after a failed update", () => {
    const failed = awsFunction("f", layers, {
      inputs: { runtime: "python3.11", architectures: ["x86_64"] },
      outputs: { runtime: "python3.13", architectures: ["arm64"], packageType: "Zip" },
      initErrors: ["updating Lambda Function (f) configuration: ResourceConflictException"],
    });
    const found = onlyFunction(encode(stateOf([failed])));
    assert.deepEqual(
      [found.initErrors, found.runtime, found.architectures, found.packageType],
      [failed.initErrors, "python3.11", ["x86_64"], "Zip"],
    );
  });

  it("lists what is pending deletion and what is not managed here", () => {
    const flags = (others: object) => {
      const { deleted, external } = onlyFunction(encode(stateOf([awsFunction("f", layers, others)])));
      return [deleted, external];
    };
    assert.deepEqual(flags({ delete: true }), [true, false]);
    assert.deepEqual(flags({ external: true, delete: false }), [false, true]);
    assert.deepEqual(flags({ external: null }), [false, false]);
  });

  it("counts pending operations and lists the first", () => {
    const operation = (name: string) => ({ resource: awsFunction(name, layers), type: "updating" });
    const operations = Array.from({ length: 30 }, (_, i) => operation(`f${i}`));
    const facts = scanState(encode(stateOf([], { pending_operations: operations })));
    assert.deepEqual([facts.pendingOperations.count, facts.pendingOperations.first.length], [30, 20]);
    assert.deepEqual(facts.pendingOperations.first[0], { type: "updating", urn: operation("f0").resource.urn });
    assert.deepEqual(facts.functions, []);
  });

  const empty: [name: string, state: object][] = [
    ["no resources", { version: 3, deployment: {} }],
    ["null for resources", stateOf(null, { pending_operations: null, secrets_providers: null })],
    ["an empty list of resources", stateOf([])],
  ];
  for (const [name, state] of empty) {
    it(`reads an empty stack with ${name}`, () => {
      const { resourceCount, functions } = scanState(encode(state));
      assert.deepEqual([resourceCount, functions], [0, []]);
    });
  }

  it("reads keys with escapes", () => {
    const everyEscape = { ...pulumiStyle, escapeEvery: 1 };
    const state = stateOf([awsFunction("f", layers)]);
    const found = onlyFunction(Buffer.from(writeJson(state, everyEscape)));
    assert.deepEqual([found.name, texts(found.inputs), texts(found.outputs)], ["f", layers, layers]);
  });

  const fn = awsFunction("f", layers);
  const refused: [name: string, text: string, problem: StateProblem, at: string | number][] = [
    ["a byte order mark", `\ufeff${JSON.stringify(stateOf([]))}`, "utf8", 0],
    ["an empty file", "", "json", 0],
    ["a list", "[]", "shape", 0],
    ["an object that is not an export", "{}", "shape", 0],
    ["an export without a version", '{"deployment":{}}', "shape", 0],
    ["an export without a deployment", '{"version":3}', "shape", 0],
    ["an empty deployment", '{"version":3,"deployment":null}', "shape", "null"],
    ["deployment version 2", '{"version":2,"deployment":{}}', "version", "2"],
    ["deployment version 5", '{"version":5,"deployment":{}}', "version", "5"],
    ["deployment version 33", '{"version":33,"deployment":{}}', "version", "33"],
    ["a version that is not an integer, as Pulumi refuses it", '{"version":3.0,"deployment":{}}', "version", "3.0"],
    ["a version in quotes", '{"version":"3","deployment":{}}', "version", '"3"'],
    ["a file from the backend", '{"version":3,"checkpoint":{"stack":"dev"}}', "shape", '{"stack"'],
    ["resources that are not a list", JSON.stringify(stateOf([], { resources: {} })), "shape", '{},"metadata"'],
    ["a resource that is null", JSON.stringify(stateOf([null])), "shape", "null"],
    ["a resource without a type", JSON.stringify(stateOf([{ urn: "urn:x" }])), "shape", '{"urn":"urn:x"'],
    ["a function without a URN", JSON.stringify(stateOf([{ ...fn, urn: undefined }])), "shape", '{"custom"'],
    ["inputs that are not an object", JSON.stringify(stateOf([{ ...fn, inputs: [1] }])), "shape", "[1]"],
    ["a flag that is not a boolean", JSON.stringify(stateOf([{ ...fn, delete: "true" }])), "shape", '"true"'],
    ["an extra comma", '{"version":3,,"deployment":{}}', "json", ',"deployment"'],
    ["text after the end", `${JSON.stringify(stateOf([]))}\n{}`, "json", "{}"],
    ["a second document", `${JSON.stringify(stateOf([]))}${JSON.stringify(stateOf([]))}`, "json", '{"version"'],
  ];
  for (const [name, text, problem, at] of refused) {
    it(`refuses ${name}`, () => {
      const bytes = Buffer.from(text);
      const offset = typeof at === "number" ? at : bytes.lastIndexOf(at);
      assertRefused(bytes, problem, offset);
    });
  }

  it("refuses UTF-16, which Windows PowerShell makes of redirected output", () => {
    assertRefused(Buffer.from(`\ufeff${JSON.stringify(stateOf([]))}`, "utf16le"), "utf8", 0);
  });

  it("refuses a compressed state as such, and says what to do", () => {
    const bytes = gzipSync(JSON.stringify(stateOf([])));
    assertRefused(bytes, "gzip", 0);
    assert.equal(
      refusal(bytes).describe(),
      "Invalid state: a file compressed with gzip at byte 0 (line 1, column 1)\nUncompress it first: gunzip < FILE > uncompressed.json",
    );
  });

  // Go merges the members of "inputs" if it appears twice, takes the last "layers", and reads "Inputs" as "inputs".
  const ambiguous: [name: string, from: string, to: string, at: string][] = [
    ["a second list of layers", '"layers":', '"layers":[],"layers":', '"layers":["'],
    ["a second list of layers, with an escape", '"layers":', '"layers":[],"la\\u0079ers":', '"la\\u0079ers"'],
    ["a second type", '"type":"aws', '"type":"aws:s3:Bucket","type":"aws', '"type":"aws:lambda'],
    ["second inputs", '"inputs":', '"inputs":{},"inputs":', '"inputs":{"__'],
    ["inputs in another case", '"inputs":', '"Inputs":', '"Inputs"'],
    ["inputs with a letter that Go reads as an s", '"inputs":', '"inputſ":', '"inputſ"'],
    ["inputs in another case, with an escape", '"inputs":', '"\\u0049nputs":', '"\\u0049'],
    ["a second deployment", '"deployment":', '"deployment":{},"deployment":', '"deployment":{"'],
    ["a version in another case", '"version":3,', '"version":3,"VERSION":3,', '"VERSION"'],
  ];
  for (const [name, from, to, at] of ambiguous) {
    it(`refuses ${name}, which Go reads differently`, () => {
      const text = JSON.stringify(stateOf([awsFunction("f", layers)])).replace(from, to);
      assertRefused(Buffer.from(text), "ambiguous-key", Buffer.from(text).indexOf(at));
    });
  }

  it("accepts elsewhere what is ambiguous in these places", () => {
    const text = JSON.stringify(stateOf([awsFunction("f", layers)]));
    const doubled = text
      .replace('"STAGE":', '"STAGE":"a","stage":"b","STAGE":')
      .replace('"tags":', '"Layers":1,"tags":');
    assert.deepEqual(texts(onlyFunction(Buffer.from(doubled)).inputs), layers);
  });

  it("never quotes the state in an error, as it may contain a secret", () => {
    const bytes = Buffer.from(JSON.stringify(stateOf([awsFunction("hush", layers)])).replace("hush", "hu\u0000sh"));
    const error = refusal(bytes);
    assert(!`${error.message}${error.next}`.includes("hu"), error.message);
  });
});

function encode(state: object): Buffer {
  return Buffer.from(writeJson(state, pulumiStyle));
}

function onlyFunction(bytes: Uint8Array) {
  const [found, ...others] = scanState(bytes).functions;
  assert(found && others.length === 0);
  return found;
}

function texts(recorded: RecordedLayers): (string | undefined)[] | string {
  if (recorded.kind !== "list") return recorded.kind;
  return recorded.layers.map((one) => (one.kind === "text" ? one.text : undefined));
}

function refusal(bytes: Uint8Array): StateError {
  try {
    scanState(bytes);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error("accepted");
}

function assertRefused(bytes: Uint8Array, problem: StateProblem, offset: number): void {
  const error = refusal(bytes);
  assert.deepEqual([error.problem, error.offset, error.exitStatus], [problem, offset, 2], error.message);
  assert(error.next);
}
