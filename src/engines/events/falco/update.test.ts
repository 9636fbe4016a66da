import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionOf, load, rule, said } from "./load.fixture.ts";

test("exceptions become what the rule does not fire on", () => {
  const exceptions = (text: string) => conditionOf(load(rule("a.b=1 or a.c=2", `  exceptions:\n${text}`)));
  const before = "((a.b = 1 or a.c = 2) and not ";
  assert.equal(exceptions("  - {name: e, fields: p.n, values: [x, y z]}\n"), `${before}p.n in x|y z)`);
  assert.equal(exceptions("  - {name: e, fields: p.n, comps: pmatch, values: [/a]}\n"), `${before}p.n pmatch /a)`);
  assert.equal(
    exceptions("  - {name: e, fields: p.n, comps: startswith oneof, values: [/a]}\n"),
    `${before}p.n startswith oneof /a)`,
  );
  assert.equal(
    exceptions("  - {name: e, fields: [p.n, f.n], values: [[x, /y], [z, /w v]]}\n"),
    `${before}((p.n = x and f.n = /y) or (p.n = z and f.n = /w v)))`,
  );
  assert.equal(
    exceptions(
      "  - {name: e, fields: [p.n, f.n], comps: [in, startswith], values: [[[x, y], /a], [z, /b], ['(v, w)', /c]]}\n",
    ),
    `${before}((p.n in x|y and f.n startswith /a) or (p.n in z and f.n startswith /b) or (p.n in v|w and f.n startswith /c)))`,
  );
  assert.equal(exceptions("  - {name: e, fields: p.n}\n"), "(a.b = 1 or a.c = 2)");
  assert.equal(
    exceptions("  - {name: e, fields: p.n, values: [x]}\n  - {name: f, fields: f.n, values: [y]}\n"),
    `${before}p.n in x and not f.n in y)`,
  );
  assert.equal(exceptions("  - {name: e, fields: p.n, values: [a=b]}\n"), `${before}p.n in a=b)`);
});

test("exceptions of a wrong form are refused, and values are added by name", () => {
  const refused = (exception: string) => said(load(rule("a.b=1", `  exceptions: [${exception}]\n`)))[0];
  assert.equal(refused("{name: e}"), "LOAD_ERR_YAML_VALIDATE: Item has no mapping for key 'fields'");
  assert.equal(refused("{fields: p.n}"), "LOAD_ERR_YAML_VALIDATE: Item has no mapping for key 'name'");
  assert.equal(
    refused("{name: e, fields: [p.n], comps: [in, in]}"),
    "LOAD_ERR_VALIDATE: Fields and comps lists must have equal length",
  );
  assert.equal(
    refused("{name: e, fields: p.n, comps: [in]}"),
    "LOAD_ERR_VALIDATE: Fields and comps must both be strings",
  );
  assert.match(
    refused("{name: e, fields: p.n, comps: '='}") ?? "",
    /^LOAD_ERR_VALIDATE: When fields is a single value, comps must be one of/,
  );
  assert.equal(
    refused("{name: e, fields: [p.n], comps: [near]}"),
    "LOAD_ERR_VALIDATE: 'near' is not a supported comparison operator",
  );
  assert.equal(
    refused("{name: e, fields: [p.n, f.n], values: [[x]]}"),
    "LOAD_ERR_VALIDATE: Fields and values lists must have equal length",
  );
  assert.equal(
    refused("{name: e, fields: p.n, values: [[x]]}"),
    "LOAD_ERR_VALIDATE: Expected values array to contain a list of strings",
  );
  const base = rule("a.b=1", "  exceptions: [{name: e, fields: p.n, values: [x]}]\n");
  const added = (exception: string) => `- rule: r\n  exceptions: [${exception}]\n  override: {exceptions: append}\n`;
  assert.equal(conditionOf(load(base + added("{name: e, values: [y]}"))), "(a.b = 1 and not p.n in x|y)");
  assert.equal(
    conditionOf(load(base + added("{name: f, fields: f.n, values: [y]}"))),
    "(a.b = 1 and not p.n in x and not f.n in y)",
  );
  assert.equal(
    said(load(base + added("{name: e, fields: p.n, values: [y]}")))[0],
    "LOAD_ERR_VALIDATE: Can not append exception fields to existing exception, only values",
  );
  assert.equal(
    said(load(base + added("{name: f, fields: f.n}")))[0],
    "LOAD_ERR_VALIDATE: Rule exception must have values property with a list of values",
  );
  assert.deepEqual(
    said(load(rule("a.b=1", "  exceptions: [{name: e, fields: p.n, valeus: []}, {name: e, fields: p.n}]\n"))),
    [
      "LOAD_UNKNOWN_KEY: Unknown key 'valeus', which is ignored",
      "LOAD_EXCEPTION_NAME_NOT_UNIQUE: Multiple definitions of exception 'e' in the same rule",
    ],
  );
});

