import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** The lint rule that leaves the clock to src/core/clock.ts (scripts/lint/clock.grit) is shown readings of it. */

const root = join(import.meta.dirname, "..");
const ASKS = [
  ...["Date.now()", "[1].map(Date.now)", "new Date()", "new Date", "Date()", "globalThis.Date.now()"],
  ...["performance.timeOrigin"],
];
const ASKS_NOT = ["new Date(0)", 'new Date("2026-01-01")', "Date.parse(text)", "performance.now()", '"new Date()"'];

/** The expressions that the project's own configuration refuses for the clock. */
function refused(expressions: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-clock-"));
  try {
    const { plugins } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    const [{ path, ...plugin }, ...others] = plugins;
    assert.deepEqual(others, []);
    const alone = { plugins: [{ ...plugin, path: join(root, path) }], linter: { rules: { recommended: false } } };
    writeFileSync(join(folder, "biome.json"), JSON.stringify(alone));
    expressions.forEach((expression, at) => {
      writeFileSync(join(folder, `${at}.ts`), `export const text = "";\nexport const planted = ${expression};\n`);
    });
    const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
    const words = ["lint", "--reporter=json", "--max-diagnostics=none", "."];
    const { stdout, stderr } = spawnSync(process.execPath, [biome, ...words], { cwd: folder, encoding: "utf8" });
    assert.match(stdout, /^\{/, stderr);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { message: string; location: { path: string } }[] };
    const of = diagnostics.filter(({ message }) => message.includes("core/clock.ts"));
    const seen = new Set(of.map(({ location }) => Number.parseInt(location.path, 10)));
    return expressions.filter((_, at) => seen.has(at));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("reading the time of day anywhere but in core/clock is refused", () => {
  assert.deepEqual(refused([...ASKS, ...ASKS_NOT]), ASKS);
});
