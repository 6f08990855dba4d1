// What is reported about states that break Pulumi's rules, did so once, or were edited.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LayersError, unchanged } from "../../sdk/core/errors";
import { scanState } from "../../sdk/core/state/scan";
import { broken, integrityWarnings } from "../../sdk/ops/recorded/load";
import { planRollback } from "../../sdk/ops/rollback";
import { createPorts } from "../../sdk/wiring";
import { stateOf, urn } from "../support/states";
import { useLooks } from "./looks";

const a = { urn: urn("a:b:C", "a"), type: "a:b:C", custom: false };
const orphan = { ...a, parent: urn("a:b:C", "missing") };
const noted = {
  metadata: { integrity_error: { version: "v3", command: "pulumi up", error: "child x has no parent" } },
};

function loaded(resources: readonly object[], others: Record<string, unknown> = {}, file?: string) {
  const bytes = Buffer.from(JSON.stringify(stateOf(resources, others)));
  return { stack: "dev", file, bytes, facts: scanState(bytes) };
}

const cases: Readonly<Record<string, [state: ReturnType<typeof loaded>, said: readonly string[] | undefined]>> = {
  "that keeps the rules": [loaded([a]), undefined],
  "that breaks one": [
    loaded([orphan]),
    [
      `The state of stack dev is broken, and Pulumi rejects it: ${orphan.urn}: its parent ${orphan.parent} is missing. Nothing was changed.`,
      "Let Pulumi repair it, and run again: pulumi state repair --yes --stack dev",
      "If it cannot, restore a backup: pulumi stack import --stack dev --file BACKUP",
    ],
  ],
  "that breaks one, as Pulumi has noted, in a file": [
    loaded([orphan], noted, "export.json"),
    [
      `The state of export.json is broken, and Pulumi rejects it: ${orphan.urn}: its parent ${orphan.parent} is missing`,
      "  as Pulumi noted at `pulumi up`: child x has no parent",
      "Nothing was changed.",
      "Let Pulumi repair it, export it again, and run again: pulumi state repair --yes --stack dev",
      "If it cannot, restore a backup: pulumi stack import --stack dev --file BACKUP",
    ],
  ],
  "that breaks one which Pulumi cannot repair": [
    loaded([a, a]),
    [
      `The state of stack dev is broken, and Pulumi rejects it: ${a.urn} appears twice. Nothing was changed.`,
      "Pulumi cannot repair it. Export the state, correct it in an editor and import it: pulumi stack export --stack dev --file state.json; pulumi stack import --stack dev --file state.json",
      "Or restore a backup: pulumi stack import --stack dev --file BACKUP",
    ],
  ],
  "that has been noted to break one, and keeps all now": [
    loaded([a], noted),
    [
      "The state of stack dev was broken when Pulumi wrote it at `pulumi up`: child x has no parent. It is valid again now, but what was lost is unknown. Nothing was changed.",
      "Check whether it is complete: pulumi preview --stack dev",
      "If so, let Pulumi rewrite it, which removes the note, and run again: pulumi refresh --yes --stack dev",
      "`pulumi state repair` finds nothing to repair and does not remove the note.",
      "If not, restore a backup: pulumi stack import --stack dev --file BACKUP",
    ],
  ],
};

describe("a state", () => {
  for (const [what, [state, said]] of Object.entries(cases)) {
    it(`${what} is ${said ? "refused, with what to do" : "accepted"}`, () => {
      const error = broken(createPorts(), state)?.having(unchanged);
      assert.deepEqual(error && [error.code, error.exitStatus, error.lines], said && ["state-broken", 1, said]);
    });
  }

  it("with another magic number than Pulumi's causes a warning", () => {
    const magic = createHash("sha256").update("v3.259.0").digest("hex");
    const warnings = (manifest: object) => integrityWarnings(loaded([a], { manifest }));
    assert.deepEqual(warnings({ version: "v3.259.0", magic }), []);
    assert.deepEqual(warnings({}), []);
    const said = (of: string) =>
      `The manifest of the state of stack dev has a magic number that is not that of Pulumi ${of}: the state was edited, and Pulumi may reject it.`;
    assert.deepEqual(warnings({ version: "v3.258.0", magic }), [said("v3.258.0")]);
    assert.deepEqual(warnings({ magic }), [said("without a version")]);
  });
});

describe("a backup that breaks Pulumi's rules", () => {
  const looks = useLooks();
  const plan = async (full: boolean) => {
    await looks.write("layers: {}", [a]);
    await writeFile(join(looks.folder, "broken.json"), JSON.stringify(stateOf([orphan])), { mode: 0o600 });
    return planRollback(looks.ports, { stack: "dev", backup: "broken.json", full });
  };

  it("is not restored as a whole", async () => {
    await assert.rejects(plan(true), (error) => {
      assert.ok(error instanceof LayersError);
      assert.equal(error.code, "state-broken");
      assert.match(error.messageLines[0] ?? "", /^The state of broken\.json is broken, and Pulumi rejects it: /);
      return true;
    });
  });

  it("still provides the layer versions to go back to", async () => {
    assert.deepEqual((await plan(false)).changes, []);
  });
});
