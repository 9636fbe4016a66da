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
  assert.equal(init(root.path), 0);
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

test("it overwrites nothing", (t) => {
  t.mock.method(process.stdout, "write", () => true);
  for (const name of ["bulkhead.yaml", "bulkhead.yml", "bulkhead.schema.json"]) {
    using root = folder();
    writeFileSync(join(root.path, name), "mine");
    assert.throws(
      () => init(root.path),
      (error) => error instanceof Problem && error.place === join(root.path, name),
    );
    assert.equal(readFileSync(join(root.path, name), "utf8"), "mine");
  }
  using root = folder();
  assert.throws(() => init(join(root.path, "none")), Problem);
});
