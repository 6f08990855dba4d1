import assert from "node:assert/strict";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";
import { run } from "../support/processes";
import { pulumiPython } from "../support/python";
import { layer } from "./harness";

// A program of the Automation API: the engine calls back into it, so that no Python language host is needed. It uses
// provider types without their Python packages, which makes no difference to the engine.
const program = `
import sys
import pulumi
from pulumi import automation as auto

def program():
    code = pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(event, context): pass")})
    role = "arn:aws:iam::123456789012:role/lambda"
    pulumi.CustomResource("aws:lambda/function:Function", "api", {
        "name": "api", "role": role, "code": code, "runtime": "python3.12", "handler": "index.handler",
        "layers": [pulumi.Output.from_input("${layer("base-dev", 1)}"), "${layer("theirs", 2)}"],
    })

operation, pack, *config = sys.argv[1:]
here = auto.LocalWorkspaceOptions(work_dir=".")
stack = auto.create_or_select_stack("dev", project_name="test", program=program, opts=here)
try:
    getattr(stack, operation)(policy_packs=[pack], policy_pack_configs=config, on_output=print)
except auto.CommandError as error:
    sys.exit(str(error))
`;

const interpreterOf = pulumiPython;
if (!interpreterOf) console.log("No Python 3.10 or newer: the policy pack is not tried on a Python program");
else
  describe("the policy pack with a Python program", function () {
    // The first run installs the package.
    this.timeout(300_000);
    let emulator: Emulator;
    let stack: Project;
    let interpreter: string;
    before(async () => {
      interpreter = await interpreterOf();
      emulator = await startEmulator();
      emulator.seed({ layers: ["base-dev", "theirs"].map((name) => ({ name, versions: 5 })) });
      stack = await createAwsStack({
        env: emulator.env,
        files: {
          "main.py": program,
          "layer_config.yaml": "layers: { base: { version: 5 } }\n",
          "remediate.json": { "layer-version-pinned": "remediate" },
        },
      });
    });
    after(async () => {
      await stack.dispose();
      await emulator.close();
    });

    const python3 = (...args: string[]) =>
      run(interpreter, ["main.py", ...args], { cwd: stack.dir, env: { ...stack.env, PWD: stack.dir } });
    const pack = join(checkout, "policy-pack");

    itSampled("flags its functions", async () => {
      emulator.resetCounts();
      const { code, output } = await python3("up", pack);
      assert.notEqual(code, 0);
      assert.match(output, /Function api: Layer base-dev version 1 -> 5\s+layer_config\.yaml:1:28 declares version 5/);
      assert.deepEqual(emulator.writes(), []);
    });

    it("remediates them", async () => {
      const { code, output } = await python3("up", pack, "remediate.json");
      assert.equal(code, 0, output);
      assert.match(output, /\[remediate\] {2}layer-version-pinned/);
      assert.deepEqual(emulator.layersOf("api"), [layer("base-dev", 5), layer("theirs", 2)]);
    });
  });
