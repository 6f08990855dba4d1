import { pace } from "../core/text";
import type { Progress } from "../ports";
import type { Output } from "./terminal";

// Shorter work would only flicker.
const delay = 400;
const barWidth = 24;
const lineEvery = 10_000;

/** Shows that work is going on, on a line of its own that disappears in the end. */
export function showProgress({ stream, width = 80 }: Output, title: string): Progress {
  const begun = performance.now();
  let text = title;
  let spinner: { text: string; stop(): unknown } | undefined;
  let ended = false;
  const timer = setTimeout(async () => {
    const { default: yoctoSpinner } = await import("yocto-spinner");
    // Signals are ours: on Ctrl-C the work ends in its own time.
    if (!ended) spinner = yoctoSpinner({ text, stream: stream as NodeJS.WriteStream, handleSignals: false }).start();
  }, delay);
  return {
    update(done, total, note) {
      const numbers = total ? `${done}/${total}, ${pace(done, total, performance.now() - begun)}` : `${done}`;
      const shown = note ? `${numbers}, ${note}` : numbers;
      const candidates = total
        ? [`${title} ${bar(done / total)} ${shown}`, `${title} ${shown}`, shown]
        : [`${title} ${shown}`];
      // The spinner has two columns of the line.
      text = candidates.find(({ length }) => length <= width - 3) ?? `${done}`;
      if (spinner) spinner.text = text;
    },
    end() {
      ended = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}

/** Says how far work with a known end is, a line every ten seconds: for logs. */
export function logProgress(output: Output, title: string): Progress {
  const begun = performance.now();
  let latest: { done: number; total: number; note: string | undefined } | undefined;
  const timer = setInterval(() => {
    if (!latest) return;
    const { done, total, note } = latest;
    const numbers = `${done}/${total}, ${pace(done, total, performance.now() - begun)}`;
    output.line(`INFO - ${title}: ${note ? `${numbers}, ${note}` : numbers}`);
  }, lineEvery);
  return {
    update(done, total, note) {
      if (total !== undefined) latest = { done, total, note };
    },
    end: () => clearInterval(timer),
  };
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, part) * barWidth);
  return "█".repeat(full) + "░".repeat(barWidth - full);
}
