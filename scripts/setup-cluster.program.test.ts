import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

const script = join(import.meta.dirname, "setup-cluster");

interface Machine {
  readonly user?: number;
  /** What is there beside what every Debian has. */
  readonly programs: readonly string[];
  /** Whether the server was built, by this script and with this machine's Go. */
  readonly built?: boolean;
  readonly asked: string;
}

// The script needs what every Linux has.
const skip = process.platform !== "linux" && "not on Linux";

/** Runs the script where only these programs are there; none of them does anything, so nothing is installed or built. */
function run({ user = 0, programs, built = false, asked }: Machine) {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-setup-"));
  const caches = join(folder, "caches");
  const hash = createHash("sha256").update(readFileSync(script)).digest("hex").slice(0, 12);
  const server = join(caches, "bulkhead/test-cluster", `1.20.2-go1.24.4-${hash}`, "kube-apiserver");
  const written = (path: string, text: string) => writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  try {
    for (const program of ["grep", "realpath", "sha256sum"]) {
      symlinkSync(join(program === "grep" ? "/bin" : "/usr/bin", program), join(folder, program));
    }
    written(join(folder, "id"), `echo ${user}`);
    for (const program of programs) written(join(folder, program), program === "go" ? "echo go1.24.4" : "exit 1");
    if (built) {
      mkdirSync(dirname(server), { recursive: true });
      written(server, "exit 1");
    }
    const env = { PATH: folder, HOME: folder, XDG_CACHE_HOME: caches };
    const { status, stdout, stderr } = spawnSync("/bin/bash", [script, asked], { env, encoding: "utf8" });
    assert.equal(stderr, "");
    return { status, stdout: stdout.replaceAll(caches, "CACHES"), left: readdirSync(folder).includes("caches") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the server's path is printed where it is built, and nothing where it is not", { skip }, () => {
  const { status, stdout } = run({ programs: ["go"], built: true, asked: "--path" });
  assert.equal(status, 0);
  assert.match(stdout, /^CACHES\/bulkhead\/test-cluster\/1\.20\.2-go1\.24\.4-[0-9a-f]{12}\/kube-apiserver\n$/);
  assert.deepEqual(run({ programs: ["go"], asked: "--path" }), { status: 0, stdout: "", left: false });
  assert.deepEqual(run({ programs: [], built: true, asked: "--path" }).stdout, "");
});

test("nothing is run from a cache folder of another user's, behind a link, or of the tree", { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-setup-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const hash = createHash("sha256").update(readFileSync(script)).digest("hex").slice(0, 12);
  const name = `bulkhead/test-cluster/1.20.2-go1.24.4-${hash}/kube-apiserver`;
  for (const caches of ["own", "tree", "linked/real"]) {
    mkdirSync(dirname(join(folder, caches, name)), { recursive: true });
    writeFileSync(join(folder, caches, name), "", { mode: 0o755 });
  }
  mkdirSync(join(folder, "linked/bulkhead"));
  symlinkSync("../real/bulkhead/test-cluster", join(folder, "linked/bulkhead/test-cluster"));
  writeFileSync(join(folder, "go"), "#!/bin/sh\necho go1.24.4\n", { mode: 0o755 });
  const at = (caches: string) => {
    const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: join(folder, "home"), XDG_CACHE_HOME: caches };
    return spawnSync("/bin/bash", [script, "--path"], { env, cwd: folder, encoding: "utf8" }).stdout;
  };
  assert.equal(at(join(folder, "own")), `${join(folder, "own", name)}\n`);
  assert.equal(at("tree"), "");
  assert.equal(at(join(folder, "linked")), "");
  if (process.getuid?.() !== 0) return;
  chownSync(join(folder, "own/bulkhead/test-cluster"), 1_234, 1_234);
  assert.equal(at(join(folder, "own")), "");
  const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, XDG_CACHE_HOME: join(folder, "own") };
  const { status, stderr } = spawnSync("/bin/bash", [script, "--dry-run"], { env, encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /another user's/);
});

test("whoever may not install is told what is missing and what it is for", { skip }, () => {
  const programs = ["go", "dpkg-source", "kubectl", "apt-get"];
  for (const asked of ["--dry-run", ""]) {
    const { status, stdout, left } = run({ user: 1000, programs, asked });
    assert.equal(status, 0);
    assert.match(stdout, /^setup: missing, so the cluster tests are skipped:\n/);
    assert.match(stdout, /^ {2}etcd \(what the API server keeps its objects in\)$/m);
    assert.match(stdout, /^ {2}kube-apiserver \(built from Debian's source\)$/m);
    assert.doesNotMatch(stdout, /kubectl/);
    assert.equal(left, false);
  }
});

test("without apt-get even root is only told", { skip }, () => {
  assert.match(run({ programs: ["go"], asked: "" }).stdout, /skipped:\n(.*\n)* {2}kubectl \(/);
});
