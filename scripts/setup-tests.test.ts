import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const script = join(import.meta.dirname, "setup-tests");

/** Runs the script's dry run where only these programs are there, and `id -u` says who asks. */
function dryRun(user: number, programs: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-setup-"));
  symlinkSync("/bin/grep", join(folder, "grep"));
  for (const [name, text] of [["id", `echo ${user}`], ...programs.map((program) => [program, "exit 1"])]) {
    writeFileSync(join(folder, name as string), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  try {
    const { status, stdout } = spawnSync("/bin/bash", [script, "--dry-run"], {
      env: { PATH: folder },
      encoding: "utf8",
    });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The script's own table: what is not in it does not exist for continuous integration. */
const table = readFileSync(script, "utf8")
  .split('needs="\n')[1]
  ?.split('\n"\n')[0]
  ?.split("\n")
  .map((line) => line.split(/\s+/)[0] as string)
  .filter((name) => !name.startsWith("$go/"));
const all: readonly string[] = table ?? [];
assert.ok(all.includes("git"));
const without = (missing: string): string[] => all.filter((name) => name !== missing);

/** Of the programs: folders are looked for on this machine, and may be there or not. */
function said(stdout: string): string {
  return stdout
    .replaceAll(/^ {2}\/.*\n/gm, "")
    .replace(/^setup: missing, so the tests that need it are skipped:\n$/, "");
}

test("with everything there it says and does nothing", () => {
  const { status, stdout } = dryRun(1000, all);
  assert.deepEqual([status, said(stdout)], [0, ""]);
});

test("whoever may not install is told what is missing and what it is for", () => {
  const { status, stdout } = dryRun(1000, [...without("docker-registry"), "apt-get"]);
  assert.deepEqual(
    [status, said(stdout)],
    [
      0,
      "setup: missing, so the tests that need it are skipped:\n  docker-registry (a real registry to push to and pull from)\n",
    ],
  );
});

test("without apt-get even root is only told", () => {
  assert.match(said(dryRun(0, without("git")).stdout), /skipped:\n {2}git \(/);
});

test("CDPATH of the environment leads no script of ours elsewhere", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-setup-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "scripts"));
  for (const name of ["package-lock.json", "package.json"]) writeFileSync(join(folder, name), "{}");
  const root = join(import.meta.dirname, "..");
  const { stdout } = spawnSync("/bin/bash", ["-x", "scripts/setup-npm", "--dry-run"], {
    cwd: root,
    env: { PATH: process.env.PATH, CDPATH: folder },
    encoding: "utf8",
  });
  // Elsewhere it would print where it went, and find that nothing is installed.
  assert.doesNotMatch(stdout, /bulkhead-setup/);
});
