import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdmissionPolicyFacts } from "../subjects/admission.ts";
import { admissionPolicyDenied } from "./admission-policy-denied.ts";

type Decision = AdmissionPolicyFacts["policies"]["decisions"][number];

const decision = (more: Partial<Decision> = {}): Decision => ({
  ...{ policy: "images", binding: "shop", outcome: "deny", message: "no", index: 0, reason: "Invalid", code: 422 },
  ...{ actions: ["Deny"], path: ["spec", "validations", 0, "expression"] },
  ...more,
});

function found(...decisions: readonly Decision[]) {
  const policies = { decisions, auditAnnotations: {}, evaluated: [], object: "Pod shop/web" };
  return [...admissionPolicyDenied.evaluate({ policies }, new Date(0))];
}

test("a validation that is denied is found, and one that is only warned of is less", () => {
  const [denied, warned, audited] = found(
    decision(),
    decision({ binding: "sandbox", actions: ["Warn", "Audit"] }),
    decision({ outcome: "error", actions: ["Audit"] }),
  );
  assert.deepEqual(
    [denied?.severity, denied?.title, denied?.subject],
    ["critical", "ValidatingAdmissionPolicy images denies it: no", "images shop validation 0"],
  );
  assert.deepEqual([warned?.severity, audited?.severity], ["low", "low"]);
  assert.equal(audited?.subject, "images shop validation 0 (2)");
});

test("what holds is not told, and what is not known is no finding", () => {
  assert.deepEqual(found(), []);
  assert.deepEqual(found(decision({ outcome: "unknown" })), []);
});
