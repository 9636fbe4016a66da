import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Digest } from "../../core/digest.ts";
import { present } from "../../core/evidence.ts";
import { runCheck } from "../../core/runner.ts";
import type { Package, ReleaseLifecycle } from "../../engines/contents/model.ts";
import { endOfLife } from "./end-of-life.ts";

const layers = [{ index: 0, of: 1, diffId: `sha256:${"a".repeat(64)}` as Digest }];

const node: Package = {
  type: "generic",
  name: "node",
  version: "20.20.2",
  licenses: [],
  purl: "pkg:generic/node@20.20.2",
  path: "usr/local/bin/node",
  layer: 0,
};

const program: ReleaseLifecycle = {
  kind: "program",
  product: "Node.js",
  release: "20",
  packages: [node],
  ends: "2026-04-30",
  newer: [
    { release: "21", ends: "2024-06-01" },
    { release: "22", ends: "2027-04-30" },
    { release: "24", ends: "2028-04-30" },
  ],
  source: "https://example.org/schedule",
};

const { packages: _, ...rest } = program;
const distribution: ReleaseLifecycle = {
  ...rest,
  kind: "distribution",
  product: "Ubuntu",
  release: "20.04",
  packages: [],
  ends: "2025-05-29",
  extended: { name: "Ubuntu Pro (ESM)", ends: "2030-04-23" },
  newer: [],
};

function evaluate(now: string, ...releases: readonly ReleaseLifecycle[]) {
  const at = new Date(now);
  return runCheck(
    endOfLife,
    {
      lifecycle: present({ asOf: "2026-03-01", releases }, "2026-03-01T00:00:00.000Z"),
      layers: present(layers, at.toISOString()),
    },
    { asset: { kind: "rootfs", id: "/", lineage: "/", name: "/" }, policy: defaultPolicy, now: at },
  );
}

/** `severity days`, or nothing. */
function judged(now: string): string[] {
  return evaluate(now, program).findings.map(({ severity, evidence }) => `${severity} ${evidence.days}`);
}

test("high from the day after the end, medium for 90 days before, nothing earlier", () => {
  assert.deepEqual(judged("2026-05-01T00:00:00Z"), ["high 1 day ago"]);
  assert.deepEqual(judged("2026-05-02T00:00:00Z"), ["high 2 days ago"]);
  assert.deepEqual(judged("2026-04-30T23:59:59Z"), ["medium 1 day left"]);
  assert.deepEqual(judged("2026-01-31T00:00:00Z"), ["medium 90 days left"]);
  assert.deepEqual(judged("2026-01-30T23:59:59Z"), []);
});

test("a finding names the release, the end, and the oldest release to move to", () => {
  const { verdict, findings } = evaluate("2026-06-01T00:00:00Z", program);
  assert.equal(verdict, "fail");
  const [finding] = findings;
  assert.equal(finding?.title, "Node.js 20 has had no security support since 2026-04-30");
  assert.equal(finding?.subject, "Node.js 20");
  assert.equal(finding?.fix?.text, "move to Node.js 22, supported until 2027-04-30, or later");
  assert.deepEqual(finding?.locations, [{ kind: "image", path: "usr/local/bin/node", layer: layers[0] }]);
  assert.deepEqual(finding?.matches, {
    ids: ["image/end-of-life"],
    package: "node",
    version: "20.20.2",
    purl: "pkg:generic/node@20.20.2",
    path: "usr/local/bin/node",
  });
  assert.deepEqual(finding?.evidence, {
    release: "Node.js 20",
    ends: "2026-04-30",
    days: "32 days ago",
    table: "as of 2026-03-01",
  });
});

test("what is about to end itself is not what to move to, unless there is nothing else", () => {
  const fix = (now: string) => evaluate(now, program).findings[0]?.fix?.text;
  assert.equal(fix("2027-03-01T00:00:00Z"), "move to Node.js 24, supported until 2028-04-30, or later");
  assert.equal(fix("2028-04-01T00:00:00Z"), "move to Node.js 24, supported until 2028-04-30, or later");
  assert.equal(fix("2028-06-01T00:00:00Z"), "move to a release of Node.js that its vendor supports");
});

test("of a distribution the file that names it, and the support that is to be had still", () => {
  const [finding] = evaluate("2026-06-01T00:00:00Z", distribution).findings;
  assert.deepEqual(finding?.locations, [{ kind: "file", path: "/etc/os-release" }]);
  assert.deepEqual(finding?.matches, { ids: ["image/end-of-life"], path: "etc/os-release" });
  assert.equal(finding?.evidence.extended, "Ubuntu Pro (ESM) until 2030-04-23, for those who have it");
  assert.equal(evaluate("2031-01-01T00:00:00Z", distribution).findings[0]?.evidence.extended, undefined);
});

test("many places are one finding with the first of them", () => {
  const packages = Array.from({ length: 300 }, (_, index) => ({ ...node, path: `opt/${index}/node` }));
  const { findings } = evaluate("2026-06-01T00:00:00Z", { ...program, packages });
  assert.deepEqual([findings.length, findings[0]?.locations.length, findings[0]?.evidence.places], [1, 20, "300"]);
});

test("a release without an announced end is no finding", () => {
  const { ends: _ends, ...open } = program;
  assert.equal(evaluate("2026-06-01T00:00:00Z", open).verdict, "pass");
});

test("the later it is, the worse it stands", () => {
  const rank = { none: 0, medium: 1, high: 2 } as const;
  const at = (day: number) => {
    const [finding] = evaluate(new Date(Date.UTC(2026, 0, 1) + day * 3_600_000).toISOString(), program).findings;
    return rank[(finding?.severity ?? "none") as keyof typeof rank];
  };
  fc.assert(fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => assert.ok(at(Math.min(a, b)) <= at(Math.max(a, b)))));
});
