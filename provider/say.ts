import { type Lines, shownLines, withoutCommands } from "../sdk/core/text";
import { host } from "./host";

/** Prints a line that Pulumi shows live: whatever names in it hold, it is no command to a terminal or CI system. */
export function say(text: string): void {
  host().log(cleanLines(text));
}

/** What Pulumi's log is given: lines as {@link say} prints them. */
export function cleanLines(lines: Lines): string {
  return withoutCommands(shownLines(lines));
}
