import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Asset, ImageAsset } from "../../core/asset.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Finding, type FindingDraft, fingerprintOf } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";
import { runs } from "../../core/runs.fixture.ts";
import { packagesScope } from "../../core/scope.ts";
import { anyReport } from "../report.fixture.ts";
import { sampleReport } from "../sample.ts";
import { totalOf } from "../severity-counts.ts";
import { type FixGroup, groupByFix, sorted } from "./fix-groups.ts";

const digestOf = (character: string) => `sha256:${character.repeat(64)}` as Digest;

function image(name: string, character: string): ImageAsset {
  return { kind: "image", id: digestOf(character), identifiedBy: "config", lineage: name, name, references: [] };
}

function workload(name: string): Asset {
  return { kind: "workload", id: name, lineage: name, name };
}

function found(asset: Asset, check: string, drafts: readonly Partial<FindingDraft>[], more: Partial<Evaluation> = {}) {
  const findings = drafts.map((draft, index): Finding => {
    const subject = draft.subject ?? `subject ${index}`;
    return {
      subject,
      severity: "high",
      title: "something is wrong",
      locations: [{ kind: "file", path: `${asset.name}.yaml`, line: index + 1 }],
      matches: { ids: [check] },
      evidence: {},
      ...draft,
      check,
      fingerprint: fingerprintOf(check, asset.lineage, subject),
      overThreshold: draft.severity !== "low",
    };
  });
  const evaluation: Evaluation = {
    check,
    asset,
    verdict: "fail",
    reason: "findings",
    findings,
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00.000Z",
    ...more,
  };
  return evaluation;
}

function vulnerable(
  name: string,
  version: string,
  layer: string,
  more: Partial<FindingDraft> = {},
): Partial<FindingDraft> {
  return {
    subject: `CVE-1 pkg:x/${name}`,
    locations: [{ kind: "image", path: `lib/${name}`, layer: { index: 1, of: 3, diffId: digestOf(layer) } }],
    matches: { ids: ["CVE-1"], package: name, version: "1.0", purl: `pkg:x/${name}@1.0` },
    fix: { kind: "upgrade", text: `upgrade ${name} to ${version}`, version },
    ...more,
  };
}

function report(evaluations: readonly Evaluation[], more: Partial<Report> = {}): Report {
  return { ...sampleReport, controls: [], evaluations, ...more };
}

const kinds = (groups: readonly FixGroup[]) =>
  groups.map(({ identity, over, asset }) => [identity.kind, totalOf(over), asset.name]);

test("one package upgrade goes over all images and lockfiles, whatever version fixes each", () => {
  const npm = { scope: packagesScope("npm") };
  const { groups, placesOf } = groupByFix(
    report([
      found(image("web", "a"), "image/known-vulnerabilities", [vulnerable("form-data", "4.0.4", "1")], npm),
      found(image("api", "b"), "image/known-vulnerabilities", [vulnerable("form-data", "2.5.4", "2")], npm),
      found(
        { ...workload("package-lock.json"), kind: "file" },
        "build/lockfile",
        [
          vulnerable("form-data", "4.0.4", "1", { locations: [{ kind: "file", path: "package-lock.json" }] }),
          vulnerable("other", "2", "1"),
        ],
        npm,
      ),
    ]),
  );
  assert.deepEqual(kinds(groups), [
    ["upgrade", 3, "api"],
    ["upgrade", 1, "package-lock.json"],
  ]);
  const places = placesOf(groups).get(groups[0]?.key ?? "");
  assert.deepEqual(places?.assets, ["api", "package-lock.json", "web"]);
  assert.deepEqual(places?.versions, ["2.5.4", "4.0.4"]);
  assert.deepEqual(places?.files, []);
});

