import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { unopenedImage } from "../../core/asset.ts";
import type { PullSettings } from "../../engines/oci/distribution/pull-model.ts";
import { evaluatePulled, type PulledImage } from "./pulled.ts";

const now = new Date("2026-11-28T12:00:00Z");
const asset = unopenedImage("registry.example.com/shop/api");

function verdicts(
  pull: Partial<PullSettings>,
  pulled: Partial<PulledImage> = {},
  quarantine: readonly string[] = [],
): Record<string, string> {
  const { registry } = defaultPolicy;
  const policy = { ...defaultPolicy, registry: { ...registry, quarantine, pull: { ...registry.pull, ...pull } } };
  const all = evaluatePulled(asset, { repository: "shop/api", isScanned: true, ...pulled }, { policy, now });
  return Object.fromEntries(all.map(({ check, verdict }) => [check, verdict]));
}

const created = (text: string) => ({ createdAt: new Date(text) });

test("what the policy does not ask is not judged", () => {
  assert.deepEqual(verdicts({}), {});
});

test("an image is as old as it says, up to the limit; without a date nobody knows", () => {
  const age = "registry/image-too-old";
  assert.deepEqual(verdicts({ maxAgeDays: 30 }, created("2026-10-30T12:00:01Z")), { [age]: "pass" });
  assert.deepEqual(verdicts({ maxAgeDays: 30 }, created("2026-10-29T12:00:00Z")), { [age]: "fail" });
  for (const none of [
    {},
    ...["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "nonsense", "2026-11-30T00:00:00Z", "2999-01-01T00:00:00Z"].map(
      created,
    ),
  ]) {
    assert.deepEqual(verdicts({ maxAgeDays: 30 }, none), { [age]: "unknown" });
  }
});

test("a repository is served that the list names, itself or what is around it", () => {
  const place = "registry/repository-not-served";
  for (const listed of ["shop/api", "shop", "shop/**", "**"]) {
    assert.deepEqual(verdicts({ repositories: ["other", listed] }), { [place]: "pass" });
  }
  for (const listed of ["shop/web", "sho", "*", "api"]) {
    assert.deepEqual(verdicts({ repositories: [listed] }), { [place]: listed === "*" ? "pass" : "fail" });
  }
});

test("an image in quarantine is refused until any scan has seen it", () => {
  const check = "registry/image-quarantined";
  assert.deepEqual(verdicts({}, { isScanned: false }, ["shop/**"]), { [check]: "fail" });
  assert.deepEqual(verdicts({}, { isScanned: true }, ["shop/**"]), { [check]: "pass" });
  assert.deepEqual(verdicts({}, { isScanned: false }, ["other/**", "shop"]), {});
});
