import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { SignerRule } from "../../engines/trust/rules-model.ts";
import { collectMaterial } from "./material.ts";

function tree(context: TestContext) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-material-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "tree/keys"), { recursive: true });
  const [inside, outside] = [newKey(), newKey()];
  writeFileSync(join(folder, "tree/keys/a.pub"), inside);
  writeFileSync(join(folder, "outside.pub"), outside);
  symlinkSync("../../outside.pub", join(folder, "tree/keys/link.pub"));
  symlinkSync("a.pub", join(folder, "tree/keys/inner.pub"));
  const collect = (files: readonly string[], roots: Parameters<typeof collectMaterial>[0]["roots"] = []) => {
    const signers = Object.fromEntries(
      files.map((file, index): [string, SignerRule] => [`s${index}`, { kind: "key", file }]),
    );
    return collectMaterial({ roots, signers }, { tree: join(folder, "tree"), roots: join(folder, "none") });
  };
  return { folder, collect };
}

function newKey(): string {
  return generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" }) as string;
}

test("keys of rules, each file once and called as the rules call it", async (context) => {
  const { folder, collect } = tree(context);
  const absolute = join(folder, "outside.pub");
  const { material } = await collect(["keys/a.pub", "keys/a.pub", absolute, "keys/inner.pub"]);
  assert.deepEqual(
    material.keys.map(({ name }) => name),
    ["keys/a.pub", absolute, "keys/inner.pub"],
  );
  assert.equal(material.keys[0]?.fingerprint, material.keys[2]?.fingerprint);
});

test("a link of the tree leads nowhere else, and the environment is no part of a policy", async (context) => {
  const { collect } = tree(context);
  await assert.rejects(collect(["keys/link.pub"]), { kind: "usage", code: "trust.outside", place: "keys/link.pub" });
  await assert.rejects(collect(["keys/none.pub"]), { code: "trust.unreadable", place: "keys/none.pub" });
  await assert.rejects(collect(["env://PATH"]), { code: "trust.environment" });
});

test("a policy of a commit takes its keys from commits", async (context) => {
  const { folder, collect } = tree(context);
  const at = join(folder, "tree");
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
  for (const words of [
    ["init", "-q", "-b", "main"],
    ["add", "keys/a.pub"],
    [...identity, "commit", "-qm", "keys"],
  ]) {
    execFileSync("git", ["-C", at, ...words]);
  }
  const committed = (await collect(["git:main:keys/a.pub"])).material.keys[0];
  writeFileSync(join(at, "keys/a.pub"), newKey());
  const { keys } = (await collect(["git:main:keys/a.pub", "keys/a.pub"])).material;
  assert.equal(keys[0]?.fingerprint, committed?.fingerprint);
  assert.notEqual(keys[1]?.fingerprint, committed?.fingerprint);
  await assert.rejects(collect(["git:main:keys/none.pub"]), { kind: "usage", code: "trust.unreadable" });
});

test("Sigstore's instances are told with their age", async (context) => {
  const { collect } = tree(context);
  const { material, known } = await collect([], [{ kind: "public-good" }, { kind: "github" }]);
  assert.deepEqual(
    material.roots.map(({ name }) => name),
    ["public-good", "github"],
  );
  assert.deepEqual(
    known.map(({ name, from, asOf }) => [name, from, asOf]),
    [
      ["public-good", "carried", "2026-08-21T19:25:56Z"],
      ["github", "carried", "2025-11-13T00:00:00Z"],
    ],
  );
});
