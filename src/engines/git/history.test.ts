import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { everyBlob } from "./history.ts";
import { git, reachableBlobs, readAll, skipWithoutGit, temporaryFolder } from "./repository.fixture.ts";
import { openRepository } from "./repository.ts";
import { traceHistory } from "./trace.ts";

const skip = skipWithoutGit;
const RUNS = 6;

/** Writes a file and commits everything. */
function commit(folder: string, path: string, content: string, subject: string): string {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-qm", subject]);
  return git(folder, ["rev-parse", "HEAD"]).trim();
}

const byPath = (blobs: Iterable<{ readonly path: string; readonly bytes: Buffer }>) =>
  [...blobs].map(({ path, bytes }) => `${path}=${bytes}`).sort();

for (const format of ["sha1", "sha256"]) {
  test(`a deleted file is told with the commit that brought it (${format})`, { skip }, (context) => {
    const folder = temporaryFolder(context);
    git(folder, ["init", "-q", `--object-format=${format}`]);
    commit(folder, "README", "hello\n", "First");
    const second = commit(folder, "a/b/key.txt", "planted\n", "Bring it\n\nwith a body");
    commit(folder, "README", "hello again\n", "Change");
    rmSync(join(folder, "a"), { recursive: true });
    commit(folder, "other", "x", "Take it out again");
    for (const packed of [false, true]) {
      if (packed) git(folder, ["gc", "-q"]);
      const { blobs, messages, summary } = readAll(folder);
      assert.deepEqual(summary.gaps, []);
      assert.deepEqual(byPath(blobs.values()), [
        "README=hello\n",
        "README=hello again\n",
        "a/b/key.txt=planted\n",
        "other=x",
      ]);
      const planted = [...blobs.values()].find(({ path }) => path === "a/b/key.txt");
      assert.deepEqual(planted?.commit, {
        id: second,
        author: "Ann",
        email: "ann@example.org",
        date: "2023-11-14T22:13:20Z",
        subject: "Bring it",
      });
      assert.equal(planted?.deleted, true);
      const readme = [...blobs.values()].filter(({ path }) => path === "README");
      assert.deepEqual(readme.map(({ deleted, current, bytes }) => `${bytes}${deleted} ${current}`).sort(), [
        "hello\nfalse false",
        "hello again\nfalse true",
      ]);
      assert.deepEqual(messages.map(({ bytes }) => bytes.toString()).sort(), [
        "Bring it\n\nwith a body\n",
        "Change\n",
        "First\n",
        "Take it out again\n",
      ]);
    }
  });
}

test("tags, stashes, remotes, other work trees and octopus merges lead to their commits", { skip }, (context) => {
  const folder = temporaryFolder(context);
  const work = join(folder, "work");
  mkdirSync(work);
  git(work, ["init", "-q", "-b", "main"]);
  commit(work, "base", "base", "Base");
  for (const name of ["one", "two", "three"]) {
    git(work, ["checkout", "-q", "-b", name, "main"]);
    commit(work, name, name, name);
  }
  git(work, ["checkout", "-q", "main"]);
  git(work, ["merge", "-q", "--no-ff", "-m", "Octopus", "one", "two", "three"]);
  git(work, ["checkout", "-q", "-b", "gone"]);
  commit(work, "tagged", "tagged", "Tagged");
  git(work, ["tag", "-a", "-m", "a tag's words", "v1"]);
  git(work, ["checkout", "-q", "main"]);
  git(work, ["branch", "-q", "-D", "gone"]);
  writeFileSync(join(work, "base"), "stashed");
  git(work, ["stash", "-q"]);
  git(work, ["worktree", "add", "-q", "--detach", join(folder, "linked")]);
  commit(join(folder, "linked"), "linked", "linked", "Linked");
  symlinkSync("some/target", join(work, "link"));
  git(work, ["add", "link"]);
  git(work, ["update-index", "--add", "--cacheinfo", `160000,${git(work, ["rev-parse", "HEAD"]).trim()},module`]);
  git(work, ["commit", "-qm", "Link and submodule"]);
  git(work, ["pack-refs", "--all"]);

  for (const place of [work, join(folder, "linked")]) {
    const { blobs, messages, summary } = readAll(place);
    assert.deepEqual(summary.gaps, []);
    assert.deepEqual([...blobs.keys()].sort(), reachableBlobs(work));
    const brought = new Map([...blobs.values()].map(({ bytes, commit: by }) => [bytes.toString(), by?.subject]));
    assert.equal(brought.get("two"), "two");
    assert.equal(brought.get("tagged"), "Tagged");
    assert.match(brought.get("stashed") ?? "", /^(WIP|index) on main/);
    assert.equal(brought.get("linked"), "Linked");
    assert.ok(messages.some((message) => message.of === "tag" && message.bytes.toString() === "a tag's words\n"));
    assert.deepEqual(
      [...blobs.values()].filter(({ link }) => link).map(({ path }) => path),
      ["link"],
    );
  }
});

