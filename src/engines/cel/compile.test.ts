import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../core/code-point.fixture.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { compile } from "./compile.ts";
import { timeOf } from "./maps.ts";
import type { Outcome, Value } from "./model.ts";

function run(text: string, variables: Readonly<Record<string, unknown>> = {}): Outcome {
  const compiled = compile(text, { variables: new Set(Object.keys(variables)) });
  assert.ok("program" in compiled, "fault" in compiled ? `${text}: ${compiled.fault.reason}` : "");
  return compiled.program.evaluate(variables);
}

function value(text: string, variables: Readonly<Record<string, unknown>> = {}): Value {
  const outcome = run(text, variables);
  assert.equal(outcome.kind, "value", `${text}: ${"reason" in outcome ? outcome.reason : ""}`);
  return outcome.kind === "value" ? outcome.value : null;
}

function reason(text: string, variables: Readonly<Record<string, unknown>> = {}): string {
  const outcome = run(text, variables);
  assert.equal(outcome.kind, "error", text);
  return "reason" in outcome ? outcome.reason : "";
}

const predicate = {
  buildType: "https://example.com/build/v1",
  builder: { id: "https://example.com/builder" },
  count: 3,
  ratio: 0.5,
  results: [
    { name: "unit", passed: 10, failed: 0 },
    { name: "end to end", passed: 4, failed: 1 },
  ],
  labels: { team: "shop", "a.b/c": "x", null: null },
  finishedAt: "2026-03-01T10:00:00Z",
  __proto__x: 1,
};

test("expressions over a predicate", () => {
  const holds: readonly string[] = [
    "predicate.builder.id == 'https://example.com/builder'",
    "predicate.results.all(r, r.failed <= 1) && predicate.results.exists(r, r.failed == 0)",
    "predicate.results.map(r, r.passed) == [10, 4]",
    "predicate.results.filter(r, r.failed > 0).size() == 1",
    "predicate.results.exists_one(r, r.name.startsWith('end'))",
    "predicate.results.map(r, r.failed > 0, r.name) == ['end to end']",
    "has(predicate.labels.team) && !has(predicate.labels.owner)",
    "predicate.labels['a.b/c'] == 'x' && predicate.labels.`a.b/c` == 'x'",
    "predicate.labels['null'] == null && 'null' in predicate.labels",
    "type(predicate.count) == int && type(predicate.ratio) == double && predicate.count == 3.0",
    "predicate.count / 2 == 1 && predicate.ratio * 2.0 == 1.0",
    "predicate.buildType.matches('^https://example[.]com/build/v[0-9]+$')",
    "now - timestamp(predicate.finishedAt) < duration('24h')",
    "timestamp(predicate.finishedAt).getHours('Europe/Berlin') == 11",
    "predicate.labels.all(k, size(k) > 3 )",
    "size('a\u{1f600}b') == 3 && 'é'.size() == 1",
    "predicate.results.all(r, predicate.results.exists(s, s.name == r.name))",
    "[1, 2, 3].exists(x, [x].all(x, x == 2))",
    "{'a': 1}.a + {1: 2}[1u] == 3",
    "(predicate.count > 2 ? 'many' : 'few') == 'many'",
  ];
  const variables = { predicate, now: timeOf(new Date("2026-03-01T12:00:00Z")) };
  for (const text of holds) assert.equal(value(text, variables), true, text);
});

