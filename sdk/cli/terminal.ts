import pc from "picocolors";
import { withoutCommands } from "../core/text";

/** Colours and weights of text: functions that leave it as it is if there are none. */
export type Colors = ReturnType<typeof pc.createColors>;

/** What this package uses of `process.stdout` and `process.stderr`. */
export type OutputStream = Pick<NodeJS.WriteStream, "write" | "on"> &
  Partial<Pick<NodeJS.WriteStream, "isTTY" | "columns">>;

/** One stream that a command prints to. */
export class Output {
  readonly colors: Colors;
  readonly stream: OutputStream;
  readonly #isDumb: boolean;
  #isClosed = false;

  constructor(stream: OutputStream, env: NodeJS.ProcessEnv) {
    this.stream = stream;
    this.#isDumb = env.TERM === "dumb";
    this.colors = pc.createColors(hasColors(stream, env));
    // `lambda-layers status | head`: whoever read has enough. The run itself goes on, since it may be in the middle of
    // a change.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      this.#isClosed = true;
    });
  }

  /** Whether a person looks at it, on a terminal that can move its cursor. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true && !this.#isDumb;
  }

  /** Columns of the terminal; undefined if there is none, and so no limit. */
  get width(): number | undefined {
    // A terminal that does not tell its size says 0.
    return this.stream.isTTY ? this.stream.columns || 80 : undefined;
  }

  /** Prints text with a line break. No line of it is a command to GitHub Actions. */
  line(text = ""): void {
    this.write(`${withoutCommands(text)}\n`);
  }

  write(text: string): void {
    if (!this.#isClosed) this.stream.write(text);
  }
}

/** https://no-color.org and https://force-color.org: what the user has set counts more than what the stream is. */
function hasColors(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}
