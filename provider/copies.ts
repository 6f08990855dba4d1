const key = Symbol.for("pulumi-lambda-layers.copies");

/**
 * Notes on the stack of a program that a copy of this package declares something: a library of the program may bring one
 * of its own, and each copy knows only what is declared through it.
 * @param folder the copy's
 * @returns the folders of other copies that do
 */
export function noteCopy(stack: object, folder: string): string[] {
  const folders: Set<string> = Reflect.get(stack, key) ?? new Set();
  Reflect.set(stack, key, folders.add(folder));
  return [...folders].filter((one) => one !== folder);
}
