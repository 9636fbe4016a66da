import assert from "node:assert/strict";
import { test } from "node:test";
import { absent, type Evidence, present } from "../../core/evidence.ts";
import type { PendingUpdate, PendingUpdates, SuiteUse } from "../../engines/updates/model.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";
import { withNewestBuilds } from "./newest-builds.ts";

const AT = "2026-11-28T00:00:00Z";
const incomplete = { code: "advisories.incomplete", reason: "its repositories list the newest update of each package" };
const stale = { code: "advisories.stale", reason: "old" };
const evidence = present({ matches: [], coverage: [] } as unknown as ScopeMatches, AT, { gaps: [incomplete, stale] });

function pending(ids: readonly string[], updates = 0, gaps: readonly { code: string; reason: string }[] = []) {
  const suites = ids.map((name) => ({ name }) as SuiteUse);
  const facts: PendingUpdates = {
    packages: 1,
    suites,
    updates: Array<PendingUpdate>(updates).fill({} as PendingUpdate),
  };
  return present(facts, AT, { gaps });
}

/** Codes of the gaps that are left. */
function left(scope: string | undefined, known: Evidence<PendingUpdates> | undefined): string[] {
  return withNewestBuilds(evidence, scope, known).gaps.map(({ code }) => code);
}

test("where Fedora's repositories have nothing newer, nothing newer can be lacking; other gaps stay", () => {
  assert.deepEqual(left("Fedora:44", pending(["fedora", "updates"])), ["advisories.stale"]);
  assert.deepEqual(left("EPEL:9", pending(["baseos", "epel"])), ["advisories.stale"]);
});

test("not where nobody asked, not all was answered, something is newer, or another repository was asked", () => {
  const both = ["advisories.incomplete", "advisories.stale"];
  assert.deepEqual(left("Fedora:44", undefined), both);
  assert.deepEqual(left("Fedora:44", absent({ code: "x", reason: "x" })), both);
  assert.deepEqual(left("Fedora:44", pending(["updates"], 1)), both);
  assert.deepEqual(left("Fedora:44", pending(["updates"], 0, [{ code: "x", reason: "x" }])), both);
  assert.deepEqual(left("Fedora:44", pending(["fedora", "updates-testing"])), both);
  assert.deepEqual(left("EPEL:9", pending(["updates"])), both);
  // Whose advisories lack more than that.
  assert.deepEqual(left("Amazon Linux:2", pending(["updates"])), both);
  assert.deepEqual(left(undefined, pending(["updates"])), both);
});
