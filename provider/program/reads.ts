import * as pulumi from "@pulumi/pulumi";

/** The call of the engine's client by which Pulumi's SDK reads a resource instead of registering it. */
interface ReadingMonitor {
  readResource?(request: unknown, done: (error: unknown, answer?: { getUrn(): string }) => void): unknown;
}

const seen = new WeakMap<object, Set<string>>();

/**
 * The URNs of the resources that the current program only reads, as with `get()`, from now on. A resource that was
 * constructed before anyone watched does not show whether it is one of these, but the engine is only asked for it later.
 */
export function watchReads(): ReadonlySet<string> {
  const monitor = pulumi.runtime.getMonitor() as unknown as ReadingMonitor | undefined;
  if (!monitor?.readResource) return new Set();
  const known = seen.get(monitor);
  if (known) return known;
  const urns = new Set<string>();
  seen.set(monitor, urns);
  const { readResource } = monitor;
  monitor.readResource = (request, done) =>
    readResource.call(monitor, request, (error, answer) => {
      if (answer) urns.add(answer.getUrn());
      done(error, answer);
    });
  return urns;
}