test("unreachable objects are told where they are asked for", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q"]);
  commit(folder, "kept", "kept", "Kept");
  commit(folder, "amended", "before", "To be amended");
  writeFileSync(join(folder, "amended"), "after");
  git(folder, ["commit", "-qam", "Amended", "--amend"]);
  writeFileSync(join(folder, "staged"), "staged only");
  git(folder, ["add", "staged"]);
  const told = (unreachable: boolean) =>
    [...readAll(folder, { unreachable }).blobs.values()]
      .map((blob) => `${blob.bytes}|${blob.path}|${blob.commit?.subject}|${blob.unreachable}`)
      .sort();
  assert.deepEqual(told(false), ["after|amended|Amended|false", "kept|kept|Kept|false"]);
  assert.deepEqual(told(true), [
    "after|amended|Amended|false",
    "before|amended|To be amended|true",
    "kept|kept|Kept|false",
    "staged only|staged|undefined|true",
  ]);
});

test("a history that was cut off, or left with the remote, is a gap", { skip }, (context) => {
  const folder = temporaryFolder(context);
  const origin = join(folder, "origin");
  mkdirSync(origin);
  git(origin, ["init", "-q", "-b", "main"]);
  git(origin, ["config", "uploadpack.allowFilter", "true"]);
  for (const content of ["1", "2", "3"]) commit(origin, "file", content, content);
  git(folder, ["clone", "-q", "--depth=1", `file://${origin}`, "shallow"]);
  const shallow = readAll(join(folder, "shallow"));
  assert.deepEqual(
    [...shallow.blobs.values()].map(({ bytes }) => bytes.toString()),
    ["3"],
  );
  assert.deepEqual(
    shallow.summary.gaps.map(({ code }) => code),
    ["git.shallow"],
  );
  git(folder, ["clone", "-q", "--no-checkout", "--filter=blob:none", `file://${origin}`, "partial"]);
  const partial = readAll(join(folder, "partial"));
  assert.deepEqual([...partial.blobs.values()], []);
  assert.deepEqual(partial.summary.gaps, [
    {
      code: "git.partial-clone",
      place: "the repository",
      reason: "3 objects are missing: this is a partial clone",
    },
  ]);
});

test("objects borrowed from another repository are read, and told when that is gone", { skip }, (context) => {
  const folder = temporaryFolder(context);
  const lender = join(folder, "lender");
  mkdirSync(lender);
  git(lender, ["init", "-q", "-b", "main"]);
  commit(lender, "file", "lent", "Lent");
  git(folder, ["clone", "-q", "--shared", lender, "borrower"]);
  const borrower = join(folder, "borrower");
  commit(borrower, "own", "own", "Own");
  assert.deepEqual(byPath(readAll(borrower).blobs.values()), ["file=lent", "own=own"]);
  renameSync(lender, join(folder, "elsewhere"));
  const { blobs, summary } = readAll(borrower);
  assert.deepEqual(byPath(blobs.values()), ["own=own"]);
  assert.deepEqual(
    new Set(summary.gaps.map(({ code }) => code)),
    new Set(["git.repository-broken", "git.object-missing"]),
  );
});

test("a broken object is a gap that names it, and the rest is read", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q"]);
  commit(folder, "one", "one", "One");
  commit(folder, "two", "two", "Two");
  const id = git(folder, ["rev-parse", "HEAD:two"]).trim();
  const path = join(folder, ".git/objects", id.slice(0, 2), id.slice(2));
  rmSync(path);
  writeFileSync(path, "no zlib stream");
  const { blobs, summary } = readAll(folder);
  assert.deepEqual(byPath(blobs.values()), ["one=one"]);
  assert.deepEqual(
    summary.gaps.map(({ code, place }) => `${code} ${place}`),
    [`git.object-broken object ${id}`],
  );
});

