import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { defaultPolicy } from "../collect/policy/default.ts";
import { policyJsonSchema } from "../collect/policy/json-schema.ts";
import { loadPolicy } from "../collect/policy/load.ts";
import { validatePolicy } from "../collect/policy/validate.ts";
import { Problem } from "../core/problem.ts";
import { init, policyTemplate } from "./init.ts";

function folder() {
  const path = mkdtempSync(join(tmpdir(), "bulkhead-init-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test("the file it writes says what holds without one", async (t) => {
  t.mock.method(process.stdout, "write", () => true);
  using root = folder();
  assert.equal(await init(root.path), 0);
  const { origin, ...policy } = await loadPolicy({ root: root.path });
  assert.deepEqual(origin, { kind: "tree", path: "bulkhead.yaml" });
  const { origin: _, ...defaults } = defaultPolicy;
  // Where a file states a value is no part of it.
  const plain = JSON.parse(JSON.stringify(policy, (key, value) => (key === "statedAt" ? undefined : value)));
  assert.deepEqual(plain, JSON.parse(JSON.stringify(defaults)));
  const schema: unknown = JSON.parse(readFileSync(join(root.path, "bulkhead.schema.json"), "utf8"));
  assert.deepEqual(schema, JSON.parse(JSON.stringify(policyJsonSchema())));
});

test("it states every key that there is, and its example is valid", () => {
  const text = policyTemplate();
  const keys = Object.keys(policyJsonSchema().properties ?? {});
  // Nothing is extended by default, and there is no word for that: it stands there as a comment.
  assert.deepEqual(
    Object.keys(parse(text)),
    keys.filter((key) => key !== "extends"),
  );
  const example = text
    .replace(/^environments: \{\}/m, "environments:")
    .replace("unknown: []", "unknown:")
    .replace("exceptions: []", "exceptions:")
    .replaceAll(/^# {2}/gm, "  ");
  assert.equal((parse(example) as { exceptions: unknown[] }).exceptions.length, 1);
  assert.deepEqual(validatePolicy(example, "bulkhead.yaml"), []);
});

test("it overwrites nothing", async (t) => {
  t.mock.method(process.stdout, "write", () => true);
  for (const name of ["bulkhead.yaml", "bulkhead.yml", "bulkhead.schema.json"]) {
    using root = folder();
    writeFileSync(join(root.path, name), "mine");
    await assert.rejects(init(root.path), (error) => error instanceof Problem && error.place === join(root.path, name));
    assert.equal(readFileSync(join(root.path, name), "utf8"), "mine");
  }
  using root = folder();
  await assert.rejects(init(join(root.path, "none")), Problem);
});

test("what the policy says of dependencies becomes settings of the package managers that are used", async (t) => {
  const lines: string[] = [];
  t.mock.method(process.stdout, "write", (text: unknown) => typeof text === "string" && lines.push(text) > 0);
  using root = folder();
  const write = (name: string, text: string) => writeFileSync(join(root.path, name), text);
  const read = (name: string) => readFileSync(join(root.path, name), "utf8");
  write("package-lock.json", JSON.stringify({ lockfileVersion: 3, packages: { "": {}, "node_modules/left": {} } }));
  write("package.json", JSON.stringify({ name: "shop", scripts: { test: "node --test" } }));
  write(".npmrc", "save-exact=true");
  write("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
  write("pnpm-workspace.yaml", "packages:\n  - web\n");
  await init(root.path);
  assert.equal(read(".npmrc"), "save-exact=true\nmin-release-age=7\nignore-scripts=true\n");
  assert.equal(read("pnpm-workspace.yaml"), "packages:\n  - web\nminimumReleaseAge: 10080\n");
  assert.ok(lines.some((line) => line.endsWith(".npmrc: min-release-age=7, ignore-scripts=true\n")));
  // Again, of the policy that is there now: everything is stated.
  lines.length = 0;
  await init(root.path, { packageManagers: true });
  assert.deepEqual(lines, []);
  write("bulkhead.yaml", "apiVersion: bulkhead/v1\ndependencies: { cooldownDays: 14 }\n");
  writeFileSync(join(root.path, "bun.lock"), "{}");
  await init(root.path, { packageManagers: true });
  assert.equal(read("bunfig.toml"), `[install]\nminimumReleaseAge = ${14 * 24 * 60 * 60}\n`);
});
