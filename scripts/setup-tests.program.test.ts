import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const script = join(import.meta.dirname, "setup-tests");

/** What the script's table names: programs, and folders of Go's sources below `$go`. */
const named = [...readFileSync(script, "utf8").matchAll(/^(?:\$go\/)?([a-z][^ =$]*) +[a-z][-.+a-z0-9]* +[a-z]/gm)];
const folders = named.filter(([line]) => line.startsWith("$")).map(([, path = ""]) => path);
const all = named.filter(([line]) => !line.startsWith("$")).map(([, program = ""]) => program);

/** Runs the script's dry run where only these programs are there, and `id -u` says who asks. */
function dryRun(user: number, programs: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-setup-"));
  for (const path of folders) mkdirSync(join(folder, "sources", path), { recursive: true });
  symlinkSync("/bin/grep", join(folder, "grep"));
  for (const [name, text] of [["id", `echo ${user}`], ...programs.map((program) => [program, "exit 1"])]) {
    writeFileSync(join(folder, name as string), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  try {
    const { status, stdout } = spawnSync("/bin/bash", [script, "--dry-run"], {
      env: { PATH: folder, GO_SOURCES: join(folder, "sources") },
      encoding: "utf8",
    });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const without = (program: string) => all.filter((each) => each !== program);

test("with everything there it says and does nothing", () => {
  assert.ok(all.includes("buildah") && all.includes("openssl") && folders.length > 0);
  assert.deepEqual(dryRun(0, all), { status: 0, stdout: "" });
});

test("whoever may not install is told what is missing and what it is for", () => {
  assert.deepEqual(dryRun(1000, [...without("docker-registry"), "apt-get"]), {
    status: 0,
    stdout:
      "setup: missing, so the tests that need it are skipped:\n  docker-registry (a real registry to push to and pull from)\n",
  });
});

test("without apt-get even root is only told", () => {
  assert.match(dryRun(0, without("git")).stdout, /skipped:\n {2}git \(/);
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
