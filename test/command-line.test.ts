/** What is wrong with the words of a command line is told by what was meant, in one line, with exit code 2. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-words-"));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "directory"));
writeFileSync(join(folder, "file.txt"), "text\n");
writeFileSync(join(folder, "empty.tar"), "");
writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");

const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: join(folder, "home") });

async function refused(words: string, message: RegExp): Promise<void> {
  const { code, stderr, stdout } = await run(...words.split(" "));
  assert.equal(code, 2, `${words}: ${stderr}`);
  assert.equal(stdout, "", words);
  assert.match(stderr, message, words);
  assert.equal(stderr.trimEnd().split("\n").length, 1, `${words}: one line`);
  assert.doesNotMatch(stderr, /E[A-Z]{4,}|scandir|internal error/, `${words}: none of the system's own words`);
}

describe("a path that leads nowhere is told as one", { concurrency: 2 }, () => {
  const missing = /^bulkhead: [a-z.-]+: .*nope[^:]*: no such (?:file or directory|file|directory)/;
  for (const words of [
    "check ./nope",
    "build deps ./nope",
    "build lint ./nope",
    "workload audit nope.yaml",
    "workload fix ./nope",
    "network map ./nope",
    "network test nope.txt",
    "network diff ./nope directory",
    "network explain a/b c/d --in ./nope",
    "init ./nope",
    "policy validate nope.yaml",
    "secrets scan /nope",
    "secrets scan nope",
    "secrets scan src/nope",
    "image scan ./nope.tar",
    "image scan nope.tar",
    "image scan ./nope",
    "image scan dir:./nope",
    "image scan oci:./nope",
    "image scan oci-archive:nope.tar",
    "image scan sbom:nope.json",
    "image sbom ./nope --format spdx",
    "image base ../nope",
    "vex ~/nope",
    "db import ./nope --db x.db",
    "check directory --policy nope.yaml",
    "check directory --baseline nope.json",
    "check directory --vex nope.json",
    "image scan dir:directory --dockerfile nope",
    "secrets scan directory --rules nope.toml",
    "secrets scan directory --fingerprint-key nope",
  ]) {
    it(words, async () => refused(words, missing));
  }
  it("and a database that is named and not there", async () =>
    refused("check directory --db nope.db", /no advisory database found \(run `bulkhead db update`; offline: `/));
});

describe("a file for a directory, and the other way round", { concurrency: 2 }, () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["check file.txt", /file\.txt: not a directory \(one file: `bulkhead image scan`/],
    ["build deps file.txt", /file\.txt: not a directory \(name the directory of the lockfile\)/],
    ["init file.txt", /file\.txt: not a directory/],
    ["image scan directory", /not an OCI layout: .* \(root filesystem: dir:directory; repository: bulkhead check/],
    ["image scan dir:file.txt", /dir:file\.txt: not a directory/],
    ["image scan oci:file.txt", /a file, not the directory of an OCI layout \(an archive: oci-archive:file\.txt\)/],
    ["image scan oci-archive:directory", /a directory, not an archive \(an OCI layout: oci:directory\)/],
    ["image scan file.txt", /neither an image archive .* nor an SBOM/],
    ["image scan empty.tar", /empty\.tar: the file is empty/],
    ["image scan /dev/null", /neither a file nor a directory/],
    ["image scan sbom:directory", /a directory, not a file/],
    ["policy validate directory", /is a directory \(name the file: directory\/bulkhead\.yaml\)/],
    ["check directory --policy directory", /a directory, not a file \(check --policy\)/],
    ["check directory --db directory", /a directory, not an advisory database/],
    ["secrets scan directory --fingerprint-key directory", /a directory, not a file/],
    ["cluster audit --kubeconfig directory", /a directory, not a file/],
  ];
  for (const [words, message] of cases) it(words, async () => refused(words, message));

  it("what may not be read", { skip: process.getuid?.() === 0 }, async () => {
    mkdirSync(join(folder, "locked"));
    writeFileSync(join(folder, "locked.yaml"), "apiVersion: bulkhead/v1\n");
    for (const name of ["locked", "locked.yaml"]) chmodSync(join(folder, name), 0);
    await refused("check locked", /locked: permission denied/);
    await refused("check directory --policy locked.yaml", /locked\.yaml: permission denied/);
  });
});

describe("a slip, and another tool's word, are told by what was meant", { concurrency: 2 }, () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["scan directory", /scan: unknown command \(did you mean `bulkhead check directory`\?\)/],
    ["scan alpine:3.19", /did you mean `bulkhead image scan alpine:3\.19`/],
    ["scan Dockerfile", /did you mean `bulkhead build lint Dockerfile`/],
    ["registry.example/shop/web:1", /did you mean `bulkhead image scan registry\.example\/shop\/web:1`/],
    ["directory", /did you mean `bulkhead check directory`/],
    ["lint .", /did you mean `bulkhead build lint \.`/],
    ["fs .", /did you mean `bulkhead check \.`/],
    ["frobnicate", /frobnicate: unknown command \(`bulkhead --help` lists the commands\)/],
    ["chekc", /did you mean `bulkhead check`/],
    ["image alpine", /image alpine: unknown command \(did you mean `bulkhead image scan alpine`/],
    ["image sacn x", /did you mean `bulkhead image scan`/],
    ["scan $(id)", /did you mean `bulkhead image scan TARGET`/],
    ["check . --format tabel", /unknown format \(did you mean table\? One of table, /],
    ["check . --fail-on hihg", /unknown severity \(did you mean high\? One of critical, .*, never\)/],
    ["completion zhs", /unknown shell \(did you mean zsh\?/],
    ["explain image/known-vulnerabilites", /unknown check.*image\/known-vulnerabilities/],
    ["cache claer", /unknown action \(did you mean clear\?/],
    ["image sbom x --format cyclondx", /unknown format \(did you mean cyclonedx\?/],
  ];
  for (const [words, message] of cases) it(words, async () => refused(words, message));

  it("an option", async () => {
    const { code, stderr } = await run("check", "--fromat", "json");
    assert.equal(code, 2);
    assert.match(stderr, /unknown option '--fromat'\n\(Did you mean --format\?\)/);
  });

  it("a key of the policy", async () => {
    writeFileSync(join(folder, "slip.yaml"), "apiVersion: bulkhead/v1\ntresholds: {}\nunknownSeverity: hihg\n");
    const { code, stderr } = await run("policy", "validate", "slip.yaml");
    assert.equal(code, 2);
    assert.match(stderr, /^slip\.yaml:2:1: unknown key tresholds \(did you mean thresholds\? /m);
    assert.match(stderr, /^slip\.yaml:3:18: unknownSeverity: "hihg" is not allowed \(did you mean high\? /m);
  });
});

describe("--help", () => {
  it("puts options in groups, the command's own first, and says no default that says nothing", async () => {
    const { code, stdout } = await run("image", "scan", "--help");
    assert.equal(code, 0);
    const headings = stdout.match(/^[A-Z][\w ]*:$/gm);
    assert.deepEqual(headings?.slice(0, 3), ["Arguments:", "Options:", "Policy and baseline:"]);
    assert.ok(headings?.includes("Registry:"));
    assert.doesNotMatch(stdout, /\(default: (?:\[\]|false|true)\)/);
    assert.match((await run("vex", "--help")).stdout, /\(default: "openvex"\)/);
  });
});
