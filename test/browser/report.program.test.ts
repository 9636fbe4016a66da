/** The HTML report in a browser: no request, no violation of the accessibility rules, everything by keyboard, on paper too. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { writeLayout } from "../../examples/shop/image.ts";
import { insecureImages } from "../../examples/shop/insecure/images.ts";
import type { Report } from "../../src/core/report.ts";
import { rendererOf } from "../../src/report/render.ts";
import { npm, sampleReport, vulnerability } from "../../src/report/sample.ts";
import { inProcess } from "../in-process.ts";
import { type Browser, type Page, skipWithoutChromium, startBrowser } from "./chromium.ts";

const options = { skip: skipWithoutChromium };

const shop = join(import.meta.dirname, "..", "..", "examples", "shop");
let folder = "";
let browser: Browser | undefined;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-browser-"));
  if (skipWithoutChromium === false) browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function withPage(work: (page: Page) => Promise<void>): Promise<void> {
  assert.ok(browser !== undefined);
  await browser.withPage(work);
}

const renderHtml = await rendererOf("html");

function written(name: string, report: Report): string {
  const path = join(folder, `${name}.html`);
  const pieces = renderHtml(report, { columns: 100, color: false, all: true });
  writeFileSync(path, [...pieces].join(""));
  return pathToFileURL(path).href;
}

function many(count: number): Report {
  const findings = Array.from({ length: count }, (_, i) =>
    vulnerability(
      `CVE-2024-${String(i).padStart(6, "0")}`,
      i % 7 === 0 ? "high" : "low",
      [`package-${i % 5_000}`, "1.0.0", "1.0.1"],
      [`usr/lib/package-${i}`, 0],
    ),
  );
  return { ...sampleReport, evaluations: [{ ...npm, findings, excepted: [] }, ...sampleReport.evaluations] };
}

/** Names of the findings in view. */
const names = (page: Page): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll("#rows tr:not(.detail) td:nth-child(2) .quiet")].map((e) => e.textContent.split(" · ")[0])`,
  );
const focused = (page: Page): Promise<string> =>
  page.evaluate(`document.activeElement.id || document.activeElement.textContent`);

test("nothing is requested, and nothing of the page is refused by its own policy", options, () =>
  withPage(async (page) => {
    const url = written("sample", sampleReport);
    await page.open(url);
    assert.deepEqual(await names(page).then((all) => all.length), 6);
    assert.deepEqual([...page.requested], [url]);
    assert.deepEqual([...page.complaints], []);
  }),
);

test("axe-core finds no violation, narrow and wide, light and dark, with findings open", options, () =>
  withPage(async (page) => {
    await page.open(written("accessible", many(300)));
    // It looks at each element with each of its rules: of a hundred rows of two kinds some of each are enough.
    await page.evaluate(`for (const row of [...document.querySelectorAll("#rows > tr")].slice(12, -12)) row.remove()`);
    assert.equal((await names(page)).length, 24);
    await page.evaluate(axe.source);
    for (const [width, dark] of [
      [1280, false],
      [1280, true],
      [420, false],
      [420, true],
    ] as const) {
      await page.view({ width, height: 900, dark });
      await page.evaluate(`document.querySelectorAll("#rows tr:not(.detail) button[aria-expanded=false]")[1].click();
        document.querySelector("details").open = true`);
      const violations = await page.evaluate<string[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html + ": " + nodes[0].failureSummary))`,
      );
      assert.deepEqual(violations, [], `${width} ${dark ? "dark" : "light"}`);
    }
  }),
);

test("no width has the page scroll sideways", options, () =>
  withPage(async (page) => {
    await page.open(written("narrow", many(300)));
    for (const width of [420, 800, 1280]) {
      await page.view({ width, height: 900 });
      assert.ok(await page.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth"), String(width));
    }
  }),
);

test("the keyboard alone filters, sorts, opens a finding and reaches the last page", options, () =>
  withPage(async (page) => {
    await page.view({ width: 1280, height: 900 });
    await page.open(written("keyboard", many(150)));
    await page.press("Tab");
    assert.equal(await focused(page), "text");
    await page.type("CVE-2021-44906");
    await page.evaluate("new Promise((resolve) => setTimeout(resolve))");
    assert.deepEqual([...new Set(await names(page))], ["CVE-2021-44906"]);
    await page.evaluate(`document.getElementById("text").select()`);
    await page.type(" ");
    await page.evaluate("new Promise((resolve) => setTimeout(resolve))");
    assert.equal((await names(page)).length, 100);
    for (const id of ["severity", "layer", "check", "asset", "sort", "accepted"]) {
      await page.press("Tab");
      assert.equal(await focused(page), id);
    }
    await page.press("Tab");
    assert.equal(await focused(page), "Severity");
    await page.press("Enter");
    assert.equal(await page.evaluate(`document.querySelector("[aria-sort]").getAttribute("aria-sort")`), "descending");
    for (let column = 0; column < 4; column++) await page.press("Tab");
    await page.press("Enter");
    assert.equal(await page.evaluate(`document.activeElement.getAttribute("aria-expanded")`), "true");
    assert.match(await page.evaluate(`document.querySelector("tr.detail").textContent`), /fingerprint[0-9a-f]{32}/);
    // From row to row, and behind the last one on to the next page.
    for (let row = 0; row < 120 && (await focused(page)) !== "next"; row++) await page.press("Tab");
    assert.equal(await focused(page), "next");
    const first = await names(page);
    await page.press("Enter");
    const second = await names(page);
    assert.equal(new Set([...first, ...second]).size, first.length + second.length - 1);
    assert.equal(await focused(page), "previous");
  }),
);

test("a hundred thousand findings are there, filtered and sorted, a page of them drawn", options, () =>
  withPage(async (page) => {
    await page.open(written("large", many(100_000)));
    assert.equal((await names(page)).length, 100);
    await page.evaluate(
      `{ const select = document.getElementById("sort"); select.value = "name"; select.dispatchEvent(new Event("change")); }`,
    );
    await page.evaluate(`document.getElementById("next").click()`);
    assert.equal((await names(page))[0], "CVE-2024-000096");
    assert.ok((await page.evaluate<number>(`document.querySelectorAll("*").length`)) < 4_000);
  }),
);

test("the insecure shop is eleven sheets of paper", options, async () => {
  const tree = join(folder, "insecure");
  cpSync(join(shop, "insecure"), tree, { recursive: true, filter: (path) => !path.endsWith(".generated") });
  for (const image of insecureImages) writeLayout(image, join(tree, ".generated", "images", image.name));
  const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: folder });
  await run("db", "import", join(shop, "advisories"), "--db", "a.db");
  await run("check", "insecure", "--db", "a.db", "--now", "2026-11-27T00:00:00Z", "--format", "html=shop.html");
  await withPage(async (page) => {
    await page.open(pathToFileURL(join(folder, "shop.html")).href);
    const sheets = (await page.print()).toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    assert.ok(sheets > 0 && sheets <= 11, `${sheets} sheets`);
  });
});

test("on paper what fixes the findings is printed, and not each finding", options, () =>
  withPage(async (page) => {
    await page.open(written("paper", many(20_000)));
    const pdf = (await page.print()).toString("latin1");
    const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
    assert.ok(pages >= 2 && pages <= 15, `${pages} pages`);
  }),
);
