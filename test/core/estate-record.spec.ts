import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ChainWriter, chainStart } from "../../sdk/core/chain";
import { type EstateLine, estateLine, formatEstateLine, readEstateRecord } from "../../sdk/core/estate-record";

const at = "2024-08-24T14:30:22.000Z";
const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const read = (content: string) => readEstateRecord(content, "run.jsonl", digest);

const lines: EstateLine[] = [
  estateLine([{ stack: "dev", folder: undefined }], new Date(at)),
  { line: "begun", stack: "dev", at },
  { line: "ended", stack: "dev", backup: "backups/dev_state_20240824_143022.json" },
];

function sealed(): string {
  const chain = new ChainWriter(chainStart, digest);
  return lines.map((line) => `${chain.seal(formatEstateLine(line))}\n`).join("");
}

describe("the record of a run over several stacks", () => {
  const [stack] = read(sealed()).stacks;

  it("is checked as well if its line ends were converted", () => {
    const text = sealed().replaceAll("\n", "\r\n");
    assert.deepEqual(read(text).stacks, [stack]);
    assert.equal(stack?.backup, "backups/dev_state_20240824_143022.json");
    const changed = text.replace("143022.json", "143021.json");
    assert.throws(() => read(changed), { code: "record-invalid", message: /its checksum does not match/ });
  });

  it("is refused without checksums, which every version has written", () => {
    const text = lines.map((line) => `${formatEstateLine(line)}\n`).join("");
    assert.throws(() => read(text), { code: "record-invalid", message: /line 1: its checksum is missing/ });
  });
});
