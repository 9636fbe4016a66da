import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { SyntaxFault } from "./lex.ts";
import type { Condition, Operand, Right, TransformerArgument } from "./model.ts";
import { parseCondition, parseOperand } from "./parse.ts";

/** A condition as brackets, so that precedence is seen. */
function shown(condition: Condition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${condition.terms.map(shown).join(` ${condition.kind} `)})`;
    case "not":
      return `not ${shown(condition.term)}`;
    case "macro":
      return condition.name;
    case "exists":
      return `{${operand(condition.left)} exists}`;
    default: {
      const modifier = condition.modifier === undefined ? "" : ` ${condition.modifier}`;
      return `{${operand(condition.left)} ${condition.operator}${modifier} ${right(condition.right)}}`;
    }
  }
}

function operand(of: Operand): string {
  const argument = of.argument === undefined ? "" : `[${of.argument}]`;
  return of.kind === "field"
    ? of.name + argument
    : `${of.transformer}(${of.of.map(argumentText).join(" ; ")})${argument}`;
}

function argumentText(of: TransformerArgument): string {
  if (of.kind === "list") return `<${of.items.map(argumentText).join(" ; ")}>`;
  return of.kind === "literal" ? `${of.number ? "#" : ""}${JSON.stringify(of.text)}` : operand(of);
}

function right(of: Right): string {
  if (of.kind === "value") return JSON.stringify(of.text);
  return of.kind === "values" ? JSON.stringify(of.texts) : `val ${operand(of.operand)}`;
}

const parsed = (text: string) => shown(parseCondition(text));

const cases: readonly [string, string][] = [
  // Precedence and brackets.
  ["a or b and c", "(a or (b and c))"],
  ["a and b or c and d or e", "((a and b) or (c and d) or e)"],
  ["(a or b) and c", "((a or b) and c)"],
  ["not a and b", "(not a and b)"],
  ["not (a and b)", "not (a and b)"],
  ["not(a or b) and not(c)", "(not (a or b) and not c)"],
  ["not not a", "a"],
  ["not not not a", "not a"],
  ["not not(a)", "a"],
  ["a and(b or c)", "(a and (b or c))"],
  ["a or(b and c)", "(a or (b and c))"],
  ["\n a\tand\r\n( b )\n", "(a and b)"],
  // Words that begin as others do.
  ["android or order or nothing", "(android or order or nothing)"],
  ["not_a_shell", "not_a_shell"],
  // Operators.
  ["proc.name exists", "{proc.name exists}"],
  [
    "fd.num>=3 and fd.num<0x10 and evt.x > -1 and evt.y <= 1.5e+3",
    '({fd.num >= "3"} and {fd.num < "0x10"} and {evt.x > "-1"} and {evt.y <= "1.5e+3"})',
  ],
  [
    "proc.name=cat or proc.name = cat or proc.name!=cat or proc.name==cat",
    '({proc.name = "cat"} or {proc.name = "cat"} or {proc.name != "cat"} or {proc.name == "cat"})',
  ],
  [
    "a.b contains x and a.b icontains x and a.b bcontains 0a",
    '({a.b contains "x"} and {a.b icontains "x"} and {a.b bcontains "0a"})',
  ],
  [
    "a.b startswith x and a.b bstartswith 0a and a.b endswith x",
    '({a.b startswith "x"} and {a.b bstartswith "0a"} and {a.b endswith "x"})',
  ],
  [
    "a.b glob *x and a.b iglob x? and a.b regex 'x+(y|z)'",
    '({a.b glob "*x"} and {a.b iglob "x?"} and {a.b regex "x+(y|z)"})',
  ],
  ["a.b in (x, 'y z', \"w\") or a.b in()", '({a.b in ["x","y z","w"]} or {a.b in []})'],
  ["a.b intersects (x) and a.b pmatch (/etc, /usr)", '({a.b intersects ["x"]} and {a.b pmatch ["/etc","/usr"]})'],
  ["a.b in name", '{a.b in "name"}'],
  ["a.b startswith oneof (x, y) and a.b = anyof (z)", '({a.b startswith oneof ["x","y"]} and {a.b = anyof ["z"]})'],
  ["a.b contains allof name", '{a.b contains allof "name"}'],
  // The same words as values.
  ["a.b = oneof", '{a.b = "oneof"}'],
  ["a.b = oneof and c", '({a.b = "oneof"} and c)'],
  ["a.b contains allof or c", '({a.b contains "allof"} or c)'],
  // Fields and their arguments.
  ["proc.aname[2]=x and evt.arg[flags] contains y", '({proc.aname[2] = "x"} and {evt.arg[flags] contains "y"})'],
  ["jevt.value[/a/b] = x and jevt.value['/a [b]'] = x", '({jevt.value[/a/b] = "x"} and {jevt.value[/a [b]] = "x"})'],
  ["evt.arg.flags = x", '{evt.arg.flags = "x"}'],
  // Transformers.
  ["tolower(proc.name) = x", '{tolower(proc.name) = "x"}'],
  ["toupper( b64( proc.name ) ) = x", '{toupper(b64(proc.name)) = "x"}'],
  ['len(join(",", (proc.name, proc.exe, "x", 5))) > 3', '{len(join("," ; <proc.name ; proc.exe ; "x" ; #"5">)) > "3"}'],
  ['concat(proc.name, "-", ()) = x', '{concat(proc.name ; "-" ; <>) = "x"}'],
  ['getopt(proc.args, "p")[0] = x', '{getopt(proc.args ; "p")[0] = "x"}'],
  ["proc.name = val(proc.pname) and fd.num > val(fd.num)", "({proc.name = val proc.pname} and {fd.num > val fd.num})"],
  [
    "proc.name in val(proc.args) or proc.name = basename(proc.exe)",
    "({proc.name in val proc.args} or {proc.name = val basename(proc.exe)})",
  ],
  // Quotes and escapes.
  ['a.b = \'it is "so"\' and a.b = "it\'s"', '({a.b = "it is \\"so\\""} and {a.b = "it\'s"})'],
  ['a.b = "\\"x\\" \\\\ \\n\\t\\r\\b\\f\\/"', '{a.b = "\\"x\\" \\\\ \\n\\t\\r\\b\\f/"}'],
  ['a.b = "x\\ y"', '{a.b = "x\\\\y"}'],
  ['a.b = "\\x41\\xff"', '{a.b = "A\u00ff"}'],
  ["a.b = 'é' or a.b = é", '({a.b = "\u00c3\u00a9"} or {a.b = "\u00c3\u00a9"})'],
  ["a.b = ''", '{a.b = ""}'],
  ["a.b = /usr/bin/[x]{1}$^*", '{a.b = "/usr/bin/[x]{1}$^*"}'],
];

test("conditions are parsed by upstream's grammar", () => {
  for (const [text, expected] of cases) assert.equal(parsed(text), expected, text);
});

const faults: readonly [string, RegExp, number][] = [
  ["", /^filter input string is empty$/, 0],
  ["a b", /^unexpected token after 'a', expecting 'or', 'and'$/, 2],
  ["evt.type=open bar", /^unexpected token after 'open', expecting 'or', 'and'$/, 14],
  ["a or(b) and c", /^unexpected token after '\)', expecting/, 8],
  ["a and", /^expected blank or '\(' after 'and'$/, 5],
  ["a or ", /^expected a '\(' token, a field check, or an identifier$/, 5],
  ["(a", /^expected a '\)' token$/, 2],
  ["a)", /^unexpected token after 'a'/, 1],
  ["proc.name", /^expected a valid check operator: one of 'exists', '<='/, 9],
  ["proc.name contains", /^expected a valid check operator/, 10],
  ["proc.name = ", /^expected a string value or a field with a valid transformer: 'val', 'tolower'/, 12],
  ["proc.name = 'x", /^expected a string value/, 12],
  ["fd.num > x", /^expected a number value or a field/, 9],
  ["proc.name in (x", /^expected a '\)' token$/, 15],
  ["proc.name in (x,)", /^expected a string value$/, 16],
  ["proc.name[ = x", /^expected a valid field argument/, 10],
  ["proc.aname[2 = x", /^expected a '\]' token$/, 12],
  ["tolower(proc.name = x", /^expected a '\)' token closing the transformer$/, 18],
  ["tolower(x) = y", /^expected field transformer argument/, 8],
  ["join((proc.name)", /^expected a '\)' token closing the transformer$/, 16],
  ["join(((proc.name))) = x", /^expected transformer list argument/, 6],
  ["proc.name = val(x)", /^expected a field within 'val' transformer$/, 16],
  ["proc.name = val(proc.name)[1]", /^'val' transformer takes no argument$/, 26],
  ["val(proc.name) = x", /^unexpected token after 'val'/, 3],
  ['proc.name = "\\q"', /^unsupported string escape sequence: \\q$/, 16],
  ['proc.name = "\\x4"', /^truncated hex char escape sequence$/, 17],
  ['proc.name = "\\x4g"', /^invalid hex char escape sequence: 4g$/, 18],
  ["proc.name = '\\\"'", /^invalid \\" escape in '-quoted string$/, 16],
];

test("what is wrong is said in upstream's words, with its place", () => {
  for (const [text, message, at] of faults)
    assert.throws(
      () => parseCondition(text),
      (error) => {
        assert.ok(error instanceof SyntaxFault, text);
        assert.match(error.message, message);
        if (!/escape/.test(error.message)) assert.equal(error.at, at, text);
        return true;
      },
    );
});

test("offsets tell where each part stands, from a base on", () => {
  const condition = parseCondition("a and not fd.name = x", 1_000);
  assert.equal(condition.at, 1_000);
  assert.ok(condition.kind === "and");
  const [, not] = condition.terms;
  assert.ok(not?.kind === "not");
  assert.deepEqual([not.at, not.term.at], [1_006, 1_010]);
});

test("conditions are as deep as the bound and no deeper", () => {
  const nested = (depth: number) => `${"(".repeat(depth)}a${")".repeat(depth)}`;
  assert.equal(parsed(nested(100)), "a");
  assert.throws(() => parseCondition(nested(101)), /^SyntaxFault: exceeded max depth limit of 100$/);
  assert.throws(() => parseCondition(nested(1_000_000)), SyntaxFault);
  assert.throws(() => parseCondition(`${"tolower(".repeat(200)}proc.name`), SyntaxFault);
  assert.equal(parsed(`${"not ".repeat(100_000)}a`), "a");
});

test("a field at the beginning of a text ends where the text goes on", () => {
  const { operand: field, end } = parseOperand("proc.aname[2]) and so on");
  assert.deepEqual([operand(field), end], ["proc.aname[2]", 13]);
  assert.equal(operand(parseOperand("toupper(proc.name)[1] x").operand), "toupper(proc.name)[1]");
});

const TOKENS = [
  "and",
  "or",
  "not",
  "not(",
  "(",
  ")",
  "proc.name",
  "a",
  "=",
  "!=",
  "in",
  "(x, y)",
  "'q'",
  '"',
  "\\",
  ",",
  "val(",
  "len(",
  "[",
  "]",
  "1e",
  "oneof",
  "exists",
  "%",
  "\u0000",
  "é",
];

test("no text does anything but parse or be refused with a place in it", () => {
  const soup = fc.array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 6 })), { maxLength: 40 });
  fc.assert(
    fc.property(soup, fc.constantFrom("", " "), (tokens, between) => {
      const text = tokens.join(between);
      try {
        parseCondition(text);
      } catch (error) {
        assert.ok(error instanceof SyntaxFault, String(error));
        assert.ok(error.at >= 0 && error.at <= text.length);
      }
    }),
    runs(3_000),
  );
});
