import type { Ports } from "../../ports";
import type { LoadedState } from "../plans";

// States can be large, and many: what is not needed for a while is not in memory.

/** Bytes from which on a copy more of a state counts. */
const large = 1 << 20;

/** Releases a state's bytes from memory. */
export function letGo(state: LoadedState): void {
  const { bytes } = state;
  (state as { bytes: Uint8Array }).bytes = new Uint8Array();
  free(bytes);
}

/** Of what is large the memory is free at once: the collector would wait until there is twice as much. */
export function free({ buffer, byteLength }: Uint8Array): void {
  if (byteLength > large && buffer.byteLength === byteLength) (buffer as ArrayBuffer).transfer(0);
}

/**
 * Has the state of a plan out of memory until the plan is carried out: of a run over many stacks all are planned first.
 * @param isNeeded whether it is to be changed, or no longer needed
 * @returns takes it up again
 */
export function setAside({ stateFiles }: Ports, state: LoadedState, isNeeded: boolean): () => void {
  const takeUp = isNeeded ? stateFiles.setAside(state.bytes) : undefined;
  // If there is no room elsewhere, it stays where it is.
  if (!isNeeded || takeUp) letGo(state);
  return () => {
    if (takeUp) (state as { bytes: Uint8Array }).bytes = takeUp();
  };
}
