import assert from "node:assert/strict";
import { test } from "node:test";
import { added, locked, upgraded } from "../../checks/findings/dependency.fixture.ts";
import type { DependencyChange } from "../../engines/packages/model.ts";
import { changeSummary } from "./change-summary.ts";

test("what comes is counted by kind, and by the direct dependency that brings it", () => {
  const through = (name: string, ...way: readonly string[]) => added({ name, direct: false, through: way });
  const gone: DependencyChange = { ...added({ name: "old" }), kind: "removed", before: locked({ name: "old" }) };
  const { after: _, ...removed } = gone;
  const summary = changeSummary(
    "package-lock.json",
    [
      added({ name: "web" }),
      through("a", "web", "a"),
      through("b", "web", "a", "b"),
      through("c", "vite", "c"),
      upgraded({ name: "lib" }),
      added({ name: "stray", direct: false }),
      removed,
    ],
    3,
  );
  assert.deepEqual(summary, {
    lockfile: "package-lock.json",
    counts: { added: 5, upgraded: 1, downgraded: 0, replaced: 0, removed: 1 },
    closes: 3,
    direct: [
      { kind: "added", type: "npm", name: "web", after: "1.0.0", brings: 2 },
      { kind: "upgraded", type: "npm", name: "lib", before: "1.0.0", after: "1.1.0", brings: 0 },
      { kind: "unchanged", type: "npm", name: "vite", brings: 1 },
      { kind: "removed", type: "npm", name: "old", before: "1.0.0", brings: 0 },
    ],
    others: 1,
  });
  assert.equal("closes" in changeSummary("a", [], undefined), false);
});
