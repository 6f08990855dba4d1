import assert from "node:assert/strict";
import { type EstateSite, findStacks } from "../../sdk/ops/estate";
import { leftOf } from "../../sdk/ops/estate-record";
import type { Ports } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";

const portsWith = (changed: object): Ports => Object.assign(createPorts(), changed);

/** The ports of a project with these stacks. */
function portsOfStacks(names: readonly string[], name: string, backend?: string): Ports {
  return portsWith({ stacks: { list: async () => names, project: async () => ({ name, backend }) } });
}

describe("what a run has left of a stack whose turn was cut short", () => {
  const begunAt = new Date(2026, 1, 3, 4, 5, 6, 700);
  const history = { stack: "dev", begunAt, isEnded: false, backup: undefined, record: undefined };
  const file = (kind: string, seconds: number) => ({
    ...{ kind, stack: "dev", time: new Date(2026, 1, 3, 4, 5, seconds) },
    shownPath: `backups/dev_${kind}_${seconds}`,
  });
  const left = (...files: object[]) => leftOf(portsWith({ backups: { list: async () => files } }), history);

  it("is nothing in AWS if it has no record of changes there", async () => {
    assert.deepEqual(await left(file("state", 8), file("state", 6), file("sync", 4)), {
      backup: "backups/dev_state_6",
      isLive: false,
    });
    assert.deepEqual(await left(file("sync", 9), file("state", 6)), { backup: "backups/dev_state_6", isLive: true });
    assert.deepEqual(await left(file("sync", 9), file("state", 5)), { record: "backups/dev_sync_9" });
    assert.equal(await left(file("sync", 4)), undefined);
  });
});

describe("the stacks of several projects", () => {
  /** Selects stacks among projects, by their folders; returns `STACK in FOLDER`, and the warnings. */
  async function find(
    projects: Readonly<Record<string, Ports>>,
    { globs = ["*"], stacks = ["*"] }: { globs?: string[]; stacks?: string[] },
  ) {
    const warned: string[] = [];
    const { reporter, ...others } = createPorts();
    const ports: Ports = {
      ...others,
      reporter: { ...reporter, warn: (line) => warned.push(String(line)) },
      projects: { ...others.projects, find: async () => ({ folders: Object.keys(projects), unreadable: [] }) },
    };
    const sites = await findStacks(ports, {
      ...{ stacks, projects: globs, tag: undefined, parallel: 2 },
      portsOf: async (folder) => projects[folder] ?? assert.fail(folder),
    });
    return { sites: sites.map((site) => ("error" in site ? site.folder : `${site.stack} in ${site.folder}`)), warned };
  }
  const three = {
    "apps/api": portsOfStacks(["dev", "prod"], "api"),
    "apps/web": portsOfStacks(["dev"], "web"),
    libs: portsOfStacks(["acme/dev"], "libs"),
  };

  for (const [glob, expected] of [
    ["apps/web/", ["dev in apps/web"]],
    ["./apps/web", ["dev in apps/web"]],
    ["./apps/*", ["dev in apps/api", "prod in apps/api", "dev in apps/web"]],
    ["libs//", ["acme/dev in libs"]],
  ] as const)
    it(`are those of ${glob}`, async () => {
      assert.deepEqual((await find(three, { globs: [glob] })).sites, expected);
    });

  for (const [name, expected] of [
    ["organization/api/dev", ["dev in apps/api"]],
    ["organization/*/dev", ["dev in apps/api", "dev in apps/web"]],
    ["*/web/*", ["dev in apps/web"]],
    ["acme/libs/dev", ["acme/dev in libs"]],
    // Whether the stacks of this project belong to acme, only Pulumi knows.
    ["acme/web/dev", ["acme/web/dev in apps/web"]],
    ["acme/libs/prod", undefined],
    ["organization/shop/dev", undefined],
  ] as const)
    it(`are ${expected ? "" : "not "}found by a full name: ${name}`, async () => {
      const found = find(three, { stacks: [name] });
      if (expected) assert.deepEqual((await found).sites, expected);
      else await assert.rejects(found, /^LayersError: No stack in any of these projects matches /);
    });

  it("are taken once if two folders have the same project, with a warning", async () => {
    const twins = { a: portsOfStacks(["dev"], "shop"), b: portsOfStacks(["dev"], "shop") };
    const { sites, warned } = await find(twins, {});
    assert.deepEqual(sites, ["dev in a"]);
    assert.match(
      warned.join(),
      /^The folders a and b both contain the Pulumi project shop, .* once, with the config and backups of a\. /,
    );
    assert.deepEqual(await find(twins, { globs: ["b"] }), { sites: ["dev in b"], warned: [] });
    const apart = { ...twins, b: portsOfStacks(["dev"], "shop", "s3://other") };
    assert.deepEqual(await find(apart, {}), { sites: ["dev in a", "dev in b"], warned: [] });
  });

  it("are listed apart from folders that cannot be read", async () => {
    const unreadable = [{ folder: "closed", reason: "permission denied" }];
    const ports = portsWith({ projects: { find: async () => ({ folders: ["shop"], unreadable }) } });
    const sites = await findStacks(ports, {
      ...{ stacks: ["dev"], projects: ["*"], tag: undefined, parallel: 1 },
      portsOf: async () => portsOfStacks(["dev", "prod"], "shop"),
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
