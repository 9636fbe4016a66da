import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { loadGitleaksRules } from "./gitleaks.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-rules-"));
after(() => rmSync(root, { recursive: true, force: true }));
let files = 0;

function write(toml: string, name = `${files++}.toml`): string {
  const file = join(root, name);
  writeFileSync(file, toml);
  return file;
}

/** `rule offset` of each hit. */
function hits(toml: string, text: string, path = "src/a.txt"): string[] {
  const { rules } = loadGitleaksRules([write(toml)]);
  const scanner = createSecretScanner({ rules, fingerprint: createFingerprinter(), assignments: false });
  return scanner.scan(path, Buffer.from(text)).secrets.map(({ rule, offset }) => `${rule} ${offset}`);
}

const rule = `
[[rules]]
id = "shop-token"
description = "Token of the shop"
regex = '''(?i)shop[_-]token\\s{0,3}=\\s{0,3}"([a-z0-9]{12})"'''
keywords = ["shop"]
`;

test("a rule finds its group", () => {
  assert.deepEqual(hits(rule, 'x SHOP_TOKEN = "abc123abc123"'), ["shop-token 16"]);
  assert.deepEqual(hits(`${rule}secretGroup = 1\nentropy = 3.5\n`, 'shop_token="aaaaaaaaaaa1"'), []);
  assert.deepEqual(hits(`${rule}entropy = 2.0\n`, 'shop_token="abc123abc123"'), ["shop-token 12"]);
});

test("an expression for re2js finds the same", () => {
  const slow = rule.replace("([a-z0-9]{12})", "((?:[[:alnum:]]+)+)");
  assert.deepEqual(hits(slow, 'shop_token="abc123abc123"'), ["shop-token 12"]);
});

test("paths, stop words and allowed expressions take hits out, of one rule or of all", () => {
  const text = 'shop_token="abc123abc123"';
  for (const list of [
    "[allowlist]\npaths = ['''^src/''']\n",
    "[[allowlists]]\nregexes = ['''^abc''']\n",
    "[allowlist]\nregexTarget = 'line'\nregexes = ['''^shop_''']\n",
    "[allowlist]\nstopwords = ['C123']\n",
  ]) {
    assert.deepEqual(hits(list + rule, text), [], list);
  }
  for (const list of ["[rules.allowlist]\nstopwords = ['c123']\n", "[[rules.allowlists]]\npaths = ['''a.txt$''']\n"]) {
    assert.deepEqual(hits(rule + list, text), [], list);
  }
  const both = "[[rules.allowlists]]\ncondition = 'AND'\nregexes = ['''^abc''']\nstopwords = ['zzz']\n";
  assert.deepEqual(hits(rule + both, text), ["shop-token 12"]);
});

test("a rule's path keeps it to files", () => {
  assert.deepEqual(hits(`${rule}path = '''\\.env$'''\n`, 'shop_token="abc123abc123"'), []);
  assert.deepEqual(hits(`${rule}path = '''\\.env$'''\n`, 'shop_token="abc123abc123"', ".env"), ["shop-token 12"]);
});

test("without keywords, fixed text of the expression serves; what is left out is said", () => {
  assert.deepEqual(hits("[[rules]]\nid='a'\nregex='''acme-[0-9]{8}'''\n", "x acme-12345678"), ["a 2"]);
  const { rules, notes } = loadGitleaksRules([
    write("[[rules]]\nid='any'\nregex='''[0-9]{8}'''\n[[rules]]\nid='file'\npath='''\\.pem$'''\n"),
  ]);
  assert.deepEqual(rules, []);
  assert.equal(notes.length, 2);
});

test("a file extends another, without the rules that it disables", () => {
  write(`${rule}\n[[rules]]\nid = "other"\nregex = "other-[0-9]{6}"\nkeywords = ["other"]\n`, "base.toml");
  const { rules } = loadGitleaksRules([write('[extend]\npath = "base.toml"\ndisabledRules = ["other"]\n')]);
  assert.deepEqual(
    rules.map(({ id }) => id),
    ["shop-token"],
  );
  const circle = write('[extend]\npath = "circle.toml"\n', "circle.toml");
  assert.throws(() => loadGitleaksRules([circle]), Problem);
});

test("a broken file is refused with its place", () => {
  for (const toml of [
    "[[rules",
    "[[rules]]\nregex = 'a'\n",
    "[[rules]]\nid = 'x'\nregex = '(?=a)'\nkeywords = ['abc']\n",
  ]) {
    assert.throws(
      () => loadGitleaksRules([write(toml)]),
      (error) => error instanceof Problem && error.kind === "usage" && error.code === "secrets.rules",
      toml,
    );
  }
  assert.throws(() => loadGitleaksRules([join(root, "missing.toml")]), Problem);
});
