import fc from "fast-check";

/** A way to write JSON. */
export interface JsonStyle {
  /** White space between tokens; undefined for lines with an indent. */
  readonly between: string | undefined;
  readonly indent: string;
  readonly lineBreak: "\n" | "\r\n" | "\r";
  /** Every n-th character of a string is written as `\u0041`; 0 for none. */
  readonly escapeEvery: number;
  /** Whether the characters that Go escapes (`<`, `>`, `&`) are escaped. */
  readonly escapeHtml: boolean;
  readonly end: string;
}

/** As `pulumi stack export` writes. */
export const pulumiStyle: JsonStyle = {
  between: undefined,
  indent: "    ",
  lineBreak: "\n",
  escapeEvery: 0,
  escapeHtml: true,
  end: "\n",
};

export const jsonStyles: fc.Arbitrary<JsonStyle> = fc.record({
  between: fc.constantFrom(undefined, "", " ", "\t\r\n "),
  indent: fc.constantFrom("", " ", "    ", "\t"),
  lineBreak: fc.constantFrom<JsonStyle["lineBreak"]>("\n", "\r\n", "\r"),
  escapeEvery: fc.constantFrom(0, 1, 2, 5),
  escapeHtml: fc.boolean(),
  end: fc.constantFrom("", "\n", "\r\n", " \n\n"),
});

/** Writes a value as JSON in a style; a bigint as a number of any size. */
export function writeJson(value: unknown, style: JsonStyle): string {
  return write(value, style, "") + style.end;
}

function write(value: unknown, style: JsonStyle, margin: string): string {
  const inner = margin + style.indent;
  const space = style.between ?? style.lineBreak + inner;
  const close = style.between ?? style.lineBreak + margin;
  if (typeof value === "string") return writeText(value, style);
  if (Array.isArray(value)) {
    const elements = value.map((element) => space + write(element, style, inner));
    return elements.length > 0 ? `[${elements.join(`${style.between ?? ""},`)}${close}]` : `[${style.between ?? ""}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${space}${writeText(key, style)}:${style.between ?? " "}${write(member, style, inner)}`);
    return members.length > 0 ? `{${members.join(`${style.between ?? ""},`)}${close}}` : `{${style.between ?? ""}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

function writeText(text: string, style: JsonStyle): string {
  const units = text.split("").map((unit, i) => {
    const escaped = style.escapeEvery > 0 && i % style.escapeEvery === 0;
    // Half of a surrogate pair next to an escape would not be valid UTF-8.
    const surrogate = unit >= "\ud800" && unit <= "\udfff";
    if (escaped || surrogate || (style.escapeHtml && "<>&".includes(unit))) {
      return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    }
    return JSON.stringify(unit).slice(1, -1);
  });
  return `"${units.join("")}"`;
}
