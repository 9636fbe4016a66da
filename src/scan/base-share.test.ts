import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../core/problem.ts";
import type { BaseImage, Inventory, Package } from "../engines/contents/model.ts";
import { type RawRecord, recordBelow, withDatabase } from "../engines/vulnerability/database/advisories.fixture.ts";
import { shareOfBase } from "./base-share.ts";

function apk(name: string, layer?: number): Package {
  const known = { licenses: [], purl: `pkg:apk/alpine/${name}@1`, path: "lib/apk/db/installed" };
  return {
    type: "apk",
    name,
    version: "1",
    source: { name, version: "1" },
    ...known,
    ...(layer === undefined ? {} : { layer }),
  };
}

const inventory: Inventory = {
  distribution: { id: "alpine", versionId: "3.10.4", idLike: [] },
  packages: [apk("busybox", 0), apk("musl", 0), apk("curl", 1)],
  removed: [{ ...apk("wget", 1), removedIn: 2 }],
};
const base: BaseImage = { kind: "alpine", layers: 1, by: "history", confidence: "guess", why: "it is" };
const records = ["busybox", "musl", "curl", "wget"].map((name, i) =>
  recordBelow(`ALPINE-CVE-2021-${i}`, "Alpine:v3.10", name, "2"),
);
const coverage = [{ ecosystem: "Alpine", releases: ["v3.10"], asOf: "2026-01-01", complete: true }];

test("packages and flaws of the base, the application and of what was removed", async () => {
  await withDatabase(records, coverage, async (advisories) => {
    const share = shareOfBase(inventory, base, advisories);
    const names = (packages: readonly Package[]) => packages.map(({ name }) => name);
    assert.deepEqual(
      [names(share.base), names(share.application), names(share.removed)],
      [["busybox", "musl"], ["curl"], ["wget"]],
    );
    const { flaws } = share;
    assert.deepEqual([flaws?.base.length, flaws?.application.length, flaws?.removed.length], [2, 1, 1]);
    assert.equal(flaws?.onlyInBase.length, 2);
    assert.deepEqual(share.uncovered, []);
    assert.deepEqual(
      share.switching.map(({ to, leftOut, flaws: removed, tools }) => [to, names(leftOut), removed, tools]),
      [
        ["distroless", ["busybox"], 1, ["busybox"]],
        ["static", ["busybox", "musl"], 2, ["busybox"]],
      ],
    );
  });
});

test("a flaw that the application's packages have too is not the base's alone", async () => {
  const affected = ["musl", "curl"].map((name) => ({
    package: { ecosystem: "Alpine:v3.10", name },
    ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "2" }] }],
  }));
  const both: RawRecord = { id: "ALPINE-CVE-2021-9", modified: "2025-01-01T00:00:00Z", affected };
  await withDatabase([both], coverage, async (advisories) => {
    const { flaws } = shareOfBase(inventory, base, advisories);
    assert.deepEqual([flaws?.base.length, flaws?.application.length, flaws?.onlyInBase], [1, 1, []]);
  });
});

test("where no layers tell, the distribution's packages are the base; without advisories nothing is said of flaws", () => {
  const none = new Problem({ kind: "unavailable", code: "database.missing", place: "here", cause: "there is none" });
  const folder = { ...inventory, packages: [apk("musl"), { ...apk("a"), type: "npm" as const }] };
  const share = shareOfBase(folder, { ...base, layers: 0 }, none);
  assert.deepEqual([share.base.length, share.application.length, share.flaws], [1, 1, undefined]);
  assert.deepEqual(shareOfBase(folder, undefined, none).switching, []);
});

test("what the advisories do not cover is said", async () => {
  await withDatabase(records, [], async (advisories) => {
    assert.notEqual(shareOfBase(inventory, base, advisories).uncovered.length, 0);
  });
});
