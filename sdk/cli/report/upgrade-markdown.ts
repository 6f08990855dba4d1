import { count } from "../../core/text";
import type { AvailableLayer } from "../../ops/available";
import { declarationOf, type UpgradePlan } from "../../ops/upgrade";
import { code, list, plain, table } from "./markdown";

/** An upgrade of one stack's config, and how the stack is named. */
export interface UpgradedStack {
  readonly label: string;
  readonly plan: UpgradePlan;
}

const day = 86_400_000;

/**
 * What an upgrade edits, for a pull request: versions and their ages, the runtimes and the number of the functions that
 * move, what stays and why, and stacks that keep versions of their own.
 */
export function renderUpgradeMarkdown(stacks: readonly UpgradedStack[], now: Date): string {
  return `${stacks.map((one) => section(one, now)).join("\n")}`;
}

function section({ label, plan }: UpgradedStack, now: Date): string {
  const { upgrades, held, warnings, rows = [], file, override } = plan;
  const lines = upgrades.map(({ entry, from, to, edit, published, variant }) => {
    const declaration = declarationOf({ entry, variant: variant && { ...variant, hasVersion: true } });
    const own = rows.filter((row) => declarationOf(row) === declaration);
    return [
      variant ? `${code(entry)} for ${plain(variant.when)}` : code(entry),
      `${from} → ${to}`,
      published ? `${published.toISOString().slice(0, 10)} (${ageOf(published, now)})` : "–",
      String(new Set(own.flatMap(functionsOf)).size),
      [...new Set(own.flatMap(({ usedBy }) => usedBy?.runtimes ?? []))].sort().map(code).join(", ") || "–",
      `${code(edit.at)}${edit.kind === "changed" ? "" : ` (${edit.kind})`}`,
    ];
  });
  const where = override ? `for stack ${code(label)}` : `for all stacks, chosen for the functions of ${code(label)}`;
  return [
    `### Lambda layers in ${code(file)}: ${count(upgrades.length, "version")} ${where}\n`,
    ...table(["Entry", "Version", "Published", "Functions", "Runtimes", "Declared in"], lines),
    ...list(
      "Not upgraded:",
      held.map(({ entry, version, reason }) => {
        const which = version === undefined ? "" : ` at ${version}`;
        return `${code(entry)}${which}: ${plain(reason)}`;
      }),
    ),
    ...list("Notes:", warnings.map(plain)),
  ].join("\n");
}

function functionsOf({ usedBy }: AvailableLayer): readonly string[] {
  return usedBy?.functions ?? [];
}

function ageOf(published: Date, now: Date): string {
  const days = Math.floor((now.getTime() - published.getTime()) / day);
  return days < 1 ? "less than a day old" : `${count(days, "day")} old`;
}
