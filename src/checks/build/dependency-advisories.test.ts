import assert from "node:assert/strict";
import { test } from "node:test";
import { added, flaw, licensed, locked, matched, upgraded } from "../findings/dependency.fixture.ts";
import { dependencyLicenseDenied } from "./dependency-license-denied.ts";
import { dependencyMalicious } from "./dependency-malicious.ts";
import { dependencyManifestMismatch } from "./dependency-manifest-mismatch.ts";
import { dependencyVulnerable } from "./dependency-vulnerable.ts";

const now = new Date("2026-11-25T00:00:00Z");

test("a package that a record calls malicious is found, by whichever of its names the advisory goes", () => {
  const change = added({ direct: false, through: ["web", "left"] });
  const records = [
    flaw(change, { id: "MAL-2026-1", ids: ["MAL-2026-1"], severitySource: "malicious package" }),
    flaw(change, { id: "GHSA-x", ids: ["GHSA-x", "MAL-2026-2"], severitySource: "advisory" }),
  ];
  for (const record of records) {
    const [found, ...more] = [...dependencyMalicious.evaluate({ change, vulnerabilities: matched(record) }, now)];
    assert.ok(found !== undefined);
    assert.equal(more.length, 0);
    assert.equal(found.severity, "critical");
    assert.match(found.title, /^left 1\.0\.0 is a malicious package \(MAL-2026-\d\)$/);
    assert.deepEqual(found.locations, [{ kind: "file", path: "package-lock.json", line: 12 }]);
    assert.equal(found.evidence.dependency, "transitive through web › left");
    assert.match(found.fix?.text ?? "", /remove left, which web brings/);
  }
});

test("two records of one package are one finding, and a flaw is no malice", () => {
  const change = added({ usage: "development" });
  const record = flaw(change, { id: "MAL-2026-1", ids: ["MAL-2026-1"], severitySource: "malicious package" });
  const other = flaw(change, { id: "MAL-2026-2", ids: ["MAL-2026-2"], severitySource: "malicious package" });
  const found = [...dependencyMalicious.evaluate({ change, vulnerabilities: matched(record, other) }, now)];
  assert.equal(found.length, 1);
  assert.deepEqual(found[0]?.matches.ids, ["MAL-2026-1", "MAL-2026-2", "build/dependency-malicious"]);
  assert.deepEqual([...dependencyMalicious.evaluate({ change, vulnerabilities: matched(flaw(change)) }, now)], []);
});

test("a vulnerability that comes is found, a malicious record is left to its own check", () => {
  const change = upgraded({ direct: false, through: ["web"] });
  const record = flaw(change, { id: "MAL-2026-1", ids: ["MAL-2026-1"], severitySource: "malicious package" });
  const found = [...dependencyVulnerable.evaluate({ change, vulnerabilities: matched(flaw(change), record) }, now)];
  assert.equal(found.length, 1);
  assert.equal(found[0]?.evidence.dependency, "transitive through web");
  assert.deepEqual(found[0]?.fix, {
    kind: "upgrade",
    version: "2.0.0",
    text: "upgrade left from 1.1.0 to 2.0.0 or later",
  });
  assert.deepEqual([...dependencyVulnerable.evaluate({ change, vulnerabilities: matched() }, now)], []);
  const development = { change: added({ usage: "development" }), vulnerabilities: matched() };
  assert.equal(dependencyVulnerable.applies?.(development), false);
});

test("a denied license is found, an allowed one is not", () => {
  const change = added();
  const policy = { allow: [], deny: ["AGPL-*"], unknown: "allow" } as const;
  const evaluate = (id: string) => [
    ...dependencyLicenseDenied.evaluate({ change, license: licensed(change, id), policy }, now),
  ];
  assert.deepEqual(
    evaluate("AGPL-3.0-only").map(({ severity, title }) => [severity, title]),
    [["high", "left is under AGPL-3.0-only, and the policy denies AGPL-*"]],
  );
  assert.deepEqual(evaluate("MIT"), []);
});

test("a lockfile that disagrees with its manifest is found at the manifest's line", () => {
  const mismatch = {
    lockfile: "package-lock.json",
    manifest: "package.json",
    type: "npm",
    name: "left",
    wanted: "^2.0.0",
    locked: "1.0.0",
    kind: "outside",
    line: 4,
  } as const;
  const evaluate = (...mismatches: readonly (typeof mismatch)[]) => [
    ...dependencyManifestMismatch.evaluate({ mismatches }, now),
  ];
  const [found] = evaluate(mismatch);
  assert.equal(found?.title, "package-lock.json pins left 1.0.0, which package.json excludes: ^2.0.0");
  assert.deepEqual(found?.locations[0], { kind: "file", path: "package.json", line: 4 });
  assert.deepEqual(evaluate(), []);
  const many = Array.from({ length: 40 }, (_, at) => ({ ...mismatch, name: `left-${at}` as "left" }));
  const [one, ...others] = evaluate(...many);
  assert.equal(others.length, 0);
  assert.match(one?.title ?? "", /in 40 dependencies$/);
  assert.ok(!JSON.stringify(one?.subject).includes(locked().version));
  // One more is not in anybody's baseline.
  assert.notEqual(evaluate(...many, mismatch)[0]?.subject, one?.subject);
});
