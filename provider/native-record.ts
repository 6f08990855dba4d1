// The native plugin calls `versions` what the dynamic resource calls `functions`: there, that is which ones are meant.

/** Whether the native plugin has recorded it. */
export function isNative(recorded: object): boolean {
  return "versions" in recorded;
}

/** What either resource records, as the handlers have it: also of a stack that moves over from one to the other. */
export function recordOf<T extends object>(recorded: T): T {
  if (!isNative(recorded)) return recorded;
  const { versions, ...others } = recorded as T & { readonly versions: unknown };
  return { ...others, functions: versions } as unknown as T;
}
