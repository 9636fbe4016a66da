import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { policyJsonSchema } from "./json-schema.ts";
import { validatePolicy } from "./validate.ts";

const ajv = new Ajv2020({ strictTypes: false });
addFormats.default(ajv);
const accepts = ajv.compile(policyJsonSchema());

const named = { reason: "r", owner: "o", expires: "2025-12-31" };

test("editors are told of the rules over several keys", () => {
  const policy = (exception: object) => ({ apiVersion: "bulkhead/v1", exceptions: [exception] });
  assert.ok(accepts(policy({ ...named, id: "CVE-1" })));
  assert.ok(accepts(policy({ ...named, path: "app/**" })));
  assert.ok(!accepts(policy(named)));
  assert.ok(!accepts(policy({ ...named, id: "CVE-1", ids: ["CVE-2"] })));
  assert.ok(!accepts(policy({ ...named, id: "CVE-1", expires: "2025-02-30" })));
});

test("an editor and the reader agree on what is a policy", () => {
  const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
  const exception = fc.record(
    {
      id: some<unknown>("CVE-1", "", 1),
      ids: some<unknown>(["CVE-1"], [], "CVE-1"),
      package: some<unknown>("p", null),
      reason: some<unknown>("r", ""),
      owner: some<unknown>("o", {}),
      expires: some<unknown>("2025-12-31", "2024-02-29", "2025-02-29", "soon"),
      justification: some("component_not_present", "trust_me"),
      other: some(1),
    },
    { requiredKeys: ["reason", "owner", "expires"] },
  );
  const policy = fc.record(
    {
      apiVersion: fc.oneof({ weight: 9, arbitrary: some("bulkhead/v1") }, { weight: 1, arbitrary: some("v2") }),
      thresholds: some<unknown>(
        {},
        { vulnerabilities: { fixableOnly: true } },
        { configuration: { fixableOnly: true } },
        null,
      ),
      unknownSeverity: some<unknown>("unknown", "low", "none"),
      advisories: some<unknown>({ maxAgeDays: 3 }, { maxAgeDays: 0.5 }, { maxAgeDays: -1 }, []),
      extends: some<unknown>("../org.yaml", "", 1),
      locked: some<unknown>(["thresholds", "licenses.deny", "exceptions"], ["origin"], []),
      licenses: some<unknown>({ deny: ["GPL-*"], unknown: "deny" }, { allow: [""] }, { unknown: "maybe" }),
      registries: some<unknown>(["ghcr.io"], "ghcr.io"),
      bases: some<unknown>({ accept: ["slim", "full"] }, { accept: [] }, { accept: ["fat"] }),
      rebuild: some<unknown>({ maxAgeDays: 0 }, { maxAgeDays: 3651 }),
      secrets: some<unknown>({ rules: ["a.toml"] }, { rules: [1] }),
      exceptionLimits: some<unknown>({ maxDays: 1, maxFlaws: 1, broad: "allow" }, { maxFlaws: 0 }),
      exceptions: fc.array(exception, { maxLength: 2 }),
    },
    { requiredKeys: ["apiVersion"] },
  );
  fc.assert(
    fc.property(policy, (value) => {
      const problems = validatePolicy(JSON.stringify(value), "bulkhead.yaml");
      assert.equal(accepts(value), problems.length === 0, JSON.stringify(problems));
    }),
    runs(300),
  );
});
