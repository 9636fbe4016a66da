import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { severities } from "../../../core/severity.ts";
import { ruleSamples } from "./all-samples.fixture.ts";
import { secretRules } from "./index.ts";
import { windowed } from "./windowed.fixture.ts";

const widest = 16_384;

describe("secret rules", () => {
  it("are more than 160, each with its own id", () => {
    assert.ok(secretRules.length >= 160);
    const ids = secretRules.map((rule) => rule.id);
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    );
    for (const id of ids) assert.match(id, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it("have their own titles", () => {
    const titles = secretRules.map((rule) => rule.title);
    assert.deepEqual(
      titles.filter((title, at) => titles.indexOf(title) !== at),
      [],
    );
  });

  it("have samples, and no samples are left of a rule that is gone", () => {
    const ids = new Set(secretRules.map((rule) => rule.id));
    assert.deepEqual(
      [...ids].filter((id) => ruleSamples[id] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(ruleSamples).filter((id) => !ids.has(id)),
      [],
    );
  });

  for (const rule of secretRules) {
    it(`${rule.id} finds its samples and passes what only looks like them`, () => {
      const { found = [], missed = [], path } = ruleSamples[rule.id] ?? {};
      assert.ok(found.length > 0 && missed.length > 0, "a true sample and a false one");
      for (const text of found) assert.notDeepEqual(windowed(rule, text, path), [], `not found in ${text}`);
      for (const text of missed) assert.deepEqual(windowed(rule, text, path), [], `found in ${text}`);
    });

    it(`${rule.id} finds its samples also amid other text`, () => {
      const { found = [], path } = ruleSamples[rule.id] ?? {};
      const filler = `${"lorem ipsum dolor sit amet, ".repeat(30)}\n`;
      for (const text of found) {
        assert.deepEqual(windowed(rule, `${filler}${text}\n${filler}`, path), windowed(rule, text, path));
      }
    });

    it(`${rule.id} is whole`, () => {
      assert.ok(rule.keywords.length > 0);
      for (const keyword of rule.keywords) assert.match(keyword, /^[\x20-\x7e]{3,64}$/);
      assert.ok((rule.before ?? 96) <= widest && (rule.after ?? 256) <= widest);
      assert.ok(severities.includes(rule.severity));
      assert.match(rule.reference, /^https:\/\/[a-z0-9.-]+\//);
      assert.match(rule.pattern.flags, /^[imu]*$/, "stateless: no g, no y");
    });
  }

  it("with paths look nowhere else", () => {
    for (const rule of secretRules) {
      if (rule.paths === undefined) continue;
      const { found = [], path } = ruleSamples[rule.id] ?? {};
      assert.ok(path !== undefined && rule.paths(path), rule.id);
      assert.ok(!rule.paths("src/main.ts"), rule.id);
      for (const text of found) assert.deepEqual(windowed(rule, text, "src/main.ts"), []);
    }
  });
});
