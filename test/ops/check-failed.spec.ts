// A new state that turns out to differ from the plan when it is read back: nothing is imported, and that run leaves
// nothing behind.

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LayersError } from "../../sdk/core/errors";
import { scanState } from "../../sdk/core/state/scan";
import { loadState } from "../../sdk/ops/recorded/load";
import { setAside } from "../../sdk/ops/recorded/memory";
import { planState } from "../../sdk/ops/recorded/plan";
import { type NewContent, replaceStackState } from "../../sdk/ops/recorded/replace";
import type { StackPort } from "../../sdk/ports";
import { createPorts } from "../../sdk/wiring";
import { removeFolder, temporaryFolder } from "../support/folders";
import { atVersion, awsFunction, layer, stateOf } from "../support/states";
import { keepLines } from "./harness";

const state = (version: number) => Buffer.from(JSON.stringify(stateOf([awsFunction("api", [layer("base", version)])])));

describe("a new state", () => {
  let dir: string;
  const lines: string[] = [];
  const old = "dev_state_20200101_000000.json";
  beforeEach(async () => {
    dir = await temporaryFolder();
    await mkdir(join(dir, "backups"), { mode: 0o700 });
    await writeFile(join(dir, "backups", old), state(1), { mode: 0o600 });
    const long = new Date("2020-01-01T00:00:00");
    await utimes(join(dir, "backups", old), long, long);
  });
  afterEach(() => removeFolder(dir));

  /** Replaces a stack's state with ports whose Pulumi accepts whatever it is given. */
  async function replace(change: (content: NewContent) => NewContent, pulumi: Partial<StackPort> = {}) {
    const imported: Buffer[] = [];
    lines.length = 0;
    const real = createPorts({ cwd: dir, reporter: keepLines(lines) });
    const ports = {
      ...real,
      stacks: {
        ...real.stacks,
        checkSecrets: async () => {},
        history: async () => [],
        backend: async () => ({ url: "s3://states", file: undefined }),
        isState: async () => true,
        importState: async (_: string, file: string) => void imported.push(await readFile(file)),
        exportState: async () => imported.at(-1) ?? assert.fail(),
        ...pulumi,
      } as unknown as typeof real.stacks,
    };
    const bytes = state(1);
    const loaded = { stack: "dev", file: undefined, bytes, facts: scanState(bytes) };
    const { edits } = planState(loaded.facts.functions, (text) => atVersion(text, 5));
    // As in a run over many stacks.
    setAside(ports, loaded, true)();
    const content = change({ edits, scan: scanState });
    const replacement = { state: loaded, content, kind: "updated", lines: [], retentionDays: 30 } as const;
    try {
      await replaceStackState(ports, replacement);
    } catch (error) {
      assert.ok(error instanceof LayersError);
      return { imported, error, names: await readdir(join(dir, "backups")) };
    }
    return { imported, error: undefined, names: await readdir(join(dir, "backups")) };
  }

  it("that is as planned is imported, and old backups are pruned", async () => {
    const { imported, error, names } = await replace((content) => content);
    assert.equal(error, undefined);
    assert.deepEqual(imported, [state(5)]);
    assert.equal(names.length, 2);
    assert.ok(!names.includes(old));
  });

  it("whose backup is not dated latest, as after the clock was set back, is imported with a warning", async () => {
    const later = new Date("2099-01-01T00:00:00");
    for (const kind of ["state", "updated"]) {
      const path = join(dir, `backups/dev_${kind}_20990101_000000.json`);
      await writeFile(path, state(2), { mode: 0o600 });
      await utimes(path, later, later);
    }
    assert.equal((await replace((content) => content)).error, undefined);
    assert.match(
      lines.at(-1) ?? "",
      /^WARN - backups\/dev_state_20990101_000000\.json is dated later .* To undo this run: lambda-layers rollback --stack dev backups\/dev_state_20\d{6}_\d{6}\.json$/,
    );
  });

  it("that is wrong when read back is not kept: earlier backups stay, and the run leaves none", async () => {
    const { imported, error, names } = await replace((content) => ({ ...content, scan: () => scanState(state(4)) }));
    assert.equal(error?.code, "verification-failed");
    assert.match(error?.message ?? "", /^The patched state differs from the plan at .*Nothing was changed\.$/);
    assert.deepEqual(imported, []);
    assert.deepEqual(names, [old]);
  });

  /** The kinds of files that a run has left: a state beside an updated one counts as replaced. */
  const kinds = (names: readonly string[]) => names.filter((name) => name !== old).map((name) => name.split("_")[1]);

  it("is not kept if someone else was faster, and the previous state is", async () => {
    const { imported, error, names } = await replace((content) => content, { isState: async () => false });
    assert.equal(error?.code, "stack-changed");
    assert.deepEqual([imported, kinds(names)], [[], ["state"]]);
  });

  it("is not kept if its import fails and has changed nothing, but is if that is unknown", async () => {
    const importState = async () => {
      throw new LayersError("stack-locked", "The stack is locked.");
    };
    const unchanged = await replace((content) => content, { importState });
    assert.equal(unchanged.error?.code, "stack-locked");
    assert.match(unchanged.error?.message ?? "", /The stack's state is unchanged\.$/);
    assert.deepEqual(kinds(unchanged.names), ["state"]);
    let asked = 0;
    const isState = async () => {
      if (asked++ > 0) throw new LayersError("pulumi-failed", "No answer.");
      return true;
    };
    const unknown = await replace((content) => content, { importState, isState });
    assert.match(unknown.error?.message ?? "", /Whether the stack's state has changed is unknown\./);
    assert.ok(kinds(unknown.names).includes("updated"));
  });

  it("is imported with a warning if overwritten updates cannot be detected", async () => {
    const history = async () => {
      throw new LayersError("pulumi-failed", "No history.");
    };
    assert.equal((await replace((content) => content, { history })).error, undefined);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("WARN")),
      [
        "WARN - The backend's update history could not be read (No history.), so this run cannot tell whether it overwrites someone else's update.",
      ],
    );
  });

  it("that is a whole file is imported as it is on disk, but only if the plan was made for it", async () => {
    const whole = { path: join(dir, "backups", old), shownPath: old };
    const asPlanned = { scan: scanState, whole: { ...whole, facts: scanState(state(1)) } };
    assert.deepEqual((await replace(() => asPlanned)).imported, [state(1)]);
    await writeFile(whole.path, state(1));
    const otherwise = { scan: scanState, whole: { ...whole, facts: scanState(state(7)) } };
    assert.equal((await replace(() => otherwise)).error?.code, "verification-failed");
    const gone = { ...otherwise, whole: { ...otherwise.whole, path: join(dir, "none.json") } };
    assert.equal((await replace(() => gone)).error?.code, "backup-missing");
  });
});

describe("reading a stack's state", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await temporaryFolder();
  });
  afterEach(() => removeFolder(dir));

  it("waits until an earlier run's import has ended, however long that takes", async () => {
    const real = createPorts({ cwd: dir, reporter: keepLines([]) });
    const [file] = await real.backups.write("dev", [{ kind: "updated", content: [state(1)] }], new Date());
    await real.backups.noteImport("dev", file?.path ?? "");
    const events: string[] = [];
    let left = 3;
    const stacks = {
      ...real.stacks,
      async isImporting() {
        events.push("importing?");
        return left-- > 0;
      },
      async exportState() {
        events.push("export");
        return state(1);
      },
    } as unknown as StackPort;
    const clock = { ...real.clock, sleep: async () => void events.push("sleep") };
    await loadState({ ...real, stacks, clock }, { stack: "dev", scan: scanState });
    assert.deepEqual(events, [
      ...["importing?", "sleep", "importing?", "sleep", "importing?", "sleep", "importing?", "export"],
    ]);
  });
});
