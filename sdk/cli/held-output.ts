import { Output } from "./terminal";

/** The two streams of one stack of a run over many: what it prints is kept until it is its turn, so that it stays whole. */
export interface HeldOutput {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether what is printed appears at once. */
  readonly isOpen: boolean;
  /** Whether nothing is kept. */
  readonly isEmpty: boolean;
  /** From now on prints at once, and what was kept before. */
  open(): void;
  /** From now on keeps. */
  close(): void;
}

/** Holds back what is printed to two streams, in the order in which it came. */
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
        // Whoever stops reading is noticed where the text goes.
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
