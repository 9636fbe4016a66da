import assert from "node:assert/strict";
import { test } from "node:test";
import type { RuleChecker } from "./checker.ts";
import { diagnosticLines } from "./diagnostics.ts";
import { conditionOf, load, rule, said, shown } from "./load.fixture.ts";
import { loadRules } from "./load.ts";
import type { Diagnostic } from "./model.ts";

test("a rule has what its item says, and what it leaves out", () => {
  const { rules, errors, warnings } = load(
    "- rule: A shell\n  desc: d e\n  condition: >\n    evt.type = execve\n    and proc.name = sh\n  output: >\n    shell (%proc.name)\n" +
      "  priority: info\n  tags: [container, T1059, container]\n  source: syscall\n  enabled: false\n  warn_evttypes: no\n" +
      "  skip-if-unknown-filter: true\n  capture: true\n  capture_duration: 30\n",
  );
  assert.deepEqual([errors, warnings], [[], []]);
  const [{ condition: _, ...first } = assert.fail()] = rules;
  assert.deepEqual(first, {
    name: "A shell",
    description: "d e",
    source: "syscall",
    priority: "INFORMATIONAL",
    tags: ["container", "T1059"],
    enabled: false,
    warnEventTypes: false,
    skipIfUnknownFilter: true,
    capture: { seconds: 30 },
    conditionText: "evt.type = execve and proc.name = sh\n",
    output: "shell (%proc.name)",
    place: { file: "1.yaml", line: 1, column: 3 },
    index: 0,
  });
});

test("macros are put in their places, those of rules wherever they stand, those of macros only before", () => {
  const macro = (name: string, condition: string) => `- macro: ${name}\n  condition: ${condition}\n`;
  assert.equal(
    conditionOf(
      load(rule("shell and b") + macro("a", "evt.x=1") + macro("b", "not a") + macro("shell", "(p.n=sh or p.n=ash)")),
    ),
    "((p.n = sh or p.n = ash) and not evt.x = 1)",
  );
  assert.equal(
    conditionOf(load(macro("a", "x.y=1 and x.z=2") + rule("a and x.w=3"))),
    "(x.y = 1 and x.z = 2 and x.w = 3)",
    "rows of and are one",
  );
  assert.equal(
    conditionOf(load(macro("a", "x.y=1") + macro("a", "x.y=2") + rule("a"))),
    "x.y = 2",
    "the last definition counts",
  );
  assert.equal(conditionOf(load(macro("a", "x.y=1") + macro("b", "a") + macro("a", "x.y=2") + rule("b"))), "x.y = 2");
  const early = load(macro("a", "b") + macro("b", "x.y=1") + rule("a"));
  assert.deepEqual(said(early).slice(0, 1), ["LOAD_ERR_VALIDATE: Undefined macro 'b' used in filter."]);
  assert.equal(early.errors[0]?.remedy, "it is defined further down");
  assert.equal(early.errors.length, 1, "the rule is not called wrong as well");
});

test("a loop of macros is named", () => {
  const { errors } = load("- macro: a\n  condition: x.y=1\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n");
  const [first] = errors;
  assert.deepEqual(
    [errors.length, first?.item, first?.message, first?.remedy],
    [1, { kind: "macro", name: "a" }, "reference loop in macro 'a'", "a → b → a"],
  );
});

