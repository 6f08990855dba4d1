// A run of the updater or of a rollback as a process of its own, for tests that kill it: `entry.ts update|rollback OPTIONS`,
// options as JSON. Prints lines as the command line does, and `STEP - ...` whenever a piece of work begins.

import { LayersError } from "../../sdk/core/errors";
import type { Reporter } from "../../sdk/ops/ports";
import { executeRollback, planRollback } from "../../sdk/ops/rollback";
import { createPorts, LayerVersionUpdater } from "../../sdk/wiring";

const print = (line: string) => void process.stdout.write(`${line}\n`);

const reporter: Reporter = {
  info: (line) => print(`INFO - ${line}`),
  item: (line) => print(`  - ${line}`),
  warn: (line) => print(`WARN - ${line}`),
  verbose() {},
  progress(title) {
    print(`STEP - ${title}`);
    return { update() {}, end() {} };
  },
};

async function main([kind = "", text = "{}"]: string[]): Promise<void> {
  const cancel = new AbortController();
  process.on("SIGINT", () => cancel.abort());
  const options = { ...JSON.parse(text), reporter, signal: cancel.signal };
  const ports = createPorts(options);
  try {
    const result =
      kind === "update"
        ? await new LayerVersionUpdater(options, ports).run()
        : await executeRollback(ports, await planRollback(ports, options));
    print(`RESULT - ${JSON.stringify(result)}`);
  } catch (error) {
    if (!(error instanceof LayersError)) throw error;
    print(`ERROR - ${error.code}: ${error.describe()}`);
    process.exitCode = error.exitStatus;
  }
}

void main(process.argv.slice(2));
