/** Every change that a check proposes has its grade, and what is called safe names a test that is there. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checks } from "../src/checks/index.ts";
import { fixKinds, gradeOfFix } from "../src/checks/knowledge/fix-grades.ts";

const repository = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

/** Changes that are made in a place of their own, as those of both checks on procMount. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  "src/checks/workload/pod-security/proc-mounts.ts": ["workload/proc-mount", "workload/proc-mount-restricted"],
  "src/checks/workload/kubernetes/external-secret-fix.ts": ["workload/secret-in-manifest"],
  "src/checks/workload/kubernetes/secret-as-file.ts": ["workload/secret-in-environment"],
};

test("each check that proposes a change is in the table, and nothing else", () => {
  const proposing = globSync("src/checks/{build,workload,cluster}/**/*.ts", { cwd: repository })
    .filter(
      (path) =>
        !/\.(?:test|fixture)\.ts$|(?:lint|workload)-check\.ts$|\/edits\.ts$|secret-mounts\.ts$|kubelet-configuration\.ts$/.test(
          path,
        ),
    )
    .filter((path) => /^ *(?:fix:.*)?[^/\n]*\b(?:edits|patches)(?::| \}|,)/m.test(read(path)))
    .flatMap((path) => ELSEWHERE[path] ?? [path.replace(/^src\/checks\/(.*)\.ts$/, "$1")])
    .filter((id) => checks.some((check) => check.id === id));
  assert.deepEqual(proposing.toSorted(), [...fixKinds.keys()].toSorted());
});

test("what is safe names a test of its own that is there", () => {
  for (const [check, { grade, reason, oracle }] of fixKinds) {
    assert.match(reason, /^[^.]+$/, check);
    assert.equal(oracle !== undefined, grade === "safe", check);
    if (oracle === undefined) continue;
    const [, path = "", title = ""] = /^([^:]+): (.+)$/.exec(oracle) ?? [];
    assert.ok(read(path).includes(`"${title}"`), `${check}: ${oracle}`);
  }
});

test("what changes how a program runs is never safe", () => {
  const running = /runs-as-root|user-by-name|shell-form|sudo|^workload\//;
  for (const [check, { grade }] of fixKinds) if (running.test(check)) assert.notEqual(grade, "safe", check);
});

test("one change may be known less than its kind, never better", () => {
  assert.equal(gradeOfFix("build/runs-as-root", { grade: "safe", reason: "why" }).grade, "likely");
  assert.equal(gradeOfFix("build/runs-as-root", { grade: "needs knowledge", reason: "why" }).grade, "needs knowledge");
  assert.equal(gradeOfFix("build/of-tomorrow").grade, "needs knowledge");
});