test("lists are put in as text: in lists of conditions, bare, in other lists, appended to", () => {
  const list = (name: string, items: string, more = "") => `- list: ${name}\n  items: ${items}\n${more}`;
  const condition = (lists: string, text: string) => conditionOf(load(lists + rule(`"${text}"`)));
  assert.equal(condition(list("l", "[a, b c, 5]"), "x.y in (l)"), "x.y in a|b c|5");
  assert.equal(condition(list("l", "[a]"), "x.y in (x, l, y)"), "x.y in x|a|y");
  assert.equal(condition(list("l", "[a]"), "x.y=l or x.y = l and x.l=ll"), "(x.y = a or (x.y = a and x.l = ll))");
  assert.equal(
    condition(list("e", "[]"), "x.y in (a, e) or x.y in (e, a) or x.y in (e)"),
    "(x.y in a or x.y in a or x.y in )",
  );
  assert.equal(condition(list("a", "[1]") + list("b", "[a, 2]") + list("c", "[b, 3]"), "x.y in (c)"), "x.y in 1|2|3");
  assert.equal(
    condition(list("b", "[a, 2]") + list("a", "[1]"), "x.y in (b)"),
    "x.y in 1|2",
    "later lists come in by text",
  );
  assert.equal(
    condition(list("a", "[1]") + list("b", "[a]") + list("a", "[b]"), "x.y in (a)"),
    "x.y in a",
    "a loop ends",
  );
  assert.equal(condition(list("l", "[a]") + list("l", "[b]"), "x.y in (l)"), "x.y in b");
  assert.equal(condition(list("l", "[a]") + list("l", "[b]", "  append: true\n"), "x.y in (l)"), "x.y in a|b");
  assert.equal(
    condition(list("l", "[a]") + list("l", "[b]", "  override:\n    items: append\n"), "x.y in (l)"),
    "x.y in a|b",
  );
  assert.equal(
    condition(list("l", "[a=b, 'f(x)', '', '\"q r\"', \"it's\"]"), "x.y in (l)"),
    "x.y in a=b|f(x)||q r|it's",
  );
});

test("versions: of the engine as numbers of old or with dots, of plugins that are built in", () => {
  const engine = (version: string) => said(load(`- required_engine_version: ${version}\n`))[0];
  assert.deepEqual([engine("0.63.0"), engine("11"), engine("0.57.0")], [undefined, undefined, undefined]);
  assert.equal(
    engine("0.64.0"),
    "LOAD_ERR_VALIDATE: Rules require engine version 0.64.0, but engine version is 0.63.0",
  );
  assert.equal(
    engine("9999999"),
    "LOAD_ERR_VALIDATE: Rules require engine version 9999999, but engine version is 0.63.0",
  );
  assert.equal(engine("1.0.0"), "LOAD_ERR_VALIDATE: Rules require engine version 1.0.0, but engine version is 0.63.0");
  assert.equal(engine("soon"), "LOAD_ERR_YAML_VALIDATE: Can't decode YAML scalar value");
  const plugins = (text: string) => load(`- required_plugin_versions: [${text}]\n${rule("a.b=1")}`);
  assert.deepEqual(
    said(
      plugins(
        "{name: container, version: 0.4.0}, {name: k8saudit-eks, version: 0.1.0, alternatives: [{name: k8saudit, version: 0.7.0}]}",
      ),
    ),
    [],
  );
  const cloud = plugins("{name: cloudtrail, version: 0.9.0}");
  assert.deepEqual(
    [cloud.rules.length, ...said(cloud)],
    [0, "LOAD_UNKNOWN_SOURCE: Plugin requirement not satisfied, must load one of: cloudtrail (>= 0.9.0)"],
  );
  assert.equal(plugins("{name: container, version: 9.0.0}").rules.length, 0);
  assert.equal(
    said(plugins("{name: container, version: new}"))[0],
    "LOAD_ERR_YAML_VALIDATE: Invalid required version 'new' for plugin 'container'",
  );
  const source = load(rule("a.b=1", "  source: aws_cloudtrail\n"));
  assert.deepEqual(
    [source.rules.length, ...said(source)],
    [0, "LOAD_UNKNOWN_SOURCE: Unknown source aws_cloudtrail, skipping"],
  );
});

