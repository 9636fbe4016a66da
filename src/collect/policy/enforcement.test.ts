import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Category } from "../../core/category.ts";
import { actionsUnder } from "../../core/enforcement.ts";
import { type Policy, thresholdOf } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { loadPolicy } from "./load.ts";
import { validatePolicy } from "./validate.ts";

const head = "apiVersion: bulkhead/v1\n";

async function folder(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), "bulkhead-enforcement-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), head + text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

function actionOf({ enforcement }: Policy, id: string, category: Category = "configuration"): string {
  return actionsUnder(enforcement.ci)({ id, category });
}

/** `key: trusted → wanted` of each attempt. */
function attempts({ origin }: Policy): string[] {
  const loosened = origin.kind === "default" ? [] : (origin.loosened ?? []);
  return loosened.map(({ key, path, line, trusted, wanted }) => `${path}:${line} ${key}: ${trusted} → ${wanted}`);
}

test("one action, or by category and check", async () => {
  await using root = await folder({ "bulkhead.yaml": "enforcement: {ci: warn}\n" });
  assert.equal(actionOf(await loadPolicy({ root: root.path }), "image/a"), "warn");
  await using other = await folder({
    "bulkhead.yaml": 'enforcement: {ci: {categories: {secrets: deny, licenses: audit}, checks: {"image/*": warn}}}\n',
  });
  const policy = await loadPolicy({ root: other.path });
  assert.equal(actionOf(policy, "build/a", "license"), "audit");
  assert.equal(actionOf(policy, "image/a", "secret"), "warn");
  assert.equal(actionOf(policy, "build/a"), "deny");
});

test("what is wrong in it is told with its place and what is allowed", () => {
  const told = (text: string) =>
    validatePolicy(head + text, "f").map(
      ({ line, column, cause, allowed }) => `${line}:${column} ${cause}: ${allowed}`,
    );
  assert.deepEqual(told("enforcement: {ci: dney}\n"), [
    '2:19 enforcement.ci: "dney" is not allowed: did you mean deny? audit, warn or deny, or a mapping of default, categories, checks',
  ]);
  assert.deepEqual(told("enforcement: {ci: {default: dney}}\n"), [
    '2:29 enforcement.ci.default: "dney" is not allowed: did you mean deny? audit, warn or deny',
  ]);
  assert.deepEqual(told("enforcement: {ci: {categories: {secret: deny}}}\n"), [
    "2:33 unknown key enforcement.ci.categories.secret: did you mean secrets? a mapping of vulnerabilities, configuration, secrets, licenses, trust, network, detections",
  ]);
  assert.deepEqual(told('enforcement: {ci: {checks: {"image/*": 5}}}\n'), [
    "2:40 enforcement.ci.checks.image/*: 5 is not allowed: audit, warn or deny",
  ]);
  assert.deepEqual(told("enforcement: {ci: {defaults: deny}}\n"), [
    "2:20 unknown key enforcement.ci.defaults: did you mean default? a mapping of default, categories, checks",
  ]);
  assert.deepEqual(told("environments: {production: {enforcement: {ci: dney}}}\n"), [
    '2:47 environments.production.enforcement.ci: "dney" is not allowed: did you mean deny? audit, warn or deny, or a mapping of default, categories, checks',
  ]);
  assert.deepEqual(told("environments: {production: {exceptions: []}}\n").length, 1);
});

test("the tree's own file cannot loosen what a trusted one enforces, and may tighten it", async () => {
  await using root = await folder({
    "bulkhead.yaml": 'enforcement: {ci: {default: audit, categories: {secrets: deny}, checks: {"build/*": deny}}}\n',
    "trusted.yaml": "enforcement: {ci: {categories: {secrets: warn}}}\n",
  });
  const policy = await loadPolicy({ root: root.path, flag: join(root.path, "trusted.yaml") });
  assert.equal(actionOf(policy, "image/a"), "deny");
  assert.equal(actionOf(policy, "image/a", "secret"), "deny");
  assert.equal(actionOf(policy, "build/a", "secret"), "deny");
  assert.deepEqual(attempts(policy), [
    "bulkhead.yaml:2 enforcement.ci: secrets: warn → audit, secrets: deny, build/*: deny",
  ]);
});

