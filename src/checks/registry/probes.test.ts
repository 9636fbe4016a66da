import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Attempted, ProbedAccess, ProbedTransport } from "../../engines/oci/model.ts";
import { evaluateRegistryProbe } from "../../evaluate/registry/probe.ts";
import { anonymousCatalog } from "./anonymous-catalog.ts";
import { anonymousDelete } from "./anonymous-delete.ts";
import { anonymousPull } from "./anonymous-pull.ts";
import { anonymousPush } from "./anonymous-push.ts";
import { plainHttp } from "./plain-http.ts";

const registry = "registry.example.com";
const valid: ProbedTransport = { registry, plain: "closed", tls: { kind: "valid" } };

function verdicts(outcome: Attempted["outcome"], transport: ProbedTransport = valid) {
  const tried: Attempted = outcome === "unknown" ? { outcome, reason: "late" } : { outcome, answer: "it answered" };
  const access: ProbedAccess = { registry, attempts: { catalog: tried, pull: tried, push: tried, delete: tried } };
  const now = new Date("2026-01-01T00:00:00Z");
  const all = evaluateRegistryProbe(access, transport, { policy: defaultPolicy, now });
  return new Map(all.map(({ check, verdict, findings }) => [check, `${verdict} ${findings[0]?.title ?? ""}`.trim()]));
}

const checks = [anonymousCatalog, anonymousPull, anonymousPush, anonymousDelete] as const;

test("what a registry lets anyone do is found, and what it refuses passes", () => {
  assert.deepEqual(
    checks.map(({ id }) => verdicts("allowed").get(id)),
    [
      // Below the threshold.
      "pass registry.example.com lists its repositories to anyone",
      "pass registry.example.com lets anyone pull",
      "fail registry.example.com lets anyone push",
      "fail registry.example.com lets anyone delete images",
    ],
  );
  assert.deepEqual(new Set(checks.map(({ id }) => verdicts("refused").get(id))), new Set(["pass"]));
});

test("an attempt that proved nothing is unknown", () => {
  assert.deepEqual(new Set(checks.map(({ id }) => verdicts("unknown").get(id))), new Set(["unknown"]));
});

test("plain HTTP and certificates that nobody takes are found; a registry that does not answer is unknown", () => {
  const of = (changes: Partial<ProbedTransport>) => verdicts("refused", { ...valid, ...changes }).get(plainHttp.id);
  assert.equal(of({}), "pass");
  assert.equal(of({ plain: "redirected" }), "pass");
  assert.equal(of({ plain: "served" }), "fail registry.example.com answers over plain HTTP");
  const invalid = { kind: "invalid", cause: "expired" } as const;
  assert.equal(of({ tls: invalid }), "fail registry.example.com shows a certificate that clients do not accept");
  assert.equal(of({ tls: { kind: "none", cause: "refused" } }), "unknown");
});
