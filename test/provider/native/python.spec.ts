import assert from "node:assert/strict";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { createAwsStack } from "../../support/aws-stack";
import { checkout, type Project } from "../../support/engine";
import { plugins, pythonPackage, pythonRunner } from "../../support/native";
import { type Outcome, start } from "../../support/processes";
import { pulumiPython } from "../../support/python";

const names = Array.from({ length: 20 }, (_, index) => `fn-${String(index + 1).padStart(2, "0")}`);
const arn = (layer: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${layer}`;

const config = (version: number) => `layers:
  dynamo: { version: ${version} }
  own: { version: 5 }
settings: { aws_region: us-east-1 }
`;

// Types of the AWS provider without its Python package, which makes no difference to the engine.
const program = `
import pulumi
import pulumi_lambda_layers as layers

def function(name, given, opts=None, is_auto_named=False):
    code = pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(event, context): pass")})
    role = "arn:aws:iam::123456789012:role/lambda"
    pulumi.CustomResource("aws:lambda/function:Function", name, {
        "name": None if is_auto_named else name, "role": role, "code": code, "runtime": "python3.12", "handler": "index.handler", "layers": given,
    }, opts)

class Service(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Service", name)
        function("in-component", ["${arn("own-dev:1")}", "${arn("theirs:2")}"], pulumi.ResourceOptions(parent=self))

def program():
    layers.pin_layers()
    Service("service")
    function("of-output", [pulumi.Output.from_input("${arn("own-dev:2")}")])
    function("of-list", pulumi.Output.from_input(["${arn("own-dev:3")}"]))
    function("of-secret", [pulumi.Output.secret("${arn("own-dev:4")}")])
    function("as-declared", ["${arn("own-dev:5")}"])
    function("ignored", ["${arn("own-dev:1")}"], pulumi.ResourceOptions(ignore_changes=["layers"]))
    result = layers.LayerVersions(
        "layers", functions=layers.FunctionSelectionArgs(prefix="fn-"), on_delete="restore"
    )
    # Its own functions too, by their prefix: what a program pins is left out.
    function("fn-own", ["${arn("dynamo-dev:2")}"])
    function("fn-auto", ["${arn("dynamo-dev:2")}"], is_auto_named=True)
    pulumi.export("versions", result.versions)
    pulumi.export("arn", layers.get_layer_version_arn(name="dynamo").arn)
`;

const interpreterOf = pulumiPython;
if (!interpreterOf) console.log("No Python 3.10 or newer: the plugin is not tried on a Python program");
else
  describe("the native plugin in a Python program", function () {
    // The first run installs the package.
    this.timeout(300_000);
    let emulator: Emulator;
    let project: Project;
    let run: (operation: string, ...options: string[]) => Promise<Outcome>;

    before(async () => {
      emulator = await startEmulator();
      emulator.seed({
        layers: ["dynamo-dev", "own-dev", "theirs"].map((name) => ({ name, versions: 7 })),
        functions: names.map((name, index) => ({ name, layers: [`dynamo-dev:${index === 0 ? 5 : 3}`] })),
      });
      const files = { "program.py": program, "layer_config.yaml": config(5) };
      project = await createAwsStack({ env: emulator.env, files, settings: { runtime: "python", plugins } });
      run = await pythonRunner(await interpreterOf(), project);
    });
    after(async () => {
      await project?.dispose();
      await emulator?.close();
    });

    const succeeds = async (operation: string, ...options: string[]): Promise<string> => {
      const { code, output } = await run(operation, ...options);
      assert.equal(code, 0, output);
      return output;
    };
    const versionsOf = (name: string) => emulator.layersOf(name).map((layer) => layer.split(":layer:")[1]);
    const rows = (output: string) =>
      [...output.matchAll(/^ [~+] +lambda-layers:index:FunctionLayers layers\/(\S+) (?:create|update)\b/gm)].map(
        ([, name]) => name,
      );

    it("comes from a package that passes its own tests", async () => {
      const folder = join(project.root, "tested");
      const env = { ...project.env, ...(await pythonPackage(folder)) };
      const tests = join(checkout, "sdks/python/tests");
      const { code, output } = await start(await interpreterOf(), ["-m", "unittest", "discover", tests], { env }).ended;
      assert.equal(code, 0, output);
      assert.match(output, /^Ran [1-9]\d* tests/m);
    });

    it("previews every function that moves, and writes nothing", async () => {
      const output = await succeeds("preview");
      assert.deepEqual([...new Set(rows(output))].sort(), names.slice(1));
      for (const name of names.slice(1))
        assert.match(output, new RegExp(`Function ${name}: Layer dynamo-dev version 3 -> 5`));
      assert.doesNotMatch(output, /Function fn-01:|Traceback/);
      assert.deepEqual(emulator.writes(), []);
    });

    it("moves and pins them, and then has nothing to do", async () => {
      const output = await succeeds("up");
      assert.match(output, /arn +: "arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev:5"/);
      for (const name of names) assert.deepEqual(versionsOf(name), ["dynamo-dev:5"]);
      for (const name of ["of-output", "of-list", "of-secret", "as-declared"])
        assert.deepEqual(versionsOf(name), ["own-dev:5"]);
      assert.deepEqual(versionsOf("in-component"), ["own-dev:5", "theirs:2"]);
      assert.deepEqual(versionsOf("ignored"), ["own-dev:1"]);
      assert.deepEqual(versionsOf("fn-own"), ["dynamo-dev:5"]);
      const text = await project.exportText();
      const secret = JSON.parse(text).deployment.resources.find(({ urn }: { urn: string }) =>
        urn.endsWith("::of-secret"),
      );
      assert.ok(!JSON.stringify(secret).includes("own-dev"));
      emulator.resetCounts();
      assert.match(await succeeds("preview", "expect_no_changes"), /unchanged/);
      assert.deepEqual(emulator.writes(), []);
    });

    it("shows drift with both versions", async () => {
      emulator.edit("fn-07", { Layers: ["dynamo-dev:7"] });
      const output = await succeeds("preview", "diff");
      assert.match(output, /FunctionLayers::layers\/fn-07\]\s+~ layers: \{\s+~ dynamo-dev: 7 => 5/);
      assert.match(output, /~ 2 to update/);
    });

    it("records what was done if one of many fails, and then does only that one", async () => {
      emulator.edit("fn-07", { Layers: ["dynamo-dev:5"] });
      // Already at its target: it does not move, and has no row.
      emulator.edit("fn-02", { Layers: ["dynamo-dev:6"] });
      await project.write({ "layer_config.yaml": config(6) });
      emulator.fault({
        operation: "UpdateFunctionConfiguration",
        resource: "fn-13",
        status: 403,
        code: "AccessDeniedException",
      });
      const { code, output } = await run("up");
      assert.notEqual(code, 0);
      assert.match(
        output,
        /FunctionLayers layers\/fn-13 \*\*updating failed\*\* error: Function fn-13 was not updated: AWS permission/,
      );
      assert.match(output, /FunctionLayers layers\/fn-03 /);
      assert.doesNotMatch(output, /FunctionLayers layers\/fn-02 /);
      assert.deepEqual(
        names.filter((name) => versionsOf(name)[0] !== "dynamo-dev:6"),
        ["fn-13"],
      );
      emulator.clearFaults();
      emulator.resetCounts();
      assert.deepEqual([...new Set(rows(await succeeds("up")))], []);
      assert.equal(emulator.counts().UpdateFunctionConfiguration, 1);
      assert.deepEqual(versionsOf("fn-13"), ["dynamo-dev:6"]);
    });

    it("rolls back on destroy to what it found at first", async () => {
      await succeeds("destroy");
      for (const name of names)
        assert.deepEqual(versionsOf(name), [name === "fn-01" ? "dynamo-dev:5" : "dynamo-dev:3"]);
      const { deployment } = await project.exportStack();
      assert.equal(deployment.resources?.length ?? 0, 0);
    });

    it("fails a preview if a declared version does not exist, without a stack trace", async () => {
      await project.write({ "layer_config.yaml": config(5).replace("own: { version: 5 }", "own: { version: 9 }") });
      const { code, output } = await run("preview");
      assert.notEqual(code, 0);
      assert.match(
        output,
        /error: Function in-component: Layer version does not exist: \S+:own-dev:9, which layer_config.yaml:3 declares/,
      );
      assert.match(output, /The newest version is 7: publish this one first/);
      assert.doesNotMatch(output, /Traceback|pins\.py/);
    });
  });
