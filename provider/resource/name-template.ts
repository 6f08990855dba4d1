// Templates of the names that Pulumi generates, such as `api-${hex(7)}` (pulumi.com, "Names", "Autonaming
// configuration"). No name of a function contains a `$`.

const expression = /\$\{([^}]*)\}/g;
const random = /^(hex|alphanum|string|num)\((\d+)\)$/;

/** The characters of each random part. */
const characters: Readonly<Record<string, string>> = {
  hex: "[0-9a-f]",
  alphanum: "[0-9a-z]",
  string: "[a-z]",
  num: "[0-9]",
};

/** Whether this is a template rather than a name. */
export function isTemplate(name: string): boolean {
  return name.includes("${");
}

/** Replaces what is not random in a template, such as `name` or `stack`, by its value. */
export function filledIn(template: string, valueFor: (expression: string) => string): string {
  return template.replace(expression, (part, text) => (text === "uuid" || random.test(text) ? part : valueFor(text)));
}

/** A regular expression, without anchors, for the names that a filled-in template may make. */
export function patternOf(template: string): string {
  return withParts(template, escaped, (kind, length) => `${characters[kind]}{${length}}`, "[0-9a-f-]{36}");
}

/** A name as a filled-in template may make it. */
export function exampleOf(template: string): string {
  const zeros = (kind: string, length: number) => (kind === "string" ? "a" : "0").repeat(length);
  return withParts(template, (text) => text, zeros, "00000000-0000-0000-0000-000000000000");
}

function withParts(
  template: string,
  literal: (text: string) => string,
  ofKind: (kind: string, length: number) => string,
  uuid: string,
): string {
  const texts = template.split(expression);
  return texts
    .map((text, index) => {
      if (index % 2 === 0) return literal(text);
      const [, kind = "", length] = random.exec(text) ?? [];
      return length === undefined ? uuid : ofKind(kind, Number(length));
    })
    .join("");
}

/** A text as a regular expression. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
