import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { openCommitTree } from "./commit-tree.ts";
import { openReading } from "./file-at.ts";
import { mergeBase } from "./merge-base.ts";
import { git, skipWithoutGit, temporaryFolder } from "./repository.fixture.ts";
import { readRevision } from "./revision.ts";

const skip = skipWithoutGit;

test("directories of a commit, from a directory of the work tree on", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  mkdirSync(join(folder, "app", "lib"), { recursive: true });
  writeFileSync(join(folder, "app", "a"), "one");
  writeFileSync(join(folder, "app", "lib", "b"), "two");
  git(folder, ["add", "."]);
  git(folder, ["commit", "--quiet", "-m", "one"]);
  writeFileSync(join(folder, "app", "a"), "changed");
  const tree = openCommitTree(join(folder, "app"), "main");
  assert.equal(tree.commit, git(folder, ["rev-parse", "HEAD"]).trim());
  assert.deepEqual(
    [...(tree.list("") ?? [])].map(([name, { kind }]) => `${kind} ${name}`),
    ["file a", "folder lib"],
  );
  const id = tree.list("lib")?.get("b")?.id ?? "";
  assert.equal(id, git(folder, ["rev-parse", "HEAD:app/lib/b"]).trim());
  assert.equal(tree.read(id).toString(), "two");
  assert.equal(tree.list("none"), undefined);
  assert.equal(tree.list("a"), undefined);
  assert.throws(() => openCommitTree(folder, "no-such-branch"), Problem);
});

test("the commit from which two grew is one that git names", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  const tree = git(folder, ["mktree"], "").trim();
  let state = 7;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const ids: string[] = [];
  for (let index = 0; index < 24; index++) {
    // Some have no parent, most one, some two; times never go back.
    const parents = ids.length === 0 || random(12) === 0 ? [] : [ids[random(ids.length)], ids[random(ids.length)]];
    const commit = [
      `tree ${tree}`,
      ...new Set(parents.slice(0, 1 + random(2)).map((id) => `parent ${id}`)),
      `author A <a@example.org> ${1_700_000_000 + (index >> 1)} +0000`,
      `committer A <a@example.org> ${1_700_000_000 + (index >> 1)} +0000`,
      "",
      `${index}\n`,
    ].join("\n");
    ids.push(git(folder, ["hash-object", "-t", "commit", "-w", "--stdin"], commit).trim());
  }
  // And one that has nothing to do with the others.
  const by = "A <a@example.org> 1700000000 +0000";
  const alone = `tree ${tree}\nauthor ${by}\ncommitter ${by}\n\nalone\n`;
  ids.push(git(folder, ["hash-object", "-t", "commit", "-w", "--stdin"], alone).trim());
  const reading = openReading(folder);
  for (let pair = 0; pair < 40; pair++) {
    const [left = "", right = ""] = [
      ids[pair === 0 ? ids.length - 1 : random(ids.length)],
      ids[random(ids.length - 1)],
    ];
    const found = mergeBase(readRevision(left, reading), readRevision(right, reading), reading);
    const all = bases(folder, left, right);
    if (all.length === 0) assert.equal(found, undefined);
    else assert.ok(all.includes(found ?? ""), `${left} ${right}: ${found} is not among ${all.join(" ")}`);
  }
});

function bases(folder: string, left: string, right: string): string[] {
  try {
    return git(folder, ["merge-base", "--all", left, right]).trim().split("\n");
  } catch {
    // git exits with 1 where there is none.
    return [];
  }
}
