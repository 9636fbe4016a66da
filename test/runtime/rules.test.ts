/** The rules that come with the program: each fires on its attack and on ways around it, and is silent on what is harmless. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { parseRuleTests, type RuleTest } from "../../src/collect/runtime/rule-tests.ts";
import type { LoadedRules } from "../../src/engines/events/falco/model.ts";
import { checkedRules } from "../../src/scan/runtime-rules.ts";
import { ruleTester } from "../../src/scan/runtime-tests.ts";

const folder = join(import.meta.dirname, "..", "..", "rules");
const namesIn = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith(".yaml"));
const textOf = (...path: readonly string[]): string => readFileSync(join(folder, ...path), "utf8");

/** All rules as the program brings them along: in the order of their files' names. */
const all = checkedRules(
  namesIn(folder)
    .sort()
    .map((name) => ({ name, text: textOf(name) })),
);
const loadedByDefault: LoadedRules = {
  ...all,
  rules: all.rules.filter(({ extension }) => extension?.optional !== true),
};
const runByDefault = ruleTester(loadedByDefault);
const files = namesIn(join(folder, "tests"));
const testsOf = (file: string): readonly RuleTest[] => parseRuleTests(textOf("tests", file), file).tests;

test("there are at least 60, without an error or a warning", () => {
  assert.deepEqual([...all.errors, ...all.warnings], []);
  assert.ok(all.rules.length >= 60, `${all.rules.length}`);
  assert.equal(new Set(all.rules.map(({ name }) => name.toLowerCase())).size, all.rules.length);
});

test("each says what it finds, why, what to do, its severity and its techniques, and where it holds", () => {
  for (const { name, description, tags, extension } of all.rules) {
    assert.match(description, /^[A-Z][\s\S]*\.$/, name);
    assert.match(extension?.why ?? "", /^\S[\s\S]*\.$/, name);
    assert.match(extension?.fix ?? "", /^\S[\s\S]*\.$/, name);
    assert.ok(extension?.severity !== undefined, name);
    const techniques = extension.attack ?? [];
    assert.ok(techniques.length > 0 && techniques.every((id) => /^T\d{4}(?:\.\d{3})?$/.test(id)), name);
    assert.ok(
      tags.some((tag) => ["container", "host", "k8s"].includes(tag)),
      name,
    );
    assert.ok(
      tags.some((tag) => /^mitre_[a-z_]+$/.test(tag)),
      name,
    );
    // The technique among the tags is what other programs that read the file see.
    assert.ok(
      tags.some((tag) => techniques.some((id) => id === tag || id.startsWith(`${tag}.`))),
      name,
    );
  }
});

test("each has its attack, two ways around, and beside them what is alike and harmless", () => {
  const attacks = new Map<string, number>();
  const harmless = new Map<string, number>();
  const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const file of files) {
    let about: readonly string[] = [];
    for (const { fires, silent } of testsOf(file)) {
      // What is harmless for one rule may be what another, optional one tells.
      if (fires.size > 0 && silent !== "others") about = [...fires.keys()];
      for (const name of fires.keys()) add(attacks, name);
      // A test of nothing but silence is about the rule whose attacks stand above it.
      const quiet = silent === "others" ? about.filter((name) => !fires.has(name)) : silent;
      for (const name of quiet) add(harmless, name);
    }
  }
  for (const { name } of all.rules) {
    assert.ok((attacks.get(name) ?? 0) >= 3, `${name} has ${attacks.get(name) ?? 0} attacks`);
    assert.ok((harmless.get(name) ?? 0) >= 1, `${name} has nothing harmless`);
  }
});

for (const file of files) {
  describe(`rules/tests/${file}`, () => {
    let runOwn: ReturnType<typeof ruleTester>;
    before(() => {
      // Those of the file alone: `silent: others` is about them.
      const tested = new Set(testsOf(file).flatMap(({ fires }) => [...fires.keys()]));
      const places = new Set(all.rules.filter(({ name }) => tested.has(name)).map(({ place }) => place.file));
      runOwn = ruleTester({ ...all, rules: all.rules.filter(({ place }) => places.has(place.file)) });
    });

    test("holds", async () => {
      for (const one of testsOf(file)) assert.deepEqual((await runOwn(one)).failures, [], one.name);
    });

    test("what is harmless to its rules is harmless to all others too", async () => {
      for (const one of testsOf(file)) {
        if (one.fires.size > 0 || one.silent !== "others") continue;
        assert.deepEqual((await runByDefault(one)).failures, [], one.name);
      }
    });
  });
}
