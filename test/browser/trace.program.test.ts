/** The page of `trace` in a browser: no request, no violation of the accessibility rules, and the picture within its frame. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { renderTracePage } from "../../src/report/trust/trace-page.ts";
import { sampleTrace } from "../../src/report/trust/trace-sample.fixture.ts";
import { skipWithoutChromium, withPage } from "./chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-browser-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What axe finds. */
const violations = `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 120)).join(" | ")))`;

/** Texts of the picture that stand out of their boxes. */
const outside = `[...document.querySelectorAll(".chain g")].flatMap((group) => {
  const box = group.querySelector("rect").getBBox();
  return [...group.querySelectorAll("text")].filter((text) => {
    const { x, y, width, height } = text.getBBox();
    return x < box.x || y < box.y || x + width > box.x + box.width || y + height > box.y + box.height;
  }).map((text) => text.textContent);
})`;

test(
  "the chain is drawn, readable and accessible, light and dark, wide and narrow",
  { skip: skipWithoutChromium },
  () =>
    withPage(async (page) => {
      const path = join(folder, "trace.html");
      writeFileSync(path, renderTracePage(sampleTrace));
      const url = pathToFileURL(path).href;
      for (const [name, viewport] of Object.entries({
        wide: { width: 1280, height: 900 },
        dark: { width: 1280, height: 900, dark: true },
        narrow: { width: 360, height: 740 },
      })) {
        await page.view(viewport);
        await page.open(url);
        assert.deepEqual(await page.evaluate(outside), [], name);
        assert.equal(await page.evaluate(`document.documentElement.scrollWidth <= innerWidth`), true, name);
        await page.evaluate(axe.source);
        assert.deepEqual(await page.evaluate(violations), [], name);
        const shown = process.env.BULKHEAD_SCREENS;
        if (shown !== undefined) writeFileSync(join(shown, `trace-${name}.png`), await page.screenshot());
      }
      assert.deepEqual([...new Set(page.requested)], [url]);
    }),
);
