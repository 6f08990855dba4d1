// The plugin's process: the engine passes its address as an argument, and reads the port from the first line.

import { fstatSync } from "node:fs";
import process from "node:process";
import { connectEngine } from "./engine";
import { Plugin } from "./plugin";
import { serve } from "./server";

const watchEvery = 1000;

/** @param version of the package, which is the plugin's too */
export async function start(version: string): Promise<void> {
  const plugin = new Plugin(connectEngine(process.argv[2]), version);
  const { port, busy } = await serve(plugin);
  process.stdout.write(`${port}\n`);
  endWithEngine(plugin, busy);
}

/** A killed engine leaves its plugins behind: running work is finished in order first. */
function endWithEngine(plugin: Plugin, busy: () => number): void {
  const engine = process.ppid;
  const leave = () => {
    plugin.cancel();
    const wait = () => (busy() === 0 ? process.exit(0) : setTimeout(wait, 50));
    wait();
  };
  setInterval(() => {
    if (process.ppid !== engine) leave();
  }, watchEvery).unref();
  // Under a language host, standard input is not a pipe and is at its end from the start.
  if (isPipe()) process.stdin.on("end", leave).resume();
}

function isPipe(): boolean {
  try {
    return fstatSync(0).isFIFO();
  } catch {
    return false;
  }
}