test("warnings are no errors: unknown keys and items, what nothing uses, what looks wrong", () => {
  assert.deepEqual(
    said(
      load(
        `- stuff: 1\n- list: l\n  items: [a]\n- macro: m\n  condition: x.y=1\n  descr: z\n${rule("ka.x in (a, <NA>) and evt.dir=<", "  tag: [x]\n  tag: [y]\n")}`,
      ),
    ).sort(),
    [
      "LOAD_DEPRECATED_ITEM: due to the drop of enter events, 'evt.dir = <' always evaluates to true, and 'evt.dir = >' always evaluates to false. The rule expression can be simplified by removing the condition on 'evt.dir'",
      "LOAD_UNKNOWN_ITEM: Unknown top level item",
      "LOAD_UNKNOWN_KEY: Key 'tag' is there twice, and the first counts",
      "LOAD_UNKNOWN_KEY: Unknown key 'descr', which is ignored",
      "LOAD_UNKNOWN_KEY: Unknown key 'tag', which is ignored",
      "LOAD_UNSAFE_NA_CHECK: Comparing a field value with <NA> is unsafe: use the 'exists' operator",
      "LOAD_UNUSED_LIST: List not referred to by any other rule/macro",
      "LOAD_UNUSED_MACRO: Macro not referred to by any other rule/macro",
    ],
  );
});

test("each file stands with those before it and none that follow", () => {
  const user = rule("later");
  const macro = "- macro: later\n  condition: x.y=1\n";
  assert.deepEqual(said(load(user, macro)).slice(0, 1), ["LOAD_ERR_VALIDATE: Undefined macro 'later' used in filter."]);
  assert.equal(conditionOf(load(macro, user)), "x.y = 1");
  assert.deepEqual(said(load(macro, user)), [], "what a later file uses is used");
  const both = load(`${macro}- macro: m\n  condition: x.y=\n`, rule("nothing"));
  assert.equal(both.errors.length, 2, "errors of all files are said");
});

const checker: RuleChecker = {
  isField: (text) => text.startsWith("proc."),
  condition(condition) {
    const leaves = [condition];
    for (const leaf of leaves) {
      if (leaf.kind === "and" || leaf.kind === "or") leaves.push(...leaf.terms);
      if (leaf.kind === "not") leaves.push(leaf.term);
      if (leaf.kind === "compare" && leaf.left.kind === "field" && !leaf.left.name.startsWith("proc."))
        return { fault: { kind: "unknown-field", message: `nonexistent field ${leaf.left.name}`, at: leaf.left.at } };
    }
    return { types: 101 };
  },
};

function lines(diagnostic: Diagnostic | undefined): string[] {
  assert.ok(diagnostic !== undefined);
  return diagnosticLines(diagnostic);
}

test("what is wrong in a macro is shown there, with the way that led to it", () => {
  const text =
    "- list: names\n  items: [a, b]\n- macro: inner\n  condition: >\n    proc.name in (names)\n    and fd.nope = 1\n" +
    "- macro: outer\n  condition: not inner\n- rule: r\n  desc: d\n  condition: proc.x = 1 and outer\n  output: o\n  priority: debug\n";
  const { errors, warnings } = loadRules([{ name: "f.yaml", text }], { checker });
  assert.deepEqual(warnings, [], "what a rule with an error uses is used");
  assert.deepEqual(lines(errors[0]), [
    "f.yaml:6:9: error LOAD_ERR_COMPILE_CONDITION: nonexistent field fd.nope",
    "        and fd.nope = 1",
    "            ^",
    "  in macro 'inner' (f.yaml:8:18)",
    "  in macro 'outer' (f.yaml:11:29)",
    "  in rule condition (f.yaml:11:14)",
    "  in rule 'r' (f.yaml:9:3)",
  ]);
});

test("fields that there are none of are errors, or leave out the rule that asks for it", () => {
  const skipping = loadRules([{ name: "f", text: rule("fd.nope=1", "  skip-if-unknown-filter: true\n") }], { checker });
  assert.deepEqual([skipping.rules.length, ...said(skipping)], [0, "LOAD_UNKNOWN_FILTER: nonexistent field fd.nope"]);
  const output = loadRules([{ name: "f", text: rule("proc.x=1").replace("output: o", "output: o %fd.nope") }], {
    checker,
  });
  assert.deepEqual(lines(output.errors[0]).slice(0, 3), [
    "f:4:13: error LOAD_ERR_COMPILE_OUTPUT: invalid formatting token fd.nope",
    "      output: o %fd.nope",
    "                ^",
  ]);
  const exception = rule("proc.x=1", "  exceptions: [{name: e, fields: fd.nope, values: [x]}]\n");
  assert.equal(
    said(loadRules([{ name: "f", text: exception }], { checker }))[0],
    "LOAD_ERR_VALIDATE: 'fd.nope' is not a supported filter field",
  );
  assert.deepEqual(said(loadRules([{ name: "f", text: rule("proc.x=1") }], { checker })), [
    "LOAD_NO_EVTTYPE: Rule matches too many evt.type values. This has a significant performance penalty.",
  ]);
  assert.deepEqual(
    said(loadRules([{ name: "f", text: rule("proc.x=1", "  warn_evttypes: false\n") }], { checker })),
    [],
  );
});

