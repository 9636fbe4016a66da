import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { powerShellCommands } from "./powershell.ts";

const words = (script: string) => powerShellCommands(script).map((command) => command.words);

test("commands, one after the other and within blocks", () => {
  assert.deepEqual(words('npm ci; npm publish\nif ($env:X) { gem push "a b.gem" } | Out-Null'), [
    ["npm", "ci"],
    ["npm", "publish"],
    ["if"],
    ["$env:X"],
    ["gem", "push", "a b.gem"],
    ["Out-Null"],
  ]);
  assert.deepEqual(words("a && b || c & d"), [["a"], ["b"], ["c"], ["d"]]);
  assert.deepEqual(words("$x = $(npm view a version)"), [
    ["$x", "=", "$"],
    ["npm", "view", "a", "version"],
  ]);
});

test("quotes, escapes, continued lines and comments", () => {
  assert.deepEqual(words("cargo `\r\n  publish `\n  --locked # npm publish\n<# gem push\n #> ls"), [
    ["cargo", "publish", "--locked"],
    ["ls"],
  ]);
  assert.deepEqual(words(`echo 'it''s' "say ""x"" \`"y\`"" a\`;b`), [["echo", "it's", 'say "x" "y"', "a;b"]]);
  assert.deepEqual(words('$t = @"\nnpm publish; "x"\n"@\nls'), [["$t", "=", '@"\nnpm publish; "x"\n"@'], ["ls"]]);
  assert.deepEqual(words("echo ${a b;c} ${{ inputs.x || 'a; b' }}"), [
    ["echo", "${a b;c}", "${{ inputs.x || 'a; b' }}"],
  ]);
});

test("what is not closed ends with the script", () => {
  for (const script of ["echo 'a; b", 'echo "a', "<# a", "echo ${a", "echo ${{ a", "a `", '@"\na']) {
    assert.ok(powerShellCommands(script).length <= 2, script);
  }
});

test("whatever the script: places are in order and within it, and nothing is invented", () => {
  const piece = fc.constantFrom(
    "npm",
    " ",
    "\n",
    ";",
    "|",
    "'",
    '"',
    "`",
    "{",
    "}",
    "(",
    ")",
    "#",
    "<#",
    "#>",
    "@'",
    "'@",
    "${{",
    "}}",
    "$",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const script = pieces.join("");
      let last = 0;
      for (const { start, end, words: own } of powerShellCommands(script)) {
        assert.ok(start >= last && end > start && end <= script.length);
        assert.ok(own.length > 0 && own.every((word) => word.length <= script.length));
        last = end;
      }
    }),
  );
});
