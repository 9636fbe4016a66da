import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Asset, fileAsset } from "./asset.ts";
import type { CheckDescription } from "./check.ts";
import type { Digest } from "./digest.ts";
import type { Evaluation } from "./evaluation.ts";
import { type Exception, exceptionsFor } from "./exception.ts";
import { type RunExtent, usesOf } from "./exception-use.ts";
import type { Finding, FindingKeys } from "./finding.ts";

const now = new Date("2025-06-15T12:00:00Z");
const web: Asset = {
  kind: "image",
  id: `sha256:${"a".repeat(64)}` as Digest,
  identifiedBy: "config",
  lineage: "shop/web",
  name: "shop/web:1",
  references: [],
};

function described(id: string, category: CheckDescription["category"]): CheckDescription {
  const documentation = { what: "w", why: "y", fix: "f", references: [] };
  return {
    id,
    title: id,
    layer: "image",
    subject: "image-scope",
    category,
    controls: [],
    severity: "high",
    documentation,
    needs: {},
  };
}
const checks = [
  described("image/known-vulnerabilities", "vulnerability"),
  described("image/runs-as-root", "configuration"),
];

function exception(stated: Partial<Exception>): Exception {
  const source = { path: "bulkhead.yaml", line: 3, column: 5 };
  return { ids: [], reason: "r", owner: "o", expires: "2025-12-31", source, ...stated };
}

function finding(matches: FindingKeys): Finding {
  return {
    check: "image/known-vulnerabilities",
    fingerprint: matches.ids.join(),
    overThreshold: true,
    subject: matches.ids.join(),
    severity: "high",
    title: "t",
    locations: [{ kind: "file", path: "f" }],
    matches,
    evidence: {},
  };
}

interface Made {
  readonly asset?: Asset;
  readonly check?: string;
  readonly partial?: boolean;
  readonly found?: readonly FindingKeys[];
}

/** As the runner would hand it on, under these exceptions. */
function evaluation(
  exceptions: readonly Exception[],
  { asset = web, check, partial = false, found = [] }: Made,
): Evaluation {
  const exceptionFor = exceptionsFor(asset, exceptions, now);
  return {
    check: check ?? "image/known-vulnerabilities",
    asset,
    verdict: partial ? "unknown" : "pass",
    reason: "r",
    findings: [],
    excepted: found.flatMap((keys) => {
      const one = exceptionFor(finding(keys));
      return one === undefined ? [] : [{ finding: finding(keys), exception: one }];
    }),
    evidence: {},
    gaps: partial ? [{ code: "x.y", reason: "gone" }] : [],
    observedAt: now.toISOString(),
  };
}

/** `findings judged` of one exception in a run of these evaluations. */
function use(stated: Partial<Exception>, made: readonly Made[], extent: RunExtent = "tree"): string {
  const exceptions = [exception(stated)];
  const evaluations = made.map((one) => evaluation(exceptions, one));
  const [only] = usesOf(evaluations, exceptions, { now, checks, extent });
  return only === undefined ? "left out" : `${only.findings} ${only.judged ? "judged" : "not judged"}`;
}

const cve = { ids: ["CVE-2021-44906", "GHSA-xvch-5gv4-984h"], package: "minimist" };

test("findings that an exception names are counted, by flaw", () => {
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [{ found: [cve] }]), "1 judged");
  const broad = [exception({ asset: "shop/*" })];
  const found = [cve, { ...cve, path: "elsewhere" }, { ids: ["CVE-2020-7598"] }];
  const [only] = usesOf([evaluation(broad, { found })], broad, { now, checks, extent: "tree" });
  assert.equal(only?.findings, 3);
  assert.deepEqual(only?.flaws, ["CVE-2020-7598", "CVE-2021-44906"]);
});

test("an exception behind another that names the same finding is used as well", () => {
  const both = [exception({ ids: ["CVE-2021-44906"] }), exception({ package: "minimist" })];
  const uses = usesOf([evaluation(both, { found: [cve] })], both, { now, checks, extent: "tree" });
  assert.deepEqual(
    uses.map(({ findings }) => findings),
    [1, 1],
  );
});

test("one that has expired names nothing and is left out", () => {
  assert.equal(use({ ids: ["CVE-2021-44906"], expires: "2025-06-14" }, [{ found: [cve] }]), "left out");
});

