import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../../../contents/mutated-bytes.fixture.ts";
import {
  dsaDer,
  ecDer,
  ecEncryptedPem,
  openSshBytes,
  pemBlock,
  pkcs8Der,
  pkcs8EncryptedDer,
  pkcs8RsaDer,
  rsaDer,
  rsaEncryptedPem,
} from "../pem.fixture.ts";
import { dsaKey, ecKey, pkcs8EncryptedKey, pkcs8Key, rsaKey } from "./der.ts";
import { openSshKey } from "./openssh.ts";
import { encryptedPemKey, pemKey, plainPemKey } from "./pem.ts";

describe("keys in DER", () => {
  const readers = { rsaKey, dsaKey, ecKey, pkcs8Key, pkcs8EncryptedKey };
  const forms = {
    rsaKey: [rsaDer],
    dsaKey: [dsaDer],
    ecKey: [ecDer],
    pkcs8Key: [pkcs8Der, pkcs8RsaDer],
    pkcs8EncryptedKey: [pkcs8EncryptedDer],
  };
  for (const [name, read] of Object.entries(readers)) {
    it(`${name} reads its own form, and no other`, () => {
      for (const [form, samples] of Object.entries(forms)) {
        for (const bytes of samples) assert.equal(read(bytes) !== "none", form === name, `${form} by ${name}`);
      }
    });

    it(`${name} throws at nothing`, () => {
      const seed = Object.values(forms).flat();
      fc.assert(
        fc.property(
          fc.oneof(
            ...seed.map(mutatedBytes),
            fc.uint8Array().map((each) => Buffer.from(each)),
          ),
          (bytes) => {
            assert.ok(["plain", "encrypted", "none"].includes(read(bytes)));
          },
        ),
      );
    });

    it(`${name} reads nothing that is cut`, () => {
      for (const bytes of forms[name as keyof typeof forms]) {
        for (let end = 0; end < bytes.length; end++) assert.equal(read(bytes.subarray(0, end)), "none");
      }
    });
  }
});

describe("keys of OpenSSH", () => {
  it("are told apart by their cipher", () => {
    assert.equal(openSshKey(openSshBytes("none")), "plain");
    assert.equal(openSshKey(openSshBytes("aes256-ctr")), "encrypted");
    assert.equal(openSshKey(openSshBytes("none", [1, 2])), "none");
  });

  it("cut anywhere are none", () => {
    const bytes = openSshBytes("none");
    for (let end = 0; end < bytes.length; end++) assert.equal(openSshKey(bytes.subarray(0, end)), "none");
  });

  it("mutated throw nothing", () => {
    fc.assert(
      fc.property(mutatedBytes(openSshBytes("none")), (bytes) => {
        assert.ok(["plain", "encrypted", "none"].includes(openSshKey(bytes)));
      }),
    );
  });
});

describe("PEM blocks", () => {
  const rsa = pemBlock("RSA PRIVATE KEY", rsaDer);

  it("hold what their label says", () => {
    assert.equal(pemKey(rsa), "plain");
    assert.equal(pemKey(pemBlock("EC PRIVATE KEY", ecDer)), "plain");
    assert.equal(pemKey(pemBlock("EC PRIVATE KEY", rsaDer)), "none");
    assert.equal(pemKey(pemBlock("PRIVATE KEY", pkcs8Der)), "plain");
    assert.equal(pemKey(pemBlock("ENCRYPTED PRIVATE KEY", pkcs8EncryptedDer)), "encrypted");
    assert.equal(pemKey(pemBlock("CERTIFICATE", rsaDer)), "none");
    assert.equal(pemKey(rsa.replace(/END RSA/, "END EC")), "none");
  });

  it("of OpenSSL's old form say that they are encrypted", () => {
    for (const text of [rsaEncryptedPem.trim(), ecEncryptedPem.trim()]) {
      assert.equal(encryptedPemKey(text), "valid");
      assert.equal(plainPemKey(text), "invalid");
    }
  });

  it("are read in strings of programs too", () => {
    for (const end of ["\r\n", "\\n", "\\r\\n", "\\\\n", '\\n" +\n  "', "\\n'\n'", "\n      "]) {
      assert.equal(pemKey(rsa.replaceAll("\n", end)), "plain", JSON.stringify(end));
    }
  });

  it("mutated or made up, throw nothing", () => {
    const seeds = [rsa, rsaEncryptedPem, pemBlock("OPENSSH PRIVATE KEY", openSshBytes("none"))];
    fc.assert(
      fc.property(fc.oneof(...seeds.map((each) => mutatedBytes(Buffer.from(each)))), (bytes) => {
        assert.ok(["plain", "encrypted", "none"].includes(pemKey(bytes.toString("latin1"))));
      }),
    );
  });
});
