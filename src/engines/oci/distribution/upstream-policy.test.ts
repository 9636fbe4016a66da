import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { UpstreamRule } from "./upstream-model.ts";
import { cooldownStarts, offlineActions } from "./upstream-model.ts";
import { upstreamSettings } from "./upstream-policy.ts";

const { tighten, read, show } = upstreamSettings["registry.upstreams"];
const at = { path: "bulkhead.yaml", line: 3, column: 5 };
const reading = (written: unknown) => read?.(written as never, String, () => at) ?? {};

test("what is not written has its default", () => {
  assert.deepEqual(reading({ hub: { registry: "docker.io" } }), {
    hub: {
      registry: "docker.io",
      allow: [],
      cooldownDays: 0,
      cooldownFrom: "seen",
      refreshMinutes: 10,
      offline: "serve",
      platforms: [],
      hosts: [],
      statedAt: at,
    },
  });
  assert.equal(
    show?.(reading({ hub: { registry: "docker.io", allow: ["library/*"], signedBy: { of: ["a"] }, cooldownDays: 3 } })),
    "hub: docker.io library/* signed by 1 of a held back 3 days from seen",
  );
});

test("a further namespace, another source and other signers are refused to who may only tighten", () => {
  const current = reading({ hub: { registry: "docker.io", signedBy: { of: ["a", "b"], atLeast: 2 } } });
  for (const wanted of [
    { ghcr: { registry: "ghcr.io" } },
    { hub: { registry: "evil.example.com", signedBy: { of: ["a", "b"], atLeast: 2 } } },
    { hub: { registry: "docker.io", credentials: "other", signedBy: { of: ["a", "b"], atLeast: 2 } } },
    { hub: { registry: "docker.io" } },
    { hub: { registry: "docker.io", signedBy: { of: ["c"] } } },
    { hub: { registry: "docker.io", signedBy: { of: ["a", "b"], atLeast: 1 } } },
  ]) {
    const { value, loosens } = tighten(current, reading(wanted));
    assert.equal(loosens, true, JSON.stringify(wanted));
    for (const [namespace, rule] of Object.entries(value)) assert.deepEqual(rule, current[namespace]);
  }
});

test("signers that a tightening policy asks for never make a pass", () => {
  const { value, loosens } = tighten(
    reading({ hub: { registry: "docker.io" } }),
    reading({ hub: { registry: "docker.io", signedBy: { of: ["a"] } } }),
  );
  assert.equal(loosens, false);
  assert.deepEqual(value.hub?.signedBy, { of: ["a"], atLeast: 1, tightensOnly: true });
});

const rule: fc.Arbitrary<UpstreamRule> = fc.record(
  {
    registry: fc.constantFrom("docker.io", "ghcr.io"),
    credentials: fc.constantFrom("one", "two"),
    allow: fc.subarray(["library/*", "library/nginx", "**"]),
    signedBy: fc.record(
      { of: fc.subarray(["a", "b", "c"], { minLength: 1 }), atLeast: fc.integer({ min: 1, max: 2 }) },
      { noNullPrototype: true },
    ),
    cooldownDays: fc.nat(3),
    cooldownFrom: fc.constantFrom(...cooldownStarts),
    refreshMinutes: fc.nat(3),
    offline: fc.constantFrom(...offlineActions),
    platforms: fc.subarray(["linux/amd64", "linux/arm64"]),
    hosts: fc.subarray(["hub.example.com"]),
  },
  {
    requiredKeys: [
      "registry",
      "allow",
      "cooldownDays",
      "cooldownFrom",
      "refreshMinutes",
      "offline",
      "platforms",
      "hosts",
    ],
    noNullPrototype: true,
  },
);
const upstreams = fc.dictionary(fc.constantFrom("hub", "ghcr", "mirror/quay"), rule, { noNullPrototype: true });

test("what comes of two policies is never looser than the first, and stays when tightened by it again", () => {
  fc.assert(
    fc.property(upstreams, upstreams, (current, wanted) => {
      const { value } = tighten(current, wanted);
      for (const [namespace, one] of Object.entries(value)) {
        const held = current[namespace];
        assert.ok(held !== undefined);
        assert.equal(one.registry, held.registry);
        assert.equal(one.credentials, held.credentials);
        assert.ok(one.cooldownDays >= held.cooldownDays);
        assert.ok(cooldownStarts.indexOf(one.cooldownFrom) >= cooldownStarts.indexOf(held.cooldownFrom));
        assert.ok(offlineActions.indexOf(one.offline) >= offlineActions.indexOf(held.offline));
        assert.ok(one.refreshMinutes <= held.refreshMinutes);
        if (held.allow.length > 0) assert.notEqual(one.allow.length, 0);
        if (held.signedBy !== undefined) {
          assert.ok((one.signedBy?.atLeast ?? 0) >= held.signedBy.atLeast);
          assert.ok(one.signedBy?.of.every((name) => held.signedBy?.of.includes(name)));
        }
        assert.deepEqual(one.hosts, held.hosts);
      }
      assert.deepEqual(tighten(value, value), { value, loosens: false });
    }),
  );
});
