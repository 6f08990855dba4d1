const inWords: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOENT: "no such file or folder",
  ENOTDIR: "part of its path is not a folder",
  ELOOP: "it is a link, or behind a circle of links",
  EACCES: "no permission",
  EPERM: "no permission",
};

/**
 * Why the system refused something, in words and without its code: `it is a folder` for `EISDIR: illegal operation on a
 * directory, read`. Other errors keep their message.
 */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return inWords[code] ?? message.replace(/^E[A-Z0-9]+: (.+?), \w+(?: '.*)?$/s, "$1");
}
