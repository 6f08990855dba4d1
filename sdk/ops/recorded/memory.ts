import type { Ports } from "../../ports";
import type { LoadedState } from "../plans";

// States can be large and numerous, so those not needed for a while are moved out of memory.

/** The size from which an extra copy of a state matters. */
const large = 1 << 20;

/** Releases a state's bytes from memory. */
export function letGo(state: LoadedState): void {
  const { bytes } = state;
  (state as { bytes: Uint8Array }).bytes = new Uint8Array();
  free(bytes);
}

/** Frees large memory immediately; the garbage collector would wait until it has doubled. */
export function free({ buffer, byteLength }: Uint8Array): void {
  if (byteLength > large && buffer.byteLength === byteLength) (buffer as ArrayBuffer).transfer(0);
}

/**
 * Moves the state of a plan out of memory until the plan is carried out, because a run over many stacks plans all of
 * them first.
 * @param isNeeded whether it is to be changed, or no longer needed
 * @returns takes it up again
 */
export function setAside({ stateFiles }: Ports, state: LoadedState, isNeeded: boolean): () => void {
  const takeUp = isNeeded ? stateFiles.setAside(state.bytes) : undefined;
  // Without space elsewhere, it stays in memory.
  if (!isNeeded || takeUp) letGo(state);
  return () => {
    if (takeUp) (state as { bytes: Uint8Array }).bytes = takeUp();
  };
}
