import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { scanState } from "../../../sdk/core/state/scan";
import { itSampled } from "../../support/counts";
import { createProject, type Project } from "../../support/engine";
import { type Resource, stateOf, urn } from "../../support/states";

const a = resource("a");
const b = resource("b");
const provider: Resource = {
  urn: urn("pulumi:providers:aws", "p"),
  type: "pulumi:providers:aws",
  custom: true,
  id: "1",
};
const unborn = { ...provider, id: undefined };
const custom = { custom: true, id: "i" };
const missing = urn("a:b:C", "missing");
const unknownId = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** States, and what is broken in them; undefined if nothing is. */
const cases: Record<string, [readonly object[], RegExp | undefined, Record<string, unknown>?]> = {
  "nothing but resources": [[a, b], undefined],
  "a parent before its child": [[a, { ...b, parent: a.urn }], undefined],
  "a parent that comes after its child": [[{ ...b, parent: a.urn }, a], /::b: its parent \S+::a comes after it$/],
  "a parent that is missing": [[{ ...b, parent: missing }], /::b: its parent \S+::missing is missing$/],
  "itself as parent": [[{ ...b, parent: b.urn }], /its parent/],
  "a dependency that is missing": [[{ ...b, dependencies: [missing] }], /dependency \S+ is missing$/],
  "a dependency that comes after it": [
    [a, { ...b, dependencies: [a.urn, resource("c").urn] }, resource("c")],
    /::c comes/,
  ],
  "a dependency of a property that is missing": [
    [a, { ...b, propertyDependencies: { name: [], x: [a.urn, missing] } }],
    /dependency of a property, \S+ is missing$/,
  ],
  "dependencies that are there": [[a, { ...b, propertyDependencies: { "[": [a.urn], "]": [] } }], undefined],
  "what it is deleted with missing": [[{ ...b, deletedWith: missing }], /deletedWith \S+ is missing$/],
  "what it is replaced with missing": [[{ ...b, replaceWith: [missing] }], /replaceWith \S+ is missing$/],
  "one URN twice": [[a, b, a], /::a appears twice$/],
  "one URN twice, once to be deleted": [[a, { ...a, delete: true }, { ...a, delete: true }], undefined],
  "one URN twice, the first to be deleted": [[{ ...a, delete: true }, { ...a, delete: true }, a], undefined],
  "one URN twice after one to be deleted": [[{ ...a, delete: true }, a, a], /::a appears twice$/],
  "one URN twice around one to be deleted": [[a, { ...a, delete: true }, a], /::a appears twice$/],
  "an id without a provider": [[{ ...a, id: "x" }], /has an id but is not a provider's resource$/],
  "a provider before what it made": [[provider, { ...a, ...custom, provider: `${provider.urn}::1` }], undefined],
  "a provider by another id": [
    [provider, { ...a, ...custom, provider: `${provider.urn}::2` }],
    /does not come before it$/,
  ],
  "a provider that comes after it": [
    [{ ...a, ...custom, provider: `${provider.urn}::1` }, provider],
    /does not come before it/,
  ],
  "a provider without an id yet": [[unborn, { ...a, ...custom, provider: `${provider.urn}::${unknownId}` }], undefined],
  "no provider, but to be replaced": [
    [{ ...a, ...custom, provider: `${provider.urn}::1`, pendingReplacement: true }],
    undefined,
  ],
  "a provider that is none": [[a, { ...b, ...custom, provider: `${a.urn}::1` }], /is not a reference to a provider$/],
  "a provider with another's URN": [[{ ...provider, urn: a.urn }], /has a URN that nothing can refer to$/],
  "snippets of one id": [[a], /snippet 1 has no unique id$/, { snippets: [{ uuid: "1" }, { uuid: "1" }] }],
};

describe("the integrity of a state", function () {
  this.timeout(60_000);
  let project: Project;
  before(async () => {
    project = await createProject({ stack: "dev", name: "shop" });
  });
  after(() => project?.dispose());

  for (const [title, [resources, broken, others]] of Object.entries(cases)) {
    it(`is reported for ${title}`, () => {
      const found = check(JSON.stringify(stateOf(resources, others)));
      if (broken) assert.match(found ?? "", broken);
      else assert.equal(found, undefined);
    });

    itSampled(`is the same as Pulumi's own verdict for ${title}`, async () => {
      const file = join(project.root, "state.json");
      const features = others ? { features: ["snippets"] } : {};
      const state = { ...stateOf(resources, { ...others, secrets_providers: undefined }), ...features };
      await writeFile(file, JSON.stringify({ ...state, ...(others && { version: 4 }) }));
      const { code, output } = await project.pulumi(["stack", "import", "--stack", "dev", "--file", file]);
      assert.equal(code === 0, broken === undefined, output);
      if (!broken) return;
      const forced = await project.pulumi(["stack", "import", "--stack", "dev", "--force", "--file", file]);
      const repaired = await project.pulumi(["state", "repair", "--yes", "--stack", "dev"]);
      const { repairable } = scanState(await readFile(file)).integrity.broken ?? {};
      // A provider may come later, which can be repaired, or never.
      if (!/does not come before/.test(broken.source))
        assert.equal(forced.code === 0 && repaired.code === 0, repairable, repaired.output);
    });
  }

  const repairs: [what: string, resources: readonly object[], isRepairable: boolean][] = [
    ["a parent that is missing", [{ ...b, parent: missing }], true],
    ["a parent that comes after its child", [{ ...b, parent: a.urn }, a], true],
    ["a resource that is its own parent", [{ ...b, parent: b.urn }], false],
    ["a missing replacement", [{ ...b, replaceWith: [missing] }], false],
    ["a provider that comes after it", [{ ...a, ...custom, provider: `${provider.urn}::1` }, provider], true],
    ["the same URN twice", [a, b, a], false],
  ];
  for (const [what, resources, isRepairable] of repairs) {
    it(`with ${what} is ${isRepairable ? "" : "not "}called repairable`, () => {
      const state = Buffer.from(JSON.stringify(stateOf(resources)));
      assert.equal(scanState(state).integrity.broken?.repairable, isRepairable);
    });
  }

  itSampled(
    "that is whole but marked as broken stays so through Pulumi's repair, but not through its refresh",
    async () => {
      const stack = { urn: urn("pulumi:pulumi:Stack", "shop-dev"), type: "pulumi:pulumi:Stack", custom: false };
      const noted = { integrity_error: { version: "3", command: "pulumi up", error: "child x" } };
      const file = join(project.root, "noted.json");
      const state = stateOf([stack], { secrets_providers: undefined, metadata: noted });
      await writeFile(file, JSON.stringify(state));
      await project.succeeds(["stack", "import", "--stack", "dev", "--file", file]);
      const isNoted = async () => scanState(Buffer.from(await project.exportText())).integrity.noted !== undefined;
      await project.succeeds(["state", "repair", "--yes", "--stack", "dev"]);
      assert.equal(await isNoted(), true);
      await project.succeeds(["refresh", "--yes", "--stack", "dev"]);
      assert.equal(await isNoted(), false);
    },
  );

  it("does not depend on how strings are escaped", () => {
    const child = { ...b, parent: a.urn };
    const text = JSON.stringify(stateOf([a, child]));
    const escaped = text.replace(`"parent":"urn`, `"parent":"\\u0075rn`);
    assert.notEqual(escaped, text);
    assert.equal(check(escaped), undefined);
    assert.match(check(text.replace(`"urn":"urn`, `"urn":"\\u0075rX`)) ?? "", /its parent \S+::a is missing$/);
  });

  it("finds the same among thousands of resources as a set of strings", () => {
    const names = fc.array(fc.string({ unit: "binary", maxLength: 4 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(names, fc.nat(), fc.nat(), (all, from, to) => {
        const urns = [...new Set(all)].map((name) => urn("a:b:C", name.toWellFormed()));
        const resources: Record<string, unknown>[] = [...new Set(urns)].map((each) => ({ urn: each, type: "a:b:C" }));
        const [child, parent] = [from % resources.length, to % resources.length];
        Object.assign(resources[child] ?? {}, { parent: resources[parent]?.urn });
        const found = check(JSON.stringify(stateOf(resources)));
        assert.equal(found === undefined, parent < child, found);
      }),
    );
    const many = Array.from({ length: 5000 }, (_, i) => ({ ...resource(`r${i}`), parent: resource(`r${i - 1}`).urn }));
    assert.equal(check(JSON.stringify(stateOf([resource("r-1"), ...many]))), undefined);
  });

  it("includes what Pulumi has noted, and how the manifest is marked", () => {
    const noted = { version: "3", command: "pulumi up", error: "child x" };
    const state = stateOf([a], { metadata: { integrity_error: noted }, manifest: { magic: "m", version: "v3.1.0" } });
    assert.deepEqual(scanState(Buffer.from(JSON.stringify(state))).integrity, {
      broken: undefined,
      noted: { command: "pulumi up", error: "child x" },
      manifest: { magic: "m", version: "v3.1.0" },
    });
  });
});

function resource(name: string): Resource {
  return { urn: urn("a:b:C", name), type: "a:b:C", custom: false };
}

function check(text: string): string | undefined {
  return scanState(Buffer.from(text)).integrity.broken?.what;
}
