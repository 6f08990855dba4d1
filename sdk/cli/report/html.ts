import { shown } from "../../core/text";

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template accepts: texts and numbers are escaped, HTML is not; `undefined` yields nothing. */
export type HtmlValue = string | number | undefined | Html | readonly Html[];

/** A template whose values are escaped and {@link shown}, so that a name can be anything: html`<b>${name}</b>`. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? "";
  for (const [index, value] of values.entries()) text += toText(value) + (strings[index + 1] ?? "");
  return new Html(text);
}

function toText(value: HtmlValue): string {
  if (value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "string") return escapeHtml(shown(value));
  return typeof value === "number" ? String(value) : value.map(({ text }) => text).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
