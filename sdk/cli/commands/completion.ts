import { bashCompletion } from "../completion/bash";
import { fishCompletion } from "../completion/fish";
import { allCompletions, type Completion } from "../completion/model";
import { zshCompletion } from "../completion/zsh";
import type { Context } from "../context";

const scripts: Readonly<Record<string, (all: readonly Completion[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export async function run({ args: [shell = ""], stdout, table }: Context): Promise<number> {
  stdout.write(scripts[shell]?.(allCompletions(table)) ?? "");
  return 0;
}