test("what the base brought and what is wrong with the base is one rebuild over all images on it", () => {
  const debian = { scope: packagesScope("Debian:12") };
  const builtFrom = (character: string): Report["relations"][number] => ({
    type: "builtFrom",
    from: { kind: "image", id: digestOf(character), identifiedBy: "config", name: character },
    to: { kind: "image", id: "debian:12", identifiedBy: "reference", name: "debian:12" },
    observedAt: "",
    evidence: {},
    gaps: [],
  });
  const [, vulnerabilities] = sampleReport.checks;
  assert.ok(vulnerabilities);
  const base = { origin: "base" as const };
  const { groups } = groupByFix(
    report(
      [
        found(image("web", "a"), "image/known-vulnerabilities", [vulnerable("openssl", "3.1", "1", base)], debian),
        found(image("api", "b"), "image/known-vulnerabilities", [vulnerable("zlib", "2", "2", base)], debian),
        found(image("api", "b"), "image/base-not-accepted", [{}]),
        found(image("other", "c"), "image/known-vulnerabilities", [vulnerable("zlib", "2", "2", base)], debian),
      ],
      {
        relations: [builtFrom("a"), builtFrom("b")],
        checks: [
          vulnerabilities,
          { ...vulnerabilities, id: "image/base-not-accepted", category: "configuration", controls: [1] },
        ],
      },
    ),
  );
  assert.deepEqual(kinds(groups), [
    ["base", 3, "web"],
    ["base", 1, "other"],
  ]);
  assert.deepEqual(groups[0]?.identity, { kind: "base", base: "debian:12" });
});

test("a distribution's packages of one layer are one rebuild, also of the images that share it; what nothing fixes is apart", () => {
  const debian = { scope: packagesScope("Debian:12") };
  const { fix: _, ...unfixed } = vulnerable("tar", "", "1");
  const [, vulnerabilities] = sampleReport.checks;
  assert.ok(vulnerabilities);
  const { groups } = groupByFix(
    report(
      [
        found(
          image("web", "a"),
          "image/known-vulnerabilities",
          [vulnerable("curl", "8", "1"), vulnerable("openssl", "3", "1"), vulnerable("curl", "8", "2"), unfixed],
          debian,
        ),
        found(image("api", "b"), "image/known-vulnerabilities", [vulnerable("curl", "8", "1")], debian),
      ],
      { checks: [vulnerabilities] },
    ),
  );
  assert.deepEqual(kinds(groups), [
    ["layer", 3, "api"],
    ["layer", 1, "web"],
    ["unfixed", 1, "web"],
  ]);
});

test("one field goes over all workloads and containers, another field of the same check is apart", () => {
  const drop = (container: string) => ({ subject: `${container}: securityContext.capabilities.drop` });
  const { groups } = groupByFix(
    report([
      found(workload("a"), "workload/capabilities-restricted", [drop("container web"), drop("init container wait")]),
      found(workload("b"), "workload/capabilities-restricted", [drop("container 1")]),
      found(workload("b"), "workload/capabilities-restricted", [
        { subject: "container web: securityContext.capabilities.add SYS_CHROOT" },
      ]),
      found(workload("b"), "workload/run-as-non-root", [drop("container 1")]),
    ]),
  );
  assert.deepEqual(kinds(groups), [
    ["setting", 3, "b"],
    ["setting", 1, "b"],
    ["setting", 1, "b"],
  ]);
});

test("files are those that a command changes: of manifests, not of Compose files, and not where knowledge is needed", () => {
  const patched = (grade: "safe" | "likely" | "needs knowledge"): Partial<FindingDraft> => ({
    subject: "container web: field",
    fix: { kind: "patch", text: "set it", grade, reason: "", patches: [{ path: ["field"], op: "remove" }] },
  });
  const changed = (...evaluations: Evaluation[]) => {
    const { groups, placesOf } = groupByFix(report(evaluations));
    const places = placesOf(groups).get(groups[0]?.key ?? "");
    return [places?.files, places?.changes];
  };
  const compose = found(workload("ComposeService/web"), "a/b", [patched("likely")]);
  const [safe, likely] = [
    found(workload("a"), "a/b", [patched("safe")]),
    found(workload("b"), "a/b", [patched("likely")]),
  ];
  assert.deepEqual(changed(compose), [[], []]);
  assert.deepEqual(changed(compose, safe), [["a.yaml"], ["patch"]]);
  assert.deepEqual(changed(safe, likely), [
    ["a.yaml", "b.yaml"],
    ["patch", "unsafe"],
  ]);
  assert.deepEqual(changed(found(workload("c"), "a/b", [patched("needs knowledge")])), [[], []]);
});

