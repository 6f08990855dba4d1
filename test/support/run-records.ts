import { ChainWriter, chainStart } from "../../sdk/core/chain";
import { sha256 } from "../../sdk/ops/live/record";

const sumPattern = /,"sum":"\w+"\}$/;

/** The lines of a run record as version 0.1.0 wrote them: without checksums. */
export function unsealed(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(sumPattern, "}"));
}

/** Lines of a run record with matching checksums, whatever they had before. */
export function sealed(lines: readonly string[]): string[] {
  const chain = new ChainWriter(chainStart, sha256);
  return unsealed(lines).map((line) => chain.seal(line));
}
