import { type Completion, type OptionCompletion, programName } from "./model";

/** A script of \`complete\` commands. */
export function fishCompletion(all: readonly Completion[]): string {
  const lines = all.flatMap(toLines);
  return [`# fish completion for ${programName}`, `complete -c ${programName} -f`, ...lines, ""].join("\n");
}

function toLines({ path, commands, options, argument }: Completion): string[] {
  const conditions = [
    ...path.map((name) => `__fish_seen_subcommand_from ${name}`),
    ...(commands.length > 0 ? [`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(" ")}`] : []),
  ];
  const start = `complete -c ${programName} -n ${quote(conditions.join("; and "))}`;
  return [
    ...commands.map(({ name, summary }) => `${start} -a ${name} -d ${quote(summary)}`),
    ...options.map((option) => `${start} ${optionWords(option)}`),
    ...(argument === "file" ? [`${start} -F`] : (argument ?? []).map((word) => `${start} -a ${word}`)),
  ];
}

function optionWords({ flags, description, value }: OptionCompletion): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const action = { file: "-r -F", folder: "-x -a '(__fish_complete_directories)'", text: "-x" };
  return [...names, ...(value ? [action[value]] : []), `-d ${quote(description)}`].join(" ");
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
