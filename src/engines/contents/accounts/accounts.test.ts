import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { catalogue } from "../catalogue.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { accountFiles, readAccounts } from "./accounts.ts";

const passwd = "root:x:0:0:root:/root:/bin/bash\ndaemon:*:1:1::/:/usr/sbin/nologin\nopen::1000:1000::/home/open:\n";
/** Assembled, so that it is no hash to a scanner. */
const hash = ["", "6", "salt", "h".repeat(86)].join("$");

test("names, user ids, shells, and what stands for the password", () => {
  assert.deepEqual(readAccounts("passwd", passwd), {
    kind: "accounts",
    accounts: [
      { name: "root", password: "elsewhere", uid: 0, shell: "/bin/bash" },
      { name: "daemon", password: "locked", uid: 1, shell: "/usr/sbin/nologin" },
      { name: "open", password: "none", uid: 1000, shell: "" },
    ],
    more: 0,
  });
  const shadow = `root:*:1::::::\na::1\nb:!:1\nc:!${hash}:1\nd:${hash}:1\ne:!!:1\nf:x:1\n`;
  assert.deepEqual(
    readAccounts("shadow", shadow).accounts.map(({ name, password }) => `${name} ${password}`),
    ["root locked", "a none", "b locked", "c locked", "d set", "e locked", "f locked"],
  );
});

test("lines that are no accounts are skipped, as the C library does, and no hash is kept", () => {
  for (const line of [
    "",
    "# root::0:0:::",
    "+::::::",
    "-bad::0:0",
    "root",
    ":x:0:0:::",
    "a::b:0:::",
    "a::0",
    "a::-1:0:::",
  ]) {
    assert.deepEqual(readAccounts("passwd", line).accounts, [], line);
  }
  assert.deepEqual(readAccounts("shadow", "root").accounts, []);
  assert.ok(!JSON.stringify(readAccounts("shadow", `d:${hash}:1`)).includes("hhh"));
});

test("more than the bound are counted", () => {
  const text = Array.from({ length: bounds.accounts + 2 }, (_, i) => `u${i}:x:1:1:::`).join("\n");
  const { accounts, more } = readAccounts("passwd", text);
  assert.deepEqual([accounts.length, more], [bounds.accounts, 2]);
});

test("the two files by their paths alone", () => {
  assert.ok(accountFiles.wants("etc/passwd") && accountFiles.wants("etc/shadow"));
  assert.ok(!accountFiles.wants("etc/pam.d/passwd") && !accountFiles.wants("usr/bin/passwd"));
});

test("the inventory says them, and what of them could not be read concerns nothing else", () => {
  const facts = readAccounts("passwd", passwd);
  const broken = { kind: "unreadable", code: "oci.link", reason: "it leads nowhere" } as const;
  const { inventory, gaps } = catalogue([
    {
      path: "etc/passwd",
      versions: [
        { layer: 0, facts: broken },
        { layer: 1, facts },
      ],
    },
    { path: "etc/shadow", versions: [{ layer: 0, facts: broken }] },
  ]);
  assert.deepEqual(gaps, []);
  assert.equal(inventory.accounts?.passwd?.layer, 1);
  assert.deepEqual(inventory.accounts?.unread, ["/etc/shadow: it leads nowhere"]);
  assert.equal(inventory.accounts?.shadow, undefined);
  assert.equal(catalogue([]).inventory.accounts, undefined);
});

test("property: any bytes are read, and what is kept is short", () => {
  fc.assert(
    fc.property(fc.oneof(mutatedBytes(Buffer.from(passwd)), fc.uint8Array()), fc.boolean(), (bytes, first) => {
      const { accounts } = readAccounts(first ? "passwd" : "shadow", Buffer.from(bytes).toString("utf8"));
      for (const { name } of accounts) assert.ok(name !== "" && !name.includes(":"));
    }),
  );
});
