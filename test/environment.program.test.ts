/** Verdicts and exit codes never depend on the environment, and every variable that is read is documented. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bulkhead } from "./bulkhead.ts";

const project = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-environment-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a run is the same under other variables", async () => {
  mkdirSync(join(folder, "tree"));
  writeFileSync(join(folder, "tree", "Dockerfile"), "FROM scratch\nUSER root\nCOPY --chmod=777 a /a\n");
  const options = ["check", "tree", "--now", "2026-01-02T00:00:00Z", "--quiet", "--format", "json"];
  const run = (environment: Record<string, string>) =>
    bulkhead(options, { cwd: folder, home: join(folder, "home"), environment });
  const plain = await run({});
  assert.notEqual(plain.stdout, "");
  const other = await run({
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITLAB_CI: "true",
    FORCE_COLOR: "1",
    NO_COLOR: "1",
    TERM: "dumb",
    LANG: "tr_TR.UTF-8",
    LC_ALL: "tr_TR.UTF-8",
    TZ: "Pacific/Kiritimati",
    DEBUG: "*",
    BULKHEAD_POLICY: "/nowhere",
    BULKHEAD_FAIL_ON: "never",
    BULKHEAD_EXCLUDE: "**",
    HTTPS_PROXY: "http://127.0.0.1:9",
    SOURCE_DATE_EPOCH: "1",
  });
  assert.deepEqual([other.code, other.stdout], [plain.code, plain.stdout]);
});

test("every variable that the source names is in docs/environment.md, and none of ours is among them", () => {
  const documented = readFileSync(join(project, "docs", "environment.md"), "utf8");
  const named = new Set<string>();
  for (const path of ["src", "bin"].flatMap(filesIn)) {
    for (const [, name = ""] of readFileSync(path, "utf8").matchAll(/\b(?:env|environment)\.([A-Z][A-Z0-9_]+)\b/g))
      named.add(name);
  }
  assert.ok(named.has("XDG_CACHE_HOME"));
  for (const name of named) {
    // Of Windows, where a home is called so.
    if (name === "USERPROFILE") continue;
    assert.match(documented, new RegExp(`\`${name}[\`=]`), name);
    assert.doesNotMatch(name, /^BULKHEAD/);
  }
});

function filesIn(room: string): string[] {
  return readdirSync(join(project, room), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[jt]s$/.test(name) && !/\.(?:test|fixture)\.ts$/.test(name))
    .map((name) => join(project, room, name));
}
