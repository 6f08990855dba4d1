import { bashCompletion } from "../completion/bash";
import { fishCompletion } from "../completion/fish";
import { zshCompletion } from "../completion/zsh";
import type { Context } from "../context";

const scripts: Readonly<Record<string, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export async function run({ args: [shell = ""], stdout }: Context): Promise<number> {
  stdout.write(scripts[shell]?.() ?? "");
  return 0;
}
