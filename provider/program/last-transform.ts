import * as pulumi from "@pulumi/pulumi";

/** Undeclared members of the server in Pulumi's SDK that the engine calls transforms by. */
interface CallbackServer {
  registerStackTransform(transform: pulumi.ResourceTransform): void;
  awaitStackRegistrations(): Promise<void>;
  readonly _callbacks?: { readonly size: number };
  readonly _pendingRegistrations?: number;
}

/**
 * A resource transform that the engine calls after all others, whatever the program registers before or after it: the
 * SDK sends registrations all at once, so that the engine has them in any order, and calls them in that one. If Pulumi
 * keeps its transforms elsewhere some day, this is one of many.
 */
export class LastTransform {
  readonly #make: (generation: number) => pulumi.ResourceTransform;
  readonly #server: CallbackServer | undefined;
  #own: pulumi.ResourceTransform | undefined;
  #generation = 0;
  #isLast = true;
  #hasOthers: boolean;
  #ready: Promise<void> | undefined;

  /** @param make the transform; those of a lower generation may be followed by others */
  constructor(make: (generation: number) => pulumi.ResourceTransform) {
    this.#make = make;
    const { getCallbacks } = pulumi.runtime as unknown as { getCallbacks?: () => CallbackServer | undefined };
    this.#server = getCallbacks?.();
    this.#hasOthers = (this.#server?._callbacks?.size ?? 0) > 0 || (this.#server?._pendingRegistrations ?? 0) > 0;
    this.#isLast = !this.#hasOthers;
    this.#watch();
    this.#register();
  }

  /** Whether the program may have other transforms of all resources. */
  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  /** The generation that is called for a resource constructed now; see {@link ready}. */
  get generation(): number {
    return this.#generation;
  }

  /** What a resource constructed now must wait for, so that this transform is the last one for it too. */
  ready(): Promise<void> | undefined {
    if (this.#isLast || !this.#server) return this.#ready;
    this.#isLast = true;
    this.#generation += 1;
    const ready = this.#server
      .awaitStackRegistrations()
      // The SDK reports a registration that has failed.
      .catch(() => {})
      .then(() => {
        this.#register();
        if (this.#ready === ready) this.#ready = undefined;
      });
    this.#ready = ready;
    return ready;
  }

  #register(): void {
    this.#own = this.#make(this.#generation);
    pulumi.runtime.registerResourceTransform(this.#own);
  }

  #watch(): void {
    const server = this.#server;
    if (!server) return;
    const { registerStackTransform } = server;
    server.registerStackTransform = (transform) => {
      registerStackTransform.call(server, transform);
      if (transform === this.#own) return;
      this.#hasOthers = true;
      this.#isLast = false;
    };
  }
}