test("an override adds to a rule or replaces parts of it, the old append and enabled do it with a warning", () => {
  const base = rule("a.b=1", "  tags: [t]\n");
  const [changed = assert.fail()] = load(
    `${base}- rule: r\n  condition: or a.b=2\n  output: p\n  desc: e\n  tags: [u]\n  priority: error\n  enabled: false\n` +
      "  override: {condition: append, output: append, desc: append, tags: append, priority: replace, enabled: replace}\n",
  ).rules;
  assert.deepEqual(
    [changed.conditionText, changed.output, changed.description, changed.tags, changed.priority, changed.enabled],
    ["a.b=1 or a.b=2", "o p", "d e", ["t", "u"], "ERROR", false],
  );
  const old = load(`${base}- rule: r\n  condition: and a.c=3\n  append: true\n- rule: r\n  enabled: false\n`);
  assert.deepEqual([old.rules[0]?.conditionText, old.rules[0]?.enabled], ["a.b=1 and a.c=3", false]);
  assert.deepEqual(
    old.warnings.map(({ code }) => code),
    ["LOAD_DEPRECATED_ITEM", "LOAD_DEPRECATED_ITEM"],
  );
  const again = load(base + rule("a.b=9"));
  assert.deepEqual([again.rules.length, again.rules[0]?.conditionText, again.rules[0]?.tags], [1, "a.b=9", []]);
  const refused = (text: string) => said(load(base + text))[0];
  assert.equal(
    refused("- rule: s\n  condition: x\n  append: true\n"),
    "LOAD_ERR_VALIDATE: Rule has 'append' key but no rule by that name already exists",
  );
  assert.equal(
    refused("- rule: s\n  condition: x\n  override: {condition: append}\n"),
    "LOAD_ERR_VALIDATE: Rule uses 'override.<key>: append' but no rule by that name already exists",
  );
  assert.equal(
    refused("- rule: s\n  condition: x\n  override: {condition: replace}\n"),
    "LOAD_ERR_VALIDATE: An 'override.<key>: replace' to a rule was requested but no rule by that name already exists",
  );
  assert.equal(
    refused("- rule: r\n  condition: x\n  append: true\n  override: {condition: append}\n")?.slice(0, 79),
    "LOAD_ERR_YAML_VALIDATE: Keys 'override' and 'append: true' cannot be used toget",
  );
  assert.equal(
    refused("- rule: r\n  priority: error\n  override: {priority: append}\n"),
    "LOAD_ERR_YAML_VALIDATE: Key 'priority' cannot be appended to, use 'replace' instead",
  );
  assert.equal(
    refused("- rule: r\n  output: p\n  desc: e\n  override: {output: replace}\n"),
    "LOAD_ERR_YAML_VALIDATE: Unexpected key 'desc': no corresponding entry under 'override' is defined.",
  );
  assert.equal(
    refused("- rule: r\n  output: p\n  override: {output: replace, desc: replace}\n"),
    "LOAD_ERR_YAML_VALIDATE: An replace override for 'desc' was specified but 'desc' is not defined",
  );
  assert.equal(
    refused("- rule: r\n  source: k8s_audit\n  output: p\n  override: {output: replace}\n"),
    "LOAD_ERR_VALIDATE: Rule has been re-defined with a different source",
  );
  assert.equal(
    refused("- rule: s\n  enabled: true\n"),
    "LOAD_ERR_VALIDATE: Rule has 'enabled' key but no rule by that name already exists",
  );
});
