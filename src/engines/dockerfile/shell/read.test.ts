import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { createSource, mappedText } from "../mapped-text.ts";
import type { ShellCommand } from "../model.ts";
import { readShell, type ShellReading } from "./read.ts";

function read(text: string): ShellReading {
  const builder = mappedText(createSource(text), 0);
  builder.copy(0, text.length);
  return readShell(builder.build());
}

function commands(text: string): readonly ShellCommand[] {
  const { commands: found, trouble } = read(text);
  assert.equal(trouble, undefined, `${text}: ${trouble?.reason}`);
  return found;
}

/** Each command as its words, unquoted. */
const words = (text: string): string[] =>
  commands(text).map((command) => command.words.map((word) => word.text).join(" "));

test("lists, pipelines and what joins them", () => {
  const text = "a 1 && b | c; d & e || f\ng";
  assert.deepEqual(words(text), ["a 1", "b", "c", "d", "e", "f", "g"]);
  assert.deepEqual(
    commands(text).map(({ after }) => after),
    ["", "&&", "|", ";", "&", "||", ";"],
  );
  assert.deepEqual(
    commands(text).map(({ range }) => text.slice(range.start, range.end)),
    ["a 1", "b", "c", "d", "e", "f", "g"],
  );
});

test("what runs always, and what only sometimes", () => {
  const sometimes = (text: string): string[] =>
    commands(text).flatMap(({ runs, program = "" }) => (runs === "sometimes" ? [program] : []));
  assert.deepEqual(sometimes("a && b && c"), []);
  assert.deepEqual(sometimes("a || b"), ["b"]);
  assert.deepEqual(sometimes("a && b; c"), ["b"]);
  assert.deepEqual(sometimes("a && b || c"), ["b", "c"]);
  assert.deepEqual(sometimes("if a; then b; elif c; then d; else e; fi"), ["b", "c", "d", "e"]);
  assert.deepEqual(sometimes("while a; do b; done; for x in 1 2; do c; done"), ["b"]);
  assert.deepEqual(sometimes("case $x in a) b ;; (c|d) e ;& *) f; esac; g"), ["b", "e", "f"]);
  assert.deepEqual(sometimes("f() { a; }; function g { b; }; f"), ["a", "b"]);
});

test("quotes, escapes and expansions", () => {
  const [command] = commands(`a 'b c' "d $e" f\\ g h"i"'j' $'k\\n' \${l:-"m n"} "$(o p)" $((1 + (2))) \`q\``);
  assert.deepEqual(
    command?.words.map(({ text, literal }) => [text, literal]),
    [
      ["a", true],
      ["b c", true],
      ["d $e", false],
      ["f g", true],
      ["hij", true],
      ["k\n", true],
      [`\${l:-"m n"}`, false],
      ["$(o p)", false],
      ["$((1 + (2)))", false],
      ["`q`", false],
    ],
  );
  assert.deepEqual(
    command?.words.flatMap(({ expansions }) => expansions.map(({ kind, name = "" }) => `${kind} ${name}`.trim())),
    ["parameter e", "parameter l", "command", "arithmetic", "command"],
  );
});

test("substitutions hold commands, also within quotes, braces and backticks in backticks", () => {
  assert.deepEqual(words('a "$(b | c "$(d)")" <(e) @{f:-$(g)} `h \\`i\\``'.replace("@", "$")).slice(1), [
    "b",
    "c $(d)",
    "d",
    "e",
    "g",
    "h `i`",
    "i",
  ]);
  const [a, b] = commands('a "$(b)"');
  assert.deepEqual(a?.words[1]?.expansions[0]?.commands, [1]);
  assert.deepEqual(b?.within, ["substitution"]);
  // A subshell within a substitution is no arithmetic.
  assert.deepEqual(words("x=$((a); b)").slice(1), ["a", "b"]);
});

test("assignments and redirections are no words", () => {
  const [command] = commands('A=1 B="$C" D+=(x y) cmd <in 2>>"out" >&2 &>all <<<"text" e');
  assert.deepEqual(
    command?.assignments.map(({ name, value }) => [name, value.text]),
    [
      ["A", "1"],
      ["B", "$C"],
      ["D", "(x y)"],
    ],
  );
  assert.deepEqual(
    command?.redirections.map(({ operator, descriptor, target }) => [operator, descriptor, target.text]),
    [
      ["<", undefined, "in"],
      [">>", 2, "out"],
      [">&", undefined, "2"],
      ["&>", undefined, "all"],
      ["<<<", undefined, "text"],
    ],
  );
  assert.deepEqual(
    command?.words.map(({ text }) => text),
    ["cmd", "e"],
  );
});

test("heredocs within a script are read past", () => {
  const found = commands("cat <<A <<-'B' | c\none; two\nA\n\tthree\n\tB\nd");
  assert.deepEqual(
    found.map(({ program }) => program),
    ["cat", "c", "d"],
  );
  assert.deepEqual(
    found[0]?.redirections.map(({ heredoc }) => heredoc),
    ["one; two\n", "\tthree\n"],
  );
});

