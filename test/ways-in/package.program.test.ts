import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REPOSITORY, releaseTree } from "./built-release.ts";
import { findNpm, npm, npmEnvironment, pack } from "./npm.ts";
import { writeTree } from "./tree.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-package-"));
const release = join(folder, "release");
const skip = findNpm() === undefined && "npm is not installed";
let packed: { archive: string; files: string[] };
before(async () => {
  await releaseTree(release);
  if (skip === false) packed = await pack(release, folder);
});
after(() => rmSync(folder, { recursive: true }));

const manifest = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;

test("the archive holds the program, its licences and its schemas, and nothing for repositories", { skip }, () => {
  const outside = packed.files.filter((path) => !path.startsWith("code/"));
  assert.deepEqual(outside, [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "THIRD_PARTY_NOTICES",
    "action/main.js",
    "bin/bulkhead.js",
    ...readdirSync(join(root, "docs", "schemas")).map((name) => `docs/schemas/${name}`),
    "package.json",
  ]);
});

test("it names the repository that npm holds its provenance against, no dependency and no install script", () => {
  const { repository, dependencies, scripts } = manifest(join(release, "package.json"));
  assert.deepEqual(repository, { type: "git", url: `git+${REPOSITORY}.git` });
  assert.equal(dependencies, undefined);
  assert.equal(scripts, undefined);
});

test("it installs into an empty directory without a network and without scripts, and npx runs it", {
  skip,
}, async () => {
  const project = join(folder, "project");
  const env = npmEnvironment(folder);
  mkdirSync(project);
  await npm(["install", packed.archive, "--ignore-scripts", "--offline"], project, env);
  assert.deepEqual(
    readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
    ["bulkhead"],
  );
  writeTree(project);
  // The directory of npx is npm's.
  const npx = join(findNpm() ?? "", "..", "npx");
  const { status, stdout, stderr } = spawnSync(npx, ["--offline", "bulkhead", "check", "web", "--quiet", "--details"], {
    cwd: project,
    env,
    encoding: "utf8",
  });
  assert.equal(status, 1, stderr);
  assert.match(stdout, /^finding: high over build\/curl-pipe-shell /m);
});

test("pre-commit's way to install it, npm install --global of the release's tree, gives what its hooks start", {
  skip,
}, async () => {
  const prefix = join(folder, "global");
  const site = join(folder, "hooked");
  const env = npmEnvironment(folder);
  await npm(["install", "--global", "--prefix", prefix, "--ignore-scripts", "--offline", packed.archive], folder, env);
  writeTree(site);
  const hooks = readFileSync(join(release, ".pre-commit-hooks.yaml"), "utf8");
  const entries = [...hooks.matchAll(/^ {2}entry: (.+)$/gm)].map(([, entry = ""]) => entry.split(" "));
  assert.equal(entries.length, 3);
  const codes = entries.map(([program = "", ...words]) => {
    const { status, stderr } = spawnSync(join(prefix, "bin", program), words, { cwd: site, env, encoding: "utf8" });
    return [words[0], status, stderr];
  });
  // There are no manifests, which leaves that one incomplete.
  assert.deepEqual(codes, [
    ["secrets", 0, ""],
    ["build", 1, ""],
    ["workload", 3, ""],
  ]);
});

test("npm would publish it: the archive that a dry run of publish makes is the same", { skip }, () => {
  const env = npmEnvironment(folder);
  const words = ["publish", release, "--dry-run", "--json", "--offline"];
  const written = execFileSync(findNpm() ?? "", words, { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
  assert.match(written, /"bulkhead-0\.1\.0\.tgz"/);
});
