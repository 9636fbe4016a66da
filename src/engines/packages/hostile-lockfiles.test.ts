import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { folderAnalyserFor } from "../contents/analysers.ts";
import type { PackageRecord } from "../contents/model.ts";
import { changesBetween } from "./changes-between.ts";
import { recordOf, sideOf } from "./lockfile.fixture.ts";
import { mismatchesOf } from "./manifests/mismatches.ts";
import type { LockfileSide } from "./model.ts";

const NONE: LockfileSide = { name: "", lockfiles: [], found: 0, gaps: [] };

/** As the product reads it. */
function side(path: string, text: string): LockfileSide {
  const facts = folderAnalyserFor(path)?.analyse({ path, bytes: Buffer.from(text), companions: new Map() });
  if (facts?.kind === "unreadable") return sideOf([], { path, gaps: [{ code: facts.code, reason: facts.reason }] });
  assert.equal(facts?.kind, "packages");
  return sideOf(facts.packages, { path, gaps: facts.unread.map((reason) => ({ code: "contents.unread", reason })) });
}

const lock = (packages: string) => `{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},${packages}}}`;

describe("lockfiles that lie", () => {
  test("names that objects have of their own are names like others", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const text = lock(names.map((name) => `"node_modules/${name}":{"version":"1.0.0"}`).join());
    const { changes } = changesBetween(NONE, side("package-lock.json", text));
    assert.deepEqual(changes.map(({ name }) => name).sort(), [...names].sort());
    const manifest = JSON.stringify(names).replace(/"([^"]+)"/g, '"$1":"^2"');
    const read = { path: "package-lock.json", text, packages: [], complete: true };
    const { mismatches } = mismatchesOf(read, () => `{"dependencies":{${manifest.slice(1, -1)}}}`);
    assert.deepEqual(
      mismatches.filter(({ kind }) => kind === "outside").map(({ name }) => name),
      names,
    );
  });

  test("values nested without end", () => {
    assert.equal(changesBetween(NONE, side("package-lock.json", "[".repeat(200_000))).gaps.length, 1);
    const objects = lock(`"node_modules/a":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    assert.deepEqual(changesBetween(NONE, side("package-lock.json", objects)).changes, []);
    const deep = lock(`"node_modules/a":{"version":"1.0.0","x":${"[".repeat(2_000)}${"]".repeat(2_000)}}`);
    assert.deepEqual(changesBetween(NONE, side("package-lock.json", deep)).gaps, []);
  });

  test("thousands of versions of one package on either side", () => {
    const versions = (from: number): PackageRecord[] =>
      Array.from({ length: 5_000 }, (_, index) => recordOf(`a@1.${index + from}.0`));
    const { changes } = changesBetween(sideOf(versions(0)), sideOf(versions(2_500)));
    assert.equal(changes.length, 2_500);
    assert.ok(changes.every(({ kind }) => kind === "upgraded"));
    const few = changesBetween(sideOf(versions(0)), sideOf(versions(10_000).slice(0, 60)));
    assert.equal(few.changes.length, 5_000);
  });

  test("everything needs everything", () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `p${index} 1.0.0`);
    const records = names.map((reference, index) =>
      recordOf(reference.replace(" ", "@"), {
        direct: index === 0,
        dependsOn: names.filter((name) => name !== reference),
      }),
    );
    const { changes } = changesBetween(NONE, sideOf(records));
    assert.ok(changes.slice(1).every(({ after }) => after?.through.length === (after?.name === "p0" ? 0 : 1)));
  });

  test("an archive of another package is told with its name", () => {
    const text = lock(
      '"node_modules/a":{"version":"1.0.0","resolved":"https://registry.npmjs.org/evil/-/evil-1.0.0.tgz"}',
    );
    const [gap, ...more] = changesBetween(NONE, side("package-lock.json", text)).gaps;
    assert.match(gap?.reason ?? "", /^the package a is resolved to .*evil-1\.0\.0\.tgz, which is not version 1\.0\.0$/);
    assert.deepEqual(more, []);
  });

  test("no credentials of an address are in what is told", () => {
    const secret = ["hidden", "word"].join("-");
    const url = (user: string) => `https://${user}host.example/a/-/a-1.0.0.tgz?token=${secret}`;
    const text = lock(`"node_modules/a":{"version":"1.0.0","resolved":"${url(`u:${secret}@`)}"}`);
    const { changes } = changesBetween(NONE, side("package-lock.json", text));
    assert.equal(changes[0]?.after?.fetchedFrom?.url, "https://host.example/a/-/a-1.0.0.tgz?token=***");
    assert.ok(!JSON.stringify(changes).includes(secret));
  });

  test("a name with marks that turn text around stays one name", () => {
    const name = "left\u202epad";
    const { changes } = changesBetween(
      NONE,
      side("package-lock.json", lock(`"node_modules/${name}":{"version":"1.0.0"}`)),
    );
    assert.deepEqual(
      changes.map((change) => change.name),
      [name],
    );
  });
});
