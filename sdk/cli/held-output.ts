import { Output } from "./terminal";

/**
 * The two streams of one stack in a run over many: output is held back until the stack's turn, so that it stays
 * together.
 */
export interface HeldOutput {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether output appears immediately. */
  readonly isOpen: boolean;
  /** Whether nothing is held back. */
  readonly isEmpty: boolean;
  /** Prints what was held back, and everything else immediately from now on. */
  open(): void;
  /** Holds output back from now on. */
  close(): void;
}

/** Holds back output to two streams, in order. */
export function holdOutput(stdout: Output, stderr: Output, env: NodeJS.ProcessEnv): HeldOutput {
  let held: { readonly to: Output; readonly text: string }[] = [];
  let isOpen = false;
  const output = (to: Output) =>
    new Output(
      {
        write(text: string) {
          if (isOpen) to.write(text);
          else held.push({ to, text });
          return true;
        },
        // A closed pipe is noticed by the stream that the text goes to.
        on() {
          return this as never;
        },
        isTTY: to.stream.isTTY,
        columns: to.stream.columns,
      } as Output["stream"],
      env,
    );
  return {
    stdout: output(stdout),
    stderr: output(stderr),
    get isOpen() {
      return isOpen;
    },
    get isEmpty() {
      return held.length === 0;
    },
    open() {
      isOpen = true;
      for (const { to, text } of held) to.write(text);
      held = [];
    },
    close() {
      isOpen = false;
    },
  };
}
