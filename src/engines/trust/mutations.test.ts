import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { runs } from "../../core/runs.fixture.ts";
import { meaningOf, mutate, randomBelow } from "./mutate.fixture.ts";
import { verifySignature } from "./verify.ts";
import { wholeForms } from "./whole-forms.fixture.ts";

/** Of each form. `make soak` tries each byte as well (test/trust/every-byte.soak.ts). */
const MUTATIONS = runs(400).numRuns;
const SEED = 0x5157;

for (const [form, wholes] of Object.entries(wholeForms())) {
  suite(form, () => {
    test("random mutations: none is verified but one that says the same", () => {
      const below = randomBelow(SEED);
      let refused = 0;
      for (let i = 0; i < MUTATIONS; i++) {
        const { name, found, material, now } = wholes[i % wholes.length] ?? wholes[0];
        if (i < wholes.length) assert.equal(verifySignature(found, material, now).outcome, "verified", name);
        const mutated = mutate(found, below);
        const verdict = verifySignature(mutated, material, now);
        if (verdict.outcome === "refused") {
          refused += 1;
          const last = verdict.steps.at(-1);
          assert.equal(last?.outcome, "fails");
          assert.equal(last.detail, verdict.refusal.reason);
          assert.ok(verdict.steps.slice(0, -1).every(({ outcome }) => outcome !== "fails"));
        } else {
          assert.ok(meaningOf(mutated) === meaningOf(found), `${name}: mutation ${i} of seed ${SEED} is verified`);
        }
      }
      assert.ok(refused > MUTATIONS / 2, `only ${refused} of them were refused`);
    });
  });
}