test("the extension is read, its steps compiled with macros, and what it may not hold refused", () => {
  const extended = (text: string) =>
    load(`- macro: m\n  condition: x.y=1\n${rule("m and x.z=2", `  bulkhead: ${text}\n`)}`);
  const loaded = extended(
    "{severity: high, attack: [T1059.004], why: w, fix: f, optional: true, sequence: {after: [m, {condition: not m, name: n}], within: 30s, by: container}, " +
      "threshold: {count: 5, within: 2m, by: [proc.name, fd.name], distinct: fd.sport}}",
  );
  assert.deepEqual(said(loaded), []);
  assert.deepEqual(loaded.rules[0]?.extension, {
    severity: "high",
    attack: ["T1059.004"],
    why: "w",
    fix: "f",
    optional: true,
    sequence: { after: [{ condition: "m" }, { condition: "not m", name: "n" }], withinSeconds: 30, by: "container" },
    threshold: { count: 5, withinSeconds: 120, by: ["proc.name", "fd.name"], distinct: "fd.sport" },
  });
  assert.equal(shown(loaded.conditionOf("not m")), "not x.y = 1");
  assert.throws(() => loaded.conditionOf("x"), /no rule has a step x/);
  const refused = (text: string) => said(extended(text))[0];
  assert.equal(refused("[x]"), "LOAD_ERR_EXTENSION: Value is not a mapping");
  assert.equal(refused("{severity: worst}"), "LOAD_ERR_EXTENSION: Invalid severity");
  assert.equal(
    refused("{sequence: {within: 1s, by: host}}"),
    "LOAD_ERR_EXTENSION: A sequence needs 'after', a list of conditions",
  );
  assert.equal(refused("{sequence: {after: [m], within: 2d, by: host}}"), "LOAD_ERR_EXTENSION: Invalid time '2d'");
  assert.equal(refused("{sequence: {after: [m], within: 25h, by: host}}"), "LOAD_ERR_EXTENSION: Invalid time '25h'");
  assert.equal(refused("{sequence: {after: [m], within: 1m, by: pod}}"), "LOAD_ERR_EXTENSION: Invalid key 'pod'");
  assert.equal(
    refused("{threshold: {count: 1, within: 1m, by: user}}"),
    "LOAD_ERR_EXTENSION: A threshold counts to 2 at least, and 100000 at most",
  );
  assert.equal(
    refused("{sequence: {after: [nope], within: 1m, by: user}}"),
    "LOAD_ERR_VALIDATE: Undefined macro 'nope' used in filter.",
  );
  assert.equal(refused("{sevrity: low}"), "LOAD_WARNING_EXTENSION: Unknown key 'sevrity', which is ignored");
});

test("places are found through folded, literal, quoted and plain texts of several lines", () => {
  const at = (condition: string, line: number, column: number) => {
    const { errors } = load(`- rule: r\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: debug\n`);
    assert.deepEqual(errors[0]?.chain[0].place, { file: "1.yaml", line, column }, condition);
  };
  at("proc.name = x y", 3, 28);
  at(">\n    proc.name = x\n\n    and y z", 6, 11);
  at("|-\n    proc.name = x\n      and y z", 5, 13);
  at("proc.name = x\n    and y z", 4, 11);
  at("'proc.name = ''x'' and y z'", 3, 39);
  at('"proc.name = x and y z"', 3, 35);
});
