import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../contents/mutated-bytes.fixture.ts";
import { createFingerprinter } from "./fingerprint.ts";
import { ecDer, pkcs8Der, pkcs8EncryptedDer, rsaDer } from "./rules/pem.fixture.ts";
import { hex } from "./rules/samples.fixture.ts";
import { javaKeyStoreHoldsKey, pkcs12 } from "./rules/validate/key-stores.ts";
import { createSecretScanner } from "./scan.ts";

const scanner = createSecretScanner({ rules: [], fingerprint: createFingerprinter() });
const found = (path: string, bytes: Buffer): string[] =>
  scanner.scan(path, bytes).secrets.map(({ rule, severity, wellKnown }) => `${wellKnown ? "low" : severity} ${rule}`);

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, 0x82, whole.length >> 8, whole.length & 0xff]), whole]);
}

const dataType = Buffer.from("06092a864886f70d010701", "hex");
const pfx = der(0x30, Buffer.from("020103", "hex"), der(0x30, dataType, der(0xa0, der(0x04, Buffer.alloc(300, 7)))));

/** A store of version 2 with entries of these tags: 1 is a private key, 2 a trusted certificate. */
function keyStore(...tags: readonly number[]): Buffer {
  const header = Buffer.from("feedfeed00000002", "hex");
  const count = Buffer.alloc(4);
  count.writeUInt32BE(tags.length);
  const entry = (tag: number): Buffer => {
    const start = Buffer.from([0, 0, 0, tag, 0, 1, 0x61, ...Array<number>(8).fill(0)]);
    return Buffer.concat([start, Buffer.from("0005582e353039", "hex"), Buffer.from([0, 0, 0, 4, 1, 2, 3, 4])]);
  };
  return Buffer.concat([header, count, ...tags.map(entry)]);
}

describe("files that are a secret as a whole", () => {
  test("keys in DER, plain and encrypted", () => {
    for (const key of [rsaDer, ecDer, pkcs8Der])
      assert.deepEqual(found("etc/server.der", key), ["critical der-private-key"]);
    assert.deepEqual(found("etc/server.key", pkcs8EncryptedDer), ["low der-private-key-encrypted"]);
    assert.deepEqual(found("etc/server.bin", pkcs8EncryptedDer), []);
    assert.deepEqual(found("test/server.der", pkcs8Der), ["low der-private-key"]);
    assert.deepEqual(found("etc/server.der", Buffer.concat([Buffer.from("x"), pkcs8Der])), []);
  });

  test("stores of keys, and not of certificates alone", () => {
    assert.deepEqual(found("client.p12", pfx), ["medium pkcs12-key-store"]);
    assert.deepEqual(found("app.jks", keyStore(1)), ["medium java-key-store"]);
    assert.deepEqual(found("app.jks", keyStore(2, 2, 1)), ["medium java-key-store"]);
    assert.deepEqual(found("cacerts", keyStore(2, 2, 2)), []);
    const kdbx = Buffer.concat([Buffer.from("03d9a29a67fb4bb5", "hex"), Buffer.alloc(100, 9)]);
    assert.deepEqual(found("team.kdbx", kdbx), ["medium keepass-database"]);
  });

  test("passwords in files of accounts, and in no others", () => {
    const password = "Lantern-copper47";
    const told = ["high account-file-password"];
    const lines = Buffer.from(`# accounts\nann:${password}\n`);
    assert.deepEqual(found("etc/rsyncd.secrets", lines), told);
    assert.deepEqual(found(".passwd-s3fs", Buffer.from(`bucket:AKIAEXAMPLE:${password}\n`)), told);
    assert.deepEqual(found("etc/exim4/passwd.client", Buffer.from(`*.acme-corp.io:ann:${password}\r\n`)), told);
    assert.deepEqual(found("etc/rsyncd.conf", lines), []);
    for (const none of ["# ann:secret1\n", "ann:<password>\n", "ann:\n", "*.acme-corp.io:ann:$PASSWORD\n"])
      assert.deepEqual(found("etc/rsyncd.secrets", Buffer.from(none)), [], none);
  });

  test("the master key of Rails, by its file's name", () => {
    const key = Buffer.from(`${hex(32)}\n`);
    assert.deepEqual(found("config/master.key", key), ["critical rails-master-key"]);
    assert.deepEqual(found("config/credentials/production.key", key), ["critical rails-master-key"]);
    for (const path of ["config/other.key", "checksum"]) assert.deepEqual(found(path, key), [], path);
    assert.deepEqual(found("config/master.key", Buffer.from("0".repeat(32))), []);
  });

  test("cut anywhere or mutated, throw nothing", () => {
    for (const bytes of [pfx, keyStore(2, 1)]) {
      for (let end = 0; end < bytes.length; end++) {
        pkcs12(bytes.subarray(0, end));
        javaKeyStoreHoldsKey(bytes.subarray(0, end));
      }
      fc.assert(
        fc.property(mutatedBytes(bytes), (mutated) => {
          assert.equal(typeof pkcs12(mutated), "boolean");
          assert.equal(typeof javaKeyStoreHoldsKey(mutated), "boolean");
        }),
      );
    }
  });
});
