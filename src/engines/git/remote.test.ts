import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type ConfigEntry, readConfigText } from "./config-syntax.ts";
import { readCheckout } from "./remote.ts";
import { remoteName } from "./remote-name.ts";
import { git, skipWithoutGit, temporaryFolder } from "./repository.fixture.ts";

test("one repository has one name, however its address is written", () => {
  for (const url of [
    "git@github.com:a/b.git",
    "github.com:a/b",
    "git@github.com:/a/b.git",
    "ssh://git@github.com/a/b",
    "ssh://git@github.com:22/a/b.git",
    "ssh://git@ssh.github.com:443/a/b.git",
    "git+ssh://git@github.com/a/b",
    "https://user:x@github.com/a/b.git/",
    "https://x@GitHub.com:443/A/B",
    "https://github.com//a//b",
    "http://github.com/a/b.git",
    "git://github.com/a/b.git",
  ]) {
    assert.equal(remoteName(url), "github.com/a/b", url);
  }
});

test("what may be another repository has another name", () => {
  const names = [
    "https://git.example.com/a/b",
    "https://git.example.com/a/B",
    "https://git.example.com:8443/a/b",
    "https://git.example.com/a/b/c",
    "https://git.example.org/a/b",
    "https://[2001:db8::1]/a/b",
  ].map(remoteName);
  assert.ok(!names.includes(undefined));
  assert.equal(new Set(names).size, names.length);
});

test("an address that means something on one machine alone, or could show a secret, is no name", () => {
  const secret = ["p", "w"].join("");
  for (const url of [
    "/srv/git/a.git",
    "../a",
    "./a:b",
    "file:///srv/a.git",
    "C:/a",
    "ext::sh -c true",
    "helper::https://example.com/a",
    "https://example.com/",
    "https://example.com",
    "https://example.com/a/../b",
    "https://example.com/a?b",
    `https://user:${secret}/x@example.com/a`,
    `https://user:1/${secret}@example.com/a`,
    `https://a@b:${secret}@/a`,
    "https://example.com/a\u0007b",
    "https://exa mple.com/a",
    "git@:a",
    "",
    `https://example.com/${"a".repeat(600)}`,
  ]) {
    assert.equal(remoteName(url), undefined, url);
  }
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{0,12}$/), fc.stringMatching(/^[!-.0-~]{0,20}$/), (user, rest) => {
      const name = remoteName(`https://${encodeURIComponent(user)}:${secret}SECRET@example.com/${rest}`);
      assert.ok(name === undefined || !name.includes(`${secret}SECRET`));
    }),
  );
});

test("a name is its own: it stays the same when it is read as an address", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("https://", "ssh://git@", ""),
      fc.stringMatching(/^[a-zA-Z0-9.:/@~%-]{1,40}$/),
      (scheme, rest) => {
        const name = remoteName(scheme + rest);
        if (name === undefined) return;
        assert.doesNotMatch(name, /\/\/|\s|\p{Cc}/u);
        assert.match(name, /^[^/]+\/./);
      },
    ),
  );
});

const asGitLists = ({ section, subsection, key, value }: ConfigEntry): string => {
  const name = [section === "" ? [] : section, subsection ?? [], key].flat().join(".");
  return value === undefined ? name : `${name}\n${value}`;
};

test("a configuration is read as git reads it", { skip: skipWithoutGit }, (context) => {
  const folder = temporaryFolder(context);
  const piece = fc.constantFrom(
    ...["[", "]", "[core]", '[remote "origin"]', '[remote "a\\"b\\\\c]"]', "[a.B.c]", "[a", ' "x', '"', "\\", "\\\n"],
    ...["\n", "\r\n", "\r", "\t", " ", "  ", "\v", "#", ";", "# x\n", "=", " = ", "url", "URL", "u-1", "1", "_", "-"],
    ...[
      "a",
      "b c",
      "\\n",
      "\\t",
      "\\b",
      "\\q",
      '\\"',
      '"a ; b"',
      "https://x/y.git",
      "é",
      "\n[x]\n",
      "\nkey = v\n",
      "key\n",
    ],
  );
  const text = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (written) => {
      writeFileSync(join(folder, "c"), written);
      let expected: string[] | undefined;
      try {
        expected = git(folder, ["config", "--no-includes", "-z", "-l", "-f", "c"]).split("\0").slice(0, -1);
      } catch {}
      const { entries, brokenAt } = readConfigText(written);
      assert.deepEqual(brokenAt === undefined ? entries.map(asGitLists) : undefined, expected);
    }),
    { numRuns: Number(process.env.CONFIG_CASES ?? 60), examples: [["u-1=\\"], ['u-1="\\']] },
  );
});

