import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Asset, fileAsset, type ImageAsset } from "./asset.ts";
import type { Digest } from "./digest.ts";
import { assetFilter, type Exception, exceptionScope, exceptionsFor, isExpired } from "./exception.ts";
import type { FindingDraft, FindingKeys } from "./finding.ts";

const now = new Date("2025-06-15T12:00:00Z");
const asset: Asset = { kind: "rootfs", id: "/srv/web", lineage: "shop/web", name: "dir:/srv/web" };

function exception(stated: Partial<Exception>): Exception {
  return {
    ids: [],
    reason: "not reachable",
    owner: "shop team",
    expires: "2025-12-31",
    source: { path: "bulkhead.yaml", line: 3, column: 5 },
    ...stated,
  };
}

function finding(matches: Partial<FindingKeys>): FindingDraft {
  return {
    subject: "s",
    severity: "high",
    title: "t",
    locations: [{ kind: "file", path: "f" }],
    matches: {
      ids: ["CVE-2021-44906", "GHSA-xvch-5gv4-984h"],
      package: "minimist",
      path: "app/package.json",
      ...matches,
    },
    evidence: {},
  };
}

function covered(stated: Partial<Exception>, matches: Partial<FindingKeys> = {}): boolean {
  return exceptionsFor(asset, [exception(stated)], now)(finding(matches)) !== undefined;
}

test("an id or alias is matched in any case, and as a whole", () => {
  assert.ok(covered({ ids: ["CVE-2021-44906"] }));
  assert.ok(covered({ ids: ["CVE-1-1", "ghsa-XVCH-5gv4-984h"] }));
  assert.ok(!covered({ ids: ["CVE-2021-4490"] }));
  assert.ok(!covered({ ids: ["CVE-2021-44906"] }, { ids: [] }));
});

test("an image of the scanned directory is named by its path or a digest, not by what it calls itself", () => {
  const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}` as Digest;
  const image: ImageAsset = {
    kind: "image",
    id: digest("a"),
    identifiedBy: "config",
    lineage: "registry.example.com/shop/web",
    name: "registry.example.com/shop/web:1",
    references: [
      { reference: "registry.example.com/shop/web:1", manifestDigest: digest("b"), observedAt: now.toISOString() },
    ],
  };
  const names = (pattern: string, of: Asset) => assetFilter({ asset: pattern })(of);
  const met: ImageAsset = { ...image, place: "build/evil" };
  for (const pattern of ["registry.example.com/shop/web*", "registry.example.com/shop/*", image.name, "**shop/web*"]) {
    assert.deepEqual([names(pattern, image), names(pattern, met)], [true, false], pattern);
  }
  for (const pattern of ["build/evil", "build/*", digest("a"), digest("b")]) assert.ok(names(pattern, met), pattern);
});

test("everything that is stated must match", () => {
  assert.ok(covered({ ids: ["CVE-2021-44906"], package: "minimist", path: "app/*", asset: "shop/*" }));
  assert.ok(!covered({ ids: ["CVE-2021-44906"], package: "mkdirp" }));
  assert.ok(!covered({ package: "minimist", path: "lib/**" }));
  assert.ok(!covered({ package: "minimist", asset: "shop/db" }));
});

test("what the finding does not state is not matched", () => {
  const { package: _, path: __, ...bare } = finding({}).matches;
  const of = (stated: Partial<Exception>) =>
    exceptionsFor(asset, [exception(stated)], now)({ ...finding({}), matches: bare });
  assert.equal(of({ package: "minimist" }), undefined);
  assert.equal(of({ path: "**" }), undefined);
  assert.notEqual(of({ ids: ["CVE-2021-44906"] }), undefined);
});

test("an asset is named by name, lineage or id", () => {
  for (const name of ["dir:/srv/*", "shop/web", "/srv/web", "**"]) assert.ok(covered({ asset: name }), name);
  for (const name of ["web", "*", ""]) assert.ok(!covered({ asset: name }), name);
});

test("the first in the policy's order wins, whatever it is found by", () => {
  const first = exception({ path: "app/**", reason: "first" });
  const second = exception({ ids: ["CVE-2021-44906"], reason: "second" });
  const third = exception({ ids: ["GHSA-xvch-5gv4-984h"], reason: "third" });
  for (const order of [
    [first, second, third],
    [third, first, second],
    [second, third, first],
  ]) {
    assert.equal(exceptionsFor(asset, order, now)(finding({})), order[0]);
  }
});

test("an exception holds through its last day in UTC", () => {
  const last = exception({ expires: "2025-06-15" });
  assert.ok(!isExpired(last, new Date("2025-06-15T23:59:59.999Z")));
  assert.ok(isExpired(last, new Date("2025-06-16T00:00:00Z")));
  assert.ok(covered({ ids: ["CVE-2021-44906"], expires: "2025-06-15" }));
  assert.ok(!covered({ ids: ["CVE-2021-44906"], expires: "2025-06-14" }));
});

test("what is no date never holds", () => {
  for (const expires of ["", "never", "2025-13-01", "2025-06-15T00:00:00Z"])
    assert.ok(isExpired({ expires }, now), expires);
});

test("agrees with the rule read literally", () => {
  const id = fc.constantFrom<string>("A", "B", "C");
  const stated = fc.record(
    { ids: fc.array(id, { maxLength: 2 }), package: fc.constantFrom("p", "q"), path: fc.constantFrom("x", "*") },
    { requiredKeys: ["ids"] },
  );
  const keys = fc.record({
    ids: fc.array(id, { maxLength: 2 }),
    package: fc.constantFrom("p", "q"),
    path: fc.constantFrom("x", "y"),
  });
  fc.assert(
    fc.property(fc.array(stated, { maxLength: 5 }), keys, (many, matches) => {
      const exceptions = many.map(exception);
      const literal = exceptions.find(
        (one) =>
          (one.ids.length === 0 || one.ids.some((name) => matches.ids.includes(name))) &&
          (one.package === undefined || one.package === matches.package) &&
          (one.path === undefined || one.path === "*" || one.path === matches.path),
      );
      assert.equal(exceptionsFor(fileAsset("f"), exceptions, now)(finding(matches)), literal);
    }),
  );
});

test("the scope is said in the order in which it is written", () => {
  assert.equal(
    exceptionScope({ ids: ["A", "B"], package: "p", path: "x/**", asset: "a" }),
    "A, B, package p, path x/**, asset a",
  );
  assert.equal(exceptionScope({ ids: [], package: "p" }), "package p");
});
