import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { readFileAt } from "./file-at.ts";
import { refuseForeign } from "./owner.ts";
import { git, skipWithoutGit, temporaryFolder } from "./repository.fixture.ts";
import { findWorkTree } from "./work-tree.ts";

const skip = skipWithoutGit;

/** What git itself hands over. */
const shown = (folder: string, name: string): string => git(folder, ["cat-file", "blob", name]);
/** The same of many in one process. @param names - of texts without characters beyond ASCII */
function shownAll(folder: string, names: readonly string[]): string[] {
  let rest = git(folder, ["cat-file", "--batch"], `${names.join("\n")}\n`);
  return names.map((name) => {
    const [head, size] = /^[0-9a-f]+ blob (\d+)\n/.exec(rest) ?? [];
    assert.ok(head !== undefined, `${name}: ${rest.slice(0, 100)}`);
    const end = head.length + Number(size);
    const text = rest.slice(head.length, end);
    rest = rest.slice(end + 1);
    return text;
  });
}
const read = (folder: string, revision: string, path: string): string => readFileAt(folder, revision, path).toString();
const refusal = (folder: string, revision: string, path: string): string => {
  try {
    readFileAt(folder, revision, path);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, "input");
    return error.line();
  }
  assert.fail("it was read");
};

function commit(folder: string, files: Readonly<Record<string, string>>, message = "work"): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git(folder, ["add", "--all"]);
  git(folder, ["commit", "--quiet", "--allow-empty", "-m", message]);
  return git(folder, ["rev-parse", "HEAD"]).trim();
}

for (const format of ["sha1", "sha256"] as const) {
  test(`a file of a commit is the one that git shows, loose, packed and as a delta (${format})`, {
    skip,
  }, (context) => {
    const folder = temporaryFolder(context);
    git(folder, ["init", "--quiet", "--initial-branch=main", `--object-format=${format}`]);
    const long = Array.from({ length: 400 }, (_, line) => `line ${line}`).join("\n");
    const first = commit(folder, { "a/b.txt": `${long}\nold`, top: "1" });
    git(folder, ["tag", "-a", "-m", "told", "v1"]);
    commit(folder, { "a/b.txt": `${long}\nnew`, top: "2" });
    git(folder, ["switch", "--quiet", "-c", "side/line", "HEAD~1"]);
    commit(folder, { top: "3" });
    git(folder, ["switch", "--quiet", "main"]);
    git(folder, ["merge", "--quiet", "-s", "ours", "-m", "both", "side/line"]);
    const names = ["HEAD", "@", "main", "v1", "v1^{}", "v1^{commit}", "tags/v1", "refs/heads/side/line", "heads/main"];
    const revisions = [
      ...names,
      "HEAD~1",
      "HEAD^2",
      "HEAD^2^",
      "main^^",
      "HEAD~1~1",
      "HEAD^0",
      "v1^{tree}",
      first,
      first.slice(0, 9),
    ];
    for (const packing of [
      [],
      ["repack", "-adfq", "--depth=50"],
      ["pack-refs", "--all"],
      ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"],
    ]) {
      if (packing.length > 0) git(folder, packing);
      const asked = revisions.flatMap((revision) => ["top", "a/b.txt"].map((path) => ({ revision, path })));
      const texts = shownAll(
        folder,
        asked.map(({ revision, path }) => `${revision}:${path}`),
      );
      for (const [index, { revision, path }] of asked.entries()) {
        assert.equal(read(folder, revision, path), texts[index], `${revision}:${path}`);
      }
      // From within the work tree the same: the path is that of the repository's root.
      assert.equal(read(join(folder, "a"), "HEAD", "a/b.txt"), shown(folder, "HEAD:a/b.txt"));
    }
  });
}

test("what a revision or a path does not name is refused by name", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  symlinkSync("top", join(folder, "link"));
  commit(folder, { top: "1", "a/b": "2" });
  const has = (revision: string, path: string, said: RegExp) => assert.match(refusal(folder, revision, path), said);
  has("none", "top", /^git\.revision: none: no branch, tag or commit is called none/);
  has(
    "HEAD~1",
    "top",
    /^git\.revision: HEAD~1: commit [0-9a-f]{40} has no such parent here \(the commit must be fetched/,
  );
  has("f".repeat(40), "top", /^git\.revision: .*is not in the repository \(the commit must be fetched/);
  for (const revision of [
    "main@{0}",
    "main@{yesterday}",
    ":/work",
    "HEAD^{/work}",
    "--all",
    "-x",
    "HEAD^{blob}",
    "../HEAD",
    "a..b",
    "config",
    "main:",
  ]) {
    has(revision, "top", /^git\.revision: /);
  }
  has("HEAD", "none", /^git\.path: none: HEAD has no such file/);
  has("HEAD", "a", /^git\.path: a: in HEAD it is not a file, or a directory/);
  has("HEAD", "top/x", /^git\.path: .*a file is where a directory should be/);
  has("HEAD", "link", /^git\.path: link: .*a symbolic link/);
  for (const path of ["./top", "a//b", "../top", "/top", "a/"]) has("HEAD", path, /^git\.path: .*without \. and \.\./);
});

test("a name that leads to several commits is refused: whoever may push a tag would decide", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  const old = commit(folder, { top: "trusted" });
  git(folder, ["branch", "trusted"]);
  git(folder, ["tag", "same"]);
  git(folder, ["branch", "same"]);
  commit(folder, { top: "attacker's" });
  git(folder, ["tag", "trusted"]);
  git(folder, ["tag", old.slice(0, 8)]);
  assert.match(
    refusal(folder, "trusted", "top"),
    /^git\.revision: trusted: it may be any of refs\/tags\/trusted, refs\/heads\/trusted \(write it in full\)/,
  );
  assert.equal(read(folder, "refs/heads/trusted", "top"), "trusted");
  assert.equal(read(folder, "same", "top"), "trusted");
  assert.match(refusal(folder, old.slice(0, 8), "top"), /it may be any of refs\/tags\/[0-9a-f]{8}, object /);
  git(folder, ["update-ref", `refs/tags/${old}`, "HEAD"]);
  assert.equal(read(folder, old, "top"), "trusted");
});

