import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const head = "apiVersion: bulkhead/v1\n";

function folder(files: Readonly<Record<string, string>>) {
  const path = mkdtempSync(join(tmpdir(), "bulkhead-validate-"));
  mkdirSync(join(path, "org"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), `${head}${text}`);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const program = join(import.meta.dirname, "../../../bin/bulkhead.js");

/** Exit code, and what is printed. */
function validate(root: string): { code: number | null; text: string } {
  const words = [program, "policy", "validate"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  return { code: status, text: stdout + stderr };
}

test("a file that extends nothing is valid, and that is all", () => {
  using root = folder({ "bulkhead.yaml": "unknownSeverity: high\n" });
  assert.deepEqual(validate(root.path), { code: 0, text: "bulkhead.yaml: valid\n" });
});

test("a chain is shown with what holds in the end and who says so", () => {
  const exception = "{id: CVE-1, reason: r, owner: o, expires: 2025-12-31}";
  using root = folder({
    "bulkhead.yaml": `extends: org/base.yaml\nlicenses: {deny: []}\nunknownSeverity: low\nexceptions: [${exception}]\n`,
    "org/base.yaml": "locked: [licenses]\nlicenses: {deny: [GPL-*], unknown: report}\nunknownSeverity: high\n",
  });
  assert.deepEqual(validate(root.path), {
    code: 1,
    text: `bulkhead.yaml: valid
extends: org/base.yaml
unknownSeverity: low (bulkhead.yaml:4:18)
licenses.deny: GPL-* (org/base.yaml:3:18, locked)
licenses.unknown: report (org/base.yaml:3:36, locked)
exceptions: 1 (bulkhead.yaml)
loosened: bulkhead.yaml:3:18 tried to loosen licenses.deny from GPL-* to an empty list; refused
`,
  });
});

test("checks that there are not are named, with the nearest that there is", () => {
  using root = folder({
    "bulkhead.yaml":
      'enforcement: {ci: {checks: {"image/*": warn, build/commited-secret: deny, nothing/like/it: deny}}}\n',
  });
  assert.deepEqual(validate(root.path), {
    code: 0,
    text: `bulkhead.yaml: valid
note: enforcement.ci.checks: unknown check build/commited-secret (did you mean build/committed-secret?)
note: enforcement.ci.checks: unknown check nothing/like/it
`,
  });
});

test("every error of the file is named", () => {
  using root = folder({ "bulkhead.yaml": "extends: org/base.yaml\none: 1\ntwo: 2\n" });
  const { code, text } = validate(root.path);
  assert.equal(code, 2);
  assert.match(text, /^bulkhead\.yaml:3:1: unknown key one .*\nbulkhead\.yaml:4:1: unknown key two .*\n$/);
});

test("of a guarded registry, checks and environments that there are not are named, and break-glass that lets nothing past", () => {
  using root = folder({
    "bulkhead.yaml": `enforcement: {registry: {pull: {default: deny, checks: {registry/image-too-ol: warn}}, unknown: warn}}
registry:
  environments: {"robot:*": prod}
  breakGlass:
    - {images: [shop/api], reason: r, owner: o, until: 2020-01-01T00:00:00Z}
    - {images: [shop/**], reason: r, owner: o, until: 2999-01-01T00:00:00Z}
`,
  });
  assert.deepEqual(validate(root.path), {
    code: 0,
    text: `bulkhead.yaml: valid
note: enforcement.registry.pull.checks: unknown check registry/image-too-ol (did you mean registry/image-too-old?)
note: registry.environments: robot:*: unknown environment prod
note: registry.breakGlass: shop/api until 2020-01-01T00:00:00Z has ended
note: registry.breakGlass: shop/** until 2999-01-01T00:00:00Z ends more than 7 days from now, so it does not hold yet
`,
  });
});
