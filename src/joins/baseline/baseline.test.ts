import assert from "node:assert/strict";
import { test } from "node:test";
import { checks as allChecks } from "../../checks/index.ts";
import { fileAsset } from "../../core/asset.ts";
import type { CheckDescription, Layer } from "../../core/check.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation, Verdict } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { packagesScope } from "../../core/scope.ts";
import { evaluateControls, evaluateLayers } from "./baseline.ts";
import { controls } from "./controls.ts";

function checkOf(id: string, layer: Layer, speaksTo: CheckDescription["controls"]): CheckDescription {
  return {
    id,
    title: `title of ${id}`,
    layer,
    category: "configuration",
    controls: speaksTo,
    severity: "high",
    documentation: { what: "", why: "", fix: "", references: [] },
    subject: "image",
    needs: {},
  };
}

const scan = checkOf("image/scan", "image", [2]);
const expired = checkOf("policy/expired", "policy", [2]);
const checks = [scan, expired];

function finding(subject: string, changes: Partial<Finding> = {}): Finding {
  return {
    check: scan.id,
    fingerprint: subject,
    overThreshold: true,
    subject,
    severity: "critical",
    title: subject,
    locations: [{ kind: "file", path: "x" }],
    matches: { ids: [subject] },
    evidence: {},
    ...changes,
  };
}

function imageCalled(name: string): Evaluation["asset"] {
  const id = `sha256:${name.charCodeAt(0).toString(16).padStart(64, "0")}` as Digest;
  return { kind: "image", id, identifiedBy: "config", lineage: name, name, references: [] };
}