test("nothing named is certain only where all that could be named was judged on whole evidence", () => {
  assert.equal(use({ ids: ["CVE-1-2020-1"] }, [{}]), "0 judged");
  assert.equal(use({ ids: ["CVE-2021-44906"] }, []), "0 not judged");
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [{}, { partial: true }]), "0 not judged");
  // Whatever its verdict, what it names was there.
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [{ found: [cve] }, { partial: true }]), "1 judged");
});

test("an exception that names an asset is judged where that asset was, and nothing else matters", () => {
  const other = fileAsset("package-lock.json");
  const stated = { ids: ["CVE-2021-44906"], asset: "shop/web" };
  assert.equal(use(stated, [{ asset: other }]), "0 not judged");
  assert.equal(use(stated, [{}, { asset: other, partial: true }]), "0 judged");
  assert.equal(use({ ...stated, asset: "package-lock.json" }, [{ asset: other }]), "0 judged");
});

test("an exception that names no asset may be meant for an image", () => {
  const lockfile = { asset: fileAsset("package-lock.json") };
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [lockfile]), "0 not judged");
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [lockfile, {}]), "0 judged");
  assert.equal(
    use({ ids: ["image/runs-as-root"] }, [{ ...lockfile, check: "image/runs-as-root" }]),
    "0 judged",
    "its check says what it is for",
  );
});

test("an id says whose findings have it", () => {
  const root = { check: "image/runs-as-root", partial: true };
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [{}, root]), "0 judged");
  assert.equal(use({ ids: ["github-token"] }, [{}, root]), "0 not judged", "any check's rule may be called so");
  assert.equal(use({ ids: ["Image/Runs-as-root"] }, [{}]), "0 not judged");
  assert.equal(use({ ids: ["image/runs-as-root"] }, [{ check: "image/runs-as-root" }]), "0 judged");
  assert.equal(use({ ids: ["image/no-such-check"] }, [{}]), "0 not judged");
  assert.equal(use({ package: "minimist" }, [{}, root]), "0 not judged");
});

test("a run over one named thing speaks for exceptions of just that thing", () => {
  assert.equal(use({ ids: ["CVE-2021-44906"], asset: "shop/web" }, [{}], "named"), "0 judged");
  assert.equal(use({ ids: ["CVE-2021-44906"], asset: "shop/*" }, [{}], "named"), "0 not judged");
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [{}], "named"), "0 not judged");
  assert.equal(use({ ids: ["CVE-2021-44906"] }, [{ found: [cve] }], "named"), "1 judged");
});

test("patterns that would take too long are not held against the assets", () => {
  const asset = `${"*a".repeat(400)}*`;
  const exceptions = Array.from({ length: 900 }, () => exception({ ids: ["CVE-2021-44906"], asset }));
  const long = "a".repeat(2_000);
  const run = evaluation([], { asset: { kind: "file", id: long, lineage: long, name: long } });
  const uses = usesOf([run], exceptions, { now, checks, extent: "tree" });
  assert.equal(uses.length, 900);
  assert.ok(uses.every(({ judged }) => !judged));
});

test("whatever a run found, an exception that took something out is used", () => {
  const keys = fc.record({
    ids: fc.subarray(["CVE-2020-1", "CVE-2020-2", "x/y"], { minLength: 1 }),
    package: fc.constantFrom("p", "q"),
  });
  const stated = fc.record(
    {
      ids: fc.subarray(["cve-2020-1", "CVE-2020-3", "x/y"]),
      package: fc.constantFrom("p", "r"),
      asset: fc.constantFrom("shop/*", "**"),
    },
    { requiredKeys: ["ids"] },
  );
  fc.assert(
    fc.property(fc.array(stated, { maxLength: 4 }), fc.array(keys, { maxLength: 4 }), (some, found) => {
      const exceptions = some.map(exception);
      const run = evaluation(exceptions, { found });
      const uses = usesOf([run], exceptions, { now, checks, extent: "tree" });
      for (const { exception: took } of run.excepted) {
        const own = uses.find(({ exception: one }) => one === took);
        assert.ok(own !== undefined && own.findings > 0 && own.flaws.length > 0 && own.judged);
      }
      const total = uses.reduce((sum, { findings }) => sum + findings, 0);
      assert.ok(total >= run.excepted.length);
    }),
  );
});
