const key = Symbol.for("pulumi-lambda-layers.copies");

/**
 * Notes on a program's stack that a copy of this package declares something: a library may bring its own copy, and each
 * copy knows only its own declarations.
 * @param folder the copy's
 * @returns the folders of other copies that do
 */
export function noteCopy(stack: object, folder: string): string[] {
  const folders: Set<string> = Reflect.get(stack, key) ?? new Set();
  Reflect.set(stack, key, folders.add(folder));
  return [...folders].filter((one) => one !== folder);
}
