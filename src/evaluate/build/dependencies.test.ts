import assert from "node:assert/strict";
import { test } from "node:test";
import { added } from "../../checks/findings/dependency.fixture.ts";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Gap } from "../../core/evidence.ts";
import type { DependencyChange } from "../../engines/packages/model.ts";
import { evaluateDependencies, stateChecks } from "./dependencies.ts";

const context = { policy: defaultPolicy, now: new Date("2026-11-28T00:00:00Z") };
const gap: Gap = { code: "contents.unreadable", reason: "package-lock.json: 3 entries cannot be read" };

function reviewed(changes: readonly DependencyChange[], gaps: readonly Gap[]) {
  const lockfile = { path: "package-lock.json", common: new Set<Gap>(), gaps };
  const each = changes.map((change) => ({ change, evidence: {} }));
  return evaluateDependencies({ ...lockfile, changes: each }, context, stateChecks);
}

test("what was not read of a lockfile may have brought anything, also where all that was read only went", () => {
  const { after, ...rest } = added();
  assert.ok(after !== undefined);
  const removed: DependencyChange = { ...rest, kind: "removed", before: after };
  for (const changes of [[], [removed]]) {
    assert.deepEqual(
      reviewed(changes, [gap]).map(({ check, verdict, reason }) => [check, verdict, reason]),
      stateChecks.map(({ id }) => [id, "unknown", gap.reason]),
    );
  }
  assert.deepEqual(reviewed([removed], []), []);
});
