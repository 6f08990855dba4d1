// What YAML programs in tests run with.

import { canHaveYamlHost, yamlHost } from "../offline/yaml-host.mjs";
import type { Project } from "./engine";
import type { Outcome } from "./processes";

/** How long a test may take if it is the first on its machine to need the language host, in milliseconds. */
export const firstBuild = 20 * 60_000;

/** Runs `pulumi ARGS` on a project whose program is YAML. */
export type YamlRunner = (args: readonly string[]) => Promise<Outcome>;

/** Undefined if there is neither Pulumi's language host for YAML nor Go. The first call builds the host. */
export const yamlRunner: ((project: Project) => Promise<YamlRunner>) | undefined = canHaveYamlHost()
  ? async (project) => {
      const env = { PATH: [await yamlHost(), project.env.PATH].join(process.platform === "win32" ? ";" : ":") };
      return (args) => project.succeeds(args, { env });
    }
  : undefined;
