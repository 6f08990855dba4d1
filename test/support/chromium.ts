// The browser in which tests open pages: the user's own, or else Debian's package, which is installed once.

import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import lockfile from "proper-lockfile";
import { onPath } from "../../scripts/commands.mjs";
import { cacheFolder } from "../../scripts/places.mjs";
import { run } from "./processes";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];

// Where the installers of macOS and Windows put it.
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  `${process.env.PROGRAMFILES}\\Google\\Chrome\\Application\\chrome.exe`,
];

/** Starts without a window, even as root, and without checking for updates. Its profile is a new empty folder. */
const flags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Starts a browser; close it at the end. */
export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), headless: true, args: flags });
}

/**
 * Finds Chromium or Chrome: the program that `CHROME_PATH` names, one on PATH, or an installed application. If there is
 * none, and this is Debian or Ubuntu with root privileges, it installs the package `chromium`.
 * @throws Error that says what to do, if there is no browser and none can be installed
 */
export async function chromiumPath(
  env: NodeJS.ProcessEnv = process.env,
  isRoot = process.getuid?.() === 0,
): Promise<string> {
  if (env.CHROME_PATH) {
    if (isProgram(env.CHROME_PATH)) return env.CHROME_PATH;
    throw new Error(`CHROME_PATH is ${env.CHROME_PATH}, which is not a program.`);
  }
  const found = find(env);
  if (found !== undefined) return found;
  const [apt] = onPath("apt-get", env);
  if (apt === undefined || !isRoot) {
    throw new Error("Tests need Chromium or Chrome: install one, or set CHROME_PATH to its program.");
  }
  await install(apt, env);
  const installed = find(env);
  if (installed === undefined) throw new Error("The package chromium was installed, but there is no program chromium.");
  return installed;
}

function find(env: NodeJS.ProcessEnv): string | undefined {
  return [...names.flatMap((name) => onPath(name, env)), ...applications].find(isProgram);
}

/** Installs the package. If several processes want it at once, one installs it and the others wait. */
async function install(apt: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = cacheFolder(env);
  mkdirSync(folder, { recursive: true });
  const release = await lockfile.lock(join(folder, "chromium"), {
    realpath: false,
    stale: 60_000,
    retries: { retries: 1200, minTimeout: 500, maxTimeout: 500 },
  });
  try {
    if (find(env) !== undefined) return;
    // Another apt-get may be running.
    const waiting = ["-o", "DPkg::Lock::Timeout=600", "-qq"];
    const packages = ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
    process.stderr.write("Installing Debian's package chromium, to look at pages with (once)\n");
    for (const words of [["update"], packages]) {
      const { code, output } = await run(apt, [...waiting, ...words], {
        env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
      });
      if (code !== 0) throw new Error(`apt-get ${words.join(" ")} ended with ${code}:\n${output}`);
    }
  } finally {
    await release();
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
