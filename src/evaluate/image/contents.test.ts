import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { Inventory, Package } from "../../engines/contents/model.ts";
import { evaluateImage } from "./image.ts";

const now = new Date("2026-09-01T00:00:00Z");
const asset = { kind: "rootfs", id: "/", lineage: "/", name: "/" } as const;

function packageOf(name: string, version: string, changes: Partial<Package> = {}): Package {
  return { type: "generic", name, version, licenses: [], purl: `pkg:generic/${name}`, path: `opt/${name}`, ...changes };
}

/** Of contents that no advisories speak of. */
function evaluateContents(inventory: Evidence<Inventory>, policy: Policy, at = now): Evaluation[] {
  return evaluateImage(asset, { inventory, scopes: [], removedVulnerabilities: {}, layers: [] }, { policy, now: at });
}

/** `check verdict findings` of each. */
function evaluated(facts: Inventory, policy: Policy = defaultPolicy, gaps: readonly Gap[] = []): string[] {
  return evaluateContents(present(facts, now.toISOString(), { gaps }), policy).map(
    ({ check, verdict, findings }) => `${check} ${verdict} ${findings.length}`,
  );
}

test("nothing to speak of is no evaluation", () => {
  assert.deepEqual(evaluated({ packages: [packageOf("left", "1")] }), []);
  const gone = absent<Inventory>({ code: "oci.io", reason: "gone" });
  assert.deepEqual(evaluateContents(gone, defaultPolicy), []);
});

test("the end of life of what is there", () => {
  const debian = (versionId: string) => ({ distribution: { id: "debian", versionId, idLike: [] }, packages: [] });
  assert.deepEqual(evaluated(debian("11")), ["image/end-of-life fail 1"]);
  assert.deepEqual(evaluated(debian("13")), ["image/end-of-life pass 0"]);
  assert.deepEqual(evaluated(debian("99")), ["image/end-of-life unknown 0"]);
  assert.deepEqual(evaluated({ packages: [packageOf("node", "18.0.0"), packageOf("python", "9.9.9")] }), [
    "image/end-of-life fail 1",
  ]);
});

test("a table that is a year old proves no pass", () => {
  const node = present({ packages: [packageOf("node", "26.0.0")] }, now.toISOString());
  const at = (day: string) => evaluateContents(node, defaultPolicy, new Date(day)).map(({ verdict }) => verdict);
  assert.deepEqual(at("2027-08-01"), ["pass"]);
  assert.deepEqual(at("2027-10-01"), ["unknown"]);
});

test("what could not be read may be a program of its own, or only a package of npm", () => {
  const node = { packages: [packageOf("node", "24.0.0")] };
  assert.deepEqual(evaluated(node, defaultPolicy, [{ code: "x", reason: "y" }]), ["image/end-of-life unknown 0"]);
  assert.deepEqual(evaluated(node, defaultPolicy, [{ code: "x", reason: "y", concerns: "npm" }]), [
    "image/end-of-life pass 0",
  ]);
});

test("licences where the policy speaks of them, also of what a layer removed", () => {
  const denying = { ...defaultPolicy, licenses: { ...defaultPolicy.licenses, deny: ["GPL-*"] } };
  const gpl = packageOf("a", "1", { type: "npm", licenses: ["GPLv3"] });
  assert.deepEqual(evaluated({ packages: [gpl] }), []);
  assert.deepEqual(evaluated({ packages: [gpl] }, denying), ["image/denied-license fail 1"]);
  assert.deepEqual(evaluated({ packages: [], removed: [{ ...gpl, removedIn: 1 }] }, denying), [
    "image/denied-license fail 1",
    "image/removed-packages pass 1",
  ]);
  const strict = { ...defaultPolicy, licenses: { ...defaultPolicy.licenses, unknown: "deny" as const } };
  assert.deepEqual(evaluated({ packages: [packageOf("a", "1")] }, strict), ["image/denied-license fail 1"]);
});
