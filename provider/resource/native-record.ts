// The native plugin uses `versions` for the dynamic resource's `functions`, which in the plugin is the selection.

/** Whether the native plugin has recorded it. */
export function isNative(recorded: object): boolean {
  return "versions" in recorded;
}

/** A record of either resource in the handlers' form, also for a stack that migrates from one to the other. */
export function recordOf<T extends object>(recorded: T): T {
  if (!isNative(recorded)) return recorded;
  const { versions, ...others } = recorded as T & { readonly versions: unknown };
  return { ...others, functions: versions } as unknown as T;
}
