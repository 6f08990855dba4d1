import type { FunctionState } from "./functions";
import { pause } from "./interrupt";

// An update that has ended is noticed a quarter of its time later at most. If many are under way, GetFunction's budget
// sets the pace: seven polls of an update that takes three seconds, times fifteen updates a second, are all of it.
const firstPoll = 200;
const pollGrowth = 1.25;
const longestPoll = 5_000;

/**
 * Waits until a function has no update in progress.
 * @param state how it stands now
 * @param read reads it again
 * @param isOver whether to give up, asked before each poll
 * @returns the last state read, which is still `InProgress` if the wait was given up; undefined if the function is gone
 */
export async function settled(
  state: FunctionState | undefined,
  read: () => Promise<FunctionState | undefined>,
  isOver: () => boolean,
): Promise<FunctionState | undefined> {
  let current = state;
  for (let wait = firstPoll; current?.update === "InProgress" && !isOver(); wait *= pollGrowth) {
    await pause(Math.min(wait, longestPoll));
    current = await read();
  }
  return current;
}
