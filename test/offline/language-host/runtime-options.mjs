/**
 * Translates `runtime.options` of a Pulumi.yaml for the Node process that runs the program.
 *
 * @param {Record<string, unknown>} [options]
 * @returns {{nodeArgs: string[], env: Record<string, string>}}
 * @throws {Error} if an option has the wrong type
 */
export function runtimeOptions(options = {}) {
  const { typescript = true, tsconfig = "", nodeargs = "" } = options;
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  if (typeof tsconfig !== "string") throw new Error("tsconfig option must be a string");
  if (typeof nodeargs !== "string") throw new Error("nodeargs option must be a string");
  return {
    nodeArgs: words(nodeargs),
    env: {
      ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
  };
}

/**
 * Splits at unquoted spaces: `--a "b c"` is two words.
 *
 * @param {string} line
 */
function words(line) {
  const found = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return found.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
