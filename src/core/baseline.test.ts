import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { defaultPolicy } from "../collect/policy/default.ts";
import { fileAsset } from "./asset.ts";
import { applyBaseline, type Baseline, baselineOf, formatBaseline, parseBaseline } from "./baseline.ts";
import type { CheckDescription } from "./check.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Gap } from "./evidence.ts";
import { type Finding, fingerprintOf } from "./finding.ts";
import { Problem } from "./problem.ts";
import { reachVerdict } from "./runner.ts";
import { type Severity, severities } from "./severity.ts";

const check: CheckDescription = {
  id: "build/made-up",
  title: "Made up",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "varies",
  documentation: { what: "", why: "", fix: "", references: [] },
  subject: "file",
  needs: {},
};
const threshold = defaultPolicy.thresholds.configuration;
const how = {
  now: new Date("2025-06-15T00:00:00Z"),
  policy: defaultPolicy,
  checks: [check],
  authorities: new Set(["github.com/acme/shop"]),
};

function finding(subject: string, severity: Severity, lineage = "Dockerfile"): Finding {
  return {
    subject,
    severity,
    title: subject,
    locations: [{ kind: "file", path: lineage }],
    matches: { ids: [check.id] },
    evidence: {},
    check: check.id,
    fingerprint: fingerprintOf(check.id, lineage, subject),
    overThreshold: severity === "critical" || severity === "high",
  };
}

function evaluation(findings: readonly Finding[], gaps: readonly Gap[] = [], lineage = "Dockerfile"): Evaluation {
  return {
    check: check.id,
    asset: fileAsset(lineage),
    ...reachVerdict(findings, gaps, true, defaultPolicy, threshold),
    findings,
    excepted: [],
    evidence: {},
    gaps,
    observedAt: "2025-06-15T00:00:00.000Z",
  };
}

const written = (evaluations: readonly Evaluation[], before?: Baseline) =>
  parseBaseline(formatBaseline(baselineOf(evaluations, "2025-06-15", before)), "baseline.json");

test("what is known does not fail, what is new does", () => {
  const old = evaluation([finding("a", "high"), finding("b", "low")]);
  assert.equal(old.verdict, "fail");
  const { evaluations, use } = applyBaseline([old], written([old]), how);
  assert.equal(evaluations.at(0)?.verdict, "pass");
  assert.equal(evaluations.at(0)?.reason, "no findings, 2 in the baseline");
  assert.deepEqual(
    evaluations.at(0)?.baselined?.map(({ finding: { subject }, since }) => [subject, since]),
    [
      ["a", "2025-06-15"],
      ["b", "2025-06-15"],
    ],
  );
  assert.deepEqual(use, {
    name: "baseline.json",
    entries: 2,
    known: 2,
    worsened: 0,
    resolved: 0,
    notEvaluated: 0,
    foreign: 0,
  });

  const next = evaluation([finding("a", "high"), finding("c", "high")]);
  const [now] = applyBaseline([next], written([old]), how).evaluations;
  assert.equal(now?.verdict, "fail");
  assert.equal(now?.reason, "1 finding at or above the threshold (high or above), 1 more in the baseline");
  assert.deepEqual(
    now?.findings.map(({ subject }) => subject),
    ["c"],
  );
});

test("a finding that has become worse is new, one that has become better is not", () => {
  const baseline = written([evaluation([finding("a", "medium"), finding("b", "medium"), finding("c", "unknown")])]);
  const { evaluations, use } = applyBaseline(
    [evaluation([finding("a", "high"), finding("b", "low"), finding("c", "medium")])],
    baseline,
    how,
  );
  assert.equal(evaluations.at(0)?.verdict, "fail");
  assert.deepEqual(
    evaluations.at(0)?.findings.map(({ subject }) => subject),
    ["a", "c"],
  );
  assert.equal(use.worsened, 2);
});

test("a baseline never makes a pass of what is unknown", () => {
  const gap = { code: "advisories.no-coverage", reason: "no advisories" };
  const partial = evaluation([finding("a", "high")], [gap]);
  assert.equal(partial.verdict, "fail");
  const [now] = applyBaseline([partial], written([partial]), how).evaluations;
  assert.deepEqual([now?.verdict, now?.reason], ["unknown", "no advisories"]);
});

