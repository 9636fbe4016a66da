import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { describe, it } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { encryptCosignKey } from "./cosign-key.ts";
import { generateSigningKey, readSigningKey, type SigningKey } from "./key.ts";

const none = () => undefined;
const password = Buffer.from("correct horse");
const message = Buffer.from("what is signed");

function pem(key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1"): string {
  return key.export({ format: "pem", type }).toString();
}

function assertSigns(key: SigningKey): void {
  const signature = key.sign(message);
  const own = createPublicKey({ key: key.spki, format: "der", type: "spki" });
  assert.ok(verify(key.algorithm === "ed25519" ? null : "sha256", message, own, signature));
}

function refusal(pemText: string, given = none as () => Buffer | undefined): string {
  try {
    readSigningKey(pemText, "key.pem", given);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, "usage");
    return `${error.code}: ${error.message}`;
  }
  throw new Error("it was read");
}

describe("readSigningKey", () => {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

  it("reads PKCS #8, SEC 1 and PKCS #1, of each algorithm", () => {
    const rsa = rsaKeyPair(2048).privateKey;
    const cases: [string, string][] = [
      [pem(ec, "pkcs8"), "ecdsa-p256"],
      [pem(ec, "sec1"), "ecdsa-p256"],
      [pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey, "pkcs8"), "ecdsa-p384"],
      [pem(rsa, "pkcs8"), "rsa"],
      [pem(rsa, "pkcs1"), "rsa"],
      [pem(generateKeyPairSync("ed25519").privateKey, "pkcs8"), "ed25519"],
    ];
    for (const [text, algorithm] of cases) {
      const key = readSigningKey(text, "key.pem", none);
      assert.equal(key.algorithm, algorithm);
      assertSigns(key);
    }
  });

  it("reads encrypted PKCS #8 with its password alone", () => {
    const text = ec.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: password }).toString();
    assertSigns(readSigningKey(text, "key.pem", () => password));
    assert.match(refusal(text), /^signing\.password: the key is encrypted/);
    assert.match(
      refusal(text, () => Buffer.from("wrong")),
      /^signing\.password: wrong password/,
    );
  });

  it("reads cosign's form, under today's label and the old one", () => {
    const text = encryptCosignKey(ec, password);
    const old = text.replaceAll("SIGSTORE", "COSIGN");
    for (const each of [text, old]) assertSigns(readSigningKey(each, "key.pem", () => password));
    assert.match(
      refusal(text, () => Buffer.from("wrong")),
      /^signing\.password: wrong password/,
    );
    assert.match(refusal(text), /^signing\.password: the key is encrypted/);
  });

  it("takes no file whose scrypt would take too much, or that is cut", () => {
    const text = encryptCosignKey(ec, password);
    const json = JSON.parse(Buffer.from(text.split("\n").slice(1, -2).join(""), "base64").toString());
    const changed = (change: object) =>
      `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${Buffer.from(JSON.stringify({ ...json, ...change })).toString("base64")}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n`;
    for (const params of [
      { N: 2 ** 30, r: 8, p: 1 },
      { N: 65_536, r: 8, p: 1_000 },
      { N: 65_536, r: 1_024, p: 1 },
      { N: 65_535, r: 8, p: 1 },
      { N: -65_536, r: 8, p: 1 },
      { N: "65536", r: 8, p: 1 },
      {},
    ]) {
      assert.match(
        refusal(changed({ kdf: { ...json.kdf, params } }), () => password),
        /^signing\.key: scrypt parameters exceed the limit/,
      );
    }
    assert.match(
      refusal(changed({ cipher: { name: "none" } }), () => password),
      /^signing\.key: not encrypted by/,
    );
    assert.match(
      refusal(changed({ ciphertext: "AAA" }), () => password),
      /^signing\.key: salt, nonce or ciphertext/,
    );
    assert.match(
      refusal(text.slice(0, 200), () => password),
      /^signing\.key: not a cosign private key/,
    );
  });

  it("says of everything else what it is", () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    assert.match(refusal(publicKey.export({ format: "pem", type: "spki" }).toString()), /a public key/);
    assert.match(refusal(`-----BEGIN ${"OPENSSH"} PRIVATE KEY-----\nAAAA\n`), /an OpenSSH key/);
    assert.match(refusal("nothing"), /not a private key in PEM/);
    assert.match(refusal(`-----BEGIN ${"PRIVATE"} KEY-----\nAAAA\n-----END ${"PRIVATE"} KEY-----\n`), /not a valid/);
    assert.match(refusal("x".repeat(100_000)), /larger than 65536 bytes/);
    assert.match(refusal(pem(rsaKeyPair(1024).privateKey, "pkcs8")), /1024 bits/);
    assert.match(refusal(pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey, "pkcs8")), /secp256k1/);
    assert.match(refusal(pem(generateKeyPairSync("x25519").privateKey, "pkcs8")), /x25519 keys are not supported/);
  });
});

describe("generateSigningKey", () => {
  it("makes a pair of which the private half is encrypted", () => {
    const { privatePem, publicPem, fingerprint } = generateSigningKey(password);
    const key = readSigningKey(privatePem, "new.key", () => password);
    assert.equal(key.publicPem, publicPem);
    assert.equal(key.fingerprint, fingerprint);
    assert.ok(!privatePem.includes("BEGIN PRIVATE"));
  });
});
