/**
 * Takes the pictures of the HTML report in docs/screens: narrow, wide, dark, with a finding open, and the first sheet of
 * paper. Needs chromium, and poppler's pdftoppm for the sheet. `make screens` does the whole.
 *
 * `node scripts/screens.ts REPORT.html [FOLDER]`
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findChromium, withPage } from "../test/browser/chromium.ts";

const [report, folder = "docs/screens"] = process.argv.slice(2);
if (report === undefined) throw new Error("usage: node scripts/screens.ts REPORT.html [FOLDER]");
if (findChromium() === undefined) throw new Error("chromium is not installed: scripts/setup-tests installs it");
mkdirSync(folder, { recursive: true });

const OPEN_FIRST = `document.querySelectorAll("#rows button")[1].click()`;

await withPage(async (page) => {
  await page.open(pathToFileURL(resolve(report)).href);
  for (const [name, width, height, dark] of [
    ["report-1280", 1280, 900, false],
    ["report-420", 420, 900, false],
    ["report-dark", 1280, 900, true],
  ] as const) {
    await page.view({ width, height, dark });
    writeFileSync(join(folder, `${name}.png`), await page.screenshot());
  }
  await page.view({ width: 1280, height: 900 });
  await page.evaluate(OPEN_FIRST);
  writeFileSync(join(folder, "report-open.png"), await page.screenshot());
  const temporary = mkdtempSync(join(tmpdir(), "bulkhead-screens-"));
  try {
    const pdf = join(temporary, "report.pdf");
    writeFileSync(pdf, await page.print());
    execFileSync("pdftoppm", [
      "-png",
      "-r",
      "70",
      "-f",
      "1",
      "-l",
      "1",
      "-singlefile",
      pdf,
      join(folder, "report-print"),
    ]);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
});
