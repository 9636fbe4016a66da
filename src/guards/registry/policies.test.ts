import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { unopenedImage } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { Problem } from "../../core/problem.ts";
import { openRegistryPolicies, policyFingerprint } from "./policies.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-registry-policies-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "policy.yaml");
const options = { policy: path, root: folder, reviewed: false, roots: join(folder, "roots") };

function write(text: string): void {
  writeFileSync(path, `apiVersion: bulkhead/v1\n${text}`);
}

function evaluation(check: string, verdict: Evaluation["verdict"]): Evaluation {
  const asset = unopenedImage("registry.example.com/shop/api");
  const observedAt = "2026-11-28T00:00:00Z";
  return { check, asset, verdict, reason: "r", findings: [], excepted: [], evidence: {}, gaps: [], observedAt };
}

test("what is stated of pulls, of pushes and of both at once holds there, and the default is to refuse", async () => {
  write("enforcement:\n  registry:\n    pull: { default: warn, checks: { registry/*: deny } }\n    unknown: audit\n");
  const policy = (await openRegistryPolicies(options)).forEnvironment(undefined);
  const known = evaluation("image/known-vulnerabilities", "fail");
  const unsigned = evaluation("registry/unsigned-image", "fail");
  assert.deepEqual([policy.pullAction(known), policy.pushAction(known)], ["warn", "deny"]);
  assert.deepEqual([policy.pullAction(unsigned), policy.placeOf(unsigned)], ["deny", "policy.yaml:4"]);
  const unknown = evaluation("image/known-vulnerabilities", "unknown");
  assert.deepEqual([policy.pullAction(unknown), policy.pushAction(unknown)], ["audit", "audit"]);
  write("enforcement: { registry: audit }\n");
  const dry = (await openRegistryPolicies(options)).forEnvironment(undefined);
  assert.deepEqual([dry.pullAction(unsigned), dry.pushAction(known)], ["audit", "audit"]);
  write("");
  const bare = (await openRegistryPolicies(options)).forEnvironment(undefined);
  assert.deepEqual(
    [bare.pullAction(unknown), bare.pushAction(unknown), bare.placeOf(unknown)],
    ["deny", "deny", undefined],
  );
});

test("an environment that this reading does not know gains nothing", async () => {
  write("enforcement: { registry: audit }\n");
  const set = await openRegistryPolicies(options);
  assert.equal(set.forEnvironment("staging").pullAction(evaluation("image/full-base", "fail")), "deny");
});

test("a key that is not there makes a fault of the set, and what rests on it a Problem", async () => {
  write(
    "trust:\n  signers: { release: { key: missing.pub } }\n  images: [{ match: '**', signedBy: { of: [release] } }]\n",
  );
  const set = await openRegistryPolicies(options);
  assert.equal(set.trustFaults.length, 1);
  assert.ok(set.forEnvironment(undefined).trust instanceof Problem);
});

test("another policy has another digest and another fingerprint, and the same one the same", async () => {
  write("registry: { pull: { maxAgeDays: 30 } }\n");
  const [before, seen] = [await openRegistryPolicies(options), await policyFingerprint(options)];
  assert.equal((await openRegistryPolicies(options)).digest, before.digest);
  assert.equal(await policyFingerprint(options), seen);
  write("registry: { pull: { maxAgeDays: 31 } }\n");
  assert.notEqual((await openRegistryPolicies(options)).digest, before.digest);
  assert.notEqual(await policyFingerprint(options), seen);
});
