import * as pulumi from "@pulumi/pulumi";
import { exampleOf, filledIn, patternOf } from "../resource/name-template";

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

/** A regular expression, without anchors, for the names that may be generated for a resource. */
export function generatedNames(type: string, logicalName: string): string {
  return patternOf(templateFor(type, logicalName));
}

/** A name as it may be generated for a resource. */
export function exampleName(type: string, logicalName: string): string {
  return exampleOf(templateFor(type, logicalName));
}

function templateFor(type: string, logicalName: string): string {
  return filledIn(templateOf(type), (expression) => expressed(expression, logicalName));
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
