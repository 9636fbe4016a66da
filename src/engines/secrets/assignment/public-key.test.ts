import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { isPublicKey } from "./public-key.ts";

const pairs = [
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("ec", { namedCurve: "P-384" }),
  generateKeyPairSync("ed25519"),
  rsaKeyPair(1024),
] as const;

test("public keys of every kind are told from private ones, plain and encrypted", () => {
  for (const { publicKey, privateKey } of pairs) {
    assert.ok(isPublicKey(publicKey.export({ format: "der", type: "spki" }).toString("base64")));
    const plain = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
    const locked = { format: "der", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "made" } as const;
    assert.deepEqual([isPublicKey(plain), isPublicKey(privateKey.export(locked).toString("base64"))], [false, false]);
  }
});

test("what only begins like one is none", () => {
  const [{ publicKey }] = pairs;
  const text = publicKey.export({ format: "der", type: "spki" }).toString("base64");
  for (const other of [text.slice(0, 20), `N${text.slice(1)}`, "M".repeat(64), `MIIB${"A".repeat(60)}`, ""]) {
    assert.equal(isPublicKey(other), false, other);
  }
});
