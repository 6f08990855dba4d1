import { type DraftEntry, type LayerUse, mostUsedVersions } from "./draft";
import { keyText } from "./insert";

/** What a new config says beside its layers. */
export interface DraftSettings {
  /** Where the JSON Schema is, relative to the file. */
  readonly schema: string;
  /** The stacks, or whatever it was made from, in words. */
  readonly from: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** How many functions a comment names. */
const mostNamed = 5;

/** Writes a config for people: each entry says how many functions use the layer, and which are at another version. */
export function writeDraft(entries: readonly DraftEntry[], { schema, from, region, account }: DraftSettings): string {
  const settings = [
    ...(region === undefined ? [] : [`  aws_region: ${region}`]),
    ...(account === undefined ? [] : [`  aws_account_id: "${account}"`]),
  ];
  const isTied = entries.some(({ uses }) => [uses, ...usesByStack(uses).values()].some((own) => tie(own)));
  const chosen = `the one that most functions use${isTied ? ", the newest where several tie" : ""} (${from})`;
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    `# The version that each Lambda layer has to be at: ${chosen}.`,
    ...(entries.length === 0 ? ["layers: {}"] : ["layers:", ...entries.flatMap(entryLines)]),
    ...(settings.length === 0 ? [] : ["", "settings:", ...settings]),
    ...overrideLines(entries),
  ];
  return `${lines.join("\n")}\n`;
}

function entryLines({ key, arn, names, version, uses, overrides }: DraftEntry): string[] {
  const functions = new Set(uses.map((use) => `${use.stack} ${use.function}`)).size;
  const moving = uses.filter((use) => use.layer.version !== (overrides.get(use.stack) ?? version));
  const named = moving.slice(0, mostNamed).map((use) => `${use.function} at ${use.layer.version}`);
  const more = moving.length > mostNamed ? `, and ${moving.length - mostNamed} more` : "";
  const equal = tie(uses);
  const layers = [...new Set(uses.map(({ layer }) => layer.name))].sort().join(", ");
  return [
    `  ${keyText(key)}:${arn || names || layers === key ? "" : ` # ${layers}`}`,
    ...(arn === undefined ? [] : [`    arn: ${arn.includes("{") ? `"${arn}"` : arn}`]),
    ...(names === undefined ? [] : [`    names: [${names.map((name) => JSON.stringify(name)).join(", ")}]`]),
    `    version: ${version} # ${functions} function${functions === 1 ? "" : "s"}${equal ? `, ${equal}` : ""}`,
    ...(moving.length > 0 ? [`    # when this was written: ${named.join(", ")}${more}`] : []),
  ];
}

function overrideLines(entries: readonly DraftEntry[]): string[] {
  const overrides = entries.flatMap(({ key, overrides, uses }) =>
    [...overrides].map(([stack, version]) => ({ stack, key, version, equal: tie(usesByStack(uses).get(stack) ?? []) })),
  );
  if (overrides.length === 0) return [];
  const byStack = [...Map.groupBy(overrides, ({ stack }) => stack)].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "",
    "stack_overrides:",
    ...byStack.flatMap(([stack, own]) => [
      `  ${keyText(stack)}:`,
      ...own.map(
        ({ key, version, equal }) => `    ${keyText(key)}: { version: ${version} }${equal ? ` # ${equal}` : ""}`,
      ),
    ]),
  ];
}

/** Which versions are used as often as the one that is declared: `as many at 3 as at 4`. Undefined where none is. */
function tie(uses: readonly LayerUse[]): string | undefined {
  const [version, ...equals] = mostUsedVersions(uses);
  return equals.length > 0 ? `as many at ${equals.join(" and ")} as at ${version}` : undefined;
}

function usesByStack(uses: readonly LayerUse[]): Map<string, LayerUse[]> {
  return Map.groupBy(uses, ({ stack }) => stack);
}
