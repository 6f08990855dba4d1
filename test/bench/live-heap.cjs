// Preloaded into a command that is measured, with --expose-gc: prints how much memory was in use at most, right after
// collections. What is merely not yet collected does not count.

let most = 0;
setInterval(() => {
  globalThis.gc?.();
  most = Math.max(most, process.memoryUsage().heapUsed);
}, 500).unref();
process.on("exit", () => console.error(`live heap: ${most}`));
