import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { removeFolder, temporaryFolder } from "../../support/folders";
import { zipOf } from "./archive.mts";
import { check } from "./check.mts";
import { checkConfig, parseConfig } from "./config.mts";
import { diff } from "./diff.mts";
import { schema } from "./function-schema.mts";
import { planned, refreshed } from "./state.mts";
import { type Properties, UNKNOWN, type Value } from "./values.mts";

describe("aws provider: check", () => {
  const naming = { logicalName: "api", seed: new Uint8Array([1, 2, 3]) };
  const defaults = ["memorySize", "name", "packageType", "reservedConcurrentExecutions", "timeout"];
  const role = "arn:aws:iam::123456789012:role/r";

  it("fills in defaults and lists them", () => {
    const { inputs, failures } = check(schema, {}, { role, memorySize: 256 }, naming);
    assert.deepEqual(failures, []);
    assert.match(String(inputs.name), /^api-[0-9a-f]{7}$/);
    assert.deepEqual([inputs.memorySize, inputs.timeout, inputs.packageType], [256, 3, "Zip"]);
    assert.deepEqual(inputs.__defaults, defaults.slice(1));
  });

  it("keeps a name that it invented, and no other", () => {
    const name = (olds: Properties) => check(schema, olds, { role }, naming).inputs.name;
    assert.equal(name({ name: "api-0000000", __defaults: defaults }), "api-0000000");
    assert.equal(name({ name: "given", __defaults: [] }), name({}));
  });

  it("invents names that AWS accepts", () => {
    const { inputs } = check(schema, {}, { role }, { ...naming, logicalName: "x".repeat(100) });
    assert.equal(String(inputs.name).length, 64);
  });

  it("reports what is missing and what the stand-in would lose", () => {
    const { failures } = check(schema, {}, { layer: [], environment: { variable: {} } }, naming);
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["role", "layer", "environment.variable"],
    );
    assert.match(failures[1]?.reason ?? "", /no such property; the nearest is "layers"/);
  });
});

