/**
 * The emulator as a process: prints its URL, then serves until it is terminated. With --until-stdin-ends it also ends
 * when whoever started it does, for whatever reason.
 *
 *     node --import tsx test/emulator/main.ts [--port N] [--throttle] [--update-delay MS] [--until-stdin-ends]
 */
import { parseArgs } from "node:util";
import { startEmulator } from ".";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      throttle: { type: "boolean", default: false },
      "update-delay": { type: "string", default: "20" },
      "until-stdin-ends": { type: "boolean", default: false },
    },
  });
  const emulator = await startEmulator({
    port: Number(values.port),
    throttle: values.throttle,
    updateDelayMs: Number(values["update-delay"]),
  });
  console.log(emulator.url);
  const stop = () => void emulator.close();
  process.once("SIGTERM", stop).once("SIGINT", stop);
  if (values["until-stdin-ends"]) process.stdin.once("end", stop).resume();
}

void main();
