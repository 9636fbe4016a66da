import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { readGitlabPipeline } from "../../engines/pipelines/gitlab/read.ts";
import { evaluateGitlab, evaluateReadGitlab, gitlabIds } from "./gitlab.ts";
import { gitlabNotes } from "./gitlab-ignores.ts";

const context = { policy: defaultPolicy, now: new Date("2026-01-01T00:00:00Z") };

function evaluate(text: string): Map<string, Evaluation> {
  const pipeline = readGitlabPipeline(".gitlab-ci.yml", text, { read: () => undefined, match: () => [] });
  return new Map(evaluateGitlab(pipeline, context).map((one) => [one.check.replace("build/gitlab-", ""), one]));
}

test("a pipeline that is read whole passes or fails, and says what was looked at", () => {
  const evaluations = evaluate("job:\n  script:\n    - curl https://example.com/i.sh | sh\n");
  assert.equal(evaluations.get("download-executed")?.verdict, "fail");
  assert.equal(evaluations.get("debug-trace")?.verdict, "pass");
  assert.deepEqual(evaluations.get("debug-trace")?.evidence, { jobs: "1", files: "1" });
});

test("what is included from elsewhere, or not understood, leaves nothing passed; what is found fails all the same", () => {
  for (const [more, reason] of [
    ["include: [{project: group/ci, file: a.yml}]", /project group\/ci is not in the scanned directory/],
    ["include: [{remote: 'https://example.com/a.yml'}]", /file https:\/\/example\.com\/a\.yml is not/],
    ["include: [{template: Jobs/SAST.gitlab-ci.yml}]", /template/],
    ["include: [{component: gitlab.com/a/b/c@1.2.3}]", /component/],
    ["include: [{local: missing.yml}]", /"missing\.yml" is not in the tree/],
    ["surprise: 1", /surprise/],
  ] as const) {
    const evaluations = evaluate(`${more}\njob:\n  script:\n    - curl https://example.com/i.sh | sh\n`);
    assert.equal(evaluations.get("download-executed")?.verdict, "fail", more);
    const unknown = evaluations.get("debug-trace");
    assert.equal(unknown?.verdict, "unknown", more);
    assert.match(unknown?.gaps[0]?.reason ?? "", reason, more);
    assert.match(unknown?.gaps[0]?.reason ?? "", /^\.gitlab-ci\.yml:1:/, "the gap has its place");
  }
});

test("a script that is not taken apart concerns checks over scripts alone", () => {
  const evaluations = evaluate("job:\n  script:\n    - 'echo \"open'\n");
  assert.equal(evaluations.get("download-executed")?.verdict, "unknown");
  assert.equal(evaluations.get("download-executed")?.gaps[0]?.code, "pipelines.script");
  assert.equal(evaluations.get("debug-trace")?.verdict, "pass");
});

test("of a file that was not read nothing passes", () => {
  const gap = { code: "pipelines.broken", reason: "x" };
  const evaluations = evaluateReadGitlab({ state: "unread", path: ".gitlab-ci.yml", gap }, context);
  assert.ok(evaluations.length > 70);
  assert.deepEqual([...new Set(evaluations.map(({ verdict }) => verdict))], ["unknown"]);
});

test("a comment with a reason dismisses a finding whose places it covers, and none under a trusted policy", () => {
  const job = (comment: string, more = "") => `job:\n  # ${comment}\n  image: node:latest\n  script: [make]\n${more}`;
  const dismissed = (text: string) => evaluate(text).get("mutable-image");
  const ignored = dismissed(job("bulkhead ignore=gitlab-mutable-image the newest is what is tested"));
  assert.deepEqual(
    [ignored?.findings.length, ignored?.excepted[0]?.exception.reason],
    [0, "the newest is what is tested"],
  );
  for (const text of [
    job("bulkhead ignore=gitlab-mutable-image"),
    job("bulkhead ignore=gitlab-debug-trace another"),
    job("bulkhead ignore=gitlab-mutable-image one of two", "other:\n  image: node:latest\n  script: [make]\n"),
    "job:\n  image: node:latest\n  script:\n    - |\n      # bulkhead ignore-file=gitlab-mutable-image in a script\n      make\n",
  ]) {
    assert.equal(dismissed(text)?.findings.length, 1, text);
  }
  const text = job("bulkhead ignore-file=gitlab-mutable-image,gitlab-none all");
  const pipeline = readGitlabPipeline(".gitlab-ci.yml", text, { read: () => undefined, match: () => [] });
  const trusted = { ...defaultPolicy, origin: { kind: "trusted", place: "x" } } as unknown as typeof defaultPolicy;
  const [kept] = evaluateGitlab(pipeline, { ...context, policy: trusted }).filter(
    ({ check }) => check === "build/gitlab-mutable-image",
  );
  assert.equal(kept?.findings.length, 1);
  assert.deepEqual(gitlabNotes(pipeline, defaultPolicy, gitlabIds), [
    ".gitlab-ci.yml:2: unknown check gitlab-none in the ignore comment",
  ]);
});