function evaluation(asset: string, verdict: Verdict, changes: Partial<Evaluation> = {}): Evaluation {
  return {
    check: scan.id,
    asset: asset === "bulkhead.yaml" ? fileAsset(asset) : imageCalled(asset),
    verdict,
    reason: `${verdict} it is`,
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

/** The second control: the one that checks speak to so far. */
function second(...evaluations: readonly Evaluation[]) {
  const control = evaluateControls(evaluations, checks)[1];
  assert.ok(control !== undefined);
  return control;
}

test("there are ten, in order, and without a check of theirs all are unknown, each with a reason", () => {
  const judged = evaluateControls([], checks);
  assert.deepEqual(
    judged.map(({ number }) => number),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  for (const { verdict, reason, coverage } of judged) {
    assert.equal(verdict, "unknown");
    assert.notEqual(reason, "");
    assert.deepEqual([coverage.assessed, coverage.total], [0, 0]);
  }
});

test("a fail beats an unknown, an unknown beats a pass", () => {
  assert.equal(second(evaluation("a", "pass"), evaluation("b", "unknown"), evaluation("c", "fail")).verdict, "fail");
  assert.equal(second(evaluation("a", "pass"), evaluation("b", "unknown")).verdict, "unknown");
});

test("nothing passes while a part of the control is not looked at", () => {
  const { verdict, reason } = second(evaluation("a", "pass"));
  assert.deepEqual([verdict, reason], ["unknown", controls[1]?.requires?.[0]?.otherwise]);
});

test("a control that requires a check passes with an evaluation of it", () => {
  const gate = checkOf("build/non-blocking-scan", "build", [2]);
  const pipeline = { ...fileAsset("pipelines"), id: "pipelines" };
  const both = [evaluation("a", "pass"), evaluation("p", "pass", { check: gate.id, asset: pipeline })];
  const [, judged] = evaluateControls(both, [...checks, gate]);
  assert.deepEqual([judged?.verdict, judged?.coverage.total], ["pass", 1]);
  const [, alone] = evaluateControls(both.slice(1), [...checks, gate]);
  assert.deepEqual([alone?.verdict, alone?.reason], ["unknown", "no images found"]);
});

test("a control that is looked at as a whole passes", () => {
  const base = checkOf("image/base", "image", [1]);
  const [first] = evaluateControls([evaluation("a", "pass", { check: base.id })], [base]);
  assert.equal(controls[0]?.unassessed, undefined);
  assert.deepEqual([first?.verdict, first?.reason], ["pass", "nothing at or above the threshold"]);
});

test("the reason is that of what decided", () => {
  assert.equal(second(evaluation("a", "pass"), evaluation("b", "unknown")).reason, "b: unknown it is");
  const one = { findings: [finding("x")] };
  assert.equal(
    second(evaluation("a", "unknown"), evaluation("b", "fail", one)).reason,
    "1 finding at or above the threshold in b",
  );
  const two = { findings: [finding("x"), finding("y"), finding("z", { overThreshold: false })] };
  const scopes = [evaluation("a", "fail", one), evaluation("a", "fail", two)];
  assert.equal(second(...scopes).reason, "3 findings at or above the threshold in a");
  const many = ["a", "b", "c", "d", "e"].map((name) => evaluation(name, "fail", one));
  assert.match(second(...many).reason, /^5 findings at or above the threshold in a, b,? .*and \d more$/);
});

test("coverage counts assets, each once, judged where each of its evaluations is", () => {
  const { coverage } = second(
    evaluation("a", "pass", { scope: packagesScope("npm") }),
    evaluation("a", "fail", { scope: packagesScope("Debian:13") }),
    evaluation("b", "pass", { scope: packagesScope("npm") }),
    evaluation("b", "unknown", { scope: packagesScope("Debian:13") }),
    evaluation("c", "unknown"),
  );
  assert.deepEqual(coverage, { assessed: 1, total: 3, noun: "images" });
});

test("a policy file speaks to a control, and is none of the images that it counts", () => {
  const { verdict, coverage } = second(evaluation("bulkhead.yaml", "fail", { check: expired.id }));
  assert.deepEqual([verdict, coverage.total], ["fail", 0]);
});

test("the worst three above the threshold are shown, worst first", () => {
  const { worst } = second(
    evaluation("a", "fail", { findings: [finding("c"), finding("low", { severity: "low" })] }),
    evaluation("b", "fail", { findings: [finding("under", { overThreshold: false }), finding("a"), finding("b")] }),
  );
  assert.deepEqual(
    worst.map(({ subject }) => subject),
    ["a", "b", "c"],
  );
});

test("a check that nobody described speaks to nothing", () => {
  assert.equal(second(evaluation("a", "fail", { check: "image/unheard-of" })).coverage.total, 0);
});

test("a layer is defended by the checks that looked at it, and judged by their verdicts", () => {
  const layers = evaluateLayers([evaluation("a", "pass"), evaluation("b", "fail")], checks);
  const [image, registry] = layers;
  const title = "title of image/scan";
  assert.deepEqual(image, { layer: "image", defends: [title], failing: [title], verdict: "fail" });
  assert.deepEqual(registry, { layer: "registry", defends: [], failing: [], verdict: "unknown" });
  assert.deepEqual(
    layers.map(({ layer }) => layer),
    ["image", "registry", "build", "workload", "cluster", "network", "runtime"],
  );
});

test("a privileged container, and whatever else gives the node away, fails control 4", () => {
  const workload = { kind: "workload", id: "app/Pod/web", lineage: "app/Pod/web", name: "app/Pod/web" } as const;
  for (const name of [
    "privileged",
    "runtime-socket",
    "sensitive-host-path",
    "host-namespaces",
    "dangerous-capabilities",
  ]) {
    const of = (check: string, verdict: Verdict) => ({ ...evaluation("a", verdict, { check }), asset: workload });
    const evaluations = [
      of("workload/run-as-non-root", "pass"),
      { ...of(`workload/${name}`, "fail"), findings: [finding("x", { check: `workload/${name}` })] },
    ];
    const control = evaluateControls(evaluations, allChecks)[3];
    assert.deepEqual([control?.verdict, control?.coverage.total], ["fail", 1], name);
  }
});

/** What is said of control 3, each evaluation by its check and verdict. */
function third(verdicts: Readonly<Record<string, Verdict>>) {
  const evaluations = Object.entries(verdicts).map(([check, verdict]) => {
    const over = verdict === "fail" ? [finding("x", { check })] : [];
    return { ...evaluation("a", verdict, { check, findings: over }), asset: fileAsset(".") };
  });
  const control = evaluateControls(evaluations, allChecks)[2];
  assert.ok(control !== undefined);
  return control;
}

test("control 3 tells its halves apart, and the second is unknown without a control plane", () => {
  const embedded = { "build/committed-secret": "pass" } as const;
  const flag = "cluster/encryption-not-configured";
  const configuration = "cluster/encryption-at-rest";
  const said = (verdicts: Readonly<Record<string, Verdict>>) => [third(verdicts).verdict, third(verdicts).reason];
  const passes = "pass (nothing at or above the threshold)";
  assert.deepEqual(said(embedded), [
    "unknown",
    `embedded: ${passes}; encrypted at rest: unknown (no control plane found: neither API server flags nor an encryption configuration)`,
  ]);
  assert.match(said({ ...embedded, [flag]: "pass" }).join(), /^unknown.* at rest: unknown \(the encryption conf/);
  assert.match(
    said({ ...embedded, [configuration]: "pass" }).join(),
    /^unknown.* at rest: unknown \(no API server flags/,
  );
  assert.deepEqual(said({ ...embedded, [flag]: "pass", [configuration]: "pass" }), [
    "pass",
    `embedded: ${passes}; encrypted at rest: ${passes}`,
  ]);
  assert.match(said({ ...embedded, [flag]: "fail" }).join(), /^fail,embedded: pass .*at rest: fail \(1 finding/);
  assert.match(said({ "build/committed-secret": "fail", [flag]: "pass" }).join(), /^fail,embedded: fail \(1 finding/);
});

test("control 3 does not pass where no file was searched, and a control plane is no source", () => {
  const { verdict, reason, coverage } = third({
    "cluster/encryption-not-configured": "pass",
    "cluster/encryption-at-rest": "pass",
  });
  assert.deepEqual([verdict, coverage.total], ["unknown", 0]);
  assert.match(reason, /^embedded: unknown \(no images and sources found\)/);
});

test("a pass says how many findings the baseline and exceptions have a part in", () => {
  const base = checkOf("image/base", "image", [1]);
  const source = { path: "bulkhead.yaml", line: 1, column: 1 };
  const own = evaluation("a", "pass", {
    check: base.id,
    baselined: [
      { finding: finding("x"), since: "2026-01-01" },
      { finding: finding("y"), since: "2026-01-01" },
      { finding: finding("z", { overThreshold: false }), since: "2026-01-01" },
    ],
    excepted: [{ finding: finding("v"), exception: { reason: "r", owner: "o", source } }],
  });
  const [control] = evaluateControls([own], [base]);
  assert.deepEqual(
    [control?.verdict, control?.reason],
    ["pass", "nothing else at or above the threshold: 2 findings in the baseline, 1 finding excepted"],
  );
});

test("control 7 tells who signed from what admission verifies, and a policy object alone proves nothing", () => {
  const said = (verdicts: Readonly<Record<string, Verdict>>) => {
    const evaluations = Object.entries(verdicts).map(([check, verdict]) =>
      evaluation("a", verdict, { check, findings: verdict === "fail" ? [finding("x", { check })] : [] }),
    );
    const control = evaluateControls(evaluations, allChecks)[6];
    return [control?.verdict, control?.reason];
  };
  const passes = "pass (nothing at or above the threshold)";
  const none = "unknown (no policy that verifies images found)";
  assert.deepEqual(said({}), [
    "unknown",
    `signed: unknown (no signatures were verified (--verify)); verified on admission: ${none}`,
  ]);
  assert.deepEqual(said({ "registry/unsigned-image": "pass" }), [
    "unknown",
    `signed: ${passes}; verified on admission: ${none}`,
  ]);
  assert.deepEqual(said({ "registry/unsigned-image": "pass", "cluster/image-verification": "pass" }), [
    "unknown",
    `signed: ${passes}; verified on admission: unknown (that admission refuses unsigned images was not tried (check --cluster --probe))`,
  ]);
  const tried = { "registry/unsigned-image": "pass", "cluster/unverified-image-admitted": "pass" } as const;
  assert.deepEqual(said(tried), ["pass", `signed: ${passes}; verified on admission: ${passes}`]);
  assert.equal(said({ ...tried, "cluster/image-verification": "unknown" })[0], "unknown");
  assert.equal(said({ ...tried, "cluster/image-verification": "fail" })[0], "fail");
  // What objects alone leave open, the try has answered; a list that was refused it has not.
  const withGap = (code: string) =>
    evaluateControls(
      [
        ...Object.entries(tried).map(([check, verdict]) => evaluation("a", verdict, { check })),
        evaluation("a", "unknown", { check: "cluster/image-verification", gaps: [{ code, reason: "r" }] }),
      ],
      allChecks,
    )[6]?.verdict;
  assert.equal(withGap("admission.verification-unclear"), "pass");
  assert.equal(withGap("kubernetes.cluster-list"), "unknown");
  assert.match(said({ "registry/unsigned-image": "fail" }).join(), /^fail,signed: fail \(1 finding/);
  assert.match(
    said({ "registry/unsigned-image": "pass", "cluster/image-verification": "fail" }).join(),
    /^fail,signed: pass .*verified on admission: fail/,
  );
});

test("the registry's layer does not pass by its configuration alone: what it holds was not asked for", () => {
  const described = ["registry/server-plain-http", "registry/unsigned-image"].map((id) => checkOf(id, "registry", []));
  const of = (...verdicts: readonly (readonly [string, Verdict])[]) =>
    evaluateLayers(
      verdicts.map(([check, verdict]) => evaluation("a", verdict, { check: `registry/${check}` })),
      described,
    ).find(({ layer }) => layer === "registry")?.verdict;
  assert.equal(of(["server-plain-http", "pass"]), "unknown");
  assert.equal(of(["server-plain-http", "fail"]), "fail");
  assert.equal(of(["server-plain-http", "pass"], ["unsigned-image", "pass"]), "pass");
});
