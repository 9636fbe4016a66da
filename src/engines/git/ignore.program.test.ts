import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { ignoredBy, parseIgnore } from "./ignore.ts";

const ignored = (text: string, path: string, isDirectory = false) => ignoredBy(parseIgnore(text), path, isDirectory);

test("a pattern without a slash is of any folder, one with is from the file's own", () => {
  assert.equal(ignored("*.log", "a/b/x.log"), true);
  assert.equal(ignored("/x.log", "a/x.log"), undefined);
  assert.equal(ignored("/x.log", "x.log"), true);
  assert.equal(ignored("a/x", "b/a/x"), undefined);
  assert.equal(ignored("**/a/x", "b/a/x"), true);
  assert.equal(ignored("a/**/x", "a/x"), true);
  assert.equal(ignored("a/**", "a"), undefined);
  assert.equal(ignored("a/**", "a/b/c"), true);
});

test("the last that matches counts, a trailing slash is for folders alone, and comments and escapes are Git's", () => {
  assert.equal(ignored("*.log\n!keep.log", "keep.log"), false);
  assert.equal(ignored("!keep.log\n*.log", "keep.log"), true);
  assert.equal(ignored("build/", "build"), undefined);
  assert.equal(ignored("build/", "build", true), true);
  assert.equal(ignored("# a\n\\#a\n\\!b\na\\ ", "#a"), true);
  assert.equal(ignored("\\!b", "!b"), true);
  assert.equal(ignored("a\\ ", "a "), true);
  assert.equal(ignored("a  ", "a"), true);
  assert.equal(ignored("[a-c]x", "bx"), true);
  assert.equal(ignored("[!a-c]x", "bx"), undefined);
  assert.equal(ignored("[[:digit:]]x", "7x"), true);
  for (const broken of ["a\\", "[a", "[[:none:]]"]) assert.deepEqual(parseIgnore(broken), [], broken);
});

test("a question mark and a class are one byte, as in Git: not half of a letter, nor all of it", () => {
  for (const pattern of ["?", "[!a]", "[ä]", "x?"]) assert.equal(ignored(pattern, "ä"), undefined, pattern);
  for (const pattern of ["??", "ä", "*", "[!a]?"]) assert.equal(ignored(pattern, "ä"), true, pattern);
});

test("a hostile pattern takes no longer than pattern times text", () => {
  assert.equal(ignored("*a".repeat(1_000), "a".repeat(2_000)), true);
  assert.equal(ignored(`${"**/".repeat(1_000)}b`, "a/".repeat(500)), undefined);
});

const folder = mkdtempSync(join(tmpdir(), "bulkhead-ignore-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("as git check-ignore says of the same file", () => {
  execFileSync("git", ["init", "-q", folder]);
  const piece = fc.constantFrom(
    "a",
    "b",
    "A",
    "*",
    "**",
    "?",
    "/",
    "/",
    "!",
    "\\",
    "[ab]",
    "[!a]",
    "[a-",
    "]",
    "[[:upper:]]",
    ".",
    " ",
    "#",
    "-",
  );
  const line = fc
    .array(piece, { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(""))
    // Git cuts off what begins without a wildcard, and takes the stars after it for those of a component: more than it says.
    .filter((text) => !/[^/*!]\*\*/.test(text));
  const name = fc.constantFrom("a", "b", "A", "ab", "a b", "!a", "#", "a]", "x.a");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 3 }),
      fc.uniqueArray(path, { minLength: 1, maxLength: 8 }),
      (lines, paths) => {
        const text = `${lines.join("\n")}\n`;
        writeFileSync(join(folder, ".gitignore"), text);
        const told = spawnSync(
          "git",
          ["-c", "core.excludesFile=/dev/null", "check-ignore", "--stdin", "-z", "-v", "-n", "--no-index"],
          { cwd: folder, input: `${paths.join("\0")}\0`, env: { PATH: process.env.PATH ?? "", HOME: folder } },
        )
          .stdout.toString()
          .split("\0");
        const rules = parseIgnore(text);
        for (const [index, one] of paths.entries()) {
          const pattern = told[index * 4 + 2] ?? "";
          assert.equal(
            isIgnored(rules, one),
            pattern !== "" && !pattern.startsWith("!"),
            `${JSON.stringify(text)} ${one}`,
          );
        }
      },
    ),
    runs(60),
  );
});

/** As a walk from above: what is below an ignored folder is ignored. */
function isIgnored(rules: ReturnType<typeof parseIgnore>, path: string): boolean {
  const parts = path.split("/");
  return parts.some(
    (_, index) => ignoredBy(rules, parts.slice(0, index + 1).join("/"), index + 1 < parts.length) === true,
  );
}