test("pipes say who reads from whom, over groups", () => {
  const found = commands("{ a; b $(c); } | (d; e) | f");
  const name = (index: number): string | undefined => found[index]?.program;
  const pipes = found.map(({ program, pipedInto, pipedFrom }) => [program, pipedInto.map(name), pipedFrom.map(name)]);
  assert.deepEqual(pipes, [
    ["a", ["d", "e"], []],
    ["b", ["d", "e"], []],
    ["c", [], []],
    ["d", ["f"], ["a", "b"]],
    ["e", ["f"], ["a", "b"]],
    ["f", [], ["d", "e"]],
  ]);
});

test("the program is the one behind those that run another", () => {
  for (const [text, program, wrappers, operands] of [
    ["/usr/bin/apt-get install a", "apt-get", [], ["install", "a"]],
    ["sudo -u app -E env A=1 -u B nice -n 5 make all", "make", ["sudo", "env", "nice"], ["all"]],
    ["timeout -k 5 30 curl x", "curl", ["timeout"], ["x"]],
    ["xargs -0 -n 1 rm -f", "rm", ["xargs"], ["-f"]],
    ["exec -- nginx -g x", "nginx", ["exec"], ["-g", "x"]],
    ["sudo", "sudo", [], []],
    ["$CMD x", undefined, [], ["x"]],
    ["sudo $CMD x", undefined, ["sudo"], ["x"]],
  ] as const) {
    const [command] = commands(text);
    assert.equal(command?.program, program, text);
    assert.deepEqual(command?.wrappers, wrappers, text);
    assert.deepEqual(
      command?.arguments.map((word) => word.text),
      operands,
      text,
    );
  }
});

test("what a shell is given by -c is read where it stands", () => {
  const text = `bash -euo pipefail -c "a \\"b\\" && c" 'd'`;
  const found = commands(text);
  assert.deepEqual(
    found.map(({ program }) => program),
    ["bash", "a", "c"],
  );
  assert.deepEqual(
    found.map(({ range }) => text.slice(range.start, range.end)),
    [text, 'a \\"b\\"', "c"],
  );
  assert.deepEqual(found[1]?.within, ["sh -c"]);
  assert.deepEqual(words("sh x.sh -c 'a'"), ["sh x.sh -c a"]);
});

test("tests, comments and bash's own forms", () => {
  assert.deepEqual(words("[[ -f a && ( b < c || d =~ (e|f) ) ]] && g # h; i"), ["[[ -f a b c d =~ e f ]]", "g"]);
  assert.deepEqual(words("for ((i = 0; i < 3; i++)); do a; done"), ["a"]);
  assert.deepEqual(words("((i++)); ! a; time b"), ["a", "time b"]);
  assert.deepEqual(words("declare -A a=() b=(c d)"), ["declare -A a=() b=(c d)"]);
  assert.deepEqual(words("ls !(a|b) a#b"), ["ls !(a|b) a#b"]);
  assert.deepEqual(words("echo if then fi; echo {a,b} }"), ["echo if then fi", "echo {a,b} }"]);
  assert.deepEqual(words("for x do a; done; select y in 1; do b; done"), ["a", "b"]);
});

test("what is no script is said, with its place", () => {
  for (const [text, place] of [
    ["a 'b", 2],
    ["a && ", 5],
    ["if a; then b", 12],
    ["a )", 2],
    ["(a", 2],
    ["a | | b", 4],
    ["a >", 3],
    ["done", 0],
  ] as const) {
    const { trouble } = read(text);
    assert.ok(trouble !== undefined || text === "done", text);
    if (trouble !== undefined) assert.equal(trouble.range.start, place, `${text}: ${trouble.reason}`);
  }
});

const SEED = `set -e; if [ -f "$x" ]; then (a | b 'c') && { d; } || e; fi
case $f in g|h) i "\${j:-k}" ;; *) l $(m \`n\`) ;; esac <<X >o
heredoc
X
for p in q; do r=1 s; done; t() { u; }; bash -c 'v && w "x"' & y <(z) $((1+2))`;

test("fuzz: any script ends, with every range within it", () => {
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(SEED)), (bytes) => {
      const text = bytes.toString("utf8");
      const { commands: found } = read(text);
      for (const [index, command] of found.entries()) {
        assert.equal(command.index, index);
        assert.ok(command.range.start <= command.range.end && command.range.end <= text.length);
        for (const other of [...command.pipedInto, ...command.pipedFrom]) assert.ok(other < found.length);
      }
    }),
    runs(300),
  );
});

test("property: a quoted word is what was quoted", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 5 }), (given) => {
      const quoted = given.map((text) => `'${text.replaceAll("'", "'\\''")}'`);
      const [command] = commands(`a ${quoted.join(" ")}`);
      assert.deepEqual(
        command?.arguments.map(({ text }) => text),
        given,
      );
    }),
  );
});
