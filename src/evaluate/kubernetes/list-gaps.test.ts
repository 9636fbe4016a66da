import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { readsOf, splitListGaps } from "./list-gaps.ts";

const read = readManifests([{ path: "a.yaml", text: "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n" }]);
const refused = { code: "kubernetes.cluster-list", reason: "secrets: no", path: "prod", lists: ["secrets"] };
const other = { code: "kubernetes.bound", reason: "too many", path: "prod" };
const manifests: Manifests = { ...read, gaps: [refused, other] };

test("a gap of one list is told to who reads it", () => {
  const { manifests: rest, short } = splitListGaps(manifests);
  assert.deepEqual(rest.gaps, [other]);
  assert.deepEqual(short.of(["roles", "secrets"]), [{ code: refused.code, reason: "prod: secrets: no" }]);
  assert.deepEqual(short.of(["roles", "objects"]), []);
  assert.equal(short.none, false);
});

test("without one nothing changes", () => {
  const { manifests: rest, short } = splitListGaps(read);
  assert.equal(rest, read);
  assert.equal(short.none, true);
});

test("what is read is noted, and is what there is", () => {
  const { manifests: observed, lists } = readsOf(read);
  assert.deepEqual([...lists], []);
  assert.equal(observed.namespaces, read.namespaces);
  assert.deepEqual([...lists], ["namespaces"]);
  assert.deepEqual({ ...observed }, { ...read });
  assert.equal(lists.size, Object.keys(read).length);
});
