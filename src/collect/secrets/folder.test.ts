import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { makeElf } from "../../engines/secrets/elf.fixture.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { secretsOfFile, secretsOfFolder, versionControl } from "./folder.ts";

const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
const root = mkdtempSync(join(tmpdir(), "bulkhead-secrets-folder-"));
after(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, "a/b"), { recursive: true });
mkdirSync(join(root, ".git"));
writeFileSync(join(root, "a/b/one.env"), `CODE=${sampleCode}\n`);
// Over what is read at once, with a secret across the border.
const megabyte = 1024 * 1024;
writeFileSync(
  join(root, "large"),
  `${"x".repeat(megabyte - 11)}\n${sampleCode}\n${"y\n".repeat(megabyte)}${sampleCode}`,
);
writeFileSync(join(root, "exact"), Buffer.alloc(megabyte, "z\n"));
writeFileSync(join(root, ".git/config"), sampleCode);
symlinkSync(join(root, "a/b/one.env"), join(root, "link"));

test("every file is read once, whatever its length; links and the repository's store are not", async () => {
  const { found, gaps } = await secretsOfFolder(root, { scanner }, { skipped: versionControl });
  assert.deepEqual(
    found.secrets.map(({ path, line, column }) => `${path}:${line}:${column}`),
    ["large:2:1", `large:${megabyte + 3}:1`, "a/b/one.env:1:6"],
  );
  assert.deepEqual([found.files, gaps], [3, []]);
});

test("what cannot be read is a gap", async () => {
  const { found, gaps } = secretsOfFile(join(root, "missing"), "missing", scanner);
  assert.deepEqual(found.secrets, []);
  assert.equal(gaps[0]?.code, "secrets.unreadable");
  assert.match(gaps[0]?.reason ?? "", /missing/);
  assert.equal(secretsOfFile(join(root, "link"), "link", scanner).gaps.length, 1);
});

test("a folder that is not there is the caller's error", async () => {
  await assert.rejects(secretsOfFolder(join(root, "nowhere"), { scanner }, { skipped: versionControl }), (error) => {
    return error instanceof Problem && error.kind === "usage";
  });
});

test("secrets in a program's data and behind it are found at their place; its code is left out, and that is said", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-programs-"));
  after(() => rmSync(folder, { recursive: true }));
  const secret = Buffer.from(`\0${sampleCode}\0`);
  const code = Buffer.concat([Buffer.alloc(70_000, 0x90), secret, Buffer.alloc(30_000, 0x90)]);
  const data = Buffer.concat([Buffer.alloc(1_500_000), secret]);
  const behind = Buffer.concat([Buffer.alloc(40), secret]);
  const program = makeElf(
    [
      { name: ".text", flags: 6, bytes: code },
      { name: ".rodata", flags: 2, bytes: data },
    ],
    { behind },
  );
  writeFileSync(join(folder, "program"), program);
  writeFileSync(join(folder, "script"), `#!/bin/sh\n# ${sampleCode}\n`);
  const { found } = await secretsOfFolder(folder, { scanner }, { skipped: versionControl });
  assert.deepEqual(
    found.secrets.map(({ path, offset }) => `${path}:${offset}`),
    [program.indexOf(sampleCode, 64 + code.length), program.lastIndexOf(sampleCode)]
      .map((at) => `program:${at}`)
      .concat("script:12"),
  );
  assert.deepEqual(found.left, [{ what: "machine code and symbols of programs", files: 1, bytes: code.length }]);
  assert.equal(found.bytes, program.length - code.length + 12 + sampleCode.length + 1);
});

test("a name that is not UTF-8 is opened as it is, and shown as far as it can be", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-names-"));
  after(() => rmSync(folder, { recursive: true }));
  const named = (...parts: readonly string[]) => Buffer.from([folder, ...parts].join("/"), "latin1");
  mkdirSync(named("d\xe9j\xe0"));
  writeFileSync(named("d\xe9j\xe0", "cl\xe9.env"), `CODE=${sampleCode}\n`);
  writeFileSync(named("cl\xe9"), sampleCode);
  const { found, gaps } = await secretsOfFolder(folder, { scanner }, { skipped: versionControl });
  assert.deepEqual(gaps, []);
  assert.deepEqual(
    found.secrets.map(({ path }) => path),
    ["cl\ufffd", "d\ufffdj\ufffd/cl\ufffd.env"],
  );
});
