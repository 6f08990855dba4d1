import { didYouMean } from "../nearest";
import { isPlaceholder, type PlaceholderName, placeholderNames, placeholdersIn } from "../placeholders";

/** What is wrong with a placeholder in a text. */
export interface PlaceholderProblem {
  readonly code: "unknown-placeholder" | "misplaced-placeholder";
  /** As it is written, with braces: what the caret marks. */
  readonly written: string;
  readonly message: string;
  readonly next: string;
}

const inName: readonly PlaceholderName[] = ["stack", "region", "runtime", "architecture"];

/** The placeholders allowed in each field; in an ARN, in each of its parts. */
const inArn: readonly (readonly PlaceholderName[])[] = [[], ["partition"], [], ["region"], ["account"], [], inName];

/**
 * The first problem with a text's placeholders; undefined if there is none.
 * @param field the field that contains the text
 */
export function placeholderProblem(field: string, text: string): PlaceholderProblem | undefined {
  if (field === "names") return firstWrong(text, inName, "a layer's name");
  if (field === "replaces") return firstWrong(text, ["stack"], "`replaces`", "Use * to match any text");
  if (field !== "arn") return undefined;
  const parts = text.split(":");
  const where = ["", "its partition", "", "its region", "its account", "", "its name"];
  for (const [index, part] of parts.entries()) {
    const found = firstWrong(part, inArn[index] ?? [], where[index] || "this part of an ARN");
    if (found) return found;
  }
  return undefined;
}

function firstWrong(
  text: string,
  allowed: readonly PlaceholderName[],
  where: string,
  advice?: string,
): PlaceholderProblem | undefined {
  const name = placeholdersIn(text).find((one) => !(allowed as readonly string[]).includes(one));
  if (name === undefined) return undefined;
  const written = `{${name}}`;
  const braced = (one: string) => `{${one}}`;
  const those = allowed.length > 0 ? `Allowed here: ${allowed.map(braced).join(", ")}` : "Write the value itself";
  if (isPlaceholder(name))
    return {
      code: "misplaced-placeholder",
      written,
      message: `${written} cannot be used in ${where}`,
      next: advice ?? those,
    };
  const meant = didYouMean(name, allowed.length > 0 ? allowed : placeholderNames, braced);
  return { code: "unknown-placeholder", written, message: `there is no placeholder ${written}`, next: meant ?? those };
}
