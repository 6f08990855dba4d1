/** Elements of an object; an array becomes `member` elements, as in the AWS query protocol. */
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

/**
 * Parameters of a query-protocol request. `Name.member.1` and the like are collected into a list of strings,
 * `Name.member.1.Key` into a list of objects.
 */
export function readQueryForm(body: string): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(body)) {
    const [, name, number, member] = /^(\w+)\.member\.(\d+)(?:\.(\w+))?$/.exec(key) ?? [];
    if (!name) {
      input[key] = value;
      continue;
    }
    input[name] ??= [];
    const list = input[name] as unknown[];
    const index = Number(number) - 1;
    list[index] = member ? { ...(list[index] as object | undefined), [member]: value } : value;
  }
  return input;
}