/** A work tree as files alone. */
function workTree(folder: string, config: string): string {
  mkdirSync(join(folder, ".git"), { recursive: true });
  writeFileSync(join(folder, ".git/HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(folder, ".git/config"), config);
  return folder;
}

test("a directory is named by its repository's remote and its path in it", (context) => {
  const root = workTree(temporaryFolder(context), '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n');
  const below = join(root, "services/web");
  mkdirSync(below, { recursive: true });
  assert.deepEqual(readCheckout(root), { path: "", remote: "github.com/acme/shop" });
  assert.deepEqual(readCheckout(below), { path: "services/web", remote: "github.com/acme/shop" });
  symlinkSync(below, join(root, "link"));
  assert.deepEqual(readCheckout(join(root, "link")), { path: "services/web", remote: "github.com/acme/shop" });
  assert.equal(readCheckout(join(root, "none")).remote, undefined);
});

test("origin counts, else the only remote, else none", (context) => {
  const one = (name: string, url = `https://example.com/${name}`) => `[remote "${name}"]\nurl = ${url}\n`;
  const read = (config: string) => readCheckout(workTree(temporaryFolder(context), config));
  assert.equal(read(one("fork") + one("origin")).remote, "example.com/origin");
  assert.equal(read(one("upstream")).remote, "example.com/upstream");
  assert.match(read(one("a") + one("b")).reason ?? "", /several remotes/);
  assert.match(read("").reason ?? "", /no remote/);
  assert.match(read(one("origin", "/srv/git/shop.git")).reason ?? "", /not an address/);
  assert.match(read(`${one("origin")}[remote\n`).reason ?? "", /line 3 /);
  assert.equal(read(`${one("origin")}url = https://example.com/second`).remote, "example.com/origin");
  assert.equal(read(`[Remote "origin"]\nURL = "https://example.com/a" ; "\n`).remote, "example.com/a");
  assert.match(read(`[remote "Origin"]\nurl = https://example.com/a\n${one("x")}`).reason ?? "", /several/);
});

test("nothing that a configuration names is opened", (context) => {
  const folder = temporaryFolder(context);
  const other = join(folder, "other");
  writeFileSync(other, '[remote "origin"]\nurl = https://example.com/included\n');
  const root = workTree(join(folder, "tree"), `[include]\npath = ${other}\n[includeIf "gitdir:/"]\npath = ${other}\n`);
  assert.equal(readCheckout(root).remote, undefined);
  const rewritten = '[url "https://evil.example/"]\ninsteadOf = https://example.com/\n';
  const plain = '[remote "origin"]\nurl = https://example.com/a\n';
  assert.equal(readCheckout(workTree(join(folder, "b"), rewritten + plain)).remote, "example.com/a");
});

test("linked work trees and submodules are found as git finds them", { skip: skipWithoutGit }, (context) => {
  const folder = temporaryFolder(context);
  const main = join(folder, "main");
  mkdirSync(main);
  git(main, ["init", "-q"]);
  git(main, ["remote", "add", "origin", "https://user@example.com/a/b.git"]);
  git(main, ["commit", "-q", "--allow-empty", "-m", "first"]);
  git(main, ["worktree", "add", "-q", "../linked"]);
  assert.deepEqual(readCheckout(join(folder, "linked")), { path: "", remote: "example.com/a/b" });
  git(main, ["config", "--add", "remote.origin.url", "https://example.com/second"]);
  assert.equal(readCheckout(main).remote, "example.com/a/b");
});

test("pipes, broken pointers and configurations over the bound are a reason, never an error", (context) => {
  const folder = temporaryFolder(context);
  const tree = (name: string, file: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, ".git"), file);
    return readCheckout(join(folder, name));
  };
  assert.equal(tree("a", "gitdir: /nowhere/at/all").remote, undefined);
  assert.equal(tree("b", "no pointer").remote, undefined);
  assert.equal(tree("c", "gitdir: /dev").remote, undefined);
  const large = workTree(join(folder, "d"), `# ${"x".repeat(1024 * 1024)}\n`);
  assert.match(readCheckout(large).reason ?? "", /cannot be read/);
});
