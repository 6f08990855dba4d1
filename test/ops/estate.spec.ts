import assert from "node:assert/strict";
import { type EstateSite, findStacks } from "../../sdk/ops/estate";
import type { Ports } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";

const portsWith = (changed: object): Ports => Object.assign(createPorts(), changed);

describe("the stacks of several projects", () => {
  it("are told apart from what is below a folder that cannot be looked into", async () => {
    const unreadable = [{ folder: "closed", reason: "permission denied" }];
    const ports = portsWith({ projects: { find: async () => ({ folders: ["shop"], unreadable }) } });
    const sites = await findStacks(ports, {
      ...{ stacks: ["dev"], projects: ["*"], tag: undefined, parallel: 1 },
      portsOf: async () => portsWith({ stacks: { list: async () => ["dev", "prod"] } }),
    });
    const told = (site: EstateSite) => ("error" in site ? site.error.message : site.stack);
    assert.deepEqual(
      sites.map((site) => [site.folder, told(site)]),
      [
        ["closed", "The folder closed could not be searched for projects: permission denied."],
        ["shop", "dev"],
      ],
    );
  });
});
