import assert from "node:assert/strict";
import { itSampled } from "../support/counts";
import { update, useStack } from "./harness";

describe("an update of one of two stacks", function () {
  this.timeout(60_000);
  const config = `layers: { receipt-dynamo: { version: 5, names: [receipt-dynamo-dev] } }
stack_overrides: { prod: { receipt-dynamo: { version: 7 } } }
`;
  const program = 'fn(pulumi.getStack() + "-a", { layers: [layer("receipt-dynamo-dev", 1)] });';
  const deployed = useStack(program, { files: { "layer_config.yaml": config } });

  itSampled("leaves the other alone, and each gets its own versions", async () => {
    const { project } = deployed;
    await project.succeeds(["stack", "init", "prod"]);
    await project.succeeds(["config", "set", "aws:region", "us-east-1", "--stack", "prod"]);
    await project.succeeds(["up", "--yes", "--skip-preview", "--stack", "prod"]);
    const exported = async (stack: string) => (await project.succeeds(["stack", "export", "--stack", stack])).stdout;
    const dev = await exported("dev");

    const { result } = await update(project, { stackName: "prod" });
    assert.deepEqual(
      result?.changes.map(({ function: name, to }) => `${name} ${to}`),
      ["prod-a 7"],
    );
    assert.match(result?.backup ?? "", /^backups\/prod_state_/);
    assert.equal(await exported("dev"), dev);
    assert.equal((await update(project)).result?.changes[0]?.to, 5);
    assert.match(await exported("prod"), /receipt-dynamo-dev:7"/);
    await project.succeeds(["destroy", "--yes", "--skip-preview", "--stack", "prod"]);
  });
});
