// node -r ./peak-memory.cjs ...: writes the peak memory of the process, in bytes, to the file that PEAK_MEMORY_FILE
// names.

const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const process = require("node:process");

process.on("exit", () => writeFileSync(process.env.PEAK_MEMORY_FILE ?? "", String(peakMemory())));

/** On Linux, resourceUsage() also counts the memory of the process that started this one. */
function peakMemory() {
  const status = "/proc/self/status";
  const found = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"));
  return (found ? Number(found[1]) : process.resourceUsage().maxRSS) * 1024;
}
