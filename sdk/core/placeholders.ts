// Placeholders in a config stand for what differs between functions. Each stands for one whole value; in a layer's name
// a runtime is written without dots, which layer names cannot contain: `python312`.

/** Every placeholder that there is. */
export const placeholderNames = ["stack", "partition", "region", "account", "runtime", "architecture"] as const;

/** One of {@link placeholderNames}. */
export type PlaceholderName = (typeof placeholderNames)[number];

/** The values of placeholders; unknown ones are left out. */
export type PlaceholderValues = Readonly<Partial<Record<PlaceholderName, string | undefined>>>;

const placeholder = /\{([^{}]*)\}/g;

/** The placeholders in a text as written, without braces; they may be unknown ones. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = ""]) => name);
}

/** Whether a text has any placeholder. */
export function hasPlaceholder(text: string): boolean {
  return text.includes("{");
}

/** The filled-in text, or the placeholder whose value is unknown. */
export type Filled = { readonly text: string } | { readonly missing: PlaceholderName };

/** Fills in placeholders; unknown names in braces stay as they are. */
export function fillIn(text: string, values: PlaceholderValues): Filled {
  let missing: PlaceholderName | undefined;
  const filled = text.replace(placeholder, (written, name: string) => {
    if (!isPlaceholder(name)) return written;
    const value = values[name];
    if (value === undefined) missing ??= name;
    return value ?? written;
  });
  return missing === undefined ? { text: filled } : { missing };
}

/** Fills in `{stack}` alone. */
export function fillStack(text: string, stack: string): string {
  // A function, because `$&` is special in a replacement text.
  return text.replaceAll("{stack}", () => stack);
}

/** Whether a text is the name of a placeholder. */
export function isPlaceholder(name: string): name is PlaceholderName {
  return (placeholderNames as readonly string[]).includes(name);
}

/** A runtime as written in a layer's name. */
export function runtimeInName(runtime: string): string {
  return runtime.replaceAll(".", "");
}

// The families of Lambda's runtimes, without dots. If any word were allowed, `receipt-{runtime}` would match
// `receipt-dynamo`.
const runtimes = "(?:(?:python|nodejs|java|dotnetcore|dotnet|ruby|go|rust)\\d[0-9a-z]*|nodejs|provided(?:al\\d+)?)";

const patterns: Readonly<Record<PlaceholderName, string>> = {
  stack: "[A-Za-z0-9_-]+",
  partition: "[a-zA-Z0-9-]+",
  region: "[a-z]+(?:-[a-z]+)+-\\d+",
  account: "\\d{12}",
  runtime: runtimes,
  architecture: "(?:x86_64|arm64)",
};

/** A compiled text with placeholders. */
export interface Pattern {
  /** Whether it can produce the text. */
  test(text: string): boolean;
}

/**
 * Compiles a text with placeholders; `*` stands for any text. All alternatives are followed at once, because the
 * backtracking of a regular expression would take exponential time with many `*`.
 */
export function patternOf(text: string): Pattern {
  const steps = text.split(/(\{[^{}]*\}|\*+)/).map(stepOf);
  return {
    test(candidate) {
      let reached: readonly number[] = [0];
      for (const step of steps) reached = step(candidate, reached);
      return reached.includes(candidate.length);
    },
  };
}

/** The positions, in ascending order, at which a part of a pattern can end if it starts at one of the given ones. */
type Step = (text: string, from: readonly number[]) => readonly number[];

function stepOf(part: string): Step {
  if (part.startsWith("*")) {
    return (text, [first]) =>
      first === undefined ? [] : Array.from({ length: text.length - first + 1 }, (_, i) => first + i);
  }
  const name = part.slice(1, -1);
  if (!part.startsWith("{") || !isPlaceholder(name))
    return (text, from) => from.filter((at) => text.startsWith(part, at)).map((at) => at + part.length);
  const longest = new RegExp(patterns[name], "y");
  const whole = new RegExp(`^${patterns[name]}$`);
  return (text, from) => {
    const ends = new Set<number>();
    for (const at of from) {
      longest.lastIndex = at;
      const most = longest.exec(text)?.[0].length ?? 0;
      for (let length = 1; length <= most; length++)
        if (!ends.has(at + length) && whole.test(text.slice(at, at + length))) ends.add(at + length);
    }
    return [...ends].sort((a, b) => a - b);
  };
}
