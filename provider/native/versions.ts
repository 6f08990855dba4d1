/** The versions involved in an update, as the engine has them: of any type, or missing. */
export interface Versions {
  /** The plugin's. */
  readonly own: string;
  /** That of the program's package, or of the option `version`. */
  readonly asked?: unknown;
  /** The one that the stack's last update used. */
  readonly recorded?: unknown;
}

/** A message about a plugin whose version differs from that of the program or the stack's state. */
export function versionLines({ own, asked, recorded }: Versions): string[] {
  const lines: string[] = [];
  if (typeof asked === "string" && asked !== own)
    lines.push(
      `The program's package asks for version ${asked} of the plugin lambda-layers, but this is version ${own}, from a folder named in Pulumi.yaml or from PATH. Use one version for both: install version ${own} of the package, or name the folder of version ${asked}.`,
    );
  if (typeof recorded === "string" && recorded !== asked && isNewer(recorded, own))
    lines.push(
      `The last update of this stack was by version ${recorded} of the plugin lambda-layers, but this is ${own}, which is older and may not know everything that the newer one recorded. Use version ${recorded} or newer: \`npx pulumi-lambda-layers@${recorded} plugin install\`.`,
    );
  return lines;
}

/** Whether a version is newer than another, by three numbers. */
function isNewer(version: string, than: string): boolean {
  const [one, other] = [numbersOf(version), numbersOf(than)];
  const place = one.findIndex((number, index) => number !== other[index]);
  return place >= 0 && (one[place] ?? 0) > (other[place] ?? 0);
}

function numbersOf(version: string): number[] {
  return (/^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
}
