import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import type { Expression } from "../expression.ts";
import { constantOf, truthOf } from "./constants.ts";
import { extractExpressions } from "./extract.ts";
import { parseExpression } from "./parse.ts";
import { contextName, contextsOf, valueParts, walkExpression } from "./walk.ts";

function parsed(source: string): Expression {
  const result = parseExpression(source);
  assert.ok("tree" in result, `${source}: ${"fault" in result ? result.fault : ""}`);
  return result.tree;
}

/** As it is read, with all parentheses. */
function written(tree: Expression): string {
  switch (tree.kind) {
    case "literal":
      return typeof tree.value === "string" ? `'${tree.value.replaceAll("'", "''")}'` : String(tree.value);
    case "not":
      return `!${written(tree.operand)}`;
    case "binary":
      return `(${written(tree.left)} ${tree.operator} ${written(tree.right)})`;
    case "call":
      return `${tree.name}(${tree.arguments.map(written).join(", ")})`;
    case "context": {
      const base = tree.root ?? (tree.of === undefined ? "" : `(${written(tree.of)})`);
      return (
        base +
        tree.path
          .map((one) =>
            one.kind === "name"
              ? `['${one.name.replaceAll("'", "''")}']`
              : one.kind === "star"
                ? ".*"
                : `[${written(one.index)}]`,
          )
          .join("")
      );
    }
  }
}

describe("the grammar of expressions", () => {
  it("gives operators their ranks, from left to right", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["1 == 2 && 3 < 4 || !a", "(((1 == 2) && (3 < 4)) || !a)"],
      ["a || b && c", "(a || (b && c))"],
      ["a && b && c", "((a && b) && c)"],
      ["!a == b", "(!a == b)"],
      ["!(a == b)", "!(a == b)"],
      ["a < b == c > d", "((a < b) == (c > d))"],
      ["(a || b) && c", "((a || b) && c)"],
      ["github.event.pull_request.title", "github['event']['pull_request']['title']"],
      ["github['event'].*.a[inputs.b][*]", "github['event'].*['a'][inputs['b']].*"],
      ["fromJSON(x).y", "(fromJSON(x))['y']"],
      ["format('it''s {0}', 'a}}b')", "format('it''s {0}', 'a}}b')"],
      ["matrix.node-version", "matrix['node-version']"],
      ["hashFiles()", "hashFiles()"],
      ["steps.a.outputs.null", "steps['a']['outputs']['null']"],
    ];
    for (const [source, expected] of cases) assert.equal(written(parsed(source)), expected, source);
  });

  it("reads literals as GitHub has them", () => {
    const values: readonly (readonly [string, string | number | boolean | null])[] = [
      ["null", null],
      ["true", true],
      ["711", 711],
      ["-9.2", -9.2],
      ["0xff", 255],
      ["-2.99e-2", -0.0299],
      ["1e3", 1000],
      [".5", 0.5],
      ["Infinity", Number.POSITIVE_INFINITY],
      ["'Mona the Octocat'", "Mona the Octocat"],
      ["'It''s open source!'", "It's open source!"],
      ["''", ""],
    ];
    for (const [source, value] of values) assert.deepEqual(constantOf(parsed(source)), { value }, source);
    // Names of words have their case.
    assert.equal(parsed("True").kind, "context");
  });

  it("tells what breaks it, and where", () => {
    for (const source of [
      "",
      " ",
      "a b",
      "a &&",
      "(a",
      "a)",
      "a.",
      "a[",
      "a[]",
      "f(a,",
      "f(,)",
      "'a",
      '"a"',
      "a = b",
    ]) {
      const result = parseExpression(source);
      assert.ok("fault" in result && result.at <= source.length, source);
    }
    for (const source of ["1.2.3", "0xzz", "a | b", "a.1", "'a'.b", "${{ a }}", "a;b", "*", "a.'b'"]) {
      assert.ok("fault" in parseExpression(source), source);
    }
  });

  it("ends at its bounds", () => {
    const faultOf = (source: string) => {
      const result = parseExpression(source);
      return "fault" in result ? result.fault : undefined;
    };
    const nested = bounds.expressionDepth + 1;
    assert.match(faultOf("(".repeat(5000)) ?? "", /nested more than/);
    assert.match(faultOf("!".repeat(nested)) ?? "", /nested more than/);
    assert.match(faultOf("f(".repeat(nested)) ?? "", /nested more than/);
    assert.match(faultOf("a[".repeat(nested)) ?? "", /nested more than/);
    assert.match(faultOf(`a${"||a".repeat(2000)}`) ?? "", /operators/);
    assert.match(faultOf("a".repeat(bounds.expressionLength + 1)) ?? "", /longer than/);
    const wide = parsed(`a${".b".repeat(900)}`);
    assert.equal([...walkExpression(wide)].length, 1);
    assert.equal(truthOf(parsed(`a${"||a".repeat(999)}||true`.slice(0, bounds.expressionLength))), true);
  });

  it("never throws, and reads again what it has read", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(..."ab.[]()'*!&|=<>,0x1e-+ \n".split(""), "github", "&&", "||", "=="), {
          maxLength: 40,
        }),
        (words) => {
          const source = words.join("");
          const result = parseExpression(source);
          if ("fault" in result) return;
          const again = written(result.tree);
          assert.equal(written(parsed(again)), again);
          for (const part of walkExpression(result.tree)) {
            assert.ok(part.start <= part.end && part.end <= source.length);
          }
          truthOf(result.tree);
          valueParts(result.tree);
        },
      ),
      { ...runs(2000), examples: [[["a", "[", "a", "]"]]] },
    );
  });
});

