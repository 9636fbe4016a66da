import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob } from "../../core/glob.ts";
import type { Policy } from "../../core/policy.ts";
import { runs } from "../../core/runs.fixture.ts";
import { strict, tree, treePolicy, trustedPolicy } from "./policies.fixture.ts";
import { tighten } from "./tighten.ts";

test("lists of what is allowed only shrink, lists of what is asked for only grow", () => {
  const trusted: Policy = {
    ...strict,
    licenses: { allow: ["MIT", "BSD-*"], deny: ["GPL-*"], unknown: "report" },
    registries: ["registry.example.com", "ghcr.io/acme/*"],
    bases: { accept: ["distroless", "alpine"] },
    secrets: { rules: ["/org/rules.toml"] },
    rotation: { secrets: { maxAgeDays: 90 } },
  };
  const milder = tighten(
    trusted,
    tree({
      licenses: { allow: ["mit", "Apache-2.0"], deny: ["AGPL-3.0-only"], unknown: "allow" },
      registries: ["docker.io", "registry.example.com/shop"],
      bases: { accept: ["alpine", "full"] },
      rebuild: { maxAgeDays: 8 },
      secrets: { rules: ["rules.toml"] },
      rotation: { secrets: { maxAgeDays: 91 } },
      exceptionLimits: { maxDays: 366, maxFlaws: 21, broad: "allow" },
    }),
  );
  assert.deepEqual(milder.policy, {
    ...trusted,
    licenses: { allow: ["mit"], deny: ["GPL-*", "AGPL-3.0-only"], unknown: "report" },
    registries: ["registry.example.com/shop"],
    bases: { accept: ["alpine"] },
    secrets: { rules: ["/org/rules.toml", "rules.toml"] },
  });
  assert.deepEqual(
    milder.loosened.map(({ key, trusted: held, wanted }) => [key, held, wanted]),
    [
      ["licenses.allow", "MIT, BSD-*", "mit, Apache-2.0"],
      ["licenses.deny", "GPL-*", "AGPL-3.0-only"],
      ["licenses.unknown", "report", "allow"],
      ["registries", "registry.example.com, ghcr.io/acme/*", "docker.io, registry.example.com/shop"],
      ["bases.accept", "distroless, alpine", "alpine, full"],
      ["rebuild.maxAgeDays", "7", "8"],
      ["secrets.rules", "/org/rules.toml", "rules.toml"],
      ["rotation.secrets.maxAgeDays", "90", "91"],
      ["exceptionLimits.maxDays", "365", "366"],
      ["exceptionLimits.maxFlaws", "20", "21"],
      ["exceptionLimits.broad", "report", "allow"],
    ],
  );
  const stricter = tree({
    licenses: { allow: ["BSD-2-Clause"], deny: ["*GPL-*", "GPL-*"], unknown: "deny" },
    registries: ["ghcr.io/acme/shop/web"],
    bases: { accept: ["distroless"] },
    rebuild: { maxAgeDays: 6 },
    secrets: { rules: ["/org/rules.toml", "more.toml"] },
    rotation: { secrets: { maxAgeDays: 30 } },
    exceptionLimits: { maxDays: 30, maxFlaws: 1, broad: "report" },
  });
  assert.deepEqual(tighten(trusted, stricter).loosened, []);
  const first = tighten(strict, tree({ rotation: { secrets: { maxAgeDays: 3650 } } }));
  assert.deepEqual([first.policy.rotation, first.loosened], [{ secrets: { maxAgeDays: 3650 } }, []]);
  const nothingInCommon = tree({ registries: ["docker.io"], licenses: { allow: [] }, bases: { accept: ["full"] } });
  const kept = tighten(trusted, nothingInCommon);
  assert.deepEqual(kept.policy, trusted);
  assert.equal(kept.loosened.length, 3);
  assert.match(kept.loosened[0]?.wanted ?? "", /^an empty list$/);
});

/** Texts over a small alphabet: what a list's entries could name. */
const names = fc.string({ unit: fc.constantFrom("a", "b", "A", "/"), maxLength: 5 });

test("nothing that a list of the trusted policy refuses is allowed after it", () => {
  const licence = (entries: readonly string[], name: string) =>
    entries.some((entry) => compileGlob(entry.toLowerCase())(name.toLowerCase()));
  const registry = (entries: readonly string[], name: string) =>
    entries.some((entry) => compileGlob(entry)(name) || compileGlob(`${entry}/**`)(name));
  fc.assert(
    fc.property(trustedPolicy, treePolicy, names, (trusted, file, name) => {
      const { policy } = tighten(trusted, file);
      const denied = (some: Policy) => licence(some.licenses.deny, name);
      assert.ok(denied(policy) || !denied(trusted));
      const allowed = (some: readonly string[], holds: typeof licence) => some.length === 0 || holds(some, name);
      assert.ok(!allowed(policy.licenses.allow, licence) || allowed(trusted.licenses.allow, licence));
      assert.ok(!allowed(policy.registries, registry) || allowed(trusted.registries, registry));
      assert.ok(policy.bases.accept.every((kind) => trusted.bases.accept.includes(kind)));
    }),
    runs(1_000),
  );
});
