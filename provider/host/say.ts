import { type Lines, shownLines, withoutCommands } from "../../sdk/core/text";
import { host } from "./host";

/** Prints a line that Pulumi shows live, escaped so that it cannot act as a command to a terminal or CI system. */
export function say(text: string): void {
  host().log(cleanLines(text));
}

/** Lines for Pulumi's log, as {@link say} prints them. */
export function cleanLines(lines: Lines): string {
  return withoutCommands(shownLines(lines));
}