describe("values that are the same in every run", () => {
  it("compares as GitHub does", () => {
    const truths: readonly (readonly [string, boolean | undefined])[] = [
      ["'ABC' == 'abc'", true],
      ["1 == '1'", true],
      ["'' == 0", true],
      ["null == 0", true],
      ["null == ''", true],
      ["true == 1", true],
      ["true == 'true'", false],
      ["'a' < 'B'", true],
      ["NaN == NaN", false],
      ["'x' == 1", false],
      ["contains('Hello', 'ELL')", true],
      ["startsWith('refs/tags/v1', 'refs/TAGS/')", true],
      ["endsWith('a.b', '.c')", false],
      ["format('{0}-{1}', 'a', 1) == 'a-1'", true],
      ["format('{{0}}') == '{0}'", true],
      ["fromJSON('false')", false],
      ["toJSON('a') == '\"a\"'", true],
      ["contains(fromJSON('[\"push\", \"release\"]'), 'Release')", true],
      ["contains(fromJSON('[1]'), github.x)", undefined],
      ["always()", true],
      ["success()", undefined],
      ["github.ref && false", false],
      ["github.ref || true", true],
      ["github.ref && true", undefined],
      ["!(github.ref && false)", true],
      ["'a' && ''", false],
      ["github.ref == 'x'", undefined],
    ];
    for (const [source, truth] of truths) assert.equal(truthOf(parsed(source)), truth, source);
    assert.deepEqual(constantOf(parsed("'' || 'b'")), { value: "b" });
    assert.deepEqual(constantOf(parsed("'a' && 'b'")), { value: "b" });
  });

  it("goes by what is known of contexts", () => {
    const known = (name: string) => (name === "github.event_name" ? { value: "push" } : undefined);
    assert.equal(truthOf(parsed("GitHub.Event_Name == 'PUSH'"), known), true);
    assert.equal(truthOf(parsed("github['event_name'] != 'push' || x"), known), undefined);
  });

  it("does not grow without end", () => {
    const doubled = (depth: number): string => (depth === 0 ? "'aaaaaaaa'" : `format('{0}{0}', ${doubled(depth - 1)})`);
    assert.equal(constantOf(parsed(doubled(60))), undefined);
  });
});

describe("ways through expressions", () => {
  it("names contexts, and what a value is made of", () => {
    const names = (source: string) => contextsOf(parsed(source)).map(contextName);
    assert.deepEqual(names("GitHub.Event.Commits.*.Message == inputs[github.ref]"), [
      "github.event.commits.*.message",
      "inputs.*",
      "github.ref",
    ]);
    const parts = (source: string) =>
      valueParts(parsed(source)).map((part) => (part.kind === "context" ? contextName(part) : part.kind));
    assert.deepEqual(parts("a.b && c.d || 'x'"), ["c.d", "literal"]);
    assert.deepEqual(parts("a.b == c.d"), []);
    assert.deepEqual(parts("contains(a.b, 'x')"), []);
    assert.deepEqual(parts("format('{0}', a.b)"), ["literal", "a.b"]);
    assert.deepEqual(parts("case(a.b, c.d, e.f, g.h, i.j)"), ["c.d", "g.h", "i.j"]);
  });

  it("finds expressions in texts, braces in strings aside", () => {
    const sources = (text: string) => extractExpressions(text).map(({ source, closed }) => [source, closed]);
    assert.deepEqual(sources("a ${{ b }} c ${{d}}"), [
      ["b", true],
      ["d", true],
    ]);
    assert.deepEqual(sources("${{ '}}' }}"), [["'}}'", true]]);
    assert.deepEqual(sources("${{ 'it''s }}' }}x"), [["'it''s }}'", true]]);
    assert.deepEqual(sources("$ {{ a }} ${{ a }"), [["a }", false]]);
    assert.deepEqual(sources("${{ a ${{ b }}"), [["a ${{ b", true]]);
  });
});
