import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { ReportedStack } from "../../../sdk/cli/report/matrix";
import { renderPage } from "../../../sdk/cli/report/page";
import { LayersError } from "../../../sdk/core/errors";
import { startBrowser } from "../../support/chromium";
import { removeFolder, temporaryFolder } from "../../support/folders";
import { failedStack, fn, hostileName, largeStack, sampleStack, stackOf } from "./samples";

const options = { configFile: "layer_config.yaml", time: new Date("2026-11-23T16:30:00Z") };
/** The functions of the sample, and those with something that is not as declared or not known. */
const all = ["api", "jobs", "mail (us-east-1)", "mail (eu-west-1)", "secret", "web"];
const notFine = ["api", "mail (us-east-1)", "mail (eu-west-1)", "secret"];
const several = [sampleStack("dev"), sampleStack("prod"), failedStack];

/** Milliseconds, as soon as the browser tells. */
const firstPaint = `new Promise((resolve) =>
  new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true }))`;

describe("the page of a report, in Chromium", () => {
  let browser: Browser;
  let folder: string;
  let pages = 0;
  before(async function () {
    this.timeout(900_000); // the browser may have to be installed
    folder = await temporaryFolder();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await removeFolder(folder);
  });

  /** Opens a page; every request but for the file itself, every message and every error ends up in `noise`. */
  async function open(stacks: readonly ReportedStack[], settings: BrowserContextOptions = {}) {
    const file = join(folder, `${pages++}.html`);
    await writeFile(file, renderPage(stacks, options));
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...settings });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const noise: string[] = [];
    const url = pathToFileURL(file).href;
    page.on("request", (request) => request.url() !== url && noise.push(request.url()));
    page.on("console", (message) => noise.push(message.text()));
    page.on("pageerror", (error) => noise.push(String(error)));
    page.on("dialog", (dialog) => {
      noise.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(url);
    return { page, noise, close: () => context.close() };
  }

  /** The names of the functions that can be seen. */
  const visible = (page: Page) => page.locator(".matrix tbody th:visible").allTextContents();

  const styleOf = (page: Page, selector: string, property: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`);

  it("shows each function's declared, recorded and live versions, with drift by colour and by sign", async () => {
    const { page, close } = await open([sampleStack()]);
    const lines = await page.locator(".matrix tbody tr").allInnerTexts();
    assert.deepEqual(
      lines.map((line) => line.replace(/\s+/g, " ").trim()),
      [
        "api ≠ 5 rec 4 · live 3 ✓ ≥ 3 rec 3 · live 4",
        "jobs ✓ 5 rec 5 · live 5 not declared rec 1 · live 1",
        "mail (us-east-1) ≠ 5 rec 5 · live 6",
        "mail (eu-west-1) ? 5 rec 5 · live ?",
        "secret ? rec ? · live –",
        "web ✓ 5 rec 5 · live 5",
      ],
    );
    assert.deepEqual(await page.locator("td u").allTextContents(), ["4", "3", "6"]);
    assert.notEqual(
      await styleOf(page, "td.drift", "backgroundColor"),
      await styleOf(page, "td.ok", "backgroundColor"),
    );
    assert.match(
      await page.locator(".verdict").innerText(),
      /^≠ 2 of 8 layers of functions are not as declared; 2 of 8 layers of functions are not known; 1 function is skipped\.$/,
    );
    assert.match(await page.locator("details").innerText(), /^1 function left out/);
    await close();
  });

  it("loads nothing and says nothing on the console", async () => {
    const { noise, close } = await open(several);
    assert.deepEqual(noise, []);
    await close();
  });

  it("shows markup in names as text", async () => {
    const stack = stackOf([fn(hostileName, { urn: `"><script>alert(2)</script>` })], {
      stack: "<img src=x onerror=alert(3)>",
      skipped: [{ function: hostileName, reason: "<b>why</b>" }],
    });
    const { page, noise, close } = await open([stack, failedStack]);
    assert.deepEqual(await visible(page), [hostileName]);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator("script").count(), 1);
    assert.equal(await page.title(), "? · Lambda layer versions");
    assert.deepEqual(noise, []);
    await close();
  });

  it("would not run a script that got in all the same", async () => {
    const { page, close } = await open([sampleStack()]);
    await page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "document.title = 'stolen'";
      document.body.append(script);
    }`);
    assert.notEqual(await page.title(), "stolen");
    await close();
  });

  it("filters by function, by layer and by drift", async () => {
    const { page, close } = await open([sampleStack()]);
    assert.deepEqual(await visible(page), all);
    await page.getByLabel("Function", { exact: true }).fill("A");
    assert.deepEqual(await visible(page), ["api", "mail (us-east-1)", "mail (eu-west-1)"]);
    assert.equal(await page.locator("#shown").innerText(), "3 of 6 functions shown");
    await page.getByLabel("Function", { exact: true }).fill("");
    await page.getByLabel("Layer", { exact: true }).fill("unrel");
    assert.deepEqual(await visible(page), ["jobs"]);
    assert.deepEqual(await page.locator(".matrix thead bdi:visible").allTextContents(), ["unrelated"]);
    await page.getByLabel("Layer", { exact: true }).fill("");
    await page.getByLabel("Only functions that have drifted").check();
    assert.deepEqual(await visible(page), notFine);
    await page.getByLabel("Layer", { exact: true }).fill("tools");
    assert.deepEqual(await visible(page), []);
    await close();
  });

  it("is read, filtered by drift and switched between stacks without a script", async () => {
    const { page, close } = await open(several, { javaScriptEnabled: false });
    assert.deepEqual(await visible(page), all);
    await page.getByLabel("Only functions that have drifted").check();
    assert.deepEqual(await visible(page), notFine);
    assert.equal(await page.getByLabel("Layer", { exact: true }).isVisible(), false);
    await page.getByText("prod ≠ 2").click();
    assert.equal(await page.locator("h2:visible").innerText(), "Stack prod");
    await page.getByText("gone !").click();
    assert.match(await page.locator(".problem:visible").innerText(), /no stack gone\.\nName another\.$/);
    await close();
  });

  it("is used by keyboard alone", async () => {
    const { page, close } = await open(several);
    const press = (key: string) => page.keyboard.press(key);
    const focused = () => page.evaluate<string>("document.activeElement.id || document.activeElement.className");
    await press("Tab");
    assert.equal(await focused(), "stack-0");
    assert.equal(await styleOf(page, "#stack-0 + label", "outlineStyle"), "solid");
    await press("ArrowRight");
    assert.equal(await page.locator("h2:visible").innerText(), "Stack prod");
    await press("Tab");
    await press("Space");
    assert.deepEqual(await visible(page), notFine);
    await press("Tab");
    await page.keyboard.type("mail");
    assert.deepEqual(await visible(page), ["mail (us-east-1)", "mail (eu-west-1)"]);
    assert.equal(await page.locator("#shown").innerText(), "2 of 6 functions shown");
    await press("Tab");
    await press("Tab");
    await press("Enter");
    assert.ok(await page.locator("#panel-1 details li").isVisible());
    await press("Tab");
    assert.equal(await focused(), "frame", "the table can be scrolled");
    await close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 400]) {
      it(`has no fault that axe finds, contrast included: ${colorScheme}, ${width} pixels wide`, async () => {
        const { page, close } = await open(several, { colorScheme, viewport: { width, height: 900 } });
        await page.evaluate(await readFile(require.resolve("axe-core/axe.min.js"), "utf8"));
        const { violations, passes } = await page.evaluate<AxeResults>("axe.run()");
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        assert.deepEqual(found, []);
        const contrast = passes.find(({ id }) => id === "color-contrast");
        assert.ok((contrast?.nodes.length ?? 0) > 20, "contrast was computed");
        const isDark = (await styleOf(page, "body", "backgroundColor")) === "rgb(16, 21, 28)";
        assert.equal(isDark, colorScheme === "dark");
        const overflow = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
        assert.ok(overflow <= 0, "only the table scrolls sideways");
        await close();
      });
    }
  }

  it("gives every cell its headers and the table a caption", async () => {
    const { page, close } = await open([sampleStack()]);
    assert.equal(await page.getByRole("table", { name: "Functions of dev by their layers" }).count(), 1);
    assert.equal(await page.getByRole("rowheader").count(), 6);
    assert.equal(await page.locator('.matrix thead th[scope="col"]').count(), 6);
    await close();
  });

  it("prints every stack, without controls, in dark on white", async () => {
    const { page, close } = await open(several, { colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await page.locator("h2:visible").count(), 3);
    assert.equal(await page.locator("input:visible").count(), 0);
    assert.equal(await styleOf(page, "body", "color"), "rgb(0, 0, 0)");
    assert.ok((await page.pdf()).length > 10_000);
    await close();
  });

  it("says no more than what is known", async () => {
    const { page, close } = await open([stackOf([fn()])]);
    assert.equal(await page.locator(".verdict").innerText(), "✓ All declared layers are at their versions.");
    await close();
    const unread = { live: { read: false, reason: "no credentials", code: "aws-credentials" } as const };
    const partly = await open([stackOf([fn("api", { live: "unread" })], unread), stackOf([fn()], { stack: "prod" })]);
    assert.equal(
      await partly.page.locator(".verdict").innerText(),
      "? No drift in what could be read; 1 of 2 layers of functions is not known; live versions could not all be read.",
    );
    assert.match(
      await partly.page.locator("section:visible").innerText(),
      /Live versions could not all be read: no cred/,
    );
    await partly.close();
    const unmatched = await open([stackOf([fn("api", { recorded: ["unrelated:1"] })])]);
    assert.equal(await unmatched.page.locator(".verdict").innerText(), "? No layer is declared by the config.");
    assert.match(await unmatched.page.title(), /^\? · /);
    await unmatched.close();
    const empty = await open([stackOf([], unread)]);
    assert.match(
      await empty.page.locator("section").innerText(),
      /no credentials[\s\S]*Nothing was found; live versions/,
    );
    await empty.close();
  });

  it("shows nothing of a place that was not asked", async () => {
    const recorded = ["base:4"];
    const { page, close } = await open([
      stackOf([fn("a", { recorded, live: "unasked" }), fn("b", { recorded: "unasked", live: recorded })]),
    ]);
    assert.deepEqual(await page.locator("td small").allInnerTexts(), ["rec 4", "live 4"]);
    await close();
  });

  it("filters a thousand functions by twenty layers", async () => {
    const { page, close } = await open([largeStack(1000, 20)]);
    await page.getByLabel("Function", { exact: true }).fill("service-012");
    await page.locator("#shown", { hasText: "10 of 1000 functions shown" }).waitFor();
    assert.equal((await visible(page)).length, 10);
    await close();
  });

  it("folds many stacks under their projects, and is as soon there as with few", async () => {
    const estate = (projects: number): ReportedStack[] =>
      Array.from({ length: projects }, (_, project) =>
        ["dev", "prod"].map((stack): ReportedStack => {
          const functions = Array.from({ length: 20 }, (_, index) =>
            fn(`fn-${project}-${index}`, { recorded: [`base:${stack === "dev" && project === 0 ? 4 : 5}`] }),
          );
          return { ...stackOf(functions, { stack }), folder: `services/${project}` };
        }),
      ).flat();
    const { page, noise, close } = await open([
      ...estate(2),
      { stack: undefined, folder: "web", error: new LayersError("pulumi-failed", "no") },
    ]);
    assert.match(await page.locator("header").innerText(), /4 stacks of 2 projects; read on/);
    assert.match(
      await page.locator(".verdict").innerText(),
      /20 of 80 layers of functions are not as declared; 1 project could not be read/,
    );
    assert.deepEqual(await page.locator("details.project > summary h2").allInnerTexts(), [
      "services/0",
      "services/1",
      "web",
    ]);
    assert.deepEqual(await visible(page), []);
    await page.locator("details.stack summary").first().click();
    assert.equal((await visible(page)).length, 20);
    assert.deepEqual(noise, []);
    await close();

    const paint = async (projects: number) => {
      const times: number[] = [];
      for (const _ of [1, 2, 3]) {
        const one = await open(estate(projects));
        times.push(await one.page.evaluate<number>(firstPaint));
        await one.close();
      }
      return times.sort((a, b) => a - b)[1] as number;
    };
    const [few, many] = [await paint(10), await paint(100)];
    assert.ok(many < 1.5 * few + 50, `first painted after ${few} ms with 20 stacks, ${many} ms with 200`);
    console.log(`      first painted: ${few.toFixed(0)} ms with 20 stacks, ${many.toFixed(0)} ms with 200`);
  });
});
