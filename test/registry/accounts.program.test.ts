/** `registry account` and `registry keys` as they are run. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import { readAccounts } from "../../src/guards/registry/tokens/accounts.ts";
import { readKeys } from "../../src/guards/registry/tokens/keys.ts";
import { createPasswordChecker } from "../../src/guards/registry/tokens/passwords.ts";
import { program } from "../bulkhead.ts";
import { inProcess } from "../in-process.ts";

describe("accounts and keys of the registry guard", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-accounts-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...words: readonly string[]) => inProcess(["registry", ...words], { cwd: folder, home: folder });
  const fed = (input: string, ...words: readonly string[]) =>
    new Promise<{ code: number; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [program, "registry", ...words], { cwd: folder }, (error, _, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stderr }),
      );
      child.stdin?.end(input);
    });

  test("a password is shown once and kept as a hash, in a file of its owner's alone", async () => {
    const added = await run("account", "add", "alice");
    assert.equal(added.code, 0, added.stderr);
    const [, password = ""] =
      /^user:alice added in accounts\.json\npassword \(shown once\): (\S+)\n$/.exec(added.stdout) ?? [];
    assert.equal(password.length, "bulkhead_".length + 43);
    const path = join(folder, "accounts.json");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(!readFileSync(path, "utf8").includes(password));
    const account = readAccounts(path).get("alice");
    const checker = createPasswordChecker();
    assert.equal(await checker.check("alice", password, account?.hash, readClock()), true);
    assert.equal(await checker.check("alice", `${password}x`, account?.hash, readClock()), false);
    const again = await run("account", "add", "alice");
    assert.deepEqual([again.code, again.stdout], [2, ""]);
    assert.match(again.stderr, /alice: account already exists/);
    const replaced = await run("account", "add", "alice", "--replace");
    assert.equal(replaced.code, 0, replaced.stderr);
    assert.equal(await checker.check("alice", password, readAccounts(path).get("alice")?.hash, readClock()), false);
  });

  test("a robot ends on its day, and is listed and removed", async () => {
    const given = ["correct", "horse", "battery"].join("-");
    const added = await fed(
      `${given}\n`,
      "account",
      "add",
      "ci",
      "--robot",
      "--expires",
      "2099-01-31",
      "--password-stdin",
    );
    assert.deepEqual(added, { code: 0, stderr: "" });
    const account = readAccounts(join(folder, "accounts.json")).get("ci");
    assert.deepEqual([account?.kind, account?.expires], ["robot", new Date("2099-01-31T23:59:59Z")]);
    assert.equal(await createPasswordChecker().check("ci", given, account?.hash, readClock()), true);
    assert.match((await run("account", "list")).stdout, /^robot:ci {2}until 2099-01-31T23:59:59.000Z$/m);
    const [first] = JSON.parse((await run("account", "list", "--json")).stdout) as { principal: string }[];
    assert.equal(first?.principal, "user:alice");
    assert.equal((await run("account", "remove", "ci")).code, 0);
    assert.match((await run("account", "remove", "ci")).stderr, /no such account/);
  });

  test("passwords that could not be used are refused", async () => {
    for (const [input, cause] of [
      ["short", /not of 12 to 1000 characters/],
      ["one line and\nanother one", /more than one line/],
      [`${"eyJ".padEnd(20, "a")}.${"eyJ".padEnd(20, "a")}.a`, /form of a token/],
    ] as const) {
      const { code, stderr } = await fed(input, "account", "add", "bob", "--password-stdin");
      assert.equal(code, 2);
      assert.match(stderr, cause);
    }
    assert.match((await run("account", "add", "Bob")).stderr, /not a name of an account/);
    assert.match((await run("account", "add", "bob", "--expires", "2020-01-01")).stderr, /in the past/);
  });

  test("a file of accounts that is wrong is told with its place", async () => {
    const path = join(folder, "wrong.json");
    const one = {
      name: "a",
      kind: "user",
      password: "$scrypt$ln=15,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZg",
    };
    for (const [accounts, cause] of [
      [[{ ...one, password: "secret" }], /accounts\[0\]: its password is not a scrypt hash/],
      [[{ ...one, password: one.password.replace("ln=15", "ln=10") }], /not a scrypt hash/],
      [[{ ...one, password: one.password.replace("ln=15", "ln=30") }], /not a scrypt hash/],
      [[one, one], /accounts\[1\]: a second account named a/],
      [[{ ...one, admin: true }], /unknown key admin/],
      [[{ ...one, kind: "internal" }], /neither user nor robot/],
      [[{ ...one, name: "a:b" }], /its name/],
      [[{ ...one, expires: "tomorrow" }], /not a time/],
      ["a", /not a file of accounts/],
    ] as const) {
      writeFileSync(path, JSON.stringify({ apiVersion: "bulkhead/v1", accounts }));
      const { code, stderr } = await run("account", "list", "--accounts", path);
      assert.equal(code, 2);
      assert.match(stderr, cause);
    }
  });

  test("keys are made for the guard alone, and rotated without another certificate for the engine", async () => {
    const made = await run("keys", "keys");
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /engine\.crt: the engine's auth\.token\.rootcertbundle/);
    const at = (name: string) => join(folder, "keys", name);
    assert.equal(statSync(at("keys.json")).mode & 0o777, 0o600);
    const root = readFileSync(at("engine.crt"), "utf8");
    assert.equal(new X509Certificate(root).ca, true);
    assert.match((await run("keys", "keys")).stderr, /keys exist already/);
    assert.match((await run("keys", "keys", "--rotate", "--older-than", "30")).stdout, /nothing to do/);
    assert.equal(readKeys(at("keys.json")).generations.length, 1);
    assert.equal((await run("keys", "keys", "--rotate")).code, 0);
    assert.equal(readKeys(at("keys.json")).generations.length, 2);
    assert.equal(readFileSync(at("engine.crt"), "utf8"), root);
    const set = JSON.parse(readFileSync(at("engine-jwks.json"), "utf8")) as { keys: object[] };
    assert.equal(set.keys.length, 2);
    assert.ok(set.keys.every((key) => !("d" in key)));
    assert.match((await run("keys", "other", "--rotate")).stderr, /no such file/);
  });
});
