import pc from "picocolors";
import { withoutCommands } from "../core/text";

/** Colours and weights of text: functions that return it unchanged without colours. */
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
    // `lambda-layers status | head`: the reader has stopped. Or a disk is full. The run goes on, since it may be in the
    // middle of a change.
    stream.on("error", () => {
      this.#isClosed = true;
    });
  }

  /** Whether it is an interactive terminal that can move its cursor. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true && !this.#isDumb;
  }

  /** Columns of the terminal; undefined without a terminal, and so without a limit. */
  get width(): number | undefined {
    // A terminal of unknown size reports 0.
    return this.stream.isTTY ? this.stream.columns || 80 : undefined;
  }

  /** Prints text with a line break, escaped so that no line is a GitHub Actions command. */
  line(text = ""): void {
    this.write(`${withoutCommands(text)}\n`);
  }

  write(text: string): void {
    if (!this.#isClosed) this.stream.write(text);
  }
}

/** https://no-color.org and https://force-color.org: the user's setting takes precedence over the stream's kind. */
function hasColors(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}
