import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

test("with everything there it says and does nothing", () => {
  assert.deepEqual(dryRun(0, ["buildah", "busybox", "docker-registry", "git", "openssl"]), { status: 0, stdout: "" });
});

test("whoever may not install is told what is missing and what it is for", () => {
  assert.deepEqual(dryRun(1000, ["buildah", "busybox", "git", "openssl", "apt-get"]), {
    status: 0,
    stdout:
      "setup: missing, so the tests that need it are skipped:\n  docker-registry (a real registry to push to and pull from)\n",
  });
});

test("without apt-get even root is only told", () => {
  assert.match(dryRun(0, ["buildah", "busybox", "docker-registry", "openssl"]).stdout, /skipped:\n {2}git \(/);
});
