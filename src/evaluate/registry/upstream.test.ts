import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { unopenedImage } from "../../core/asset.ts";
import { Problem } from "../../core/problem.ts";
import type { UpstreamRule } from "../../engines/oci/distribution/upstream-model.ts";
import { upstreamSettings } from "../../engines/oci/distribution/upstream-policy.ts";
import { evaluateUpstream } from "./upstream.ts";

const now = new Date("2026-11-28T12:00:00Z");
const at = { path: "bulkhead.yaml", line: 7, column: 5 };
const asset = unopenedImage("docker.io/library/nginx@sha256:00", { lineage: "docker.io/library/nginx" });

function judged(stated: Partial<UpstreamRule>, since: string | Problem, policy = defaultPolicy) {
  const written = { hub: { registry: "docker.io", ...stated } };
  const { hub } = upstreamSettings["registry.upstreams"].read?.(written as never, String, () => at) ?? {};
  assert.ok(hub !== undefined);
  const known = typeof since === "string" ? { since: new Date(since), from: hub.cooldownFrom } : since;
  return evaluateUpstream(asset, hub, known, { policy, now });
}

test("an image is held back for as long as its upstream's cooldown takes, and no moment longer", () => {
  const [young] = judged({ cooldownDays: 3 }, "2026-11-25T12:00:01Z");
  assert.equal(young?.verdict, "fail");
  assert.match(young.findings[0]?.title ?? "", /first asked for 2026-11-25 .* 3 days, until 2026-11-28 12:00 UTC/);
  assert.deepEqual(young.findings[0]?.locations, [{ kind: "file", ...at }]);
  const [known] = judged({ cooldownDays: 3 }, "2026-11-25T12:00:00Z");
  assert.equal(known?.verdict, "pass");
  const [made] = judged({ cooldownDays: 1, cooldownFrom: "created" }, "2026-11-28T00:00:00Z");
  assert.match(made?.findings[0]?.title ?? "", /was made 2026-11-28 .* 1 day,/);
});

test("of an upstream without a cooldown nothing is judged, and what nobody can say is unknown", () => {
  assert.deepEqual(judged({}, "2026-11-28T12:00:00Z"), []);
  const problem = new Problem({ kind: "unavailable", code: "store.unavailable", place: "store", cause: "gone" });
  const [unknown] = judged({ cooldownDays: 3 }, problem);
  assert.equal(unknown?.verdict, "unknown");
  assert.equal(unknown.gaps[0]?.code, "store.unavailable");
});

test("a fix that cannot wait gets an exception", () => {
  const exception = {
    ids: ["registry/upstream-cooldown"],
    asset: "docker.io/library/nginx",
    reason: "fixes what is exploited",
    owner: "platform-team",
    expires: "2026-12-01",
    source: at,
  };
  const policy = { ...defaultPolicy, exceptions: [exception] };
  assert.equal(judged({ cooldownDays: 3 }, "2026-11-28T00:00:00Z", policy)[0]?.verdict, "pass");
});
