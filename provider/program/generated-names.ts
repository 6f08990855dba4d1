import * as pulumi from "@pulumi/pulumi";

// The names that Pulumi generates for resources without one: by default the logical name, a hyphen and 7 hex digits, else
// as the stack's `pulumi:autonaming` says (pulumi.com, "Names", "Autonaming configuration").

/** How names of one kind of resource are generated. */
interface Naming {
  readonly mode?: string;
  readonly pattern?: string;
}

interface Autonaming extends Naming {
  readonly providers?: Readonly<Record<string, Naming & { readonly resources?: Readonly<Record<string, Naming>> }>>;
}

const byDefault = `\${name}-\${hex(7)}`;

/** The characters of each random part. */
const randomParts: Readonly<Record<string, string>> = {
  hex: "[0-9a-f]",
  alphanum: "[0-9a-z]",
  string: "[a-z]",
  num: "[0-9]",
};

/** A regular expression, without anchors, for the names that may be generated for a resource. */
export function generatedNames(type: string, logicalName: string): string {
  return filled(type, logicalName, escaped, (part, length) => `${randomParts[part]}{${length}}`, "[0-9a-f-]{36}");
}

/** A name as it may be generated for a resource. */
export function exampleName(type: string, logicalName: string): string {
  const zeros = (part: string, length: number) => (part === "string" ? "a" : "0").repeat(length);
  return filled(type, logicalName, (text) => text, zeros, "00000000-0000-0000-0000-000000000000");
}

function filled(
  type: string,
  logicalName: string,
  literal: (text: string) => string,
  random: (part: string, length: number) => string,
  uuid: string,
): string {
  const texts = templateOf(type).split(/\$\{([^}]*)\}/);
  return texts
    .map((text, index) => {
      if (index % 2 === 0) return literal(text);
      const [, part = "", length] = /^(hex|alphanum|string|num)\((\d+)\)$/.exec(text) ?? [];
      if (length !== undefined) return random(part, Number(length));
      return text === "uuid" ? uuid : literal(expressed(text, logicalName));
    })
    .join("");
}

function expressed(expression: string, logicalName: string): string {
  switch (expression) {
    case "name":
      return logicalName;
    case "project":
      return pulumi.getProject();
    case "stack":
      return pulumi.getStack();
    case "org":
      return organization();
    default:
      return new pulumi.Config().get(expression.replace(/^config\./, "")) ?? "";
  }
}

/** Backends without organizations have one for programs and another for names. */
function organization(): string {
  const name = pulumi.getOrganization();
  return name === "organization" ? "default" : name;
}

function templateOf(type: string): string {
  const { providers, ...root } = autonaming();
  const provider = providers?.[type.split(":")[0] ?? ""];
  for (const { mode, pattern } of [provider?.resources?.[type], provider, root].filter((one) => one !== undefined)) {
    if (pattern !== undefined) return pattern;
    if (mode !== undefined) return mode === "verbatim" ? `\${name}` : byDefault;
  }
  return byDefault;
}

/** The engine has checked it before the program starts. */
function autonaming(): Autonaming {
  return new pulumi.Config("pulumi").getObject<Autonaming>("autonaming") ?? {};
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
