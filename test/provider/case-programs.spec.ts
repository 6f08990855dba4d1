// Programs that went wrong, each as someone would write it, with the steps that its folder is about.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "../emulator";
import { createAwsStack } from "../support/aws-stack";
import { itSampled } from "../support/counts";
import { checkout, type Project } from "../support/engine";

const config = (version: number) => `layers: { base: { version: ${version} } }\n`;
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

describe("programs that went wrong", function () {
  this.timeout(180_000);

  let emulator: Emulator;
  let stack: Project;
  let restore: () => Promise<void>;

  before(async () => {
    emulator = await startEmulator();
    emulator.seed({ layers: [{ name: "base", versions: 9 }] });
    stack = await createAwsStack({ env: emulator.env });
    restore = await stack.keepBackend();
  });
  after(async () => {
    await stack?.dispose();
    await emulator?.close();
  });

  const seed = (...names: string[]) =>
    emulator.seed({ functions: names.map((name) => ({ name, layers: ["base:1"] })) });
  const version = (name: string) => Number(emulator.layersOf(name)[0]?.split(":").at(-1));

  async function textOf(folder: string): Promise<string> {
    return readFile(join(checkout, "test/data/cases/programs", folder, "index.js"), "utf8");
  }

  /** Makes it the program of the stack, which is empty. */
  async function begin(program: string, number: number): Promise<void> {
    await restore();
    await stack.write({ "index.js": program, "layer_config.yaml": config(number) });
  }

  itSampled("names functions by aliases and versions, which is refused", async () => {
    seed("c05-b", "c05-c", "c05-e");
    const client = new Lambda({
      region: "us-east-1",
      endpoint: emulator.env.AWS_ENDPOINT_URL,
      credentials: { accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: "x" },
    });
    for (const FunctionName of ["c05-b", "c05-c", "c05-e"]) {
      await client.publishVersion({ FunctionName });
      await client.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
    }
    client.destroy();
    const text = await textOf("alias-names");
    await begin(text, 5);
    emulator.resetCounts();
    const refused = await stack.pulumi(["up", "--yes"]);
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(
      refused.output,
      /function:c05-b:live is a version or an alias of function c05-b, and those cannot be changed\./,
    );
    assert.match(refused.output, new RegExp(`Name the function itself: ${functionArn("c05-b")}$`, "m"));
    assert.match(refused.output, /function:c05-c:1 is a version or an alias of function c05-c/);
    assert.match(refused.output, /c05-e:live is a version or an alias of .*\. Name the function itself: c05-e$/m);
    assert.doesNotMatch(refused.output, /\n\s+at .*:\d+:\d+/, "no stack trace");
    assert.equal(version("c05-b"), 1);
    assert.deepEqual(emulator.counts(), {}, "AWS is not asked about names that cannot be valid");

    // What the refusal advises works, as does every other form that means the function itself.
    await stack.write({
      "index.js": text
        .replace('":live"', '""')
        .replace('":1")', '":$LATEST")')
        .replace("c05-e:live", "123456789012:function:c05-e"),
    });
    const { output } = await stack.succeeds(["up", "--yes"]);
    // The preview says so, and so does the update.
    const [previewed = "", updated = ""] = output.split("Updating (dev)");
    for (const name of ["c05-b", "c05-c", "c05-e"]) {
      assert.match(previewed, new RegExp(`Function ${name}: Layer base version 1 -> 5`));
      const stale = new RegExp(`Function ${name}: alias live still serves base version 1$`, "m");
      for (const part of [previewed, updated]) assert.match(part, stale);
    }
    assert.deepEqual(["c05-b", "c05-c", "c05-e"].map(version), [5, 5, 5]);
    await stack.preview("--expect-no-changes");
  });

  itSampled(
    "renames a resource that restores, without an alias: functions stay, and are still restored in the end",
    async () => {
      seed("c07-a", "c07-b");
      const renamed = await textOf("rename-restores");
      await begin(renamed.replace('"again"', '"layers"'), 5);
      await stack.up();
      await stack.write({ "layer_config.yaml": config(7) });
      await stack.up();
      await stack.write({ "index.js": renamed });
      emulator.resetCounts();
      const { output } = await stack.succeeds(["up", "--yes"]);
      assert.match(output, /These functions are also recorded by layers: c07-a, c07-b\./);
      assert.match(output, /Now recorded by another LayerVersions of the program, so not restored: c07-a, c07-b\./);
      assert.deepEqual(["c07-a", "c07-b"].map(version), [7, 7]);
      assert.equal(emulator.counts().UpdateFunctionConfiguration, undefined);
      const destroyed = await stack.destroy();
      assert.match(destroyed.output, /Function c07-a: Layer base version 7 -> 1/);
      assert.deepEqual(["c07-a", "c07-b"].map(version), [1, 1]);
    },
  );

  itSampled(
    "registers a function before LayerVersions: it stays as in the program, and is reported as unpinned",
    async () => {
      await begin(await textOf("function-before-layers"), 5);
      const { output } = await stack.up();
      // As docs/resource.md shows it, of another function.
      const docs = await readFile(join(checkout, "docs/resource.md"), "utf8");
      const [, shown = ""] =
        /^warning: Function early: Layer receipt-dynamo-dev version 2 -> 6 (.*)$/m.exec(docs) ?? [];
      assert.ok(shown !== "" && output.includes(`Function c02-early: Layer base version 1 -> 5 ${shown}`), output);
      assert.doesNotMatch(output, /Function c02-late: Layer/);
      assert.deepEqual(["c02-early", "c02-late"].map(version), [1, 5]);
      emulator.resetCounts();
      const again = await stack.up("--refresh", "--expect-no-changes");
      assert.match(again.output, /Function c02-early: Layer base version 1 -> 5 is declared, but/);
      assert.equal(emulator.counts().UpdateFunctionConfiguration, undefined);
      assert.deepEqual(["c02-early", "c02-late"].map(version), [1, 5]);
    },
  );
});
