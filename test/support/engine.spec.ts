import assert from "node:assert/strict";
import { createProject } from "./engine";

describe("a temporary project", () => {
  it("runs a TypeScript program with a dynamic resource", async () => {
    const project = await createProject({
      files: {
        "index.ts": `import * as pulumi from "@pulumi/pulumi";
class R extends pulumi.dynamic.Resource { constructor(n: string, p: object){ super({ async create(i: any){ return {id:"x", outs:i}; } }, n, p); } }
console.log("hello from", pulumi.getStack(), new pulumi.Config().get("k"));
new R("r", {a: 1});`,
      },
      config: { "test:k": "v" },
    });
    try {
      assert.match((await project.preview()).stdout, /hello from dev v/);
      await project.up();
      const state = await project.exportStack();
      assert.equal(state.deployment.resources.length, 3);
      await project.destroy();
    } finally {
      await project.dispose();
    }
  });
});
