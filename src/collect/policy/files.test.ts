import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { readPolicyFiles } from "./files.ts";

async function folder(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), "bulkhead-policy-files-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const policy = `apiVersion: bulkhead/v1
extends: ../org.yaml
trust:
  signers: { release: { key: ../keys/release.pub } }
environments:
  production:
    secrets: { rules: [rules.toml] }
`;

test("a policy is its own file first, what it extends, and what it names in any environment", async () => {
  await using root = await folder({
    "shop/bulkhead.yaml": policy,
    "shop/rules.toml": "",
    "org.yaml": "apiVersion: bulkhead/v1\ntrust: { roots: [{ ca: keys/ca.pem }] }\n",
    "keys/release.pub": "public",
    "keys/ca.pem": "authority",
    "other.yaml": "apiVersion: bulkhead/v1\n",
  });
  const files = await readPolicyFiles(join(root.path, "shop/bulkhead.yaml"), root.path);
  assert.deepEqual(
    files.map(({ path }) => path),
    ["shop/bulkhead.yaml", "keys/release.pub", "shop/rules.toml", "org.yaml", "keys/ca.pem"],
  );
  assert.equal(files[0]?.text, policy);
  const [alone] = await readPolicyFiles(join(root.path, "other.yaml"), root.path);
  assert.equal(alone?.path, "other.yaml");
});

test("what cannot be taken along is refused", async () => {
  const stated = (text: string) => `apiVersion: bulkhead/v1\n${text}\n`;
  await using root = await folder({
    "absolute.yaml": stated("secrets: { rules: [/etc/rules.toml] }"),
    "commit.yaml": stated("extends: git:main:bulkhead.yaml"),
    "gone.yaml": stated("secrets: { rules: [gone.toml] }"),
    "one.yaml": stated("extends: two.yaml"),
    "two.yaml": stated("extends: one.yaml"),
    "wrong.yaml": stated("thresholds: high"),
    "many.yaml": stated(`secrets: { rules: [${Array.from({ length: 101 }, (_, n) => `r/${n}.toml`).join(", ")}] }`),
    ...Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`r/${n}.toml`, ""])),
  });
  for (const [name, cause] of [
    ["absolute", /an absolute path/],
    ["commit", /cannot be taken along/],
    ["gone", /no such file/],
    ["one", /extends this file in turn/],
    ["wrong", /./],
    ["many", /more than 100 files/],
  ] as const) {
    await assert.rejects(
      readPolicyFiles(join(root.path, `${name}.yaml`), root.path),
      (error) => error instanceof Problem && error.kind === "usage" && cause.test(error.message),
      name,
    );
  }
});
