import { LayersError } from "../errors";
import type { Position } from "../problem";

/**
 * Why a state was refused.
 * `json`: not valid JSON (RFC 8259) · `utf8`: not valid UTF-8, or it starts with a byte order mark · `gzip`: compressed,
 * as the backend's own files can be · `depth`: nested deeper than Pulumi reads · `version`: a deployment version that is not known · `shape`: valid JSON, but not an
 * exported state · `ambiguous-key`: a key that is there twice, or in another case, so that it is not clear what counts.
 */
export type StateProblem = "json" | "utf8" | "gzip" | "depth" | "version" | "shape" | "ambiguous-key";

const whatToDo: Record<StateProblem, string> = {
  json: "Export the state again: pulumi stack export --file state.json",
  utf8: "Export the state again, with --file instead of a redirection: pulumi stack export --file state.json",
  gzip: "Uncompress it first: gunzip < FILE > uncompressed.json",
  depth: "Pulumi cannot read this state either. Restore a backup: pulumi stack import --file FILE",
  version: "Export the state with a current Pulumi CLI. If it is current, look for a newer version of this tool.",
  shape: "Use a file made by: pulumi stack export --file state.json",
  "ambiguous-key": "Keep only the intended key, spelled as Pulumi spells it.",
};

/**
 * A state that cannot be read, with the place where reading stopped. The message never contains text of the state,
 * which may be secret.
 */
export class StateError extends LayersError implements Position {
  readonly problem: StateProblem;
  /** The offset at which reading stopped; the length of the state if it ends too early. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points). */
  readonly column: number;

  constructor(problem: StateProblem, what: string, bytes: Uint8Array, offset: number) {
    const { line, column } = positionAt(bytes, offset);
    super("state-invalid", `Invalid state: ${what} at byte ${offset} (line ${line}, column ${column})`, {
      next: whatToDo[problem],
    });
    this.problem = problem;
    this.offset = offset;
    this.line = line;
    this.column = column;
  }
}

function positionAt(bytes: Uint8Array, offset: number): Position {
  let line = 1;
  let column = 1;
  for (let i = 0; i < offset; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x0a) {
      line++;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) {
      column++; // bytes 10xxxxxx continue a character
    }
  }
  return { line, column };
}