test("one secret goes over all files, and two secrets of one rule are two", () => {
  const secret = (fingerprint: string, path: string) => ({
    subject: `private-key ${fingerprint} in ${path}`,
    matches: { ids: ["private-key", "build/committed-secret"], path },
  });
  const { groups } = groupByFix(
    report([
      found(workload("."), "build/committed-secret", [
        secret("r1", "a.pem"),
        secret("r1", "b.pem"),
        secret("r2", "a.pem"),
      ]),
      found(image("web", "a"), "image/embedded-secret", [secret("r1", "srv/a.pem")]),
    ]),
  );
  assert.deepEqual(kinds(groups), [
    ["secret", 3, "."],
    ["secret", 1, "."],
  ]);
});

test("the worst comes first over all assets: enforced, severity, exploited, what is certain, then how many", () => {
  const exploited = { priority: { score: 1, exploited: true, reasons: [] } };
  const npm = { scope: packagesScope("npm") };
  const { groups } = groupByFix(
    report([
      found(workload("warned"), "a/warned", [{ severity: "critical" }], { action: "warn" }),
      found(workload("audited"), "a/audited", [{ severity: "critical" }], { action: "audit" }),
      found(
        workload("many"),
        "a/many",
        [{}, {}, {}].map((_, index) => ({ subject: `x ${index}` })),
      ),
      found(workload("one"), "a/one", [{}]),
      found(workload("below"), "a/below", [{ severity: "low" }]),
      found(workload("package"), "a/package", [vulnerable("p", "2", "1", { severity: "critical" })], npm),
      found(workload("kev"), "a/kev", [vulnerable("q", "2", "1", { severity: "critical", ...exploited })], npm),
      found(workload("setting"), "a/setting", [{ severity: "critical" }]),
    ]),
  );
  const order = ["kev", "setting", "package", "many", "one", "warned", "below"];
  assert.deepEqual(
    groups.map(({ asset }) => asset.name),
    order,
  );
  assert.deepEqual(
    sorted(groups, "check").map(({ worst }) => worst.check),
    order.map((name) => `a/${name}`).sort(),
  );
  assert.deepEqual(
    sorted(groups, "asset").map(({ asset }) => asset.name),
    order.toSorted(),
  );
  assert.equal(sorted(groups, "fix")[0]?.asset.name, "many");
});

test("every finding is in exactly one group, the counts add up, and the order of the evaluations does not matter", () => {
  fc.assert(
    fc.property(anyReport, fc.nat({ max: 4 }), fc.infiniteStream(fc.nat()), (any, limit, random) => {
      const expected = { over: 0, below: 0, enforced: 0 };
      for (const { findings, action } of any.evaluations) {
        if (action === "audit") continue;
        for (const { overThreshold } of findings) {
          if (overThreshold) expected.over++;
          else expected.below++;
          if (overThreshold && action === undefined) expected.enforced++;
        }
      }
      for (const groups of [groupByFix(any).groups, groupByFix(any, undefined, limit).groups]) {
        const sum = (of: (group: FixGroup) => number) => groups.reduce((total, group) => total + of(group), 0);
        assert.deepEqual(
          {
            over: sum((one) => totalOf(one.over)),
            below: sum((one) => totalOf(one.below)),
            enforced: sum((one) => one.enforced),
          },
          expected,
        );
        assert.equal(new Set(groups.map(({ key }) => key)).size, groups.length);
        assert.ok(groups.every(({ over, below }) => totalOf(over) + totalOf(below) > 0));
      }
      const shuffled = [...any.evaluations].map((one) => [random.next().value as number, one] as const);
      const other = { ...any, evaluations: shuffled.sort(([a], [b]) => a - b).map(([, one]) => one) };
      const shape = ({ groups }: ReturnType<typeof groupByFix>) =>
        groups.map(({ key, over, below, worst, uniform }) => ({ key, over, below, worst: worst.title, uniform }));
      assert.deepEqual(shape(groupByFix(other)), shape(groupByFix(any)));
    }),
    runs(100),
  );
});

test("what comes after the limit goes by its check, so that hostile reports take no more memory", () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ subject: `field${index}` }));
  const { groups, placesOf } = groupByFix(report([found(workload("a"), "x/y", many)]), undefined, 10);
  assert.equal(groups.length, 11);
  const [rest] = groups;
  assert.ok(rest);
  assert.equal(totalOf(rest.over), 290);
  assert.equal(placesOf(groups).get(rest.key)?.places.length, 290);
});
