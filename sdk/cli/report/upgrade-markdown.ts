import { count, listNames } from "../../core/text";
import type { AvailableLayer, Upgrade, UpgradePlan } from "../../ops/available";
import { declarationOf } from "../../ops/upgrade";
import { code, list, plain, table } from "./markdown";
import { placeIn } from "./matrix";

/** An upgrade of one stack's config, and the stack's name. */
export interface UpgradedStack {
  readonly label: string;
  /** That of its project, in a run over several: the plan's paths are from there. */
  readonly folder: string | undefined;
  readonly plan: UpgradePlan;
}

const day = 86_400_000;

/**
 * What an upgrade edits, for a pull request: versions and their ages, runtimes and numbers of affected functions, what
 * stays and why, and stacks with their own versions. A config that stacks share is shown once.
 */
export function renderUpgradeMarkdown(stacks: readonly UpgradedStack[], now: Date): string {
  const shared = Map.groupBy(stacks, ({ label, folder, plan: { file, override } }) =>
    [placeIn(folder, file), ...(override ? [label] : [])].join("\n"),
  );
  const groups = [...shared.values()];
  const withNews = groups.filter((own) =>
    own.some(({ plan: { upgrades, held, warnings } }) => upgrades.length + held.length + warnings.length > 0),
  );
  return (withNews.length > 0 ? withNews : groups.slice(0, 1)).map((own) => section(own, now)).join("\n");
}

function section(stacks: readonly UpgradedStack[], now: Date): string {
  const [first] = stacks;
  const rows = stacks.flatMap(({ label, plan }) => (plan.rows ?? []).map((row) => ({ ...row, label })));
  const all = stacks.flatMap(({ folder, plan }) =>
    plan.upgrades.map((one) => ({ ...one, declaration: declarationOfUpgrade(one), at: placeIn(folder, one.edit.at) })),
  );
  // In a dry run each stack plans what the first of them does to the file.
  const upgrades = [...Map.groupBy(all, ({ declaration, to }) => `${declaration} ${to}`).values()].map(
    ([one]) => one as (typeof all)[number],
  );
  const lines = upgrades.map(({ entry, from, to, edit, published, variant, declaration, at }) => {
    const own = rows.filter((row) => declarationOf(row) === declaration);
    return [
      variant ? `${code(entry)} for ${plain(variant.when)}` : code(entry),
      `${from} → ${to}`,
      published ? `${published.toISOString().slice(0, 10)} (${ageOf(published, now)})` : "–",
      String(new Set(own.flatMap((row) => functionsOf(row).map((name) => `${row.label} ${name}`))).size),
      [...new Set(own.flatMap(({ usedBy }) => usedBy?.runtimes ?? []))].sort().map(code).join(", ") || "–",
      `${code(at)}${edit.kind === "changed" ? "" : ` (${edit.kind})`}`,
    ];
  });
  const labels = listNames(stacks.map(({ label }) => code(label)));
  const where = first?.plan.override ? `for stack ${labels}` : `for all stacks, chosen for the functions of ${labels}`;
  const file = placeIn(first?.folder, first?.plan.file ?? "");
  const held = stacks.flatMap(({ plan }) =>
    plan.held.map(({ entry, version, reason }) => {
      const which = version === undefined ? "" : ` at ${version}`;
      return `${code(entry)}${which}: ${plain(reason)}`;
    }),
  );
  const warnings = stacks.flatMap(({ plan }) => plan.warnings.map(plain));
  return [
    `### Lambda layers in ${code(file)}: ${count(upgrades.length, "version")} ${where}\n`,
    ...table(["Entry", "Version", "Published", "Functions", "Runtimes", "Declared in"], lines),
    ...list("Not upgraded:", [...new Set(held)]),
    ...list("Notes:", [...new Set(warnings)]),
  ].join("\n");
}

function declarationOfUpgrade({ entry, variant }: Upgrade): string {
  return declarationOf({ entry, variant: variant && { ...variant, hasVersion: true } });
}

function functionsOf({ usedBy }: AvailableLayer): readonly string[] {
  return usedBy?.functions ?? [];
}

function ageOf(published: Date, now: Date): string {
  const days = Math.floor((now.getTime() - published.getTime()) / day);
  return days < 1 ? "less than a day old" : `${count(days, "day")} old`;
}
