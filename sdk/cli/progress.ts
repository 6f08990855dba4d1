import type { Progress } from "../ops/ports";
import type { Output } from "./terminal";

// Shorter work would only flicker.
const delay = 400;
const barWidth = 24;

/** Shows that work is going on, on a line of its own that disappears in the end. */
export function showProgress({ stream, width = 80 }: Output, title: string): Progress {
  let text = title;
  let spinner: { text: string; stop(): unknown } | undefined;
  let ended = false;
  const timer = setTimeout(async () => {
    const { default: yoctoSpinner } = await import("yocto-spinner");
    // Signals are ours: on Ctrl-C the work ends in its own time.
    if (!ended) spinner = yoctoSpinner({ text, stream: stream as NodeJS.WriteStream, handleSignals: false }).start();
  }, delay);
  return {
    update(done, total) {
      text = total ? `${title} ${bar(done / total)} ${done}/${total}` : `${title} ${done}`;
      // The spinner has two columns of the line.
      if (text.length > width - 3) text = total ? `${done}/${total}` : `${done}`;
      if (spinner) spinner.text = text;
    },
    end() {
      ended = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, part) * barWidth);
  return "█".repeat(full) + "░".repeat(barWidth - full);
}
