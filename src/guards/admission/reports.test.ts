/** Reports of what was admitted: whichever form is installed, one an object, behind the answers and within bounds. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Problem } from "../../core/problem.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import { type FakeApi, fakeApi, type ServedKind } from "../../engines/kubernetes/cluster/api.fixture.ts";
import { type Clock, systemClock } from "../../net/retry.ts";
import type { Decision, Guard, Outcome } from "./model.ts";
import { type AdmissionReports, createReports } from "./reports.ts";

const openReports: ServedKind = {
  apiVersion: "openreports.io/v1alpha1",
  resource: "reports",
  kind: "Report",
  namespaced: true,
};
const policyReports: ServedKind = {
  apiVersion: "wgpolicyk8s.io/v1alpha2",
  resource: "policyreports",
  kind: "PolicyReport",
  namespaced: true,
};
const uid = "0b9a0d5e-6d8f-4d0e-9c59-3a3f0e1c2d4b";

const evaluation = (severities: string[]) =>
  ({ findings: severities.map((severity) => ({ severity })) }) as unknown as Evaluation;
const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  check: "workload/privileged",
  verdict: "fail",
  action: "audit",
  field: "spec.containers[0].securityContext.privileged",
  message: "true is not allowed",
  fix: "set privileged: false",
  place: "bulkhead.yaml:31",
  evaluation: evaluation(["medium", "critical"]),
  ...more,
});

function decisionOf(outcomes: readonly Outcome[], more: Partial<AdmissionRequest> = {}, allowed = true): Decision {
  return {
    request: {
      uid: "review",
      operation: "CREATE",
      kind: { group: "apps", version: "v1", kind: "Deployment" },
      resource: { group: "apps", version: "v1", resource: "deployments" },
      namespace: "shop",
      user: { username: "ann", groups: [], extra: {} },
      dryRun: false,
      object: { metadata: { name: "web", uid } },
      ...more,
    },
    answer: { uid: "review", allowed, warnings: [], auditAnnotations: {} },
    basis: "judged",
    reason: "",
    outcomes,
    images: [],
    patch: [],
    policy: `sha256:${"ab".repeat(32)}` as Digest,
  };
}

async function reporting(
  t: TestContext,
  served: readonly ServedKind[],
  decide: Guard["decide"] = async () => decisionOf([]),
) {
  const fake = await fakeApi(t, served);
  const problems: Problem[] = [];
  let now = Date.parse("2026-11-27T12:00:00Z");
  const clock: Clock = {
    ...systemClock,
    now: () => now,
    sleep: async (milliseconds, signal) => {
      if (milliseconds >= 3_000) await systemClock.sleep(20, signal);
    },
  };
  const reports = createReports({
    api: fake.api,
    guard: { decide },
    clock,
    onProblem: (problem) => problems.push(problem),
  });
  t.after(() => reports.close());
  return {
    fake,
    reports,
    problems,
    later: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

async function settled(reports: AdmissionReports, is: (counts: ReturnType<AdmissionReports["counts"]>) => boolean) {
  while (!is(reports.counts())) await setTimeout(1);
}
const writesOf = ({ asked }: FakeApi) => asked.filter(({ method }) => method === "PATCH");

test("an admitted object has a report that names it, owned by it", async (t) => {
  const { fake, reports } = await reporting(t, [openReports, policyReports]);
  const unknown = outcome({
    check: "image/signature",
    verdict: "unknown",
    action: "warn",
    image: "r.example/web:1",
    evaluation: evaluation([]),
  });
  reports.record(decisionOf([outcome(), outcome({ action: "warn", evaluation: evaluation(["negligible"]) }), unknown]));
  await settled(reports, ({ written }) => written === 1);
  const report = fake.get("reports", `bulkhead-${uid}`, "shop") as unknown as Record<string, unknown>;
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid };
  assert.deepEqual((report.metadata as Record<string, unknown>).ownerReferences, [owner]);
  assert.deepEqual(report.scope, { ...owner, namespace: "shop" });
  assert.equal(report.source, "bulkhead");
  assert.deepEqual(report.summary, { pass: 0, fail: 1, warn: 1, error: 1, skip: 0 });
  const common = {
    policy: "bulkhead",
    source: "bulkhead",
    scored: true,
    timestamp: { seconds: 1_795_780_800, nanos: 0 },
  };
  const said = {
    field: "spec.containers[0].securityContext.privileged",
    fix: "set privileged: false",
    place: "bulkhead.yaml:31",
  };
  const base = { ...common, rule: "workload/privileged", category: "workload", message: "true is not allowed" };
  assert.deepEqual(report.results, [
    { ...base, severity: "critical", result: "fail", properties: { action: "audit", ...said } },
    { ...base, severity: "info", result: "warn", properties: { action: "warn", ...said } },
    {
      ...base,
      rule: "image/signature",
      category: "image",
      result: "error",
      properties: { action: "warn", ...said, image: "r.example/web:1" },
    },
  ]);
  const [write] = writesOf(fake);
  assert.equal(write?.type, "application/apply-patch+yaml");
  assert.equal(write?.query.get("fieldManager"), "bulkhead");
  assert.equal(
    fake.get("policyreports", `bulkhead-${uid}`, "shop"),
    undefined,
    "where both are installed one is written",
  );
});

test("PolicyReports are written where they alone are installed, and none where neither is", async (t) => {
  const { fake, reports } = await reporting(t, [policyReports]);
  reports.record(decisionOf([]));
  await settled(reports, ({ written }) => written === 1);
  const report = fake.get("policyreports", `bulkhead-${uid}`, "shop");
  assert.deepEqual(report?.summary, { pass: 1, fail: 0, warn: 0, error: 0, skip: 0 });
  assert.ok(report !== undefined && !("source" in report), "that form has a source for each result alone");
  assert.equal(reports.counts().form, "PolicyReport");
  const none = await reporting(t, []);
  none.reports.record(decisionOf([outcome()]));
  await settled(none.reports, ({ waiting }) => waiting === 0);
  assert.deepEqual(none.reports.counts(), { written: 0, dropped: 0, waiting: 0 });
  assert.equal(writesOf(none.fake).length, 0);
  assert.deepEqual(none.problems, []);
});

test("what does not stay, and what a controller made, has no report", async (t) => {
  const { fake, reports } = await reporting(t, [openReports]);
  const controlled = { metadata: { name: "web", uid, ownerReferences: [{ controller: true }] } };
  const { namespace: _, ...unbound } = decisionOf([]).request;
  for (const decision of [
    decisionOf([outcome()], {}, false),
    decisionOf([], { dryRun: true }),
    decisionOf([], { object: controlled }),
    decisionOf([], { object: { metadata: { name: "web" } } }),
    decisionOf([], { object: { metadata: { name: "web", uid: "../../x" } } }),
    decisionOf([], { subResource: "ephemeralcontainers" }),
    { ...decisionOf([]), request: unbound },
    { ...decisionOf([]), basis: "exempt" as const },
  ]) {
    reports.record(decision);
  }
  assert.equal(reports.counts().waiting, 0);
  await reports.close();
  assert.equal(fake.asked.length, 0);
});

test("the report of an update is about the whole object, judged without a trace", async (t) => {
  const judged: AdmissionRequest[] = [];
  const { fake, reports } = await reporting(t, [openReports], async (request) => {
    judged.push(request);
    return decisionOf([outcome()], request);
  });
  reports.record(decisionOf([], { operation: "UPDATE", oldObject: { metadata: { name: "web", uid } } }));
  await settled(reports, ({ written }) => written === 1);
  assert.deepEqual(
    judged.map(({ operation, dryRun, oldObject }) => [operation, dryRun, oldObject]),
    [["CREATE", true, undefined]],
  );
  assert.deepEqual(fake.get("reports", `bulkhead-${uid}`, "shop")?.summary, {
    pass: 0,
    fail: 1,
    warn: 0,
    error: 0,
    skip: 0,
  });
});

test("only the latest of an object is written, and no more wait than the bound", async (t) => {
  const { fake, reports } = await reporting(t, [openReports]);
  for (let index = 0; index < 100; index++) reports.record(decisionOf([]));
  const objectOf = (index: number) => ({ metadata: { name: "web", uid: `00000000-${index}` } });
  for (let index = 0; index < 600; index++) reports.record(decisionOf([], { object: objectOf(index) }));
  const { waiting, dropped } = reports.counts();
  assert.ok(waiting <= 500 && dropped >= 100);
  await reports.close();
  assert.equal(reports.counts().waiting, 0);
  assert.ok(writesOf(fake).length < 601);
});

test("what is refused is told once, and the next is tried; one that passes is tried again", async (t) => {
  const { fake, reports, problems } = await reporting(t, [openReports]);
  fake.intercept = ({ method }) => (method === "PATCH" ? { status: 403 } : undefined);
  const objectOf = (index: number) => ({ metadata: { name: "web", uid: `00000000-${index}` } });
  for (let index = 0; index < 3; index++) reports.record(decisionOf([], { object: objectOf(index) }));
  await settled(reports, ({ dropped }) => dropped === 3);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["cluster.forbidden"],
  );
  let faults = 3;
  fake.intercept = ({ method }) => (method === "PATCH" && faults-- > 0 ? { status: 409 } : undefined);
  reports.record(decisionOf([]));
  await settled(reports, ({ written }) => written === 1);
});

test("a form that is installed later is noticed, and texts are cut and made printable", async (t) => {
  const served: ServedKind[] = [];
  const { fake, reports, later } = await reporting(t, served);
  reports.record(decisionOf([]));
  await settled(reports, ({ waiting }) => waiting === 0);
  served.push(openReports);
  later(10 * 60_000);
  const many = Array.from({ length: 150 }, () => outcome({ message: `\u001b[2J${"x".repeat(5_000)}` }));
  reports.record(decisionOf(many));
  await settled(reports, ({ written }) => written === 1);
  const report = fake.get("reports", `bulkhead-${uid}`, "shop") as unknown as {
    results: { message: string }[];
    metadata: { annotations: Record<string, string> };
  };
  assert.equal(report.results.length, 100);
  assert.equal(report.metadata.annotations["admission.bulkhead.dev/left-out"], "50");
  assert.ok(report.results.every(({ message }) => message.startsWith("\\u001b[2J") && message.length < 1_100));
});
