// Preloaded into a measured command, with --expose-gc: prints the peak of memory in use right after collections.
// Garbage that has not been collected yet does not count.

let most = 0;
setInterval(() => {
  globalThis.gc?.();
  most = Math.max(most, process.memoryUsage().heapUsed);
}, 500).unref();
process.on("exit", () => console.error(`live heap: ${most}`));