test("a locked enforcement holds for whoever extends it", async () => {
  await using root = await folder({
    "bulkhead.yaml": "extends: base.yaml\nenforcement: {ci: warn}\n",
    "base.yaml": "locked: [enforcement]\nenforcement: {ci: {categories: {licenses: audit}}}\n",
  });
  const policy = await loadPolicy({ root: root.path });
  assert.equal(actionOf(policy, "image/a"), "deny");
  assert.equal(actionOf(policy, "image/a", "license"), "warn");
  assert.deepEqual(attempts(policy), ["bulkhead.yaml:3 enforcement.ci: licenses: audit → warn"]);
});

test("a category without a threshold of its own has that of configuration, and its lock", async () => {
  await using root = await folder({
    "bulkhead.yaml":
      "extends: base.yaml\nthresholds: {secrets: {severity: critical}, network: {severity: low}, configuration: {severity: high}}\n",
    "base.yaml": "locked: [thresholds.configuration]\nthresholds: {configuration: {severity: medium}}\n",
  });
  const policy = await loadPolicy({ root: root.path });
  const severities = (["configuration", "secret", "network", "trust"] as const).map(
    (category) => thresholdOf(policy, category).severity,
  );
  assert.deepEqual(severities, ["medium", "medium", "low", "medium"]);
  assert.deepEqual(attempts(policy), [
    "bulkhead.yaml:3 thresholds.configuration.severity: medium → high",
    "bulkhead.yaml:3 thresholds.secrets.severity: medium → critical",
  ]);
});

test("an environment's values hold before the file's others, of every key", async () => {
  const text =
    "enforcement: {ci: warn}\nrebuild: {maxAgeDays: 30}\nenvironments:\n  production: {enforcement: {ci: deny}, rebuild: {maxAgeDays: 3}}\n  toString: {rebuild: {maxAgeDays: 5}}\n";
  await using root = await folder({ "bulkhead.yaml": text });
  const within = (environment?: string) => loadPolicy({ root: root.path, environment });
  const [rest, production, other] = [await within(), await within("production"), await within("toString")];
  assert.deepEqual([actionOf(rest, "a/b"), rest.rebuild.maxAgeDays], ["warn", 30]);
  assert.deepEqual([actionOf(production, "a/b"), production.rebuild.maxAgeDays], ["deny", 3]);
  assert.deepEqual([actionOf(other, "a/b"), other.rebuild.maxAgeDays], ["warn", 5]);
  assert.deepEqual(production.origin, { kind: "tree", path: "bulkhead.yaml", environment: "production" });
  for (const name of ["prodution", "constructor"]) {
    await assert.rejects(within(name), (error) => {
      assert.ok(error instanceof Problem);
      assert.match(
        error.line(),
        new RegExp(`--environment ${name}: no environment of this name .*\\(one of production, toString\\)`),
      );
      return true;
    });
  }
  await using none = await folder({});
  await assert.rejects(loadPolicy({ root: none.path, environment: "production" }), /no policy file/);
});

test("an environment of the tree's own file cannot loosen a trusted policy", async () => {
  await using root = await folder({
    "bulkhead.yaml":
      "environments: {development: {enforcement: {ci: audit}, thresholds: {configuration: {severity: critical}}}}\n",
    "trusted.yaml": "environments: {development: {enforcement: {ci: warn}}}\n",
  });
  const flag = join(root.path, "trusted.yaml");
  const policy = await loadPolicy({ root: root.path, flag, environment: "development" });
  assert.equal(actionOf(policy, "a/b"), "warn");
  assert.equal(policy.thresholds.configuration.severity, "high");
  assert.deepEqual(attempts(policy), [
    "bulkhead.yaml:2 thresholds.configuration.severity: high → critical",
    "bulkhead.yaml:2 enforcement.ci: warn → audit",
  ]);
});