test("what is not there, or of another type, is an error; what decides without it is not", () => {
  assert.equal(reason("predicate.owner", { predicate }), "no such key: owner");
  assert.equal(reason("predicate.count.more", { predicate }), "no such overload: int.more");
  assert.equal(reason("predicate.count + predicate.ratio", { predicate }), "no such overload: int + double");
  assert.equal(reason("predicate.results[2]", { predicate }), "index out of bounds: 2");
  assert.equal(reason("predicate.results[-1]", { predicate }), "index out of bounds: -1");
  assert.equal(reason("predicate.count ? 1 : 2", { predicate }), "no such overload: int ? … : …");
  assert.equal(reason("predicate.owner == 'a' || false", { predicate }), "no such key: owner");
  assert.equal(reason("predicate.results.all(r, r.skipped == 0)", { predicate }), "no such key: skipped");
  assert.equal(value("predicate.owner == 'a' || true", { predicate }), true);
  assert.equal(value("predicate.owner == 'a' && false", { predicate }), false);
  assert.equal(value("predicate.results.exists(r, r.skipped == 0 || r.failed == 1)", { predicate }), true);
  const outcome = run("1 + 2 + predicate.owner", { predicate });
  assert.equal("offset" in outcome && outcome.offset, "1 + 2 + predicate.".length);
});

test("names of JavaScript are no keys, and no objects of its are reached", () => {
  const variables = { predicate: JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') };
  assert.equal(value("predicate.constructor == 2 && predicate.__proto__.x == 1", variables), true);
  for (const name of ["toString", "hasOwnProperty", "valueOf", "__defineGetter__", "x"]) {
    assert.equal(reason(`predicate.${name}`, variables), `no such key: ${name}`);
    assert.equal(value(`has(predicate.${name})`, variables), false);
    assert.ok("fault" in compile(`${name}()`));
  }
  const inherited = Object.create({ hidden: 1 });
  const compiled = compile("hidden", { variables: new Set(["hidden"]) });
  assert.equal("program" in compiled && compiled.program.evaluate(inherited).kind, "error");
});

test("a JSON object that looks like a value of the language is a map", () => {
  for (const kind of ["uint", "timestamp", "duration", "type", "map"]) {
    const x = { kind, value: 1, nanoseconds: 1, name: "int", size: 1 };
    assert.equal(value("type(x) == map && x.kind == k", { x, k: kind }), true);
  }
});

test("what is no expression is told with its place", () => {
  const cases: readonly (readonly [string, string, number, number])[] = [
    ["", "unexpected end", 1, 1],
    ["a ==", "unexpected end", 1, 5],
    ["true &&\n  && false", "unexpected &&", 2, 3],
    ["predicate.in", "unexpected in", 1, 11],
    ["for", "for is a reserved word", 1, 1],
    ["'abc", "text without an end", 1, 1],
    ["'\\q'", "invalid escape", 1, 2],
    ["'\\ud800'", "invalid escape", 1, 2],
    ["1 # 2", 'unexpected character "#"', 1, 3],
    ["9223372036854775808", "integer out of range", 1, 1],
    ["nothing(1)", "unknown function nothing", 1, 1],
    ["size(1, 2)", "no such overload: size() with 2 arguments", 1, 1],
    ["'a'.matches('(')", "invalid pattern: error parsing regexp: missing closing )", 1, 13],
    ["[1].all(1, true)", "all() needs a name first", 1, 9],
    ["has(a)", "has() needs a field: has(a.b)", 1, 1],
    ["a.b{c: 1}", "unexpected {", 1, 4],
    ["[1,,2]", "unexpected ,", 1, 4],
    ["f(1,)", "unexpected )", 1, 5],
    ["other", "unknown variable other", 1, 1],
  ];
  for (const [text, expected, line, column] of cases) {
    const compiled = compile(text, { variables: new Set(["a", "b", "predicate"]) });
    assert.ok("fault" in compiled, text);
    const { fault } = compiled;
    assert.ok(fault.reason.startsWith(expected), `${text}: ${fault.reason}`);
    assert.deepEqual([fault.line, fault.column], [line, column], text);
  }
});

test("texts have bounds, in length, in parts and in depth", () => {
  const fault = (text: string) => {
    const compiled = compile(text);
    return "fault" in compiled ? compiled.fault.reason : "none";
  };
  assert.equal(fault(`'${"x".repeat(bounds.textLength)}'`), "longer than 16384 characters");
  for (const [open, close] of [
    ["(", ")"],
    ["[", "]"],
    ["{1:", "}"],
    ["size(", ")"],
    ["!", ""],
    ["-", ""],
    ["true ? 1 : ", ""],
  ] as const) {
    assert.equal(fault(`${open.repeat(1_000)}a${close.repeat(1_000)}`), "nested deeper than 200 levels", open);
  }
  assert.equal(fault(Array(1_000).fill("1").join(" + ")), "nested deeper than 200 levels");
  assert.equal(fault(`a${".b".repeat(1_000)}`), "nested deeper than 200 levels");
  assert.equal(fault(`[${Array(5_001).fill("1").join(",")}]`), "more than 5000 parts");
  assert.equal(fault(Array(1_000).fill("true").join(" && ")), "none");
});

test("no evaluation takes more than its steps, whatever it is over", () => {
  const many = Array.from({ length: 2_000 }, (_, index) => index);
  const long = "a".repeat(500_000);
  const costly: readonly string[] = [
    "many.all(a, many.all(b, many.all(c, a + b + c >= 0)))",
    "many.map(a, many.map(b, many)).size() > 0",
    "many.all(x, !long.contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'))",
    "many.map(x, long + long + long).size() > 0",
    "many.all(x, long == long + '')",
    "many.all(x, !long.matches('(a*)*b|(a|aa)+$c'))",
    "many.all(x, (many + many + many + many) == (many + many + many + many))",
    `many.all(x, ${Array(150).fill("(many + many)").join(" + ")} != [])`,
    "many.all(x, size(long) > 0)",
    "many.all(x, double(long + '1') > 0.0 || true)",
  ];
  for (const text of costly) {
    const started = process.cpuUsage();
    assert.equal(run(text, { many, long }).kind, "cost", text);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 20_000_000, `${text}: ${user} µs`);
  }
});

