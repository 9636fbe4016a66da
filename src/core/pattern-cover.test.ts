import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob } from "./glob.ts";
import { coversRepository, coversText } from "./pattern-cover.ts";
import { runs } from "./runs.fixture.ts";

test("a licence's pattern covers in any case", () => {
  assert.ok(coversText("gpl-*", "GPL-3.0-only"));
  assert.ok(coversText("GPL-*", "GPL-2.*"));
  assert.ok(coversText("GPL-*", "gpl-*"));
  assert.ok(!coversText("GPL-3.*", "GPL-*"));
  assert.ok(!coversText("GPL-?", "GPL-*"));
});

test("an entry covers all below it", () => {
  assert.ok(coversRepository("ghcr.io", "ghcr.io/acme/*"));
  assert.ok(coversRepository("ghcr.io/*", "ghcr.io/acme/web"));
  assert.ok(coversRepository("ghcr.io/a*", "ghcr.io/acme/**"));
  assert.ok(!coversRepository("ghcr.io/acme", "ghcr.io/acme-web"));
  assert.ok(!coversRepository("ghcr.io/acme/*", "ghcr.io/acme"));
  assert.ok(!coversRepository("ghcr.io", "ghcr.io*"));
});

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "?"), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 8 });

test("what is covered names nothing else", () => {
  const below = (entry: string, name: string) => compileGlob(entry)(name) || compileGlob(`${entry}/**`)(name);
  fc.assert(
    fc.property(pattern, pattern, fc.array(text, { minLength: 10, maxLength: 40 }), (one, other, names) => {
      for (const name of names) {
        if (coversText(one, other) && compileGlob(other)(name)) assert.ok(compileGlob(one)(name), name);
        if (coversRepository(one, other) && below(other, name)) assert.ok(below(one, name), name);
      }
    }),
    runs(2_000),
  );
});

test("covering is transitive for what an entry of a list may be", () => {
  const entry = fc.string({ unit: fc.constantFrom("a", "/", "*", "**"), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(entry, entry, entry, (a, b, c) => {
      assert.ok(coversText(a, a) && coversRepository(a, a), "reflexive");
      if (coversRepository(a, b) && coversRepository(b, c)) assert.ok(coversRepository(a, c));
      if (coversText(a, b) && coversText(b, c)) assert.ok(coversText(a, c));
    }),
    runs(5_000),
  );
});
