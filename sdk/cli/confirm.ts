import { createInterface } from "node:readline/promises";
import stringWidth from "string-width";
import { LayersError, unchanged } from "../core/errors";
import { commandLine, shown, withoutCommands } from "../core/text";
import type { Context } from "./context";

/** How to ask for confirmation. */
export interface Asking {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly columns?: number };
  readonly signal: AbortSignal;
}

/** Asks the user a question. Only `y` and `yes` mean yes: a bare Enter, the end of the input and Ctrl-C do not. */
export async function confirm(question: string, { input, output, signal }: Asking): Promise<boolean> {
  // The interface does not use terminal mode, so that Ctrl-C remains the signal that the whole program listens to.
  const asking = createInterface({ input, output, terminal: false });
  const ended = new Promise<undefined>((resolve) => asking.once("close", () => resolve(undefined)));
  // If Enter was not pressed, the question's line is still open.
  const unanswered = () => {
    output.write("\n");
    return false;
  };
  try {
    const answer = await Promise.race([
      asking.question(`${wrapWords(`${withoutCommands(shown(question))} [y/N]`, output.columns)} `, { signal }),
      ended,
    ]);
    return answer === undefined ? unanswered() : /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) return unanswered();
    throw error;
  } finally {
    asking.close();
  }
}

/** The text in lines that fit the terminal, broken between words; a word that is too long stays whole. */
export function wrapWords(text: string, width = Number.POSITIVE_INFINITY): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && stringWidth(`${line} ${word} `) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

/** Whether a command has to be confirmed and there is no one to ask. */
export function mustConfirm({ options, ask }: Context): boolean {
  return !(ask || options.yes || options.dryRun);
}

/**
 * Refuses a command that has to be confirmed if there is no one to ask.
 * @param obstacle why it would fail even with confirmation; undefined if nothing is known to be in the way
 * @throws LayersError `usage`
 */
export function needYes(context: Context, obstacle?: LayersError): void {
  const { words } = context;
  if (!mustConfirm(context)) return;
  const message = "This command needs confirmation, and there is no terminal to ask on.";
  // A command that would fail is not advised.
  if (obstacle)
    throw new LayersError("usage", [message, ...obstacle.messageLines], {
      ...{ changed: unchanged, next: obstacle.nextLines, cause: obstacle },
    });
  throw new LayersError("usage", message, {
    changed: unchanged,
    next: `To see what it would do: ${commandLine([...words, "--dry-run"])}. To confirm: ${commandLine([...words, "--yes"])}`,
  });
}

/**
 * Asks, unless `--yes` was given.
 * @throws LayersError `interrupted`
 */
export async function confirmed({ ask }: Context, question: string): Promise<void> {
  if (ask && !(await ask(question))) throw new LayersError("interrupted", "Not confirmed.", { changed: unchanged });
}
