import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { LicenseTerm } from "../../engines/contents/model.ts";
import { licenseJudge } from "./license-judgement.ts";

const mit: LicenseTerm = { kind: "license", id: "MIT" };
const gpl2: LicenseTerm = { kind: "license", id: "GPL-2.0-only", formerly: "GPL-2.0" };
const gpl2Later: LicenseTerm = {
  kind: "license",
  id: "GPL-2.0-or-later",
  formerly: "GPL-2.0+",
  orLaterThan: ["GPL-2.0-only", "GPL-2.0"],
};
const classpath: LicenseTerm = { ...gpl2, exception: "Classpath-exception-2.0" };
const acme: LicenseTerm = { kind: "unlisted", text: "Acme" };

function either(...parts: LicenseTerm[]): LicenseTerm {
  return { kind: "or", parts };
}

function all(...parts: LicenseTerm[]): LicenseTerm {
  return { kind: "and", parts };
}

/** `denied GPL-2.0-only: denies GPL-*`, with all faults. */
function judged(term: LicenseTerm, policy: { allow?: string[]; deny?: string[] }): string {
  const verdict = licenseJudge({ allow: [], deny: [], unknown: "report", ...policy })(term);
  if (verdict.state === "allowed") return "allowed";
  assert.ok(verdict.faults.some(({ state }) => state === verdict.state));
  return verdict.faults.map(({ state, licenses, because }) => `${state} ${licenses}: ${because}`).join("; ");
}

test("with nothing allowed by name, all is allowed that is not denied", () => {
  assert.equal(judged(mit, { deny: ["GPL-*"] }), "allowed");
  assert.equal(judged(gpl2, { deny: ["GPL-*"] }), "denied GPL-2.0-only: denies GPL-*");
});

test("with something allowed by name, all else is denied", () => {
  assert.equal(judged(mit, { allow: ["MIT", "Apache-*"] }), "allowed");
  assert.equal(judged(gpl2, { allow: ["MIT"] }), "denied GPL-2.0-only: does not allow it");
});

test("deny wins over allow", () => {
  assert.equal(judged(gpl2, { allow: ["*"], deny: ["gpl-2.0-ONLY"] }), "denied GPL-2.0-only: denies gpl-2.0-ONLY");
});

test("of alternatives one must be allowed, of a conjunction all", () => {
  const policy = { deny: ["GPL-*"] };
  assert.equal(judged(either(gpl2, mit), policy), "allowed");
  assert.equal(judged(all(gpl2, mit), policy), "denied GPL-2.0-only: denies GPL-*");
  assert.equal(
    judged(either(all(mit, gpl2), gpl2Later), policy),
    "denied GPL-2.0-only OR GPL-2.0-or-later: denies GPL-*",
  );
});

test("what is not listed is unknown, unless its text is named", () => {
  assert.equal(judged(acme, {}), "unknown Acme: is no license that SPDX lists");
  assert.equal(judged(acme, { allow: ["acme"] }), "allowed");
  assert.equal(judged(acme, { deny: ["Acm?"] }), "denied Acme: denies Acm?");
});

test("an unknown part leaves open what the rest does not settle", () => {
  const policy = { deny: ["GPL-*"] };
  assert.match(judged(all(acme, mit), policy), /^unknown Acme/);
  assert.equal(
    judged(all(acme, gpl2), policy),
    "unknown Acme: is no license that SPDX lists; denied GPL-2.0-only: denies GPL-*",
  );
  assert.match(judged(either(all(acme, gpl2), gpl2), policy), /^denied \(Acme AND GPL-2\.0-only\) OR GPL-2\.0-only:/);
  assert.equal(judged(either(acme, mit), policy), "allowed");
  assert.match(judged(either(acme, gpl2), policy), /^unknown Acme OR GPL-2\.0-only: is no license/);
});

test("deprecated ids of a policy mean the same as those of today", () => {
  assert.match(judged(gpl2, { deny: ["GPL-2.0"] }), /^denied/);
  assert.match(judged(gpl2Later, { deny: ["GPL-2.0+"] }), /^denied/);
});

test("who may choose a later version may choose this one", () => {
  assert.equal(judged(gpl2Later, { allow: ["GPL-2.0-only"] }), "allowed");
  assert.equal(judged(gpl2Later, { deny: ["GPL-2.0-only"] }), "allowed");
  assert.match(judged(gpl2Later, { allow: ["MIT"] }), /^denied/);
  assert.match(judged(gpl2, { allow: ["GPL-2.0-or-later"] }), /^denied/);
});

test("an entry with an exception is the more precise one", () => {
  assert.match(
    judged(classpath, { deny: ["GPL-*"] }),
    /^denied GPL-2\.0-only WITH Classpath-exception-2\.0: denies GPL-\*/,
  );
  assert.equal(
    judged(classpath, { allow: ["GPL-2.0-only WITH Classpath-exception-2.0"], deny: ["GPL-?.?-*"] }),
    "allowed",
  );
  assert.match(judged(gpl2, { allow: ["GPL-2.0-only WITH Classpath-exception-2.0"] }), /^denied/);
});

const terms: fc.Arbitrary<LicenseTerm> = fc.letrec<{ term: LicenseTerm }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(mit, gpl2, gpl2Later, classpath, acme),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("term"), { minLength: 2, maxLength: 4 }),
    }),
  ),
})).term;

const entries = fc.array(fc.constantFrom("MIT", "GPL-*", "GPL-2.0-only", "GPL-2.0+", "Acme", "*"), { maxLength: 3 });

function stateOf(term: LicenseTerm, allow: string[], deny: string[]): number {
  return ["denied", "unknown", "allowed"].indexOf(licenseJudge({ allow, deny, unknown: "deny" })(term).state);
}

test("another entry under deny never makes a verdict better", () => {
  fc.assert(
    fc.property(terms, entries, entries, fc.constantFrom("MIT", "GPL-*", "Acme"), (term, allow, deny, more) => {
      assert.ok(stateOf(term, allow, [...deny, more]) <= stateOf(term, allow, deny));
    }),
  );
});

test("an alternative never makes a verdict worse, a condition never better", () => {
  fc.assert(
    fc.property(terms, terms, entries, entries, (term, other, allow, deny) => {
      assert.ok(stateOf(either(term, other), allow, deny) >= stateOf(term, allow, deny));
      assert.ok(stateOf(all(term, other), allow, deny) <= stateOf(term, allow, deny));
      assert.equal(stateOf(either(term, other), allow, deny), stateOf(either(other, term), allow, deny));
    }),
  );
});
