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

function bash(script: string, value = ""): string {
  const { stdout, stderr, status } = spawnSync("bash", ["--noprofile", "--norc", "-e", "-c", script], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, VALUE: value },
  });
  assert.equal(status, 0, `${script}: ${stderr}`);
  return stdout;
}

test("bash says the same with a variable, for values that quotes hold", () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.stringMatching(/^[A-Za-z0-9 ._/:+=,-]{0,20}$/),
      (lines, value) => {
        const script = lines.join("\n");
        assert.equal(bash(withVariable(script), value), bash(script.replaceAll("@", value)), script);
      },
    ),
    { numRuns: 40 },
  );
});

test("a value that is code to the one is text to the other", () => {
  const script = withVariable("printf '<%s>' \"@\" '@'");
  const code = "$(echo owned)'\"`id`;\n";
  assert.equal(bash(script, code), `<${code}><${code}>`);
});