test("values that JSON nests endlessly are bounded", () => {
  const nest = (levels: number): unknown => JSON.parse(`${"[".repeat(levels)}1${"]".repeat(levels)}`);
  const deepMap = JSON.parse(`${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`);
  assert.equal(run("x == y", { x: nest(5_000), y: nest(5_000) }).kind, "cost");
  assert.equal(run("x == y", { x: deepMap, y: deepMap }).kind, "cost");
  assert.equal(value("x == y", { x: nest(20), y: nest(20) }), true);
});

test("whole numbers are exact, and out of range an error", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (a, b) => {
        for (const [sign, exact] of [
          ["+", a + b],
          ["-", a - b],
          ["*", a * b],
        ] as const) {
          const outcome = run(`a ${sign} b`, { a, b });
          if (exact >= -(2n ** 63n) && exact < 2n ** 63n) assert.deepEqual(outcome, { kind: "value", value: exact });
          else assert.equal(outcome.kind, "error");
        }
        assert.equal(value(`${a} == a && int(string(a)) == a`, { a }), true);
      },
    ),
    runs(100),
  );
});

test("texts are ordered by code points, and escapes come back", () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint }), fc.string({ unit: codePoint }), (a, b) => {
      const byCodePoints = Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
      assert.equal(value("a < b", { a, b }), byCodePoints);
      const escaped = [...a].map((each) => `\\U${(each.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`).join("");
      assert.equal(value(`'${escaped}'`), a);
    }),
    runs(200),
  );
});

test("no text makes the reader throw anything but its fault", () => {
  const word = fc.constantFrom(
    ...["a", "1", "1u", "0x1F", "1.5e3", "'t'", 'b"\\x41"', "r'\\'", "true", "null", "in", "has", "all", "map", "size"],
    ...[
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ".",
      ",",
      ":",
      "?",
      "!",
      "-",
      "+",
      "*",
      "/",
      "%",
      "<",
      "<=",
      "==",
      "&&",
      "||",
      " ",
      "\n",
    ],
    ...["// c\n", "`q`", "'''", '"', "'", "\\", "\u{1f600}", "\ud800"],
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const compiled = compile(words.join(""));
      if ("program" in compiled) compiled.program.evaluate({ a: [1, { b: "c" }], q: 1 });
    }),
    runs(2_000),
  );
});
