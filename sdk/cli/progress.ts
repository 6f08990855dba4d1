import { pace } from "../core/text";
import type { Progress, ProgressOptions } from "../ports";
import type { Output } from "./terminal";

// Shorter work would only flicker.
const delay = 400;
const barWidth = 24;
const lineEvery = 10_000;

/** Shows work in progress on a line that disappears at the end. */
export function showProgress({ stream, width = 80 }: Output, title: string, how: ProgressOptions = {}): Progress {
  const begun = performance.now();
  let text = title;
  let spinner: { text: string; stop(): unknown } | undefined;
  let ended = false;
  const timer = setTimeout(async () => {
    const { default: yoctoSpinner } = await import("yocto-spinner");
    // Signals are handled elsewhere: after Ctrl-C, the work still has to finish its step.
    if (!ended) spinner = yoctoSpinner({ text, stream: stream as NodeJS.WriteStream, handleSignals: false }).start();
  }, delay);
  return {
    update(done, total, note) {
      const numbers = total ? numbersOf(done, total, performance.now() - begun, how) : `${done}`;
      const shown = note ? `${numbers}, ${note}` : numbers;
      const candidates = total
        ? [`${title} ${bar(done / total)} ${shown}`, `${title} ${shown}`, shown]
        : [`${title} ${shown}`];
      // The spinner takes two columns.
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

/** Reports the progress of work with a known end, one line every ten seconds, for logs. */
export function logProgress(output: Output, title: string, how: ProgressOptions = {}): Progress {
  const begun = performance.now();
  let latest: { done: number; total: number; note: string | undefined } | undefined;
  const timer = setInterval(() => {
    if (!latest) return;
    const { done, total, note } = latest;
    const numbers = numbersOf(done, total, performance.now() - begun, how);
    output.line(`INFO - ${title}: ${note ? `${numbers}, ${note}` : numbers}`);
  }, lineEvery);
  return {
    update(done, total, note) {
      if (total !== undefined) latest = { done, total, note };
    },
    end: () => clearInterval(timer),
  };
}

/** `150/2000, 15.0/s, 2 min 4 s left`; for a wait `12 of 60 s`. */
function numbersOf(done: number, total: number, milliseconds: number, { from = 0, unit }: ProgressOptions): string {
  if (unit !== undefined) return `${done} of ${total} ${unit}`;
  return `${done}/${total}, ${pace(done - from, total - from, milliseconds)}`;
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, part) * barWidth);
  return "█".repeat(full) + "░".repeat(barWidth - full);
}
