import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { renderPage } from "../../sdk/cli/report/page";
import { largeStack } from "../cli/report/samples";
import { startBrowser } from "../support/chromium";
import { removeFolder, temporaryFolder } from "../support/folders";
import { type Figure, figure, median, timed } from "./figures";

const functions = 1000;
const layers = 20;
const rounds = 5;

/** How long the page of a large stack takes: to make, and in Chromium until first paint and until it is loaded. */
export async function run(): Promise<Figure[]> {
  const stack = largeStack(functions, layers);
  const folder = await temporaryFolder();
  const browser = await startBrowser();
  try {
    let page = "";
    const made: number[] = [];
    for (let round = 0; round < rounds; round++) {
      made.push(
        await timed(async () => {
          page = renderPage([stack], { configFile: "layer_config.yaml", time: new Date() });
        }),
      );
    }
    const file = join(folder, "page.html");
    await writeFile(file, page);
    const shown: { paint: number; load: number }[] = [];
    for (let round = 0; round < rounds; round++) shown.push(await show(browser, pathToFileURL(file).href));
    const of = `${functions} x ${layers} cells (${((await stat(file)).size / 1e6).toFixed(1)} MB)`;
    return [
      figure(`page of ${of}: made`, median(made), "ms", "its first paint", 1000),
      figure(`page of ${of}: first paint`, median(shown.map(({ paint }) => paint)), "ms", "a second", 1000),
      figure(`page of ${of}: loaded`, median(shown.map(({ load }) => load)), "ms", "its first paint"),
    ];
  } finally {
    await browser.close();
    await removeFolder(folder);
  }
}

/** Milliseconds since the start of the navigation. */
async function show(browser: Browser, url: string): Promise<{ paint: number; load: number }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await page.evaluate<{ paint: number; load: number }>(measure);
  } finally {
    await context.close();
  }
}

// Runs in the page.
const measure = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const entry = list.getEntriesByName("first-contentful-paint")[0];
    const load = performance.getEntriesByType("navigation")[0].loadEventEnd;
    if (entry) resolve({ paint: entry.startTime, load });
  }).observe({ type: "paint", buffered: true });
})`;
