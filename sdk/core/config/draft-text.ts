import { count, shown, visibleJson } from "../text";
import { type DraftEntry, type DraftVariant, type LayerUse, mostUsedVersions } from "./draft";
import { keyText } from "./insert";

/** What a new config contains besides its layers. */
export interface DraftSettings {
  /** Where the JSON Schema is, relative to the file. */
  readonly schema: string;
  /** The stacks, or other sources of the config, in words. */
  readonly from: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** The tag that has a function's stack as its value. Default: that of the settings. */
  readonly tagKey?: string | undefined;
}

/** How many functions a comment names. */
const mostNamed = 5;

/**
 * Writes a config with comments: next to each version, how many functions have it, out of how many, and which have
 * another one.
 */
export function writeDraft(entries: readonly DraftEntry[], draft: DraftSettings): string {
  const { schema, from, region, account, tagKey } = draft;
  const settings = [
    ...(region === undefined ? [] : [`  aws_region: ${keyText(region)}`]),
    ...(account === undefined ? [] : [`  aws_account_id: ${visibleJson(account)}`]),
    ...(tagKey === undefined ? [] : [`  tag_key: ${keyText(tagKey)}`]),
  ];
  const byStack = entries.flatMap(({ uses }) => [...Map.groupBy(uses, ({ stack }) => stack).values()]);
  const isTied = byStack.some((own) => mostUsedVersions(own).length > 1);
  const isOneStack = new Set(byStack.map(([use]) => use?.stack)).size === 1;
  const chosen = isOneStack
    ? "the one that most functions use"
    : "for each stack, the one that most of its functions use";
  const lines = [
    `# yaml-language-server: $schema=${shown(schema)}`,
    `# The version that each Lambda layer must be at: ${chosen}${isTied ? ", or the newest in a tie" : ""} (${shown(from)}).`,
    ...(entries.length === 0 ? ["layers: {}"] : ["layers:", ...entries.flatMap(entryLines)]),
    ...(settings.length === 0 ? [] : ["", "settings:", ...settings]),
    ...overrideLines(entries),
  ];
  return `${lines.join("\n")}\n`;
}

function entryLines({ key, arn, names, version, uses, overrides, variants = [] }: DraftEntry): string[] {
  const layers = [...new Set(uses.map(({ layer }) => layer.name))].sort().join(", ");
  const own = uses.filter(({ stack }) => !overrides.has(stack));
  return [
    `  ${keyText(key)}:${arn || names || layers === key ? "" : ` # ${shown(layers)}`}`,
    ...(arn === undefined ? [] : [`    arn: ${arn.includes("{") ? `"${arn}"` : arn}`]),
    ...(names === undefined ? [] : [`    names: [${names.map((name) => visibleJson(name)).join(", ")}]`]),
    ...explained(`    version: ${version}`, version, own),
    ...(variants.length === 0 ? [] : ["    variants:", ...variants.flatMap(variantLines)]),
  ];
}

function variantLines({ when, arn, version, uses }: DraftVariant): string[] {
  const conditions = Object.entries(when).map(([key, value]) => `${key}: ${value}`);
  return [
    `      - when: { ${conditions.join(", ")} }`,
    ...(arn === undefined ? [] : [`        arn: "${arn}"`]),
    ...explained(`        version: ${version}`, version, uses),
  ];
}

function overrideLines(entries: readonly DraftEntry[]): string[] {
  const overrides = entries.flatMap(({ key, overrides, uses }) =>
    [...overrides].map(([stack, version]) => ({
      stack,
      lines: explained(
        `    ${keyText(key)}: { version: ${version} }`,
        version,
        uses.filter((use) => use.stack === stack),
      ),
    })),
  );
  if (overrides.length === 0) return [];
  const byStack = [...Map.groupBy(overrides, ({ stack }) => stack)].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "",
    "stack_overrides:",
    ...byStack.flatMap(([stack, own]) => [`  ${keyText(stack)}:`, ...own.flatMap(({ lines }) => lines)]),
  ];
}

/** A line that declares a version, and below it, if functions differ, how many have it and what the others have. */
function explained(line: string, version: number, uses: readonly LayerUse[]): string[] {
  const others = uses.filter(({ layer }) => layer.version !== version);
  const all = functionsOf(uses);
  const agreeing = functionsOf(uses.filter(({ layer }) => layer.version === version));
  const counted = `${agreeing} of ${count(all, "function")} at ${version}`;
  const equals = mostUsedVersions(uses).filter((one) => one !== version);
  const tied = equals.length > 0 ? `, as many at ${equals.join(" and ")}` : "";
  const isOneStack = new Set(uses.map(({ stack }) => stack)).size === 1;
  const named = others
    .slice(0, mostNamed)
    .map((use) => `${shown(use.function)}${isOneStack ? "" : ` (${shown(use.stack)})`} at ${use.layer.version}`);
  const more = others.length > mostNamed ? `, and ${others.length - mostNamed} more` : "";
  // The version's own line has no comment that an edit of the version would make wrong.
  return [
    line,
    ...(others.length > 0 ? [`    # when this was written: ${counted}${tied}; ${named.join(", ")}${more}`] : []),
  ];
}

function functionsOf(uses: readonly LayerUse[]): number {
  return new Set(uses.map((use) => `${use.stack} ${use.layer.region} ${use.function}`)).size;
}
