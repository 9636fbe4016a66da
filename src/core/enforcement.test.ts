import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { categories } from "./category.ts";
import { type Action, actions, actionsUnder, denyAll, type Enforcement, tightenEnforcement } from "./enforcement.ts";
import { runs } from "./runs.fixture.ts";

const speaksOfNothing: Enforcement = { categories: {}, checks: {}, atLeast: [] };

test("what is stated of a check counts before its category, and that before the rest", () => {
  const actionOf = actionsUnder({
    default: "warn",
    categories: { secret: "deny", license: "audit" },
    checks: { "build/*": "audit", "build/committed-secret": "warn", "workload/privileged": "deny" },
    atLeast: [],
  });
  assert.equal(actionOf({ id: "image/runs-as-root", category: "configuration" }), "warn");
  assert.equal(actionOf({ id: "image/embedded-secret", category: "secret" }), "deny");
  assert.equal(actionOf({ id: "image/denied-license", category: "license" }), "audit");
  assert.equal(actionOf({ id: "build/denied-license", category: "license" }), "audit");
  // Of two patterns the stricter.
  assert.equal(actionOf({ id: "build/committed-secret", category: "secret" }), "warn");
  assert.equal(actionOf({ id: "workload/privileged", category: "configuration" }), "deny");
});

test("what nobody speaks of is denied", () => {
  for (const category of categories) assert.equal(actionsUnder(speaksOfNothing)({ id: "a/b", category }), "deny");
});

const patterns = ["image/*", "image/a", "image/b", "*/a", "**", "build/a"];
const action = fc.constantFrom(...actions);
const enforcement: fc.Arbitrary<Enforcement> = fc
  .record(
    {
      default: action,
      categories: fc.dictionary(fc.constantFrom(...categories), action, { noNullPrototype: true }),
      checks: fc.dictionary(fc.constantFrom(...patterns), action, { maxKeys: 3, noNullPrototype: true }),
    },
    { requiredKeys: ["categories", "checks"], noNullPrototype: true },
  )
  .map((stated) => ({ ...stated, atLeast: [] }));
const check = fc.record({
  id: fc.constantFrom("image/a", "image/b", "image/c", "build/a", "build/b"),
  category: fc.constantFrom(...categories),
});
const rank = (one: Action) => actions.indexOf(one);

test("with one that may be stricter alone, nothing is looser than either, and nothing else is stricter", () => {
  fc.assert(
    fc.property(enforcement, enforcement, check, (current, wanted, some) => {
      const { value } = tightenEnforcement(current, wanted);
      const held = actionsUnder(current)(some);
      // What it has nothing to say of is no demand: with a default of `audit` it has something to say of everything.
      const asked = actionsUnder({ ...wanted, default: wanted.default ?? "audit" })(some);
      assert.equal(rank(actionsUnder(value)(some)), Math.max(rank(held), rank(asked)));
    }),
    runs(2_000),
  );
});

test("where it does not loosen, it asks for at least what held", () => {
  fc.assert(
    fc.property(enforcement, enforcement, check, (current, wanted, some) => {
      fc.pre(wanted.default !== undefined && !tightenEnforcement(current, wanted).loosens);
      // Patterns that only partly cover one another may hide it in the report, never in what holds.
      fc.pre(!("*/a" in current.checks) || !("image/*" in wanted.checks));
      fc.pre(!("image/*" in current.checks) || !("*/a" in wanted.checks));
      assert.ok(rank(actionsUnder(wanted)(some)) >= rank(actionsUnder(current)(some)));
    }),
    runs(2_000),
  );
});

test("the order of demands does not matter, and one of them twice is one", () => {
  fc.assert(
    fc.property(enforcement, enforcement, enforcement, check, (current, one, other, some) => {
      const first = tightenEnforcement(tightenEnforcement(current, one).value, other).value;
      const second = tightenEnforcement(tightenEnforcement(current, other).value, one).value;
      assert.equal(actionsUnder(first)(some), actionsUnder(second)(some));
      assert.equal(tightenEnforcement(first, one).value, first);
    }),
  );
});

test("what it states itself is not asked for again, whatever others ask for besides", () => {
  const first = tightenEnforcement(denyAll, speaksOfNothing).value;
  assert.equal(tightenEnforcement(first, denyAll).value, first);
});

test("where everything is denied, anything else is looser", () => {
  for (const wanted of ["warn", "audit"] as const) {
    assert.equal(tightenEnforcement(denyAll, { ...speaksOfNothing, default: wanted }).loosens, true);
    assert.equal(tightenEnforcement(denyAll, { ...speaksOfNothing, checks: { "a/*": wanted } }).loosens, true);
    assert.equal(tightenEnforcement(denyAll, { ...speaksOfNothing, categories: { trust: wanted } }).loosens, true);
  }
  assert.equal(tightenEnforcement(denyAll, speaksOfNothing).loosens, false);
});
