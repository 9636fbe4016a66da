import assert from "node:assert/strict";
import { sign, verify } from "node:crypto";
import { test } from "node:test";
import { rsaKeyPair } from "./rsa-keys.fixture.ts";

test("each pair is of so many bits, signs what it alone verifies, and none is handed out twice", () => {
  const data = Buffer.from("data");
  const seen = new Set<string>();
  for (const bits of [1024, 2048, 2304, 3072, 4096]) {
    const [one, other] = [rsaKeyPair(bits), rsaKeyPair(bits)];
    assert.equal(one.publicKey.asymmetricKeyDetails?.modulusLength, bits);
    const signature = sign("sha256", data, one.privateKey);
    assert.ok(verify("sha256", data, one.publicKey, signature));
    assert.ok(!verify("sha256", data, other.publicKey, signature));
    for (const { publicKey } of [one, other]) seen.add(publicKey.export({ type: "spki", format: "pem" }) as string);
  }
  assert.equal(seen.size, 10);
});

test("of any other length pairs are generated", () => {
  const [one, other] = [rsaKeyPair(1280), rsaKeyPair(1280)];
  assert.equal(one.publicKey.asymmetricKeyDetails?.modulusLength, 1280);
  assert.notEqual(one.publicKey.export({ format: "jwk" }).n, other.publicKey.export({ format: "jwk" }).n);
});
