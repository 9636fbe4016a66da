import assert from "node:assert/strict";
import { test } from "node:test";
import { denyAtGate, type GateEnforcement, gateOf, tightenGate } from "./gate-enforcement.ts";

const rules = { categories: {}, checks: {} };
const gate = (more: Partial<GateEnforcement>): GateEnforcement => ({ ...rules, namespaces: {}, atLeast: [], ...more });
const privileged = { id: "workload/privileged", category: "configuration" } as const;
const unsigned = { id: "registry/unsigned-image", category: "trust" } as const;

function actions(enforcement: GateEnforcement, namespace?: string): string {
  const of = gateOf(enforcement, namespace);
  return [of(privileged, "fail"), of(unsigned, "fail"), of(privileged, "unknown"), of(unsigned, "unknown")]
    .map(({ action }) => action)
    .join(" ");
}

test("what nothing is stated of is denied, known or not", () => {
  assert.equal(actions(denyAtGate, "shop"), "deny deny deny deny");
  assert.equal(actions(gate({}), "shop"), "deny deny deny deny");
});

test("a check counts before its category, and that before the rest; of patterns the strictest", () => {
  const stated = gate({
    default: "audit",
    categories: { trust: "warn" },
    checks: { "workload/*": "warn", "workload/privileged": "deny" },
  });
  assert.equal(actions(stated), "deny warn deny warn");
});

test("what is unknown never brings about more than what is found", () => {
  assert.equal(actions(gate({ default: "deny", unknown: "warn" })), "deny deny warn warn");
  assert.equal(actions(gate({ default: "warn", unknown: "deny" })), "warn warn warn warn");
  assert.equal(
    actions(gate({ default: "deny", categories: { trust: "audit" }, unknown: "warn" })),
    "deny audit warn audit",
  );
});

test("a namespace counts before the rest, its name before patterns, and of patterns the strictest", () => {
  const stated = gate({
    default: "deny",
    unknown: "deny",
    namespaces: {
      "sandbox-*": { ...rules, default: "audit" },
      "*-1": { ...rules, default: "warn" },
      "sandbox-2": { ...rules, default: "deny", unknown: "warn" },
    },
  });
  assert.equal(actions(stated, "shop"), "deny deny deny deny");
  assert.equal(actions(stated, "sandbox-3"), "audit audit audit audit");
  assert.equal(actions(stated, "sandbox-1"), "warn warn warn warn");
  assert.equal(actions(stated, "sandbox-2"), "deny deny warn warn");
  assert.equal(actions(stated), "deny deny deny deny", "what is in no namespace is in none of the patterns");
});

test("the key that decides is named, with its place", () => {
  const place = { path: "bulkhead.yaml", line: 7, column: 5 };
  const stated = gate({
    default: "deny",
    namespaces: {
      "sandbox-*": { ...rules, checks: { "workload/*": "warn" }, statedAt: { "checks.workload/*": place } },
    },
  });
  assert.deepEqual(gateOf(stated, "sandbox-1")(privileged, "fail"), {
    action: "warn",
    key: "namespaces.sandbox-*.checks.workload/*",
    place,
  });
  assert.equal(gateOf(stated, "sandbox-1")(unsigned, "fail").key, "default");
});

test("who may only tighten loosens nothing, for no namespace and no check, and is told where it tried", () => {
  const held = gate({ default: "deny", namespaces: { "sandbox-*": { ...rules, default: "audit" } } });
  const looser = tightenGate(held, gate({ default: "warn" }));
  assert.equal(looser.loosens, true);
  assert.equal(actions(looser.value, "shop"), "deny deny deny deny");
  assert.equal(actions(looser.value, "sandbox-1"), "warn warn warn warn");
  const named = tightenGate(held, gate({ namespaces: { shop: { ...rules, default: "audit" } } }));
  assert.equal(named.loosens, true);
  assert.equal(actions(named.value, "shop"), "deny deny deny deny");
  const stricter = tightenGate(held, gate({ namespaces: { "sandbox-*": { ...rules, default: "deny" } } }));
  assert.equal(stricter.loosens, false);
  assert.equal(actions(stricter.value, "sandbox-1"), "deny deny deny deny");
});
