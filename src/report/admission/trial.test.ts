import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { printable } from "../../core/printable.ts";
import { nastyText } from "../hostile.fixture.ts";
import { causesOf } from "./causes.ts";
import { renderTrial, renderTrialJson } from "./trial.ts";
import { renderTrialJunit } from "./trial-junit.ts";
import { renderTrialSarif } from "./trial-sarif.ts";
import type { ReasonView, RequestView, TrialView } from "./trial-view.ts";

const privileged: ReasonView = {
  check: "workload/privileged",
  verdict: "fail",
  action: "deny",
  message: 'true is not allowed in "production"',
  field: "spec.containers[0].securityContext.privileged",
  fix: "set privileged: false",
  policy: "bulkhead.yaml:31",
  place: { path: "deploy/api.yaml", line: 22, column: 13 },
};

const silent: ReasonView = {
  check: "image/signature-missing",
  verdict: "unknown",
  action: "deny",
  message: "connection refused",
  image: "registry.example.com/api:1",
  field: "spec.containers[0].image",
};

function request(more: Partial<RequestView>): RequestView {
  return {
    object: "Deployment shop/api",
    operation: "CREATE",
    resource: "deployments",
    answer: "admitted",
    reason: "nothing to refuse",
    reasons: [],
    pinned: [],
    ...more,
  };
}

const view: TrialView = {
  subject: "deploy",
  policy: "trusted: bulkhead.yaml",
  requests: [
    request({
      answer: "refused",
      place: { path: "deploy/api.yaml", line: 1, column: 1 },
      environment: "production",
      reasons: [
        privileged,
        silent,
        { ...silent, check: "image/not-scanned", policy: "bulkhead.yaml:40" },
        { ...privileged, check: "workload/tag", action: "audit", message: "quiet" },
      ],
    }),
    request({ object: "Pod shop/b", answer: "unknown", reasons: [silent] }),
    request({ object: "Pod shop/c", answer: "warned", reasons: [{ ...privileged, action: "warn" }] }),
    request({
      object: "Pod shop/d",
      pinned: [{ path: "/spec/containers/0/image", image: `d:1@sha256:${"0".repeat(64)}` }],
    }),
    request({ object: "Service shop/e", answer: "exempt", reason: "a kind without a pod" }),
  ],
  unread: [{ place: "deploy/x.yaml:3:1", reason: "a template", remedy: "render it" }],
  notes: ["1 service of Compose files"],
  exitCode: 1,
};

const page = { columns: 100, color: false, all: false };

test("what is refused is told with field, line, policy and fix; what could not be found out once", () => {
  assert.equal(
    renderTrial(view, page, false),
    `✗ Deployment shop/api: refused in production · deploy/api.yaml:1:1
    spec.containers[0].securityContext.privileged: true is not allowed in "production"
      (bulkhead.yaml:31)
      at deploy/api.yaml:22:13
      fix: set privileged: false
    image registry.example.com/api:1: connection refused (bulkhead.yaml:40) · 2 checks

? Pod shop/b: refused: not everything could be found out
    image registry.example.com/api:1: connection refused

! Pod shop/c: admitted with warnings
    spec.containers[0].securityContext.privileged: true is not allowed in "production"
      (bulkhead.yaml:31)
      at deploy/api.yaml:22:13
      fix: set privileged: false

? not read: 1 place
    deploy/x.yaml:3:1: a template (render it)

1 service of Compose files
✗ deploy: 2 of 4 objects refused, 1 of them for what is unknown, 1 with warnings, 1 without pods,
  1 not read · policy: trusted: bulkhead.yaml · exit code 1
`,
  );
  const all = renderTrial(view, { ...page, all: true }, false);
  for (const told of [
    "audit: ",
    "quiet",
    "✓ Pod shop/d",
    `d:1@sha256:${"0".repeat(64)}`,
    "not judged: a kind without a pod",
  ])
    assert.ok(all.includes(told), told);
});

