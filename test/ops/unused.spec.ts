import assert from "node:assert/strict";
import { parseConfig } from "../../sdk/core/config/parse";
import { misspeltStacks } from "../../sdk/ops/unused";

describe("a stack that a config names", () => {
  async function warned(names: string[], configured: string[], stack = "acme/shop/dev", file = "layer_config.yaml") {
    const overrides = names.map((name) => `  ${name}: { base: { version: 4 } }\n`).join("");
    const parsed = parseConfig(`layers: { base: { version: 5 } }\nstack_overrides:\n${overrides}`, file);
    assert.ok(parsed.ok);
    return misspeltStacks({ stacks: { configured: async () => configured } } as never, parsed.config, stack);
  }

  it("is taken for misspelt, from the project's files alone, if another that has one is similar", async () => {
    assert.deepEqual(await warned(["prd", "dev", "elsewhere"], ["dev", "prod"]), [
      "layer_config.yaml:3: stack_overrides.prd may have no effect: this project has no configuration for a stack prd. Did you mean prod?",
    ]);
    assert.equal((await warned(["dve"], ["dev"])).length, 1);
  });

  const rows: [why: string, names: string[], configured: string[], stack: string, file: string][] = [
    ["the similar one is named too", ["prd", "prod"], ["dev", "prod"], "dev", "layer_config.yaml"],
    ["it has a file itself", ["prd"], ["dev", "prd", "prod"], "dev", "layer_config.yaml"],
    ["the stack in use has no file either", ["prd"], ["prod"], "dev", "layer_config.yaml"],
    ["the config may be of several projects", ["prd"], ["dev", "prod"], "dev", "../layer_config.yaml"],
  ];
  for (const [why, ...row] of rows) it(`is not if ${why}`, async () => assert.deepEqual(await warned(...row), []));
});
