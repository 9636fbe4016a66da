import assert from "node:assert/strict";
import { test } from "node:test";
import type { LayerReference } from "../../core/location.ts";
import type { Package } from "../../engines/contents/model.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import { removedPackages } from "./removed-packages.ts";

const diffId = sha256(Buffer.from("layer"));
const layers: readonly LayerReference[] = [0, 1, 2].map((index) => ({ index, of: 3, diffId }));

function gone(name: string, more: Partial<Package> = {}): Package {
  return {
    ...{ type: "deb", name, version: "1", licenses: [], purl: `pkg:deb/${name}@1`, path: "var/lib/dpkg/status" },
    ...{ layer: 0, removedIn: 1, ...more },
  };
}

function found(removed: readonly Package[], vulnerabilities = {}) {
  return [...removedPackages.evaluate({ removed, removedVulnerabilities: vulnerabilities, layers }, new Date(0))];
}

test("one finding for each type of package, where it came from, and low whatever its flaws", () => {
  const removed = [gone("curl"), gone("wget", { removedIn: 2 }), gone("a", { type: "npm", path: "a/package.json" })];
  const [deb, npm, ...others] = found(removed, { deb: 3 });
  assert.equal(others.length, 0);
  assert.equal(deb?.title, "2 removed deb packages remain: curl 1, wget 1");
  assert.deepEqual(deb?.evidence, { packages: "2", "known vulnerabilities": "3", "removed in": "layer 2, layer 3" });
  assert.deepEqual(deb?.locations, [{ kind: "image", path: "var/lib/dpkg/status", layer: layers[0] }]);
  assert.equal(npm?.title, "1 removed npm package remains: a 1");
  assert.deepEqual([deb?.severity, npm?.severity], ["low", "low"]);
});

test("nothing removed, nothing found", () => {
  assert.deepEqual(found([]), []);
});

test("the first few are named and the rest is counted; the subject names none", () => {
  const [draft] = found(["a", "b", "c", "d", "e", "f", "g"].map((name) => gone(name)));
  assert.match(draft?.title ?? "", /^7 removed .*: a 1, b 1, c 1, d 1, e 1 and 2 more$/);
  assert.equal(draft?.subject, found([gone("z", { removedIn: 2 })])[0]?.subject);
});

test("a layer that is not known leaves the path", () => {
  assert.deepEqual(found([gone("a", { layer: 7 })])[0]?.locations, [{ kind: "file", path: "/var/lib/dpkg/status" }]);
});
