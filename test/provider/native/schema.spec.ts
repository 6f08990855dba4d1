import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../../package.json";
import { functions, layerVersionsOutputs, providerConfig } from "../../../provider/native/interface";
import { packageSchema } from "../../../provider/native/schema";
import { layerVersionsInputs } from "../../../provider/resource/inputs";
import { integer, type Properties, text } from "../../../provider/resource/shapes";
import { checkout, createProject, type Project } from "../../support/engine";
import { pluginFolder } from "../../support/native";

const python = join(checkout, "sdks/python");
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe("the plugin's schema", function () {
  this.timeout(60_000);
  let project: Project;
  before(async () => {
    project = await createProject();
  });
  after(() => project?.dispose());

  it("is valid by Pulumi's own rules, and is what the plugin serves", async () => {
    const { output } = await project.succeeds(["schema", "check", join(pluginFolder, "schema.json")]);
    assert.doesNotMatch(output, /warning|error/i);
    const expected = JSON.parse(JSON.stringify(packageSchema(version)));
    assert.deepEqual(JSON.parse(await readFile(join(pluginFolder, "schema.json"), "utf8")), expected);
    const served = await project.succeeds([
      "package",
      "get-schema",
      join(pluginFolder, "pulumi-resource-lambda-layers"),
    ]);
    assert.deepEqual(
      JSON.parse(served.stdout).resources["lambda-layers:index:LayerVersions"].inputProperties.layers.type,
      "object",
    );
  });

  it("is checked against rules that can refuse", async () => {
    const schema = JSON.parse(JSON.stringify(packageSchema(version)));
    schema.resources["lambda-layers:index:LayerVersions"].inputProperties.layers.type = "dictionary";
    await project.write({ "broken.json": schema });
    const { code, output } = await project.pulumi(["schema", "check", "broken.json"]);
    assert.notEqual(code, 0);
    assert.match(output, /inputProperties\/layers/);
  });

  it("has no property without code, and code has none without it", () => {
    interface Two {
      readonly one: string;
      readonly other?: number;
    }
    const one = { description: "One.", shape: text, required: true } as const;
    const other = { description: "The other.", shape: integer } as const;
    const whole: Properties<Two> = { one, other };
    // @ts-expect-error one that the type has and the schema lacks
    const lacking: Properties<Two> = { one };
    // @ts-expect-error one that the schema has and the type lacks
    const more: Properties<Two> = { one, other, third: other };
    // @ts-expect-error one of another type
    const wrong: Properties<Two> = { one, other: { ...other, shape: text } };
    // @ts-expect-error one that has to be given, and that the schema leaves open
    const open: Properties<Two> = { one: { description: "One.", shape: text }, other };
    assert.deepEqual(
      [whole, lacking, more, wrong, open].map((properties) => Object.keys(properties).length),
      [2, 1, 3, 2, 2],
    );
  });

  it("describes everything", () => {
    const whole = JSON.stringify(packageSchema(version));
    const walk = (value: unknown, path: string): string[] => {
      if (typeof value !== "object" || value === null) return [];
      const { properties = {}, inputProperties = {} } = value as Record<
        string,
        Record<string, { description?: string }>
      >;
      const silent = Object.entries({ ...properties, ...inputProperties }).filter(([, one]) => !one.description);
      return [
        ...silent.map(([name]) => `${path}.${name}`),
        ...Object.entries(value).flatMap(([key, one]) => walk(one, `${path}.${key}`)),
      ];
    };
    assert.deepEqual(walk(JSON.parse(whole), ""), []);
  });

  it("is what the Python package was generated from", async () => {
    const sourceOf = async (file: string) => readFile(join(python, "pulumi_lambda_layers", file), "utf8");
    assert.equal(JSON.parse(await sourceOf("pulumi-plugin.json")).version, version);
    assert.match(await readFile(join(python, "pyproject.toml"), "utf8"), new RegExp(`^  version = "${version}"$`, "m"));
    const parts = {
      "layer_versions.py": { ...layerVersionsInputs, ...layerVersionsOutputs },
      "provider.py": providerConfig,
    };
    for (const [file, properties] of Object.entries(parts)) {
      const source = await sourceOf(file);
      for (const [name, { description }] of Object.entries(properties)) {
        assert.match(source, new RegExp(`def ${snake(name)}\\(`), name);
        assert.ok(source.includes(description), `${file} differs about ${name}: run \`npm run sdks\``);
      }
    }
    for (const [name, { inputs, description }] of Object.entries(functions)) {
      const source = await sourceOf(`${snake(name)}.py`);
      assert.ok(source.includes(description), name);
      for (const input of Object.keys(inputs)) assert.ok(source.includes(`__args__['${input}']`), `${name}.${input}`);
    }
    assert.equal(await sourceOf("pins.py"), await readFile(join(checkout, "sdks/overlays/python/pins.py"), "utf8"));
  });
});
