import assert from "node:assert/strict";
import { layer } from "../support/states";
import { receiptConfig, useReceiptStack } from "./receipt-stack";

describe("lambda-layers on a stack", function () {
  this.timeout(60_000);
  const stack = useReceiptStack();

  describe("status", () => {
    it("shows declared, recorded and live versions, and marks drift", async () => {
      stack.emulator.edit("worker", { Layers: ["receipt-dynamo-dev:5"] });
      const { code, stdout, stderr } = await stack.run(["status"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(
        stdout,
        `   FUNCTION  LAYER               DECLARED  RECORDED  LIVE
!  api       receipt-dynamo-dev         5         1     1
   api       receipt-label            >=2         3     3
!  worker    receipt-dynamo-dev         5         2     5
INFO - 2 of 3 layers of functions are not as declared
`,
      );
    });

    it("counts a declared layer that a function has lost in AWS as drift, which an update attaches again", async () => {
      stack.emulator.edit("worker", { Layers: [] });
      await stack.project.write({ "layer_config.yaml": "layers: {receipt-dynamo: {version: 1, enforce: minimum}}\n" });
      const { code, stdout, stderr } = await stack.run(["status"]);
      assert.equal(code, 0);
      assert.match(stdout, /^! {2}worker +receipt-dynamo-dev +>=1 +2 +-$/m);
      assert.match(
        stdout,
        /^INFO - 1 of 3 layers of functions is not as declared; 1 layer of a function is not declared by any entry$/m,
      );
      assert.equal(
        stderr,
        "WARNING - Function worker: Layer receipt-dynamo-dev is recorded at version 2 but not attached in AWS. To attach it again: lambda-layers --stack dev --sync-aws\n",
      );
      const explained = await stack.run(["explain", "worker"]);
      assert.match(explained.stdout, /^ +update +with --sync-aws attaches version 2 to the live function again$/m);
      const update = await stack.run(["--stack", "dev", "--sync-aws"]);
      assert.equal(update.code, 0, update.output);
      assert.deepEqual(stack.emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 2)]);
    });

    it("exits with 7 on a lost layer, in status and report", async () => {
      stack.emulator.edit("worker", { Layers: [] });
      await stack.project.write({ "layer_config.yaml": "layers: {receipt-dynamo: {version: 1, enforce: minimum}}\n" });
      for (const command of ["status", "report"]) {
        const { code, stdout, stderr } = await stack.run([command, "--expect-no-changes"]);
        assert.equal(code, 7, stdout);
        assert.match(stderr, /^ERROR - Stack dev has drifted: 1 of 3 layers of functions is not as declared\.$/m);
      }
      const { stdout } = await stack.run(["report", "--markdown"]);
      assert.match(stdout, /\| ≥ 1 \| 2 \| \*\*≠ –\*\* \|/);
    });

    describe("claims no more than is known", () => {
      const declaredOld = "layers: {receipt-dynamo: {version: 1, enforce: minimum}}\n";
      const notKnown =
        /^INFO - 0 of 3 layers of functions are not as declared; 2 of 3 layers of functions are unknown; not all live versions could be read; 1 layer of a function is not declared by any entry$/m;
      const run = async (config: string, env: Record<string, string> = {}, args: string[] = []) => {
        await stack.project.write({ "layer_config.yaml": config });
        return stack.run(["status", ...args], { env: { ...stack.project.env, ...env } });
      };

      it("if a function is not in AWS", async () => {
        const message = "Function not found: worker";
        const fault = { operation: "GetFunction", resource: "worker", status: 404, message } as const;
        stack.emulator.fault({ ...fault, code: "ResourceNotFoundException" });
        const { code, stdout } = await run(declaredOld);
        assert.equal(code, 0);
        assert.match(
          stdout,
          /^INFO - 1 of 3 layers of functions is not as declared; 1 function is skipped; 1 layer of a function is not declared/m,
        );
        assert.match(stdout, /^! {2}worker +receipt-dynamo-dev +>=1 +2 +-$/m);
      });

      it("without credentials, which is a failure only if there must be no drift", async () => {
        const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
        const { code, stdout } = await run(declaredOld, none);
        assert.equal(code, 0);
        assert.match(stdout, notKnown);
        assert.equal((await run(declaredOld, none, ["--expect-no-changes"])).code, 3);
      });

      it("if AWS refuses the credentials, which is not the same as no changes", async () => {
        const message = "The security token included in the request is expired";
        stack.emulator.fault({ operation: "GetFunction", status: 403, code: "ExpiredTokenException", message });
        const { code, stdout, stderr } = await run(declaredOld);
        assert.equal(code, 0, stderr);
        assert.match(stdout, notKnown);
        const expecting = await run(declaredOld, {}, ["--expect-no-changes", "--json"]);
        assert.equal(expecting.code, 3);
        assert.match(
          expecting.stderr,
          /^ERROR - Could not determine whether stack dev has drifted \(2 layers of functions could not be read\): AWS rejected the credentials: .*expired/m,
        );
        assert.equal(JSON.parse(expecting.stdout).live.code, "aws-credentials");
      });

      it("if the config matches no layer at all", async () => {
        const { code, stdout, stderr } = await run("layers: {other: {version: 1}}\n");
        assert.equal(code, 0);
        assert.match(
          stdout,
          /^INFO - 0 of 3 layers of functions are not as declared; the config declares none of these layers$/m,
        );
        assert.equal(
          stderr,
          "WARNING - layer_config.yaml matches no layer of the functions in the state of dev or in AWS. They have: receipt-dynamo-dev, receipt-label.\n",
        );
      });
    });

    it("exits with 7 if there must be no drift, also in JSON", async () => {
      const [lines, json] = await Promise.all([
        stack.run(["status", "--expect-no-changes"]),
        stack.run(["status", "--expect-no-changes", "--json"]),
      ]);
      assert.deepEqual([lines.code, json.code], [7, 7]);
      assert.match(lines.stderr, /^ERROR - Stack dev has drifted: 2 of 3 layers of functions are not as declared\.$/m);
      const { rows, live } = JSON.parse(json.stdout);
      assert.deepEqual(live, { read: true });
      const { urn, ...row } = rows[0];
      assert.deepEqual(row, {
        function: "api",
        layer: "receipt-dynamo-dev",
        arn: layer("receipt-dynamo-dev", 1).slice(0, -2),
        declared: 5,
        enforce: "exact",
        recorded: 1,
        live: 1,
        drift: true,
        verdict: "drift",
        target: layer("receipt-dynamo-dev", 5),
        region: "us-east-1",
        account: "123456789012",
        source: { file: "layer_config.yaml", line: 2, column: 29 },
      });
    });

    it("works without AWS credentials", async () => {
      const env = { ...stack.project.env, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
      const { code, stdout, stderr } = await stack.run(["status"], { env });
      assert.equal(code, 0);
      assert.match(stdout, /^! {2}api +receipt-dynamo-dev +5 +1 +\?$/m);
      assert.match(
        stderr,
        /^WARNING - Not all live versions of stack dev could be read: AWS credentials not configured/m,
      );
    });
  });

  describe("validate", () => {
    it("says what each entry matches, and that all is well", async () => {
      const { code, stdout, stderr } = await stack.run(["validate"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.equal(
        stdout,
        `ENTRY           VERSION  LAYER               FUNCTIONS
receipt-dynamo        5  receipt-dynamo-dev          2
receipt-label         2  receipt-label               1
INFO - layer_config.yaml is valid, and every declared version exists
`,
      );
    });

    it("finds versions that do not exist and entries that match nothing, by file and line", async () => {
      await stack.project.write({ "layer_config.yaml": `${receiptConfig(9)}  other: {version: 1}\n` });
      const { code, stderr } = await stack.run(["validate"]);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^ERROR - Layer version does not exist: \S+:receipt-dynamo-dev:9, declared at layer_config\.yaml:2\.$/m,
      );
      assert.match(
        stderr,
        /^WARNING - layer_config\.yaml:4: "other" matches no layer in the state of dev or in AWS\.$/m,
      );
      const json = await stack.run(["validate", "--json"]);
      assert.deepEqual([json.code, JSON.parse(json.stdout).findings.length], [1, 3]);
    });
  });

  describe("update", () => {
    it("prints the lines of the Python tool", async () => {
      const { code, stdout, stderr } = await stack.run([]);
      assert.equal(code, 0);
      const stamp = "\\d{8}_\\d{6}(_\\d+)?";
      const lines = [
        "INFO - Exporting stack state for dev",
        `INFO - State exported to: backups/dev_state_${stamp}\\.json`,
        "INFO - Function api: Layer receipt-dynamo-dev version 1 -> 5",
        "INFO - Function worker: Layer receipt-dynamo-dev version 2 -> 5",
        `INFO - State saved to: backups/dev_updated_${stamp}\\.json`,
        "INFO - Importing state for stack dev",
        "INFO - Pulumi state updated successfully",
        "INFO - 0 of 3 layers of functions are not as declared; AWS was not asked",
      ];
      assert.match(stdout, new RegExp(`^${lines.join("\n")}\n$`));
      assert.match(stderr, /^WARNING - AWS was not touched/);
      assert.match(await stack.state(), /receipt-dynamo-dev:5/);
      assert.deepEqual(stack.emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 2)]);
    });

    it("also moves the functions with --sync-aws, in one JSON document", async () => {
      const { code, stdout } = await stack.run(["--sync-aws", "--json"]);
      assert.equal(code, 0);
      const { changes, backup, aws } = JSON.parse(stdout);
      assert.deepEqual([changes.length, aws.changes.length], [2, 2]);
      assert.match(backup, /^backups\/dev_state_/);
      assert.deepEqual(
        aws.outcomes.map((one: { function: string; status: string }) => [one.function, one.status]).sort(),
        [
          ["api", "updated"],
          ["worker", "updated"],
        ],
      );
      assert.deepEqual(stack.emulator.layersOf("api"), [layer("receipt-dynamo-dev", 5), layer("receipt-label", 3)]);
    });

    it("exits with 4 if AWS did not update a function, and names it", async () => {
      stack.emulator.fault({
        operation: "UpdateFunctionConfiguration",
        resource: "api",
        status: 400,
        code: "InvalidParameterValueException",
        message: "no luck",
      });
      const { code, stdout, stderr } = await stack.run(["--sync-aws", "--json"]);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /^ERROR - 1 of 2 functions were not updated in AWS\.\n {2}Function api .*no luck/m);
      const { aws } = JSON.parse(stdout);
      assert.equal(aws.outcomes.find((one: { function: string }) => one.function === "api").status, "failed");
      assert.deepEqual(stack.emulator.layersOf("worker"), [layer("receipt-dynamo-dev", 5)]);
      stack.emulator.clearFaults();
      assert.equal((await stack.run(["--sync-aws"])).code, 0);
      assert.deepEqual(stack.emulator.layersOf("api"), [layer("receipt-dynamo-dev", 5), layer("receipt-label", 3)]);
    });

    it("updates every stack that it can, and exits with the first failure's status", async () => {
      const { code, stdout, stderr } = await stack.run(["--stack", "none,dev", "--json"]);
      assert.equal(code, 6);
      const [none, dev] = JSON.parse(stdout);
      assert.deepEqual(
        [none.stack, none.error.code, dev.stack, dev.changes.length],
        ["none", "stack-missing", "dev", 2],
      );
      assert.match(stderr, /^ERROR - State file not found: the stack none does not exist in this project/);
    });

    it("reports each Pulumi command and each call to AWS with --verbose", async () => {
      const { stderr } = await stack.run(["--sync-aws", "--dry-run", "-v"]);
      assert.match(stderr, /^DEBUG - pulumi stack export --stack=dev: exit code 0, \d+\.\d{3} s$/m);
      assert.match(stderr, /^DEBUG - AWS GetFunction \S+:api: ok, \d+\.\d{3} s$/m);
      assert.match(stderr, /^DEBUG - AWS GetLayerVersion \S+: ok, \d+\.\d{3} s$/m);
    });

    it("shows on a terminal that long work goes on, and nothing of the kind elsewhere", async () => {
      stack.emulator.configure({ updateDelayMs: 1500 });
      const { code, screen } = await stack.onTerminal(["--sync-aws", "--yes"]);
      assert.equal(code, 0, screen);
      const title = "Updating Lambda functions";
      assert.match(screen, /Updating Lambda functions \S+ 1\/2/);
      // The line is erased at the end.
      assert.ok(screen.lastIndexOf("\u001B[0K") > screen.lastIndexOf(title));
      stack.emulator.edit("api", { Layers: ["receipt-dynamo-dev:1"] });
      const { output } = await stack.run(["--sync-aws"]);
      assert.match(output, /Function api: Layer receipt-dynamo-dev version 1 -> 5/);
      assert.ok(!output.includes(title));
    });

    const signals = {
      "Ctrl-C": "SIGINT",
      "an end of the job": "SIGTERM",
      "the loss of its terminal": "SIGHUP",
    } as const;
    for (const [name, signal] of Object.entries(signals)) {
      it(`stops between two steps on ${name}, and says what was done and what was not`, async () => {
        const before = await stack.state();
        const running = stack.start(["--sync-aws"], { group: true });
        await running.printed(/State saved to/);
        running.kill(signal);
        const { code, stderr } = await running.ended;
        assert.equal(code, 130);
        assert.match(
          stderr,
          /^WARNING - Interrupted\. Nothing was imported: the stack's state is unchanged\. No function was changed in AWS\.$/m,
        );
        assert.equal(await stack.state(), before);
      });
    }

    it("finishes what Lambda has started before it stops, but not after a second Ctrl-C", async () => {
      stack.emulator.configure({ updateDelayMs: 3_600_000 });
      const start = () => stack.start(["--sync-aws", "-v"], { group: true });
      const patient = start();
      await patient.printed(/AWS UpdateFunctionConfiguration/);
      patient.kill("SIGINT");
      await patient.printed(/Stopping after the current step\. Press Ctrl-C again to stop immediately\./);
      stack.emulator.configure({ updateDelayMs: 0 });
      await patient.ended;
      assert.ok(stack.emulator.functions().some(({ layers }) => layers.includes(layer("receipt-dynamo-dev", 5))));

      stack.emulator.edit("api", { Layers: ["receipt-dynamo-dev:1"] });
      stack.emulator.configure({ updateDelayMs: 3_600_000 });
      const impatient = start();
      await impatient.printed(/AWS UpdateFunctionConfiguration/);
      impatient.kill("SIGINT");
      await impatient.printed(/Press Ctrl-C again/);
      impatient.kill("SIGINT");
      const { code, signal } = await impatient.ended;
      assert.deepEqual([code, signal], [130, null]);
      stack.emulator.configure({ updateDelayMs: 0 });
    });
  });
});
