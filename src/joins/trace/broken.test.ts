/** What breaks each link, what does not, and which of them is told first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../../core/finding.ts";
import type { Policy } from "../../core/policy.ts";
import type { Relation } from "../../core/relation.ts";
import type { AdmissionDecision } from "../../engines/admission/decision-log.ts";
import type { AdmissionReport } from "../../engines/admission/report-log.ts";
import type { Alert } from "../../engines/events/model.ts";
import type { RegistryDecision } from "../../engines/oci/distribution/decision-log.ts";
import type { RequirementDecision } from "../../engines/trust/decision-model.ts";
import type { ObservedAlert, Records, ScannedImage, TraceSources } from "./model.ts";
import { digest, digestOf, evaluation, policy, reference, runs, sources } from "./sources.fixture.ts";
import { concludeTrace, traceImage } from "./trace.ts";

const link = (name: string, more: Partial<TraceSources>) => {
  const found = traceImage(sources([], more)).find((each) => each.name === name);
  assert.ok(found !== undefined, name);
  return found;
};
const reasons = (name: string, more: Partial<TraceSources>) => link(name, more).breaks.map(({ reason }) => reason);

const at = "2026-11-27T10:00:00.000Z";
const other = digestOf("e");

const records = <Entry>(...entries: readonly Entry[]): Records<Entry> => ({
  name: "guard.log",
  entries,
  from: "2026-11-20T00:00:00.000Z",
  to: at,
  gaps: [],
});

const pushed = (more: Partial<RegistryDecision> = {}): RegistryDecision => ({
  time: at,
  principal: "github:shop/shop",
  operation: "manifest.push",
  repository: "shop/api",
  reference: "4.0.0",
  allowed: true,
  basis: "policy",
  reason: "permitted",
  digest,
  checks: [],
  ...more,
});

test("push: who, when and by which verdict; moved, refused and past the guard break it", () => {
  const of = (...entries: readonly RegistryDecision[]) => ({ pushes: records(...entries) });
  const good = link("push", of(pushed()));
  assert.deepEqual([good.state, good.facts[0]?.text], ["observed", `pushed by github:shop/shop as 4.0.0 at ${at}`]);
  assert.deepEqual(good.facts[0]?.evidence, { verdict: "permitted", at, in: "guard.log" });

  const cases: readonly (readonly [string, readonly RegistryDecision[], RegExp])[] = [
    ["moved", [pushed(), pushed({ digest: other })], /the tag 4\.0\.0 holds sha256:a+, and sha256:e+ was last pushed/],
    ["refused and there", [pushed({ allowed: false, reason: "no rule" })], /its push was refused.*no rule/],
    [
      "past the guard",
      [pushed({ operation: "bypass", principal: "engine:root", basis: "event" })],
      /past.*engine:root/,
    ],
    [
      "no pull",
      [pushed(), pushed({ operation: "manifest.pull", allowed: false, reason: "unsigned" })],
      /pull: unsigned/,
    ],
  ];
  for (const [what, entries, reason] of cases) assert.match(reasons("push", of(...entries)).join(), reason, what);

  const sound: readonly (readonly [string, readonly RegistryDecision[]])[] = [
    ["moved here", [pushed({ digest: other }), pushed()]],
    ["another tag", [pushed(), pushed({ digest: other, reference: "4.0.1" })]],
    ["another repository", [pushed(), pushed({ digest: other, repository: "shop/web" })]],
    ["the scanner's pull", [pushed(), pushed({ operation: "manifest.pull", basis: "exempt", allowed: false })]],
    ["pulled at last", [pushed(), ...[false, true].map((allowed) => pushed({ operation: "manifest.pull", allowed }))]],
  ];
  for (const [what, entries] of sound) assert.deepEqual(reasons("push", of(...entries)), [], what);

  const silent = link("push", of());
  assert.deepEqual([silent.state, silent.gaps[0]?.code], ["unknown", "trace.push"]);
  // Pinned: what the tag holds is nobody's question.
  const { image } = sources([]);
  const pinned = { image: { ...image, reference: `registry.example.com/shop/api@${digest}` } };
  assert.deepEqual(reasons("push", { ...pinned, ...of(pushed(), pushed({ digest: other })) }), []);
});

const decided = (more: Partial<AdmissionDecision> = {}): AdmissionDecision => ({
  time: at,
  webhook: "validate",
  allowed: true,
  basis: "judged",
  reason: "permitted",
  operation: "CREATE",
  kind: "v1/Pod",
  namespace: "shop",
  name: "api",
  user: "system:serviceaccount:kube-system:replicaset-controller",
  dryRun: false,
  policy: digestOf("0"),
  outcomes: [],
  leftOut: 0,
  images: [{ reference, digest }],
  ...more,
});

const recorded = {
  check: "registry/unsigned-image",
  verdict: "fail",
  action: "audit",
  image: reference,
  message: "not signed",
} as const;

test("admission: what it only records, exempts or lets through breaks it, and a dry run lets nothing in", () => {
  const of = (...entries: readonly AdmissionDecision[]) => ({ admissions: records(...entries) });
  const good = link("admission", of(decided()));
  assert.deepEqual([good.state, good.facts[0]?.text], ["observed", `Pod shop/api admitted at ${at}`]);
  const refused = link("admission", of(decided({ allowed: false, reason: "unsigned" })));
  assert.deepEqual([refused.state, refused.breaks], ["observed", []]);

  const audit = reasons("admission", of(decided({ outcomes: [recorded] })));
  assert.match(
    audit.join(),
    /Pod shop\/api was admitted although registry\/unsigned-image fails: the policy only records/,
  );
  assert.match(
    reasons("admission", of(decided({ outcomes: [{ ...recorded, verdict: "unknown", action: "warn" }] }))).join(),
    /is unknown: the policy only warns/,
  );
  for (const basis of ["exempt", "break-glass", "unread"] as const) {
    assert.equal(reasons("admission", of(decided({ basis }))).length, 1, basis);
  }
  // Of the workload, not of the image; of an object that was never stored; of the same object before.
  const { image: _, ...ofObject } = recorded;
  assert.deepEqual(reasons("admission", of(decided({ outcomes: [ofObject] }))), []);
  // Of another container's image.
  const sidecar = { ...recorded, image: "registry.example.com/proxy:1" };
  const both = [
    { reference, digest },
    { reference: sidecar.image, digest: other },
  ];
  assert.deepEqual(reasons("admission", of(decided({ outcomes: [sidecar], images: both }))), []);
  assert.deepEqual(link("admission", of(decided({ outcomes: [recorded], dryRun: true }))).state, "unknown");
  assert.deepEqual(reasons("admission", of(decided({ outcomes: [recorded] }), decided())), []);
  const byName = link("admission", of(decided({ images: [{ reference }] })));
  assert.equal(byName.state, "claimed");
  assert.equal(link("admission", of(decided({ leftOut: 2 }))).gaps[0]?.code, "trace.log-unread");
});

const running = (more: Partial<Relation> = {}): Relation => ({
  ...runs(reference, { pods: "1", examples: "shop/api" }),
  from: { kind: "cluster", id: "prod", name: "prod" },
  to: { kind: "image", id: digest, identifiedBy: "manifest", name: reference },
  since: "2026-11-25T00:00:00Z",
  ...more,
});

const cluster = (...relations: readonly Relation[]): TraceSources["places"] => ({
  name: "prod",
  live: true,
  relations,
  network: [],
  gaps: [],
});

test("what a cluster runs since the log began, and nobody admitted", () => {
  const of = (relation: Relation, ...entries: readonly AdmissionDecision[]) =>
    reasons("admission", { places: cluster(relation), admissions: records(...entries) });
  assert.match(of(running()).join(), /^shop\/api runs it since .*, and nothing in guard\.log admitted it$/);
  assert.deepEqual(of(running(), decided()), []);
  assert.equal(of(running(), decided({ namespace: "other" })).length, 1);
  // It ran before anybody wrote anything down.
  assert.deepEqual(of(running({ since: "2026-11-01T00:00:00Z" })), []);
});

test("without a log, what admission reported to the cluster about the workloads that run it", () => {
  const own = running({ from: { kind: "workload", id: "prod/Pod/shop/api", name: "shop/Pod/api" } });
  const report = { kind: "Pod", namespace: "shop", name: "api", time: at, policy: digest, results: [], leftOut: 0 };
  const of = (...reports: readonly AdmissionReport[]) => ({
    places: { ...cluster(own), reports: { reports, gaps: [] } } as TraceSources["places"],
  });
  const sound = link("admission", of(report, { ...report, name: "web", results: [recorded] }));
  assert.deepEqual([sound.state, sound.breaks], ["observed", []]);
  assert.equal(sound.facts[0]?.text, `Pod shop/api admitted at ${at}: nothing against the policy`);
  assert.match(
    reasons("admission", of({ ...report, results: [recorded] })).join(),
    /Pod shop\/api was admitted although registry\/unsigned-image fails: the policy only records it/,
  );
  // Reports are written behind the answers: none says nothing.
  assert.deepEqual(
    link("admission", of()).gaps.map(({ code }) => code),
    ["trace.admission-log"],
  );
});

test("a name that runs as another image is a tag that moved; manifests say nothing of that", () => {
  const stale = running({ to: { kind: "image", id: other, identifiedBy: "manifest", name: reference } });
  assert.match(reasons("runs", { places: cluster(stale) }).join(), /prod runs sha256:e+ by this name.*the tag moved/);
  assert.deepEqual(reasons("runs", { places: cluster(running()) }), []);
  // Pinned under the tag when it was admitted; and of two that are pinned without a tag neither is the other.
  const pinned = (name: string) => running({ to: { kind: "image", id: other, identifiedBy: "manifest", name } });
  assert.equal(reasons("runs", { places: cluster(pinned(`${reference}@${other}`)) }).length, 1);
  const { image } = sources([]);
  const repository = "registry.example.com/shop/api";
  const byDigest = { image: { ...image, reference: `${repository}@${digest}` } };
  assert.deepEqual(reasons("runs", { ...byDigest, places: cluster(pinned(`${repository}@${other}`)) }), []);
  assert.equal(link("runs", { ...byDigest, places: cluster(pinned(`${repository}@${other}`)) }).state, "none");
  const config = running({ to: { kind: "image", id: other, identifiedBy: "config", name: reference } });
  assert.deepEqual(reasons("runs", { places: cluster(config) }), []);
  assert.deepEqual(reasons("runs", { places: { ...cluster(stale), live: false } as TraceSources["places"] }), []);
});

test("what reaches it: ways in and workloads; that nothing does is said only where all was read", () => {
  const workload = { kind: "workload", id: "prod/Pod/shop/api", name: "shop/Pod/api" } as const;
  const own = running({ from: workload });
  const exposed: Relation = {
    ...own,
    type: "exposes",
    from: { kind: "port", id: "prod/Service", name: "Service shop/api: spec.ports[0]" },
    to: workload,
    evidence: { way: "load-balancer", reach: "internet", ports: "TCP 8080" },
  };
  const facts = link("reach", { places: cluster(own, exposed) }).facts.map(({ text }) => text);
  assert.deepEqual(facts, ["shop/Pod/api from the internet by Service shop/api: spec.ports[0]"]);
  assert.equal(link("reach", { places: cluster(own) }).facts[0]?.text, "nothing reaches it");
  const unread = { ...cluster(own), gaps: [{ code: "kubernetes.cluster-list", reason: "refused" }] };
  assert.equal(link("reach", { places: unread as TraceSources["places"] }).state, "unknown");
  assert.equal(link("reach", { places: cluster() }).state, "unknown");
});

const alert = (more: Partial<Alert> = {}, state: ObservedAlert["state"] = "over"): ObservedAlert => ({
  alert: {
    rule: "Reverse shell",
    detector: "bulkhead",
    priority: "CRITICAL",
    severity: "critical",
    source: "syscall",
    tags: [],
    output: "sh talks to 203.0.113.9",
    fields: {},
    count: 2,
    first: 1_700_000_000_000_000_000n,
    last: 1_700_000_000_000_000_000n,
    about: { host: "node-1", container: { id: "0123456789abcdef", imageDigest: digest } },
    subject: "sh",
    ...more,
  },
  asset: "shop/Pod/api",
  state,
});

test("what it did: alerts of its own containers, and a detector that went blind", () => {
  const of = (...alerts: readonly ObservedAlert[]) => ({
    behavior: { name: "alerts.jsonl", alerts, relations: [], events: 9, evaluated: 9, gaps: [] },
  });
  assert.deepEqual(reasons("behavior", of(alert())), ["Reverse shell on shop/Pod/api"]);
  for (const state of ["below", "excepted"] as const) {
    assert.equal(link("behavior", of(alert({}, state))).state, "observed", state);
  }
  const foreign = { about: { container: { id: "f", imageDigest: other, image: reference } } };
  assert.equal(link("behavior", of(alert(foreign))).state, "unknown");
  assert.equal(
    link("behavior", of(alert({ about: { container: { id: "f", image: reference } } }, "below"))).state,
    "claimed",
  );

  const blind = (severity: "high" | "low") =>
    alert({ rule: "Detection Blind", severity, output: "Detection blind since 10:00", about: { host: "node-1" } });
  assert.deepEqual(reasons("behavior", of(blind("high"))), ["the detector stopped: Detection blind since 10:00"]);
  const over = link("behavior", of(blind("high"), blind("low")));
  assert.deepEqual([over.breaks, over.state], [[], "unknown"]);
  assert.ok(over.gaps.some(({ code }) => code === "trace.unseen"));
});

test("that nothing was detected is said of containers that were seen, with all their events", () => {
  const seen = running({ from: { kind: "workload", id: "w", name: "w" }, evidence: { container: "0123456789ab" } });
  const behavior = { name: "node.frames", alerts: [], relations: [seen], events: 9, evaluated: 3, gaps: [] };
  assert.equal(link("behavior", { behavior }).facts[0]?.text, "nothing was detected");
  const lost = { ...behavior, gaps: [{ code: "events.lost", reason: "12 events lost" }] };
  assert.equal(link("behavior", { behavior: lost }).state, "unknown");
});

function scanned(more: Partial<ScannedImage>): Pick<TraceSources, "scanned"> {
  const known = sources([]).scanned;
  assert.ok(!("gap" in known));
  return { scanned: { ...known, ...more } };
}

test("a base whose name is another image by now is stale", () => {
  const name = "registry.example.com/base:1";
  const base = { name, stated: digest, at };
  const of = (now: readonly string[]) => scanned({ currentBase: { ...base, now } });
  assert.match(reasons("base", of([other])).join(), /its base is stale: .*base:1 was sha256:a+ and is sha256:e+ now/);
  // The index that it is in, and the image of it.
  assert.deepEqual(reasons("base", of([other, digest])), []);
  const gap = { code: "trace.base-elsewhere", reason: "not asked" };
  assert.deepEqual(reasons("base", scanned({ currentBase: { ...base, gap } })), []);
});

test("checks that fail break their links, with the finding that is worst", () => {
  const finding = { title: "CVE-1 in form-data", severity: "critical", overThreshold: true } as unknown as Finding;
  const failing = (check: string) =>
    scanned({ evaluations: [evaluation(check, { verdict: "fail", findings: [finding] })] });
  for (const [check, name] of [
    ["image/known-vulnerabilities", "vulnerabilities"],
    ["image/embedded-secret", "secrets"],
    ["image/pending-updates", "base"],
  ] as const) {
    assert.deepEqual(reasons(name, failing(check)), ["CVE-1 in form-data"], check);
  }
});

test("which packages are loaded, of those that were found", () => {
  const item = (state: string) => ({ purl: "pkg:apk/a", loaded: { state, reason: "" } });
  const packages = ["loaded", "loaded", "not loaded", "unknown"].map(item) as unknown as ScannedImage["packages"];
  const watched = { seconds: 7_200, containers: [{ id: "0", from: at, to: at, start: true, stop: true }] };
  const learned = { name: "learned.json", workloads: [{ watched }] } as unknown as ScannedImage["learned"];
  const { facts, state } = link("loaded", scanned({ ...(packages && { packages }), ...(learned && { learned }) }));
  assert.deepEqual([state, facts[0]?.text], ["observed", "2 of 4 packages loaded (1 not, 1 unknown)"]);
  assert.equal(facts[0]?.evidence.watched, "2.0 h, 1 container");
});

function missed(requirement: RequirementDecision["requirement"], code?: string): Partial<TraceSources> {
  const { decision } = sources([]);
  const attempts =
    code === undefined ? [] : [{ signature: 0, outcome: "refused", code, reason: "main, not v1" } as const];
  const outcome = { rule: 0, requirement, outcome: "missed", reason: "it is missing", counted: [], attempts } as const;
  const rule = { match: "**", attestations: [], eachImage: false, statedAt: { path: "p.yaml", line: 7, column: 1 } };
  return {
    decision: {
      ...decision,
      verdict: "not-trusted",
      rules: [{ index: 0, rule, vouched: true }],
      subject: { ...decision.subject, requirements: [outcome as RequirementDecision] },
    },
  };
}

test("what a rule asks for and nothing meets breaks the link that it is about", () => {
  const attested = (type: string) => ({ kind: "attestation", attestation: { type } }) as const;
  const cases: readonly (readonly [Partial<TraceSources>, string])[] = [
    [missed({ kind: "signatures", signedBy: { of: ["release"], atLeast: 1 } }), "signatures"],
    [missed(attested("slsa")), "build"],
    [missed(attested("slsa"), "trust.ref"), "source"],
    [missed(attested("sbom")), "sbom"],
    [missed(attested("vuln")), "vulnerabilities"],
    [missed(attested("https://example.com/test")), "signatures"],
  ];
  for (const [more, name] of cases) {
    const traced = traceImage(sources([], more));
    const broken = traced.filter(({ state }) => state === "broken").map((each) => each.name);
    assert.deepEqual(broken, [name]);
    assert.equal(link(name, more).breaks[0]?.evidence.rule, "trust.images[0] (p.yaml:7)");
    const { firstBroken, exitCode } = concludeTrace(traced, policy);
    assert.deepEqual([firstBroken?.link, exitCode], [name, 1]);
  }
});

test("the exit code is the policy's: what it only records does not count, what it asks for may not be unknown", () => {
  const traced = traceImage(sources([]));
  assert.deepEqual(concludeTrace(traced, policy), {
    unknown: ["push", "admission", "runs", "reach", "behavior", "loaded"],
    exitCode: 0,
  });
  const { enforcement } = policy;
  const statedAt = { default: { path: "bulkhead.yaml", line: 9, column: 3 } };
  const asking: Policy = {
    ...policy,
    enforcement: { ...enforcement, admission: { ...enforcement.admission, statedAt } },
  };
  const asked = traceImage(sources([], { policy: asking }));
  assert.equal(asked.find(({ name }) => name === "admission")?.requiredBy, "enforcement.admission (bulkhead.yaml:9)");
  assert.equal(concludeTrace(asked, asking).exitCode, 3);

  // Somebody wanted it read, and it could not be.
  const unread = traceImage(sources([], { places: { gap: { code: "cluster.unreachable", reason: "refused" } } }));
  assert.equal(concludeTrace(unread, policy).exitCode, 3);

  const audit: Policy = {
    ...policy,
    enforcement: { ...enforcement, ci: { ...enforcement.ci, default: "audit" } },
  };
  const detected = traceImage(
    sources([], {
      behavior: { name: "a", alerts: [alert()], relations: [], events: 1, evaluated: 1, gaps: [] },
    }),
  );
  assert.equal(concludeTrace(detected, policy).exitCode, 1);
  const recordedOnly = concludeTrace(detected, audit);
  assert.deepEqual([recordedOnly.exitCode, recordedOnly.firstBroken?.link], [0, "behavior"]);
});
