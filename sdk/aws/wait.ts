import type { FunctionState } from "./functions";
import { pause } from "./interrupt";

// The end of an update is noticed after at most a quarter of its duration. With many updates in flight, GetFunction's
// budget sets the pace: seven polls of a three-second update, at fifteen updates per second, use all of it.
const firstPoll = 200;
const pollGrowth = 1.25;
const longestPoll = 5_000;

/**
 * Waits until a function has no update in progress.
 * @param state its current state
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
