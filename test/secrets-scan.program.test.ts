import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { program } from "./bulkhead.ts";
import { inherited } from "./environment.ts";
import { inProcess } from "./in-process.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-secrets-scan-"));
after(() => rmSync(root, { recursive: true, force: true }));
const keyId = ["AKIA", "QYLPMN5H", "HHFPZAM2"].join("");
writeFileSync(join(root, "deploy.env"), `REGION=eu-central-1\nAWS_ACCESS_KEY_ID=${keyId}\n`);

const scan = (words: readonly string[]) => run(["secrets", "scan", ...words]);

async function run(words: readonly string[], { cwd = root }: { readonly cwd?: string } = {}) {
  const place = { cwd, home: root, environment: { NO_COLOR: "1" } };
  const { code, stdout, stderr } = await inProcess([...words, "--quiet", "--no-cache"], place);
  return { status: code, output: stdout + stderr };
}

/** In a process of its own, which has a standard input. */
function scanInput(words: readonly string[], input: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "secrets", "scan", ...words, "--no-cache"], {
    cwd: root,
    input,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", HOME: root, ...inherited },
  });
  return { status, output: stdout + stderr };
}

test("a folder, a file and standard input are looked through, and nothing shows the secret", async () => {
  for (const [words, input, place] of [
    [["."], undefined, "deploy.env:2:19"],
    [[`dir:${root}`], undefined, "deploy.env:2:19"],
    [["deploy.env"], undefined, "deploy.env:2:19"],
    [["-"], `key ${keyId}\n`, "1:5"],
  ] as const) {
    const { status, output } = input === undefined ? await scan(words) : scanInput(words, input);
    assert.equal(status, 1, output);
    assert.ok(output.includes(place) && output.includes("aws-access-key-id"), output);
    assert.ok(!output.includes(keyId.slice(4)), "the secret is shown");
  }
});

test("a baseline sets apart what is known", async () => {
  const baseline = join(root, "known.json");
  assert.equal((await scan(["deploy.env", "--write-baseline", baseline])).status, 1);
  assert.equal((await scan(["deploy.env", "--baseline", baseline])).status, 0);
});

test("rules of a file are used, and what is left out of it is said", async () => {
  const rules = join(root, "rules.toml");
  writeFileSync(
    rules,
    "[[rules]]\nid='region'\nregex='REGION=([a-z0-9-]+)'\nkeywords=['region']\n[[rules]]\nid='any'\nregex='[0-9]+'\n",
  );
  const { status, output } = await scan(["deploy.env", "--rules", rules]);
  assert.equal(status, 1);
  assert.match(output, /region/);
  assert.match(output, /rule any is left out/);
});

const shopRule = "[[rules]]\nid='shop-code'\nregex='shop-[0-9]{6}'\nkeywords=['shop-']\n";
const allowAll = "[allowlist]\npaths=['.*']\n";

/** A tree with a policy that names a file of rules, and a secret of these and of those that are built in. */
function tree(name: string, rules: string): string {
  const folder = join(root, name);
  mkdirSync(join(folder, "ci"), { recursive: true });
  writeFileSync(join(folder, "ci", "rules.toml"), rules);
  const head = "apiVersion: bulkhead/v1\n";
  writeFileSync(join(folder, "bulkhead.yaml"), `${head}secrets: {rules: [ci/rules.toml]}\n`);
  writeFileSync(join(folder, "deploy.env"), `ID=${keyId}\nCODE=shop-123456\n`);
  return folder;
}

test("rules that the policy names are used by every command, and take nothing from those that are built in", async () => {
  const adds = tree("adds", shopRule);
  const allows = tree("allows", allowAll + shopRule);
  const covers = tree("covers", "[[rules]]\nid='shop-code'\nregex='AKIA[A-Z0-9]{16}'\nkeywords=['akia']\n");
  for (const words of [
    ["secrets", "scan", "."],
    ["check", ".", "--all"],
    ["image", "scan", "dir:.", "--all"],
  ]) {
    const found = await run(words, { cwd: adds });
    assert.ok(found.output.includes("shop-code") && found.output.includes("aws-access-key-id"), found.output);
    const allowed = await run(words, { cwd: allows });
    assert.ok(!allowed.output.includes("shop-code") && allowed.output.includes("aws-access-key-id"), allowed.output);
    const covered = await run(words, { cwd: covers });
    assert.ok(!covered.output.includes("shop-code") && covered.output.includes("aws-access-key-id"), covered.output);
  }
});

test("a file of rules that the tree's policy names opens no other file", async () => {
  const extending = tree("extends", `[extend]\npath='../../deploy.env'\n${shopRule}`);
  assert.match((await run(["secrets", "scan", "."], { cwd: extending })).output, /extends .*which is not read/);
  const broken = tree("broken", "[[rules]]\nid='x'\nregex='('\nkeywords=['abc']\n");
  assert.equal((await run(["check", "."], { cwd: broken })).status, 2);
});

test("a trusted policy's rules and those that the tree adds are used", async () => {
  const folder = tree("trusted", allowAll + shopRule);
  const policy = join(root, "org.yaml");
  writeFileSync(join(root, "org.toml"), shopRule.replaceAll("shop-code", "org-code"));
  writeFileSync(policy, "apiVersion: bulkhead/v1\nsecrets: {rules: [org.toml]}\n");
  const { output } = await run(["secrets", "scan", ".", "--policy", policy], { cwd: folder });
  assert.ok(output.includes("org-code") && !output.includes("shop-code"), output);
});

test("secrets of a root file system are told; where they are not looked for, that is said", async () => {
  const folder = tree("rootfs", shopRule);
  mkdirSync(join(folder, "proc"));
  writeFileSync(join(folder, "proc", "environ"), `ID=${keyId}\n`);
  const { output } = await run(["image", "scan", "dir:.", "--all"], { cwd: folder });
  assert.ok(output.includes("deploy.env") && !output.includes("proc/environ"), output);
  for (const words of [
    ["image", "scan", "dir:."],
    ["check", "."],
  ]) {
    const without = (await run([...words, "--no-secrets"], { cwd: folder })).output;
    assert.match(without, /secrets were not scanned/);
    assert.ok(!without.includes("aws-access-key-id"));
  }
  // Not to have looked is no pass.
  const unlooked = (await run(["check", ".", "--no-secrets", "--format", "plain"], { cwd: folder })).output;
  assert.match(unlooked, /^control: 3 unknown/m);
});

test("what cannot be is the caller's error", async () => {
  assert.equal((await scan(["deploy.env", "--history"])).status, 2);
  assert.equal((await scan([".", "--history"])).status, 2);
  assert.equal((await scan([".", "--rules", "missing.toml"])).status, 2);
  writeFileSync(join(root, "short.key"), "short");
  assert.equal((await scan([".", "--fingerprint-key", "short.key"])).status, 2);
});
