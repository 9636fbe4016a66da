import assert from "node:assert/strict";
import { test } from "node:test";
import type { PolicyDecision } from "../../engines/admission/model.ts";
import { admissionPolicyDenial } from "./admission-policy-denial.ts";

const decision: PolicyDecision = {
  policy: "no-latest",
  binding: "everywhere",
  outcome: "deny",
  message: "failed expression: !object.spec.containers.exists(c, c.image.endsWith(':latest'))",
  index: 0,
  reason: "Invalid",
  code: 422,
  actions: ["Deny"],
  path: ["spec", "validations", 0, "expression"],
};

const found = (decisions: readonly PolicyDecision[]) =>
  Array.from(admissionPolicyDenial.evaluate({ decided: { object: "Pod shop/api", decisions } }, new Date(0)));

test("each expression that does not hold, and each that came to an error, is a finding of its own", () => {
  const other = { ...decision, outcome: "error", index: 1, message: "no such key: x" } as const;
  assert.deepEqual(
    found([decision, other]).map(({ subject, title }) => `${subject} | ${title.slice(0, 30)}`),
    [
      "no-latest everywhere validation 0 | no-latest: failed expression: ",
      "no-latest everywhere validation 1 | no-latest: no such key: x",
    ],
  );
});

test("what cannot be known is no finding, and nothing is none", () => {
  assert.deepEqual(found([{ ...decision, outcome: "unknown" }]), []);
  assert.deepEqual(found([]), []);
});