test("the repository of a submodule is the one that its .git file names", { skip }, (context) => {
  const folder = temporaryFolder(context);
  const [inner, outer] = [join(folder, "inner"), join(folder, "outer")];
  for (const path of [inner, outer]) {
    mkdirSync(path);
    git(path, ["init", "-q"]);
  }
  commit(inner, "file", "within", "Inner");
  git(outer, ["-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "module"]);
  git(outer, ["commit", "-qm", "Outer"]);
  assert.deepEqual(byPath(readAll(join(outer, "module")).blobs.values()), ["file=within"]);
  assert.deepEqual(
    [...readAll(outer).blobs.values()].map(({ path }) => path),
    [".gitmodules"],
  );
});

test("a folder that is no repository is told from one that is broken", { skip }, (context) => {
  const folder = temporaryFolder(context);
  assert.equal(openRepository(folder, { outside: true }), undefined);
  mkdirSync(join(folder, ".git"));
  assert.throws(() => openRepository(folder, { outside: true }), { code: "git.repository-broken" });
  rmSync(join(folder, ".git"), { recursive: true });
  writeFileSync(join(folder, ".git"), "gitdir: /nowhere");
  assert.throws(() => openRepository(folder, { outside: true }), { code: "git.repository-broken" });
});

test("what a repository says of itself", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q", "-b", "main"]);
  const only = commit(folder, "file", "content", "One");
  using repository = openRepository(folder, { outside: true });
  assert.deepEqual(repository?.facts, {
    format: "sha1",
    gitFolder: join(folder, ".git"),
    commonFolder: join(folder, ".git"),
    refs: [
      { name: "HEAD", id: only },
      { name: "refs/heads/main", id: only },
    ],
    head: only,
    branch: "refs/heads/main",
    shallow: [],
    partial: false,
    grafted: false,
    replaced: false,
  });
  git(folder, ["checkout", "-q", "--detach"]);
  const second = commit(folder, "file", "changed", "Two");
  git(folder, ["replace", "--graft", second]);
  using detached = openRepository(folder, { outside: true });
  assert.deepEqual([detached?.facts.branch, detached?.facts.head, detached?.facts.replaced], [undefined, second, true]);
});

test("blobs may be read first, and traced only where something was found", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q"]);
  commit(folder, "kept", "kept", "Kept");
  commit(folder, "d/found", "found", "Found");
  git(folder, ["gc", "-q"]);
  writeFileSync(join(folder, "staged"), "staged");
  git(folder, ["add", "staged"]);
  using repository = openRepository(folder, { outside: true });
  assert.ok(repository !== undefined);
  const numbers = new Map([...everyBlob(repository)].map(({ number, bytes }) => [bytes.toString(), number]));
  assert.deepEqual([...numbers.keys()].sort(), ["found", "kept", "staged"]);
  for (const trees of [false, true]) {
    const tracing = traceHistory(repository, { unreachable: false, wantsTrees: () => trees });
    let item = tracing.next();
    for (; !item.done; item = tracing.next());
    const { value: trace } = item;
    assert.deepEqual([trace.commits, trace.trees], [2, trees ? 3 : 0]);
    assert.equal(trace.has(numbers.get("found") ?? -1), trees);
    assert.equal(trace.has(numbers.get("staged") ?? -1), false);
    if (trees) assert.equal(trace.describe(numbers.get("found") ?? -1).commit?.subject, "Found");
  }
  assert.deepEqual(repository.gaps.list(), []);
});

test("a repository without commits has no history", { skip }, (context) => {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q"]);
  const { blobs, summary } = readAll(folder);
  assert.deepEqual([blobs.size, summary], [0, { commits: 0, trees: 0, blobs: 0, blobBytes: 0, gaps: [] }]);
});

/** One commit of a made-up history: which earlier ones it joins, and which files it writes or removes. */
interface Step {
  readonly parents: readonly number[];
  readonly date: number;
  readonly edits: readonly { readonly path: string; readonly content: number | undefined }[];
}

const paths = ["a", "b/c", "b/d", "b/e/f", "g.txt", "h/i"];
const step: fc.Arbitrary<Step> = fc.record({
  parents: fc.array(fc.nat(30), { maxLength: 3 }),
  date: fc.integer({ min: 1, max: 5 }),
  edits: fc.array(fc.record({ path: fc.constantFrom(...paths), content: fc.option(fc.nat(9), { nil: undefined }) }), {
    maxLength: 3,
  }),
});

