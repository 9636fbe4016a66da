import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../core/code-point.fixture.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { loadPolicy } from "./load.ts";
import { readNamedByPolicy } from "./source.ts";

const head = "apiVersion: bulkhead/v1\n";

async function folder(files: Readonly<Record<string, string>> = {}) {
  const path = await mkdtemp(join(tmpdir(), "bulkhead-extends-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), `${head}${text}`);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

async function refusal(root: string, flag?: string): Promise<string> {
  const error = await loadPolicy({ root, flag }).then(
    () => assert.fail("it was read"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Problem);
  assert.equal(error.kind, "usage");
  return error.line();
}

/** `key: trusted → wanted` of each attempt. */
function attempts({ origin }: Policy): string[] {
  const loosened = origin.kind === "default" ? [] : (origin.loosened ?? []);
  return loosened.map(({ key, path, line, trusted, wanted }) => `${path}:${line} ${key}: ${trusted} → ${wanted}`);
}

const exception = (id: string) => `{id: ${id}, reason: r, owner: o, expires: 2025-12-31}`;

test("a file's values replace those of the file that it extends, and its exceptions come on top", async () => {
  await using root = await folder({
    "bulkhead.yaml": `extends: org/team.yaml\nadvisories: {maxAgeDays: 30}\nexceptions: [${exception("A")}]\n`,
    "org/team.yaml": `extends: ../base.yaml\nunknownSeverity: high\n`,
    "base.yaml": `unknownSeverity: low\nregistries: [ghcr.io]\nexceptions: [${exception("B")}]\n`,
  });
  const policy = await loadPolicy({ root: root.path });
  assert.equal(policy.advisories.maxAgeDays, 30);
  assert.equal(policy.unknownSeverity, "high");
  assert.deepEqual(policy.registries, ["ghcr.io"]);
  assert.deepEqual(
    policy.exceptions.map(({ ids, source }) => [...ids, source.path, source.line]),
    [
      ["B", "base.yaml", 4],
      ["A", "bulkhead.yaml", 4],
    ],
  );
  assert.deepEqual(policy.origin, { kind: "tree", path: "bulkhead.yaml", extended: ["org/team.yaml", "base.yaml"] });
});

test("what a file has locked can be tightened below it and not loosened, and nobody unlocks it", async () => {
  await using root = await folder({
    "bulkhead.yaml": `extends: team.yaml
locked: []
thresholds: {vulnerabilities: {severity: critical, exploited: true}}
licenses: {deny: [AGPL-3.0-only], unknown: deny}
advisories: {maxAgeDays: 30}
exceptions: [${exception("A")}]
`,
    "team.yaml": `extends: org.yaml\nlocked: [advisories.maxAgeDays]\nlicenses: {unknown: report}\n`,
    "org.yaml": `locked: [thresholds, licenses.deny, exceptions]
thresholds: {vulnerabilities: {severity: high}}
licenses: {deny: [GPL-*]}
exceptions: [${exception("B")}]
`,
  });
  const policy = await loadPolicy({ root: root.path });
  assert.deepEqual(policy.thresholds.vulnerability, { severity: "high", fixableOnly: true, exploited: true });
  assert.deepEqual(policy.licenses, { allow: [], deny: ["GPL-*", "AGPL-3.0-only"], unknown: "deny" });
  assert.equal(policy.advisories.maxAgeDays, 7, "the default is what was locked");
  assert.deepEqual(
    policy.exceptions.map(({ ids }) => ids),
    [["B"]],
  );
  assert.deepEqual(attempts(policy), [
    "bulkhead.yaml:4 thresholds.vulnerabilities.severity: high → critical",
    "bulkhead.yaml:6 advisories.maxAgeDays: 7 → 30",
    "bulkhead.yaml:5 licenses.deny: GPL-* → AGPL-3.0-only",
    "bulkhead.yaml:7 exceptions[0]: no such exception → A until 2025-12-31",
  ]);
});

test("under a trusted policy the whole chain of the tree may only tighten", async () => {
  await using root = await folder({
    "bulkhead.yaml": "extends: mine.yaml\nunknownSeverity: critical\n",
    "mine.yaml": "advisories: {maxAgeDays: 30}\n",
  });
  await using other = await folder({
    "team/policy.yaml": "extends: ../org.yaml\nadvisories: {maxAgeDays: 9}\n",
    "org.yaml": "locked: [advisories]\nadvisories: {maxAgeDays: 3}\n",
  });
  const flag = join(other.path, "team/policy.yaml");
  const policy = await loadPolicy({ root: root.path, flag });
  assert.equal(policy.unknownSeverity, "critical");
  assert.equal(policy.advisories.maxAgeDays, 3);
  assert.deepEqual(attempts(policy), [
    `${flag}:3 advisories.maxAgeDays: 3 → 9`,
    "mine.yaml:2 advisories.maxAgeDays: 3 → 30",
  ]);
  assert.ok(policy.origin.kind === "trusted");
  assert.deepEqual(policy.origin.extended, [join(other.path, "org.yaml")]);
});

test("a commit's file extends files of that commit, and any file one of a commit", async () => {
  await using root = await folder({
    "org/policy.yaml": "extends: base.yaml\nsecrets: {rules: [../rules.toml]}\n",
    "org/base.yaml": "unknownSeverity: high\n",
  });
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", root.path, "-c", "user.name=t", "-c", "user.email=t@example.org", ...words], {
      stdio: "ignore",
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--no-gpg-sign", "-m", "policy");
  await writeFile(join(root.path, "org/base.yaml"), `${head}unknownSeverity: low\n`);
  const trusted = await loadPolicy({ root: root.path, flag: "git:main:org/policy.yaml" });
  assert.equal(trusted.unknownSeverity, "high");
  assert.deepEqual(trusted.secrets.rules, ["git:main:rules.toml"]);
  await using other = await folder({ "policy.yaml": "extends: git:main:org/policy.yaml\n" });
  const vouched = await loadPolicy({ root: root.path, flag: join(other.path, "policy.yaml") });
  assert.equal(vouched.unknownSeverity, "high");
});

test("a policy of the tree names no commit, itself or by a file that it extends, under a trusted policy too", async () => {
  await using other = await folder({ "trusted.yaml": "" });
  const trusted = join(other.path, "trusted.yaml");
  for (const files of [
    { "bulkhead.yaml": "extends: git:main:org/policy.yaml\n" },
    { "bulkhead.yaml": "secrets: {rules: ['git:main:rules.toml']}\n" },
    { "bulkhead.yaml": "extends: base.yaml\n", "base.yaml": "extends: git:main:x.yaml\n" },
  ]) {
    await using root = await folder(files);
    for (const flag of [undefined, trusted]) {
      assert.match(
        await refusal(root.path, flag),
        /^policy\.outside: .*a policy in the scanned directory cannot use git:/,
      );
    }
  }
});

test("files of rules are resolved where they are named", async () => {
  await using root = await folder({ "bulkhead.yaml": "secrets: {rules: [ci/rules.toml]}\n" });
  await using other = await folder({ "policies/prod.yaml": "secrets: {rules: [../rules.toml]}\n" });
  assert.deepEqual((await loadPolicy({ root: root.path })).secrets.rules, ["ci/rules.toml"]);
  const flag = join(other.path, "policies/prod.yaml");
  assert.deepEqual((await loadPolicy({ root: root.path, flag })).secrets.rules, [
    join(other.path, "rules.toml"),
    "ci/rules.toml",
  ]);
});

test("a file of rules is read where it was named, and of the tree without a link", async () => {
  await using root = await folder({ "rules.toml": "mine" });
  await using other = await folder({ "rules.toml": "theirs" });
  await symlink(join(other.path, "rules.toml"), join(root.path, "link.toml"));
  assert.equal(await readNamedByPolicy("rules.toml", root.path), `${head}mine`);
  assert.equal(await readNamedByPolicy(join(other.path, "rules.toml"), root.path), `${head}theirs`);
  for (const name of ["link.toml", "none.toml", join(other.path, "none.toml"), "git:HEAD:rules.toml"]) {
    await assert.rejects(readNamedByPolicy(name, root.path), Problem);
  }
});

test("nothing of the tree leads out of it", async () => {
  await using outside = await folder({ "base.yaml": "" });
  await using root = await folder({ "sub/real.yaml": "" });
  await symlink(outside.path, join(root.path, "linked"));
  await symlink(join(root.path, "sub/real.yaml"), join(root.path, "link.yaml"));
  const extending = async (name: string) => {
    await writeFile(join(root.path, "bulkhead.yaml"), `${head}extends: ${JSON.stringify(name)}\n`);
    return await refusal(root.path);
  };
  assert.match(
    await extending("../base.yaml"),
    /^policy\.outside: bulkhead\.yaml: "\.\.\/base\.yaml": it leads out of the scanned directory/,
  );
  assert.match(await extending("sub/../../x.yaml"), /^policy\.outside/);
  assert.match(await extending(join(outside.path, "base.yaml")), /^policy\.outside/);
  assert.match(
    await extending("linked/base.yaml"),
    /^policy\.not-a-file: linked\/base\.yaml: a symbolic link leads to it/,
  );
  assert.match(await extending("link.yaml"), /^policy\.not-a-file: link\.yaml: a symbolic link/);
  assert.match(await extending("none.yaml"), /^policy\.unreadable: none\.yaml: no such file/);
  assert.match(await extending("sub"), /^policy\.not-a-file: sub: not a regular file/);
  for (const name of ["git:--x:y", "git:HEAD^{/secret}:y", "git:a..b:y", "git:HEAD:", "git:x"]) {
    assert.match(await extending(name), /^policy\.outside: /, name);
    await writeFile(join(outside.path, "base.yaml"), `${head}extends: ${JSON.stringify(name)}\n`);
    const flag = join(outside.path, "base.yaml");
    assert.match(await refusal(root.path, flag), /^policy\.outside: .*not git:REF:PATH/, name);
  }
  await writeFile(join(root.path, "bulkhead.yaml"), `${head}secrets: {rules: [/etc/passwd]}\n`);
  assert.match(await refusal(root.path), /^policy\.outside/);
});

test("circles and long chains are refused where they are written", async () => {
  await using circle = await folder({
    "bulkhead.yaml": "\nextends: b.yaml\n",
    "b.yaml": "extends: ./sub/../bulkhead.yaml\n",
  });
  assert.match(await refusal(circle.path), /^policy\.extends: b\.yaml:2:10: bulkhead\.yaml extends this file in turn/);
  await using self = await folder({ "bulkhead.yaml": "extends: bulkhead.yaml\n" });
  assert.match(await refusal(self.path), /^policy\.extends: bulkhead\.yaml:2:10/);
  const long = Object.fromEntries(
    Array.from({ length: bounds.policyChain + 1 }, (_, i) => [`${i}.yaml`, `extends: ${i + 1}.yaml\n`]),
  );
  await using chain = await folder({ ...long, "bulkhead.yaml": "extends: 1.yaml\n" });
  assert.match(await refusal(chain.path), /^policy\.extends: 7\.yaml:2:10: more than 8 files extend one another/);
});

test("the exceptions of a chain together have their bound", async () => {
  const many = `exceptions:\n${`  - ${exception("A")}\n`.repeat(bounds.policyExceptions)}`;
  await using root = await folder({
    "bulkhead.yaml": `extends: b.yaml\nexceptions: [${exception("A")}]\n`,
    "b.yaml": many,
  });
  assert.match(await refusal(root.path), /^policy\.exceptions: b\.yaml: .*more than 1000 exceptions/);
});

test("a mistake in an extended file is told with its place", async () => {
  await using root = await folder({
    "bulkhead.yaml": "extends: b.yaml\n",
    "b.yaml": "locked: [thresholds.severity]\n",
  });
  assert.match(
    await refusal(root.path),
    /^policy\.invalid: b\.yaml:2:10: locked\[0\]: "thresholds\.severity" is not allowed/,
  );
});

test("whatever a policy file extends, it is read or refused, and reads nothing outside the tree", async () => {
  await using outside = await folder({ "bulkhead.yaml": "unknownSeverity: low\n" });
  await using root = await folder({ "org/base.yaml": "unknownSeverity: high\n" });
  await symlink(outside.path, join(root.path, "out"));
  const part = fc.constantFrom("..", ".", "org", "base.yaml", "out", "bulkhead.yaml", "", "\u0000", "git:", "HEAD:");
  const name = fc.oneof(
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/")),
    fc.string({ unit: codePoint, maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(name, async (written) => {
      await writeFile(join(root.path, "bulkhead.yaml"), `${head}extends: ${JSON.stringify(written)}\n`);
      try {
        const policy = await loadPolicy({ root: root.path });
        assert.equal(policy.unknownSeverity, "high");
      } catch (error) {
        assert.ok(error instanceof Problem, String(error));
      }
    }),
    runs(200),
  );
});
