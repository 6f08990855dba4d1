/** Elements of an object; an array becomes `member` elements, as the AWS query protocol has it. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join("");
  if (value !== null && typeof value === "object") {
    return Object.entries(value)
      .filter(([, child]) => child !== undefined)
      .map(([name, child]) => `<${name}>${toXml(child)}</${name}>`)
      .join("");
  }
  return escapeXml(String(value));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

/** Parameters of a query-protocol request, with `Name.member.1`, `Name.member.2` ... gathered into a list. */
export function readQueryForm(body: string): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(body)) {
    const list = /^(\w+)\.member\.\d+$/.exec(key)?.[1];
    if (!list) input[key] = value;
    else input[list] = [...((input[list] as string[] | undefined) ?? []), value];
  }
  return input;
}