describe("aws provider: check of layers", () => {
  const layer = (name: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}:1`;
  const reasons = (layers: Value) =>
    check(schema, {}, { role: "r", layers }, { logicalName: "api", seed: new Uint8Array() }).failures;

  it("accepts any ARN, and what is not known yet", () => {
    const fine = [layer("a"), "arn:aws:lambda:::awslayer:AmazonLinux2", "arn:aws:s3:::bucket", UNKNOWN];
    assert.deepEqual([reasons(fine), reasons(UNKNOWN), reasons([])], [[], [], []]);
  });

  it("refuses anything else, and prints it, and more than five", () => {
    const bad = { base: "arn: invalid prefix", "arn:aws:x": "arn: not enough sections" };
    for (const [text, why] of Object.entries(bad)) {
      const reason = `"layers.1" (${text}) is an invalid ARN: ${why}. Examine values at 'api.layers[1]'.`;
      assert.deepEqual(reasons([layer("a"), text]), [{ property: "", reason }]);
    }
    const account = layer("a").replace("123456789012", "12345");
    assert.match(reasons([account])[0]?.reason ?? "", /is an invalid ARN: invalid account ID value/);
    assert.match(reasons([..."abcdef"].map(layer))[0]?.reason ?? "", /^Too many list items\. .* 5 item maximum, .* 6/);
  });
});

describe("aws provider: a plan", () => {
  it("knows no element of a list if one is unknown", () => {
    const plan = (layers: Value) => planned(schema, undefined, { layers }).layers;
    assert.deepEqual([plan(["a", "b"]), plan(["a", UNKNOWN])], [["a", "b"], UNKNOWN]);
  });
});

describe("aws provider: diff", () => {
  const cases: [string, Properties, Properties, string[]][] = [
    ["nothing", { layers: ["a"] }, { layers: ["a"] }, []],
    ["an element", { layers: ["a", "b"] }, { layers: ["a", "c"] }, ["update layers[1]"]],
    ["an element put first", { layers: ["b"] }, { layers: ["a", "b"] }, ["add layers[0]"]],
    ["an element removed from the front", { layers: ["a", "b"] }, { layers: ["b"] }, ["delete layers[0]"]],
    ["an exchange", { layers: ["a", "b"] }, { layers: ["b", "a"] }, ["delete layers[0]", "add layers[1]"]],
    ["a first list", { layers: null }, { layers: ["a"] }, ["add layers"]],
    ["a list that is gone", { layers: ["a"] }, {}, ["delete layers"]],
    ["no list instead of an empty one", { layers: [] }, {}, []],
    ["an unknown element", { layers: ["a"] }, { layers: [UNKNOWN] }, ["update layers[0]"]],
    ["an unknown list", { layers: ["a"] }, { layers: UNKNOWN }, ["update layers"]],
    ["a value that AWS chose", { architectures: ["x86_64"] }, {}, []],
    ["a setting", { timeout: 3 }, { timeout: 4 }, ["update timeout"]],
    [
      "a variable",
      { environment: { variables: { "a.b": "1" } } },
      { environment: { variables: { "a.b": "2" } } },
      ['update environment.variables["a.b"]'],
    ],
    ["code", { code: { hash: "1", path: "a" } }, { code: { hash: "2", path: "a" } }, ["update code"]],
    ["code that has only moved", { code: { hash: "1", path: "a" } }, { code: { hash: "1", path: "b" } }, []],
    ["a name", { name: "a" }, { name: "b" }, ["replace name"]],
  ];
  for (const [what, outputs, inputs, expected] of cases) {
    it(`finds ${what}`, () => {
      const found = diff(schema, outputs, inputs).map(
        ({ kind, path, replaces }) => `${replaces ? "replace" : kind} ${path}`,
      );
      assert.deepEqual([...found].sort(), [...expected].sort());
    });
  }

  it("leaves out ignored properties", () => {
    assert.deepEqual(diff(schema, { layers: ["a"], timeout: 3 }, { layers: ["b"], timeout: 3 }, ["layers"]), []);
  });

  it("compares policies by meaning", () => {
    const policy = { policy: { type: "string", json: true } } as const;
    assert.deepEqual(diff(policy, { policy: '{"a":1,"b":2}' }, { policy: '{ "b": 2, "a": 1 }' }), []);
  });

  it("finds nothing to change once a plan has been applied", () => {
    fc.assert(
      fc.property(someOutputs, someInputs, (outputs, inputs) => {
        assert.deepEqual(diff(schema, planned(schema, outputs, inputs), inputs), []);
      }),
    );
  });
});

describe("aws provider: refresh", () => {
  it("records live values in the inputs that were there, and never makes a list longer", () => {
    fc.assert(
      fc.property(someInputs, someOutputs, (inputs, live) => {
        const result = refreshed(schema, inputs, live);
        assert.deepEqual(
          Object.keys(result).sort(),
          Object.keys(inputs)
            .filter((name) => name in result)
            .sort(),
        );
        for (const [name, value] of Object.entries(result)) {
          const [old, now] = [inputs[name], live[name]];
          if (Array.isArray(old) && Array.isArray(now)) assert.deepEqual(value, now.slice(0, old.length));
        }
      }),
    );
  });

  it("removes a value that is no longer the default from the list of defaults", () => {
    const inputs = { timeout: 3, memorySize: 128, __defaults: ["memorySize", "timeout"] };
    const result = refreshed(schema, inputs, { timeout: 9, memorySize: 128 });
    assert.deepEqual(result, { timeout: 9, memorySize: 128, __defaults: ["memorySize"] });
  });
});

describe("aws provider: archives", () => {
  const text = (value: string) => ({ text: value });
  const contents = async (archive: Value) =>
    Object.fromEntries(
      Object.entries(unzipSync(await zipOf(archive))).map(([name, bytes]) => [name, String(Buffer.from(bytes))]),
    );

  it("zips strings, files and folders under their names, the same bytes every time", async () => {
    const folder = await temporaryFolder();
    try {
      await mkdir(join(folder, "sub"));
      await writeFile(join(folder, "sub", "b.txt"), "B");
      const archive = { assets: { "z.txt": text("Z"), in: { path: folder }, more: { assets: { "c.txt": text("") } } } };
      assert.deepEqual(await contents(archive), { "in/sub/b.txt": "B", "more/c.txt": "", "z.txt": "Z" });
      assert.deepEqual(await contents({ path: folder }), { "sub/b.txt": "B" });
      assert.deepEqual(await zipOf(archive), await zipOf(archive));
    } finally {
      await removeFolder(folder);
    }
  });

  it("refuses what it cannot zip", async () => {
    await assert.rejects(zipOf({ uri: "https://example.com/a.zip" }), /takes code from a \.zip file, a folder/);
    await assert.rejects(zipOf(undefined), /takes code from/);
  });
});

describe("aws provider: configuration", () => {
  it("takes the region from the environment if there is none", () => {
    const env = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
    assert.deepEqual(checkConfig({}, env).inputs, { region: "eu-west-1" });
    assert.deepEqual(checkConfig({ region: "us-east-1" }, env).inputs, { region: "us-east-1" });
    assert.deepEqual(checkConfig({}, {}).inputs, {});
  });

  it("refuses what it would ignore", () => {
    const { failures } = checkConfig({ endpoint: "[]", skipMetadataApiCheck: "true" }, {});
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["endpoint"],
    );
    assert.match(failures[0]?.reason ?? "", /nearest is "endpoints"/);
  });

  it("reads JSON strings, secrets and account-like strings", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "123" };
    const config = parseConfig({
      region: UNKNOWN,
      endpoints: '[{"lambda":"http://127.0.0.1:1"}]',
      maxRetries: "0",
      secretKey: secret,
    });
    assert.deepEqual(config, { endpoints: [{ lambda: "http://127.0.0.1:1" }], maxRetries: 0, secretKey: "123" });
  });
});

const arns = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 5 });
const tags = fc.dictionary(fc.constantFrom("x", "y.z"), fc.constantFrom("1", "2"));
const someInputs = fc.record(
  { layers: arns, tags, timeout: fc.integer({ min: 1, max: 3 }), environment: fc.record({ variables: tags }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Properties>;
const someOutputs = fc.record({
  layers: fc.option(arns),
  tags: fc.option(tags),
  timeout: fc.integer({ min: 1, max: 3 }),
  environment: fc.option(fc.record({ variables: tags })),
}) as fc.Arbitrary<Properties>;
