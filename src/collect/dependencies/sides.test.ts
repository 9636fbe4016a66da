import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { git, skipWithoutGit, temporaryFolder } from "../../engines/git/repository.fixture.ts";
import { changesBetween } from "../../engines/packages/changes-between.ts";
import type { LockfileSide } from "../../engines/packages/model.ts";
import { readSide, readSides, type SideSpec, sideNamed } from "./sides.ts";

const skip = skipWithoutGit;

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function commit(folder: string, files: Readonly<Record<string, string>> = {}): void {
  write(folder, files);
  git(folder, ["add", "--all"]);
  git(folder, ["commit", "--quiet", "--allow-empty", "-m", "work"]);
}

const lock = (packages: Readonly<Record<string, string>>) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": { dependencies: Object.fromEntries(Object.keys(packages).map((name) => [name, "*"])) },
      ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }])),
    },
  });

async function between(before: SideSpec, after: SideSpec): Promise<string[]> {
  const sides = await readSides(before, after);
  return changesBetween(sides.before, sides.after).changes.map(
    ({ kind, name, lockfile, before: old, after: fresh }) =>
      `${kind} ${name} ${old?.version ?? "-"} ${fresh?.version ?? "-"} ${lockfile}`,
  );
}

const paths = ({ lockfiles }: LockfileSide) => lockfiles.map(({ path }) => path);