/** Long enough, and alike enough, that git makes deltas of them. */
const contentOf = (seed: number): string =>
  Array.from({ length: 60 }, (_, line) => `line ${line} of ${line === seed * 5 ? `number ${seed}` : "all"}\n`).join("");

/** Each step is the tip of a branch of its own, so that nothing is unreachable. */
function importOf(steps: readonly Step[]): string {
  let stream = "";
  for (const [index, { parents, date, edits }] of steps.entries()) {
    const existing = [...new Set(parents.map((parent) => (index === 0 ? -1 : parent % index)))].filter((at) => at >= 0);
    stream += `commit refs/heads/b${index}\nmark :${index + 1}\ncommitter C <c@example.org> ${date} +0000\n`;
    stream += `data <<END\nstep ${index}\nEND\n`;
    for (const [at, parent] of existing.entries()) stream += `${at === 0 ? "from" : "merge"} :${parent + 1}\n`;
    for (const { path, content } of edits) {
      stream +=
        content === undefined ? `D ${path}\n` : `M 100644 inline ${path}\ndata <<END\n${contentOf(content)}END\n`;
    }
    stream += "\n";
  }
  return stream;
}

test("of any history git's own blobs are told, each with the first commit that has it", { skip }, (context) => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.constantFrom("loose", "packed", "deep", "references", "two packs"),
      (steps, storage) => {
        const folder = temporaryFolder(context);
        git(folder, ["init", "-q", "--bare"]);
        const unpack = storage === "loose" ? ["-c", "fastimport.unpackLimit=1000"] : ["-c", "fastimport.unpackLimit=0"];
        git(folder, [...unpack, "fast-import", "--quiet"], importOf(steps));
        if (storage === "deep") git(folder, ["repack", "-adfq", "--window=50", "--depth=50"]);
        if (storage === "references") git(folder, ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]);
        if (storage === "two packs") {
          git(folder, [...unpack, "fast-import", "--quiet", "--force"], importOf([...steps, ...steps]));
        }
        const { blobs, summary } = readAll(folder, { unreachable: false, copies: true });
        assert.deepEqual(summary.gaps, []);
        assert.deepEqual([...blobs.keys()].sort(), reachableBlobs(folder));
        const told = [...blobs.keys()];
        for (const { id, bytes, copied } of blobs.values()) {
          const base = blobs.get(copied?.from ?? "");
          assert.equal(base === undefined, copied === undefined);
          if (base === undefined || copied === undefined) continue;
          assert.ok(told.indexOf(base.id) < told.indexOf(id), "the other one was told before");
          for (let at = 0; at < copied.stretches.length; at += 3) {
            const [from = 0, to = 0, count = 0] = copied.stretches.slice(at, at + 3);
            assert.deepEqual(bytes.subarray(to, to + count), base.bytes.subarray(from, from + count));
          }
        }

        const first = firstCommits(folder);
        for (const { id, path, commit: by, bytes } of blobs.values()) {
          assert.equal(by?.id, first.get(id)?.commit);
          assert.ok(first.get(id)?.paths.includes(path), path);
          assert.equal(bytes.toString(), git(folder, ["cat-file", "blob", id]));
        }
      },
    ),
    { numRuns: RUNS },
  );
});

/** Derived the long way round: every commit's whole tree, in the order that the history promises. */
function firstCommits(folder: string): Map<string, { readonly commit: string; readonly paths: string[] }> {
  const waiting = git(folder, ["log", "--all", "--format=%H %ct %P"])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "))
    .map(([id = "", date, ...parents]) => ({ id, date: Number(date), parents: parents.filter((each) => each !== "") }))
    .sort((left, right) => left.date - right.date || (left.id < right.id ? -1 : 1));
  const first = new Map<string, { readonly commit: string; readonly paths: string[] }>();
  const done = new Set<string>();
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ parents }) => parents.every((parent) => done.has(parent)));
    const [next] = waiting.splice(at, 1);
    if (next === undefined) break;
    done.add(next.id);
    for (const line of git(folder, ["ls-tree", "-r", next.id]).split("\n")) {
      const [, id = "", path = ""] = /^\d+ blob (\w+)\t(.*)$/.exec(line) ?? [];
      const known = first.get(id);
      if (known === undefined) first.set(id, { commit: next.id, paths: [path] });
      else if (known.commit === next.id) known.paths.push(path);
    }
  }
  return first;
}
