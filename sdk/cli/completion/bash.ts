import { type Completion, type OptionCompletion, programName } from "./model";

/** A script for bash 3.2 and newer. */
export function bashCompletion(all: readonly Completion[]): string {
  const options = all.flatMap((one) => one.options);
  return `# bash completion for ${programName}
_lambda_layers() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="" i
  local IFS=$'\\n'
  COMPREPLY=()
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
    ${flagsOf(options, "file")})
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -f -- "$current"))
      return ;;
    ${flagsOf(options, "folder")})
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -d -- "$current"))
      return ;;
    ${flagsOf(options, "text")})
      return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${flagsOf(options, "file", "folder", "text")}) ((i++)) ;;
      -*) ;;
      *) command="$command \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command" in
${all.map(branch).join("\n")}
  esac
}
complete -F _lambda_layers ${programName}
`;
}

/** What completes a command: words, and files if its argument is one. */
function branch({ path, commands, options, argument }: Completion): string {
  const choices = argument === "file" ? [] : (argument ?? []);
  const words = [...commands.map(({ name }) => name), ...choices, ...options.flatMap(({ flags }) => flags)];
  const lines = [`COMPREPLY=($(compgen -W $'${words.join("\\n")}' -- "$current"))`];
  if (argument === "file") {
    lines.unshift("compopt -o filenames 2> /dev/null");
    lines.push('[[ "$current" == -* ]] || COMPREPLY=($(compgen -f -- "$current"))');
  }
  const pattern = path.length === 0 ? '""' : `" ${path.join(" ")}"`;
  return [`    ${pattern})`, ...lines.map((line) => `      ${line}`), "      ;;"].join("\n");
}

/** The flags whose value is of such a kind, as a pattern. */
function flagsOf(options: readonly OptionCompletion[], ...kinds: OptionCompletion["value"][]): string {
  const flags = options.filter(({ value }) => kinds.includes(value)).flatMap((option) => option.flags);
  return [...new Set(flags)].join(" | ");
}