test("a bare repository that was committed into a folder is none, and the one above is read", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=trusted"]);
  commit(folder, { "org.yaml": "strict" });
  const evil = temporaryFolder(context);
  git(evil, ["init", "--quiet", "--initial-branch=trusted"]);
  commit(evil, { "org.yaml": "loose" });
  git(folder, ["clone", "--quiet", "--bare", evil, join(folder, "vendor/lib")]);
  for (const place of ["vendor/lib", "vendor/lib/objects", "vendor/lib/refs/heads", "vendor"]) {
    assert.equal(read(join(folder, place), "trusted", "org.yaml"), "strict", place);
  }
  // Git itself takes the committed one, unless it is told not to.
  assert.equal(shown(join(folder, "vendor/lib"), "trusted:org.yaml"), "loose");
  const alone = temporaryFolder(context);
  renameSync(join(folder, "vendor/lib"), join(alone, "lib"));
  assert.match(refusal(join(alone, "lib"), "trusted", "org.yaml"), /^git\.none: .*in no git repository/);
});

test("linked work trees and submodules are read as git reads them", { skip }, (context) => {
  const folder = temporaryFolder(context);
  const main = join(folder, "main");
  git(folder, ["init", "--quiet", "--initial-branch=main", main]);
  commit(main, { top: "1" });
  git(main, ["worktree", "add", "--quiet", "-b", "other", "../linked"]);
  commit(join(folder, "linked"), { top: "2" });
  git(main, ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", main, "inner"]);
  commit(main, { top: "3" });
  for (const [place, revision] of [
    ["main", "HEAD"],
    ["linked", "HEAD"],
    ["linked", "main"],
    ["main/inner", "HEAD"],
    ["main/inner", "origin/main"],
    ["main/inner", "origin"],
  ] as const) {
    const at = join(folder, place);
    assert.equal(read(at, revision, "top"), shown(at, `${revision}:top`), `${place} ${revision}`);
  }
  assert.match(refusal(main, "HEAD", "inner"), /in a submodule/);
  assert.match(refusal(main, "HEAD", "inner/top"), /in a submodule/);
});

test("nothing that the repository's configuration names is run for an object that is not there", {
  skip,
}, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  commit(folder, { top: "1" });
  const ran = join(folder, "ran");
  const script = join(folder, "run.sh");
  writeFileSync(script, `#!/bin/sh\necho "$@" >> ${ran}\n`);
  chmodSync(script, 0o755);
  writeFileSync(
    join(folder, ".git/config"),
    `[core]\n\trepositoryformatversion = 1\n\tsshCommand = ${script}\n\tfsmonitor = ${script}\n\thooksPath = ${folder}\n[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ssh://host/x\n\tpromisor = true\n`,
  );
  assert.match(refusal(folder, "e".repeat(40), "top"), /^git\.revision: /);
  assert.ok(!existsSync(ran));
  // Git itself runs it for the same words.
  assert.throws(() => shown(folder, `${"e".repeat(40)}:top`));
  assert.ok(existsSync(ran));
});

test("an object whose bytes are not what its id says is refused", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  commit(folder, { top: "good" });
  const place = (id: string) => join(folder, ".git/objects", id.slice(0, 2), id.slice(2));
  const good = git(folder, ["rev-parse", "HEAD:top"]).trim();
  const evil = git(folder, ["hash-object", "-w", "--stdin"], "evil").trim();
  chmodSync(place(good), 0o644);
  writeFileSync(place(good), readFileSync(place(evil)));
  assert.match(refusal(folder, "HEAD", "top"), /^git\.object-broken: .*not what its id says/);
});

test("a repository of another user counts only where the caller says that it is safe, as git takes it", {
  skip,
}, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet"]);
  const workTree = findWorkTree(folder);
  assert.ok(workTree !== undefined);
  const home = temporaryFolder(context);
  const environment = { HOME: home, GIT_CONFIG_NOSYSTEM: "1" };
  // Nobody's file: the owner of what is asked about is made up.
  const parts = { ...workTree, owners: () => 4_242 };
  const safe = (text: string, changes: Record<string, string> = {}): boolean => {
    writeFileSync(join(home, ".gitconfig"), text);
    try {
      refuseForeign(parts, { ...environment, ...changes }, 1_234);
      return true;
    } catch {
      return false;
    }
  };
  assert.equal(safe(""), false);
  refuseForeign(workTree, environment);
  refuseForeign({ ...workTree, owners: () => 0 }, environment, 1_234);
  refuseForeign(parts, { ...environment, SUDO_UID: "4242" }, 0);
  assert.equal(safe("[safe]\ndirectory = /elsewhere\ndirectory = *\n"), true);
  assert.equal(safe(`[safe]\ndirectory = ${folder}\ndirectory =\n`), false);
  assert.equal(safe(`[safe]\ndirectory = ${join(folder, "..")}/*\n`), true);
  const counted = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: folder };
  assert.equal(safe("", counted), true);
  writeFileSync(join(folder, ".git/config"), "[safe]\ndirectory = *\n");
  assert.equal(safe(""), false);
});