test("an entry is resolved where its asset was judged whole, and not where it was not looked at", () => {
  const baseline = written([
    evaluation([finding("a", "high"), finding("b", "high")]),
    evaluation([finding("a", "high", "other")], [], "other"),
  ]);
  const uses = (evaluations: readonly Evaluation[]) => {
    const { resolved, notEvaluated } = applyBaseline(evaluations, baseline, how).use;
    return { resolved, notEvaluated };
  };
  assert.deepEqual(uses([evaluation([finding("a", "high")])]), { resolved: 1, notEvaluated: 1 });
  assert.deepEqual(uses([evaluation([], [{ code: "c", reason: "r" }])]), { resolved: 0, notEvaluated: 3 });
  // One of the asset's evaluations lacks evidence: what it did not see may be there.
  assert.deepEqual(uses([evaluation([]), evaluation([], [{ code: "c", reason: "r" }])]), {
    resolved: 0,
    notEvaluated: 3,
  });
  const exception = {
    reason: "r",
    owner: "o",
    expires: "2025-12-31",
    source: { path: "bulkhead.yaml", line: 1, column: 1 },
  };
  const excepted = [{ finding: finding("b", "high"), exception }];
  assert.deepEqual(uses([{ ...evaluation([finding("a", "high")]), excepted }]), { resolved: 0, notEvaluated: 1 });
});

test("written anew it keeps dates and what was not judged, takes on what is new and drops what is gone", () => {
  const first = baselineOf(
    [evaluation([finding("a", "high"), finding("b", "high")]), evaluation([finding("x", "low", "other")], [], "other")],
    "2025-01-01",
  );
  const before = parseBaseline(formatBaseline(first), "baseline.json");
  const entries = baselineOf([evaluation([finding("a", "critical"), finding("c", "low")])], "2025-06-15", before);
  assert.deepEqual(
    entries.map(({ asset, subject, severity, since }) => [asset, subject, severity, since]),
    [
      ["Dockerfile", "a", "critical", "2025-01-01"],
      ["Dockerfile", "c", "low", "2025-06-15"],
      ["other", "x", "low", "2025-01-01"],
    ],
  );
});

test("two assets of one lineage share an entry, at its worst", () => {
  const [entry, ...more] = baselineOf(
    [evaluation([finding("a", "low")]), evaluation([finding("a", "high")]), evaluation([finding("a", "medium")])],
    "2025-06-15",
  );
  assert.deepEqual([entry?.severity, more.length], ["high", 0]);
});

test("the file has one finding a line, in an order that does not depend on the run", () => {
  const some = [
    evaluation([finding("b", "high"), finding("a", "low")]),
    evaluation([finding("c", "low", "A")], [], "A"),
  ];
  const text = formatBaseline(baselineOf(some, "2025-06-15"));
  assert.equal(text, formatBaseline(baselineOf(some.toReversed(), "2025-06-15")));
  assert.deepEqual(
    text.split("\n").map((line) => line.replace(/[0-9a-f]{32}/, "…")),
    [
      "{",
      '  "schema": "bulkhead/baseline/v2",',
      '  "findings": [',
      '    {"check":"build/made-up","asset":"A","subject":"c","severity":"low","since":"2025-06-15","fingerprint":"…"},',
      '    {"check":"build/made-up","asset":"Dockerfile","subject":"a","severity":"low","since":"2025-06-15","fingerprint":"…"},',
      '    {"check":"build/made-up","asset":"Dockerfile","subject":"b","severity":"high","since":"2025-06-15","fingerprint":"…"}',
      "  ]",
      "}",
      "",
    ],
  );
});

test("what is written keeps to the published schema", () => {
  const schema = readFileSync(new URL("../../docs/schemas/bulkhead-baseline-v2.json", import.meta.url), "utf8");
  const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(schema));
  for (const some of [[], [evaluation([finding("a", "high"), finding("b", "unknown")])]]) {
    assert.equal(
      validate(JSON.parse(formatBaseline(baselineOf(some, "2025-06-15")))),
      true,
      JSON.stringify(validate.errors),
    );
  }
});

test("a file that is none, or says something else than its fingerprints, is refused with the place", () => {
  const good = JSON.parse(formatBaseline(baselineOf([evaluation([finding("a", "high")])], "2025-06-15"))) as {
    schema: string;
    findings: Record<string, unknown>[];
  };
  const [entry = {}] = good.findings;
  const refusal = (document: unknown) => {
    try {
      parseBaseline(typeof document === "string" ? document : JSON.stringify(document), "b.json");
    } catch (error) {
      assert.ok(error instanceof Problem);
      assert.equal(error.kind, "usage");
      return `${error.place}: ${error.message}`;
    }
    return "read";
  };
  assert.equal(refusal(good), "read");
  assert.match(refusal("{"), /^b\.json: not JSON: /);
  assert.equal(refusal([]), "b.json: its schema is not bulkhead/baseline/v2");
  assert.equal(refusal({ ...good, schema: "bulkhead/baseline/v3" }), "b.json: its schema is not bulkhead/baseline/v2");
  assert.equal(refusal({ ...good, findings: {} }), "b.json: findings is not a list");
  const of = (change: object) => refusal({ ...good, findings: [{ ...entry, ...change }] });
  assert.equal(
    of({ subject: "b" }),
    "b.json, findings[0]: the fingerprint is not that of its check, asset and subject",
  );
  assert.equal(of({ severity: "worst" }), "b.json, findings[0]: unknown severity");
  assert.equal(of({ since: "soon" }), "b.json, findings[0]: since is not a date");
  assert.equal(of({ check: 1 }), "b.json, findings[0]: check is missing or not a text");
  assert.equal(refusal({ ...good, findings: [null] }), "b.json, findings[0]: not an object");
  assert.equal(refusal({ ...good, findings: [entry, entry] }), "b.json, findings[1]: duplicate entry a");
});

