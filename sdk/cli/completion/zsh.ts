import { type Completion, type OptionCompletion, programName } from "./model";

/** A script that is evaluated after \`compinit\`, or stands in a folder of \`$fpath\`. */
export function zshCompletion(all: readonly Completion[]): string {
  return `#compdef ${programName}
# zsh completion for ${programName}
${all.map(toFunction).join("\n")}
if [[ "\${funcstack[1]}" == "_lambda_layers" || "\${funcstack[1]}" == "_${programName}" ]]; then
  _lambda_layers "$@"
else
  compdef _lambda_layers ${programName}
fi
`;
}

function toFunction({ path, commands, options, argument }: Completion): string {
  const specs = options.map(optionSpec);
  if (argument === "file") specs.push("'1:file:_files'");
  else if (argument) specs.push(`'1:word:(${argument.join(" ")})'`);
  if (commands.length === 0) return `${functionName(path)}() {\n  _arguments -s ${specs.join(" \\\n    ")}\n}`;
  const described = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`);
  const branches = commands.map(({ name }) => `        ${name}) ${functionName([...path, name])} ;;`);
  return `${functionName(path)}() {
  local state line
  local -a commands=(
${described.join("\n")}
  )
  _arguments -s -C ${[...specs, "'1:command:->command'", "'*::words:->words'"].join(" \\\n    ")}
  case $state in
    command) _describe command commands ;;
    words)
      case $line[1] in
${branches.join("\n")}
      esac ;;
  esac
}`;
}

/** `_arguments` reads `--stack[description]:NAME:action`; a star before it lets an option be repeated. */
function optionSpec({ flags, description, value }: OptionCompletion): string {
  const text = description.replace(/[[\]:\\]/g, "\\$&");
  const action = { file: ":file:_files", folder: ":folder:_files -/", text: ":value: " };
  const specs = flags.map((flag) => quote(`*${flag}[${text}]${value ? action[value] : ""}`));
  return specs.join(" ");
}

function functionName(path: readonly string[]): string {
  return ["_lambda_layers", ...path].join("_");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