test("of many objects each cause is one line, those that fail first", () => {
  const { requests } = view;
  const causes = causesOf(requests).map(({ checks, verdict, action, objects }) => [
    checks.join(),
    verdict,
    action,
    objects.length,
  ]);
  assert.deepEqual(causes, [
    ["workload/privileged", "fail", "deny", 1],
    ["workload/tag", "fail", "audit", 1],
    ["workload/privileged", "fail", "warn", 1],
    ["image/signature-missing,image/not-scanned", "unknown", "deny", 2],
  ]);
  const text = renderTrial({ ...view, unread: [], notes: [] }, page, true);
  assert.match(text, /^WOULD BE REFUSED\n {2}✗ workload\/privileged \(bulkhead\.yaml:31\): 1 object\n/);
  assert.match(
    text,
    /\? image\/signature-missing and 1 more check \(bulkhead\.yaml:40\): 2 objects\n.*connection refused\n {6}Deployment shop\/api, Pod shop\/b\n/,
  );
  assert.match(text, /WOULD BE WARNED OF\n/);
  const many = Array.from({ length: 9 }, (_, n) =>
    request({ object: `Pod shop/${n}`, answer: "refused", reasons: [privileged] }),
  );
  assert.match(
    renderTrial({ ...view, requests: many }, page, true),
    /9 objects\n[^\n]*\n(?:[^\n]*\n)? {6}Pod shop\/0, Pod shop\/1, Pod shop\/2 and 6 more\n/,
  );
});

test("no format lets a text of an object steer a terminal, or become markup", () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      const hostile = request({
        object: text,
        answer: "refused",
        reason: text,
        environment: text,
        place: { path: text, line: 1 },
        pinned: [{ path: "/x", image: text }],
        reasons: [{ ...privileged, message: text, field: text, image: text, fix: text, policy: text }],
      });
      const nasty = {
        ...view,
        subject: text,
        notes: [text],
        requests: [hostile],
        unread: [{ place: text, reason: text }],
      };
      const junit = renderTrialJunit(nasty);
      for (const shown of [renderTrial(nasty, page, false), renderTrial(nasty, page, true), junit]) {
        for (const line of shown.split("\n")) assert.equal(printable(line), line);
      }
      assert.equal(JSON.parse(renderTrialJson(nasty)).requests[0].object, text);
      const own = /<\/?(?:testsuites?|testcase|failure|error|system-out)\b[^<>]*>/g;
      assert.doesNotMatch(junit.replaceAll(own, "").replace(/^<\?xml[^>]*>/, ""), /[<>]/);
    }),
  );
});

test("JUnit counts what is unknown or not read as errors, and passes nothing that is refused", () => {
  const text = renderTrialJunit(view);
  assert.match(text, /tests="5" failures="1" errors="2" skipped="0"/);
  assert.match(text, /<testcase name="Pod shop\/d" classname="cluster"\/>/);
  assert.match(text, /<failure message="spec\.containers\[0\]/);
  assert.match(text, /<error message="image registry/);
});

test("SARIF has each reason at the line of its field, and what is unknown as open", () => {
  const { runs } = JSON.parse(renderTrialSarif(view, "0.1.0"));
  const [{ results, tool }] = runs;
  assert.deepEqual(
    results.map(({ ruleId, kind, level }: Record<string, unknown>) => [ruleId, kind, level]),
    [
      ["workload/privileged", "fail", "error"],
      ["image/signature-missing", "open", "none"],
      ["image/not-scanned", "open", "none"],
      ["workload/tag", "fail", "note"],
      ["image/signature-missing", "open", "none"],
      ["workload/privileged", "fail", "warning"],
    ],
  );
  assert.deepEqual(results[0].locations[0].physicalLocation, {
    artifactLocation: { uri: "deploy/api.yaml" },
    region: { startLine: 22, startColumn: 13 },
  });
  assert.deepEqual(
    results.map((one: { ruleIndex: number }) => tool.driver.rules[one.ruleIndex].id),
    results.map((one: { ruleId: string }) => one.ruleId),
  );
});