test("whatever is found, a run against its own baseline has nothing new, and loses nothing", () => {
  const some = fc.array(
    fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom(...severities, "unknown" as const)),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(some, some, (then, now) => {
      const found = (list: readonly (readonly [string, Severity])[]) =>
        list.map(([s, severity]) => finding(s, severity));
      const old = evaluation(found(then));
      const same = applyBaseline([old], written([old]), how);
      assert.deepEqual(same.evaluations.at(0)?.findings, []);
      const next = evaluation(found(now));
      const [apart] = applyBaseline([next], written([old]), how).evaluations;
      const kept = [...(apart?.findings ?? []), ...(apart?.baselined ?? []).map((item) => item.finding)];
      assert.deepEqual(new Set(kept), new Set(next.findings));
      assert.equal(kept.length, next.findings.length);
      // Setting apart never makes it worse.
      if (next.verdict === "pass") assert.equal(apart?.verdict, "pass");
    }),
  );
});

test("no text makes the reader throw anything but a problem", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      assert.throws(() => parseBaseline(text, "b.json"), Problem);
    }),
  );
});

test("what can be exchanged unseen is recorded in no baseline, and known by none", () => {
  const password = { ...finding("ENV PASSWORD", "high"), unrecorded: true as const };
  assert.deepEqual(written([evaluation([password])]).entries.size, 0);
  const forged = written([evaluation([finding("ENV PASSWORD", "high")])]);
  const { evaluations, use } = applyBaseline([evaluation([password])], forged, how);
  assert.deepEqual([evaluations.at(0)?.verdict, evaluations.at(0)?.findings.length, use.known], ["fail", 1, 0]);
});

test("an entry of another repository or cluster knows nothing here, and is counted", () => {
  const of = (authority: string) => {
    const lineage = `${authority}//Dockerfile`;
    return evaluation([finding("a", "high", lineage)], [], lineage);
  };
  const own = of("github.com/acme/shop");
  const others = [of("github.com/acme/other"), of("local"), of("cluster:6f2e0b0c-0000")];
  assert.equal(new Set([own, ...others].map(({ findings }) => findings[0]?.fingerprint)).size, 4);
  const foreign = applyBaseline([own], written(others), how);
  assert.equal(foreign.evaluations.at(0)?.verdict, "fail");
  assert.deepEqual(
    { ...foreign.use, name: "" },
    { name: "", entries: 3, known: 0, worsened: 0, resolved: 0, notEvaluated: 0, foreign: 3 },
  );
  const mixed = applyBaseline([own], written([...others, own]), how);
  assert.equal(mixed.evaluations.at(0)?.verdict, "pass");
  assert.deepEqual([mixed.use.known, mixed.use.foreign], [1, 3]);
});

test("an earlier report is a baseline: its findings and those that were known to it, at their worst", () => {
  const since = "2025-06-01T10:00:00.000Z";
  const told = (one: Evaluation) => JSON.parse(JSON.stringify(one)) as object;
  const [first, second] = [finding("a", "high"), { ...finding("guessed", "high"), unrecorded: true as const }];
  const known = [{ finding: finding("b", "low"), since: "2024-01-01" }];
  const evaluations = [
    { ...told(evaluation([first, second])), baselined: known },
    told(evaluation([finding("a", "critical")])),
  ];
  const read = (report: object) => parseBaseline(JSON.stringify({ schema: "bulkhead/report/v1", ...report }), "r.json");
  const { entries } = read({ startedAt: since, evaluations });
  assert.deepEqual(
    [...entries.values()].map(({ subject, severity, since: day }) => [subject, severity, day]),
    [
      ["a", "critical", "2025-06-01"],
      ["b", "low", "2025-06-01"],
    ],
  );
  assert.throws(() => read({ startedAt: since }), /evaluations: not a list|not a list/);
  assert.throws(() => read({ startedAt: 5, evaluations }), /since is missing/);
  const lying = [{ ...told(evaluation([{ ...first, subject: "c" }])) }];
  assert.throws(() => read({ startedAt: since, evaluations: lying }), /the fingerprint is not that of/);
});

test("a baseline without authorities is refused by its version", () => {
  assert.throws(
    () => parseBaseline('{"schema":"bulkhead/baseline/v1","findings":[]}', "b.json"),
    (problem: Problem) =>
      /baseline\/v1.*do not name their repository or cluster.*--write-baseline/.test(problem.line()),
  );
});
