import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { posixSurroundings, powerShellSurroundings } from "./script-quotes.ts";

/** Where `@` stands. */
const posix = (script: string): string => posixSurroundings(script.replace("@", "${{ x }}"), script.indexOf("@"));
const pwsh = (script: string): string => powerShellSurroundings(script.replace("@", "${{ x }}"), script.indexOf("@"));

test("what holds a place of a script for bash", () => {
  for (const [script, where] of [
    ['echo "@"', "double"],
    ['echo "a\\"@"', "double"],
    ["echo '@'", "single"],
    ["echo 'a'@", "word"],
    ["echo it\\'s @", "word"],
    ["A=@ make", "word"],
    ["@ --help", "command"],
    ["a; @", "command"],
    ["if @; then b; fi", "command"],
    ["echo $(cat @)", "word"],
    ['echo "$(cat @)"', "word"],
    ['echo "$(cat "@")"', "double"],
    ['echo "$(@)"', "command"],
    ["echo `cat @`", "unknown"],
    ["echo $((1 + @))", "unknown"],
    ["# @", "comment"],
    ["a # 'b\necho @", "word"],
    ["a#b @", "word"],
    ["cat <<EOF\n'@\nEOF", "here"],
    ["cat <<'EOF'\n@\nEOF", "literal"],
    ["cat <<-\\EOF\n\t@\n\tEOF", "literal"],
    ["cat <<EOF\n'\nEOF\necho @", "word"],
    ["cat <<A <<'B'\n1\nA\n@\nB", "literal"],
    ["a <<< '@'", "single"],
    ["echo ${{ a['b'] }} @", "word"],
    ["for a in @; do b; done", "word"],
  ] as const) {
    assert.equal(posix(script), where, script);
  }
});

test("and for PowerShell", () => {
  for (const [script, where] of [
    ['echo "@"', "double"],
    ["echo '@'", "single"],
    ['echo "a`"@"', "double"],
    ['echo "$(b @)"', "unknown"],
    ["echo @'\n'@", "unknown"],
    ["a @", "word"],
    ["# 'a\nb @", "word"],
    ["@", "command"],
    ["a | @", "command"],
  ] as const) {
    // The last sign of a here-string is no place.
    const at = script.startsWith("echo @'") ? powerShellSurroundings(`${script}x`, script.length) : pwsh(script);
    assert.equal(at, where, script);
  }
});

/** Scripts whose every line says what it was handed, with one place for a value. */
const line = fc.constantFrom(
  'printf "<%s>" "@"',
  'printf "<%s>" "a@b"',
  "printf '<%s>' '@'",
  "printf '<%s>' 'a@b'",
  'X="@"; printf "<%s>" "$X"',
  'printf "<%s>" "$(printf %s "@")"',
  "cat <<EOF\n[@]\nEOF",
  'if true; then printf "<%s>" "@"; fi',
  "printf '<%s>' 'it'\\''s' \"@\"",
  "# it's a comment\nprintf '<%s>' '@'",
);

/** As the fix writes it. */
function withVariable(script: string): string {
  let text = script;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@")) {
    const where = posixSurroundings(text, at);
    const put = where === "single" ? "'\"${VALUE}\"'" : "${VALUE}";
    assert.ok(["single", "double", "here"].includes(where), `${where}: ${script}`);
    text = text.slice(0, at) + put + text.slice(at + 1);
  }
  return text;
}

/** A shell for each, started by one: to start it from here takes longer than what it does. */
const each = `while [ $# -gt 0 ]; do VALUE=$2 bash --noprofile --norc -e -c "$1" || exit 1; printf '\\0'; shift 2; done`;

/** What scripts say that are handed a value in VALUE. */
function bash(...all: readonly { readonly script: string; readonly value?: string }[]): string[] {
  const words = all.flatMap(({ script, value = "" }) => [script, value]);
  const { stdout, stderr, status } = spawnSync("bash", ["--noprofile", "--norc", "-c", each, "bash", ...words], {
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  assert.equal(status, 0, `${JSON.stringify(all)}: ${stderr}`);
  return stdout.split("\0").slice(0, -1);
}

test("bash says the same with a variable, for values that quotes hold", () => {
  const handed = fc.record({
    script: fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n")),
    value: fc.stringMatching(/^[A-Za-z0-9 ._/:+=,-]{0,20}$/),
  });
  fc.assert(
    fc.property(fc.array(handed, { minLength: 10, maxLength: 10 }), (all) => {
      const put = bash(...all.map(({ script, value }) => ({ script: script.replaceAll("@", value) })));
      assert.deepEqual(bash(...all.map(({ script, value }) => ({ script: withVariable(script), value }))), put);
      assert.equal(put.length, all.length);
    }),
    { numRuns: 4 },
  );
});

test("a value that is code to the one is text to the other", () => {
  const script = withVariable("printf '<%s>' \"@\" '@'");
  const code = "$(echo owned)'\"`id`;\n";
  assert.deepEqual(bash({ script, value: code }), [`<${code}><${code}>`]);
});
