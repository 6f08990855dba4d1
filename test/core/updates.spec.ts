import assert from "node:assert/strict";
import { overwrittenUpdate, type RecordedUpdate } from "../../sdk/core/updates";

const at = (version: number, kind: string, second = version): RecordedUpdate => ({
  ...{ version, kind, startTime: `2026-11-26T12:00:${second}.000Z`, endTime: `2026-11-26T12:01:${second}.000Z` },
});
const old = at(1, "update");
const unnumbered = (kind: string, second: number) => at(0, kind, second);

describe("the update that an import has overwritten", () => {
  const rows: [name: string, before: RecordedUpdate[], after: RecordedUpdate[], lost: RecordedUpdate | undefined][] = [
    ["none, if only the import is new", [old], [at(2, "import"), old], undefined],
    ["one that ended before the import", [old], [at(3, "import"), at(2, "update"), old], at(2, "update")],
    ["an import before ours", [old], [at(3, "import"), at(2, "import"), old], at(2, "import")],
    ["none, if only a preview came in between", [old], [at(3, "import"), at(2, "preview"), old], undefined],
    ["none, if updates have no numbers and a preview is new", [], [unnumbered("preview", 1)], undefined],
    ["none, if the update came after the import", [old], [at(3, "update"), at(2, "import"), old], undefined],
    [
      "none, if updates have no numbers and none is new",
      [unnumbered("update", 1)],
      [unnumbered("update", 1)],
      undefined,
    ],
    [
      "the newest, if updates have no numbers",
      [],
      [unnumbered("destroy", 2), unnumbered("update", 1)],
      unnumbered("destroy", 2),
    ],
  ];
  for (const [name, before, after, lost] of rows) {
    it(name, () => assert.deepEqual(overwrittenUpdate(before, after), lost));
  }
});
