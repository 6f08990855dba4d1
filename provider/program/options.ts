import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { cleanLines } from "../host/say";
import { hasOwnProcess, runError } from "./failure";

/** What `check` computes itself, regardless of older values in the engine. */
const computed = /^(?:functions|drift|lost|before)(?:[.[]|$)|^\*$/;

/** @throws pulumi.RunError the options contain a provider, which this resource cannot use */
export function refuseProvider(by: string, opts: pulumi.ResourceOptions): void {
  const given = (["provider", "providers"] as const).find(
    (option) => (opts as Record<string, unknown>)[option] !== undefined,
  );
  if (given === undefined) return;
  throw runError(
    `${by} cannot use the option \`${given}\`: it calls AWS itself. Remove it, and set the region with an argument: \`region: provider.region\` (and \`profile\` or \`roleArn\`, if the provider uses another account).`,
  );
}

/** @throws pulumi.RunError the options ask for an import, which is not needed */
export function refuseImport(by: string, opts: pulumi.CustomResourceOptions): void {
  if (opts.import === undefined) return;
  throw runError(
    `${by} cannot be imported and does not need to be. Remove \`import\`: the first \`pulumi up\` records what is live and changes only what is not as declared.`,
  );
}

/**
 * Warns of options that change nothing here.
 * @returns the options without those that would keep the program's request from `check`
 */
export function withoutVoidOptions(by: string, opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  const { ignoreChanges = [], replaceOnChanges = [] } = opts;
  for (const [option, paths] of Object.entries({ ignoreChanges, replaceOnChanges })) {
    const path = paths.find((one) => computed.test(one));
    if (path === undefined) continue;
    pulumi.log.warn(
      cleanLines(
        `${by} has \`${option}: ["${path}"]\`, which has no effect: the resource always updates its functions to what is declared. To leave one alone, remove it from \`functions\`.`,
      ),
    );
  }
  return { ...opts, ignoreChanges: ignoreChanges.filter((path) => !computed.test(path)) };
}

/**
 * The code recorded in state loads this package from the program's folder, at every refresh and destroy. A bundle, or
 * an indirect dependency, is not enough.
 * @throws pulumi.RunError it is not found there
 */
export function requireInstalled(): void {
  // For an inline program of the Automation API, the folder that Pulumi will work in is unknown.
  if (!hasOwnProcess) return;
  const folder = process.cwd();
  try {
    createRequire(join(folder, "index.js")).resolve("pulumi-lambda-layers/provider/handlers");
  } catch {
    throw runError(
      `The package pulumi-lambda-layers is not installed where Pulumi loads it from for preview, refresh and destroy: ${folder}. Add it to the \`dependencies\` of the program's own package.json and install it there, even if the program is bundled or gets it through another package.`,
    );
  }
}