describe("the sides of a change", () => {
  for (const format of ["sha1", "sha256"] as const) {
    test(`a commit and the work tree: lockfiles that differ are read alone (${format})`, { skip }, async (context) => {
      const folder = temporaryFolder(context);
      git(folder, ["init", "--quiet", "--initial-branch=main", `--object-format=${format}`]);
      commit(folder, {
        "package-lock.json": lock({ a: "1.0.0" }),
        "same/package-lock.json": lock({ b: "1.0.0" }),
        "gone/package-lock.json": lock({ c: "1.0.0" }),
        "node_modules/d/package-lock.json": lock({ d: "1.0.0" }),
      });
      write(folder, { "package-lock.json": lock({ a: "2.0.0" }), "come/package-lock.json": lock({ e: "1.0.0" }) });
      rmSync(join(folder, "gone"), { recursive: true });
      const before = sideNamed("main", folder);
      const after: SideSpec = { kind: "folder", path: folder };
      assert.deepEqual(await between(before, after), [
        "added e - 1.0.0 come/package-lock.json",
        "removed c 1.0.0 - gone/package-lock.json",
        "upgraded a 1.0.0 2.0.0 package-lock.json",
      ]);
      const sides = await readSides(before, after);
      assert.deepEqual(paths(sides.before), ["gone/package-lock.json", "package-lock.json"]);
      assert.deepEqual([sides.before.found, sides.after.found], [3, 3]);
      // From a directory below, what is beside it is not seen.
      assert.deepEqual(
        await between(sideNamed("git:main", join(folder, "come")), { kind: "folder", path: join(folder, "come") }),
        ["added e - 1.0.0 package-lock.json"],
      );
    });
  }

  test("what came to the base since is no part of the change", { skip }, async (context) => {
    const folder = temporaryFolder(context);
    git(folder, ["init", "--quiet", "--initial-branch=main"]);
    commit(folder, { "package-lock.json": lock({ a: "1.0.0" }) });
    git(folder, ["switch", "--quiet", "-c", "change"]);
    commit(folder, { "package-lock.json": lock({ a: "1.0.0", come: "1.0.0" }) });
    git(folder, ["switch", "--quiet", "main"]);
    commit(folder, { "package-lock.json": lock({ a: "1.0.0", since: "1.0.0" }) });
    git(folder, ["switch", "--quiet", "change"]);
    const after: SideSpec = { kind: "folder", path: folder };
    assert.deepEqual(await between(sideNamed("main", folder), after), ["added come - 1.0.0 package-lock.json"]);
    assert.deepEqual(await between({ kind: "commit", folder, revision: "main" }, after), [
      "added come - 1.0.0 package-lock.json",
      "removed since 1.0.0 - package-lock.json",
    ]);
  });

  test("what a lockfile is read with counts as well", async (context) => {
    const [before, after] = [temporaryFolder(context), temporaryFolder(context)];
    const main = { "requirements.txt": "-r other/base.txt\na==1.0\n" };
    write(before, { ...main, "other/base.txt": "b==1.0\n" });
    write(after, { ...main, "other/base.txt": "b==2.0\n" });
    assert.deepEqual(await between({ kind: "folder", path: before }, { kind: "folder", path: after }), [
      "upgraded b 1.0 2.0 requirements.txt",
    ]);
  });

  test("one lockfile and another, whatever their directories", async (context) => {
    const folder = temporaryFolder(context);
    write(folder, { "old/package-lock.json": lock({ a: "1.0.0" }), "new/package-lock.json": lock({ a: "0.9.0" }) });
    const before = sideNamed(join(folder, "old/package-lock.json"), folder);
    const after = sideNamed(join(folder, "new/package-lock.json"), folder);
    assert.deepEqual(await between(before, after), ["downgraded a 1.0.0 0.9.0 package-lock.json"]);
  });

  test("links: to a file of the directory they are that file, others are nothing", async (context) => {
    const [folder, outside] = [temporaryFolder(context), temporaryFolder(context)];
    write(outside, { "package-lock.json": lock({ evil: "1.0.0" }) });
    write(folder, { "shared/locked.json": lock({ a: "1.0.0" }) });
    symlinkSync("shared/locked.json", join(folder, "package-lock.json"));
    symlinkSync(join(outside, "package-lock.json"), join(folder, "npm-shrinkwrap.json"));
    symlinkSync(outside, join(folder, "linked"));
    const side = await readSide({ kind: "folder", path: folder });
    assert.deepEqual(paths(side), ["package-lock.json"]);
    assert.deepEqual(
      side.gaps.map(({ code, reason }) => `${code} ${reason}`),
      ["dependencies.link npm-shrinkwrap.json: a link to no file of this directory, not followed"],
    );
  });

  test("a submodule is another repository", { skip }, async (context) => {
    const folder = temporaryFolder(context);
    git(folder, ["init", "--quiet", "--initial-branch=main"]);
    commit(folder, { "package-lock.json": lock({ a: "1.0.0" }) });
    git(folder, ["update-index", "--add", "--cacheinfo", `160000,${git(folder, ["rev-parse", "HEAD"]).trim()},sub`]);
    git(folder, ["commit", "--quiet", "-m", "sub"]);
    write(folder, { "sub/package-lock.json": lock({ b: "1.0.0" }) });
    const sides = await readSides(sideNamed("main", folder), { kind: "folder", path: folder });
    const { changes, gaps } = changesBetween(sides.before, sides.after);
    assert.deepEqual(changes, []);
    assert.deepEqual(
      gaps.map(({ reason }) => reason),
      ["sub: a submodule, whose lockfiles are not compared"],
    );
  });

  test("what cannot be read is told, and what is excluded is not looked for", async (context) => {
    const folder = temporaryFolder(context);
    write(folder, { "package-lock.json": "{", "flake.lock": "{}", "vendor/package-lock.json": lock({ a: "1.0.0" }) });
    const exclusion = { excludes: (path: string) => path === "vendor" };
    const side = await readSide({ kind: "folder", path: folder }, { exclusion });
    assert.deepEqual(paths(side), ["flake.lock", "package-lock.json"]);
    assert.deepEqual(
      side.lockfiles.flatMap(({ gaps }) => gaps),
      [
        { code: "contents.lockfile-not-read", reason: "/flake.lock: lockfiles of Nix are not read" },
        { code: "contents.lockfile-broken", reason: "/package-lock.json: the file: not JSON" },
      ],
    );
  });

  test("what is no side is refused", { skip }, async (context) => {
    const folder = temporaryFolder(context);
    git(folder, ["init", "--quiet", "--initial-branch=main"]);
    commit(folder);
    write(folder, { "readme.md": "a" });
    assert.throws(() => sideNamed(join(folder, "readme.md"), folder), Problem);
    await assert.rejects(readSide(sideNamed("no-such-branch", folder)), Problem);
    await assert.rejects(readSide({ kind: "folder", path: join(folder, "none") }), Problem);
  });
});
