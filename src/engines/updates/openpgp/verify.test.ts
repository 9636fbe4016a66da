import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { readKeyring } from "./certificates.ts";
import {
  armored,
  type CertificateOptions,
  certificate,
  clearsigned,
  type FixtureAlgorithm,
  type FixtureKey,
  fixtureKey,
  KEY_CREATED,
  packet,
} from "./signer.fixture.ts";
import { verifyCleartext } from "./verify.ts";

const TEXT = "Suite: stable\nDate: Mon, 01 Jan 2024 00:00:00 UTC\n- a dash\n-----no header\ntrailing  \t\nä\n";
const YEAR = 365 * 86_400;
const now = new Date((KEY_CREATED + YEAR) * 1000);
const rsa = fixtureKey("rsa");
const subkey = fixtureKey("eddsa-legacy");

function verify(message: Buffer, ...rings: Buffer[]) {
  return verifyCleartext(message, rings.flatMap(readKeyring), now);
}

function faultOf(message: Buffer, ...rings: Buffer[]): string {
  const verified = verify(message, ...rings);
  return "fault" in verified ? verified.fault : "none";
}

const algorithms: readonly FixtureAlgorithm[] = [
  ...(["rsa", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "eddsa-legacy", "ed25519", "ed448"] as const),
];

describe("a signature counts", () => {
  for (const algorithm of algorithms) {
    for (const version of [4, 6] as const) {
      test(`of ${algorithm}, version ${version}`, () => {
        const key = fixtureKey(algorithm, { version });
        for (const hash of ["sha256", "sha384", "sha512"] as const) {
          const verified = verify(clearsigned(TEXT, [key], { hash }), certificate(key));
          assert.ok(!("fault" in verified), JSON.stringify(verified));
          assert.equal(verified.text, TEXT.replace("trailing  \t", "trailing"));
          assert.equal(verified.fingerprint, key.fingerprint);
        }
        assert.match(faultOf(clearsigned(TEXT, [key]), certificate(rsa)), /not trusted/);
      });
    }
  }

  test("of a subkey that is bound, in an armored key ring, with others before it", () => {
    const ring = Buffer.from(
      armored("PGP PUBLIC KEY BLOCK", certificate(rsa, { keyFlags: 1, subkey: { key: subkey } })),
    );
    const verified = verify(clearsigned(TEXT, [subkey]), certificate(fixtureKey("ed25519")), ring);
    assert.ok(!("fault" in verified));
    assert.equal(verified.fingerprint, subkey.fingerprint);
    assert.equal(verified.certificate, rsa.fingerprint);
    assert.equal(verified.owner, "Archive <archive@example.org>");
  });

  test("where one of several is of a key that is known", () => {
    const stranger = fixtureKey("ed25519");
    assert.ok(!("fault" in verify(clearsigned(TEXT, [stranger, rsa]), certificate(rsa))));
  });

  test("with line ends of any kind", () => {
    const crlf = Buffer.from(clearsigned(TEXT, [rsa]).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
    assert.ok(!("fault" in verify(crlf, certificate(rsa))));
  });
});

describe("a signature does not count", () => {
  const message = clearsigned(TEXT, [rsa]);
  const changed = (from: string, to: string) => Buffer.from(message.toString().replace(from, to));

  test("over another text", () => {
    assert.match(faultOf(changed("stable", "stables"), certificate(rsa)), /does not fit/);
    assert.match(faultOf(changed("a dash", "b dash"), certificate(rsa)), /does not fit/);
  });

  test("with anything around it or between", () => {
    assert.match(faultOf(Buffer.concat([Buffer.from("Date: x\n"), message]), certificate(rsa)), /no signed message/);
    assert.match(faultOf(Buffer.concat([message, Buffer.from("more\n")]), certificate(rsa)), /does not end/);
    assert.match(faultOf(changed("Hash: SHA512\n", "Hash: SHA512\nDate: x\n"), certificate(rsa)), /header other than/);
    assert.match(faultOf(changed("- - a dash", "-- a dash"), certificate(rsa)), /not escaped/);
    assert.match(faultOf(Buffer.from(TEXT), certificate(rsa)), /no signed message/);
    assert.match(faultOf(changed("-----BEGIN PGP SIGNATURE-----", ""), certificate(rsa)), /no signature/);
  });

  const refusals: readonly [name: string, options: CertificateOptions, fault: RegExp][] = [
    ["of a revoked key", { revoked: true }, /was revoked/],
    ["of an expired key", { keyExpiresAfter: YEAR - 1 }, /expired on 2024-12-3/],
    ["of one whose newer word says nothing", { keyExpiresAfter: YEAR - 1, direct: true }, /expired on 2024-12-3/],
    ["of a key that may not sign", { keyFlags: 1 }, /may not sign/],
    ["of a key whose own signature uses SHA-1 after 2019", { hash: "sha1" }, /no valid signature over itself/],
  ];
  for (const [name, options, fault] of refusals) {
    test(name, () => assert.match(faultOf(message, certificate(rsa, options)), fault));
  }

  test("old keys with SHA-1 over themselves do count", () => {
    const old = certificate(rsa, { hash: "sha1", selfSigned: Date.UTC(2015, 0) / 1000 });
    assert.equal(faultOf(message, old), "none");
  });

  const bySubkey = clearsigned(TEXT, [subkey]);
  const bindings: readonly [
    name: string,
    binding: Omit<NonNullable<CertificateOptions["subkey"]>, "key">,
    fault: RegExp,
  ][] = [
    ["revoked", { revoked: true }, /was revoked/],
    ["expired", { keyExpiresAfter: 60 }, /expired/],
    ["for encryption", { keyFlags: 0x0c }, /may not sign/],
    ["that does not confirm its primary key", { back: false }, /does not confirm/],
    ["bound by another", { boundBy: fixtureKey("ed25519") }, /not bound/],
  ];
  for (const [name, binding, fault] of bindings) {
    test(`of a subkey ${name}`, () => {
      assert.match(faultOf(bySubkey, certificate(rsa, { subkey: { key: subkey, ...binding } })), fault);
    });
  }

  test("of a subkey whose primary key was revoked or expired", () => {
    assert.match(faultOf(bySubkey, certificate(rsa, { revoked: true, subkey: { key: subkey } })), /was revoked/);
    assert.match(faultOf(bySubkey, certificate(rsa, { keyExpiresAfter: 9, subkey: { key: subkey } })), /expired/);
  });

  test("by its own time and kind", () => {
    const by = (options: Parameters<typeof clearsigned>[2]) =>
      faultOf(clearsigned(TEXT, [rsa], options), certificate(rsa));
    assert.match(by({ expiresAfter: 60 }), /expired/);
    assert.match(by({ created: KEY_CREATED + 2 * YEAR }), /in the future/);
    assert.match(by({ hash: "sha1" }), /SHA-1/);
    assert.match(by({ type: 0x00 }), /not over a text/);
    // A critical notation, or whatever comes after this was written.
    assert.match(by({ more: [[0x80 | 99, Buffer.alloc(1)]] }), /no signature that can be read/);
    assert.equal(by({ more: [[99, Buffer.alloc(1)]] }), "none");
  });

  test("of an RSA key that is too short", () => {
    const weak = fixtureKey("rsa", { bits: 1024 });
    assert.match(faultOf(clearsigned(TEXT, [weak]), certificate(weak)), /not trusted/);
  });

  test("with its armor's checksum broken", () => {
    const text = message.toString();
    const at = text.lastIndexOf("\n=") + 2;
    const other = text[at] === "A" ? "B" : "A";
    assert.match(
      faultOf(Buffer.from(text.slice(0, at) + other + text.slice(at + 1)), certificate(rsa)),
      /no signature/,
    );
  });
});

const mixed = Buffer.concat([certificate(rsa, { subkey: { key: subkey } }), certificate(fixtureKey("ecdsa-p256"))]);

test("whatever the bytes of a key ring, no key more than it has", () => {
  const known = new Set([rsa.fingerprint]);
  const text = clearsigned(TEXT, [rsa, subkey]);
  fc.assert(
    fc.property(mutatedBytes(mixed), (bytes) => {
      const verified = verify(text, bytes);
      if (!("fault" in verified)) assert.ok(known.has(verified.certificate));
    }),
    { numRuns: 300 },
  );
});

test("whatever the bytes of a message, the signed text or none", () => {
  const signed = TEXT.replace("trailing  \t", "trailing");
  fc.assert(
    fc.property(mutatedBytes(clearsigned(TEXT, [rsa, subkey])), (bytes) => {
      const verified = verify(bytes, mixed);
      if (!("fault" in verified)) assert.equal(verified.text, signed);
    }),
    { numRuns: 300 },
  );
});

test("a packet of any length is read to its end or not at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ maxLength: 9000 }), (before, after) => {
      const ring = Buffer.concat([packet(60, Buffer.from(before)), packet(61, Buffer.from(after)), mixed]);
      assert.equal(readKeyring(ring).length, 2);
    }),
    { numRuns: 50 },
  );
});

const hasGpg = spawnSync("gpg", ["--version"]).status === 0 && spawnSync("gpgv", ["--version"]).status === 0;

describe("against GnuPG", { skip: hasGpg ? false : "gpg and gpgv are not installed" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "gpg-"));
  process.on("exit", () => {
    spawnSync("gpgconf", ["--homedir", folder, "--kill", "all"]);
    rmSync(folder, { recursive: true, force: true });
  });
  const gpg = (words: readonly string[], input = ""): Buffer => {
    const { status, stdout, stderr } = spawnSync(
      "gpg",
      ["--homedir", folder, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...words],
      { input },
    );
    assert.equal(status, 0, stderr.toString());
    return stdout;
  };

  for (const algorithm of ["rsa2048", "ed25519", "nistp256/ecdsa", "nistp384/ecdsa"]) {
    test(`reads what it makes: ${algorithm}`, () => {
      const owner = `${algorithm.replace("/", "-")}@example.org`;
      gpg(["--quick-gen-key", owner, algorithm, "sign", "2y"]);
      const print = gpg(["--with-colons", "--list-keys", owner])
        .toString()
        .match(/^fpr:+([0-9A-F]+):/m)?.[1] as string;
      gpg(["--quick-add-key", print, algorithm, "sign", "1y"]);
      const ring = gpg(["--export", owner]);
      const message = gpg(["--clearsign", "--local-user", owner], TEXT);
      const verified = verifyCleartext(message, readKeyring(ring), new Date());
      assert.ok(!("fault" in verified), JSON.stringify(verified));
      assert.equal(verified.certificate, print.toLowerCase());
      // GnuPG signs with the newest subkey.
      assert.notEqual(verified.fingerprint, verified.certificate);
      const later = verifyCleartext(message, readKeyring(ring), new Date(Date.now() + 400 * 86_400_000));
      assert.match("fault" in later ? later.fault : "none", /expired/);
    });
  }

  const makes: readonly [name: string, key: FixtureKey, options: CertificateOptions][] = [
    ["rsa", rsa, {}],
    ["a revoked key", rsa, { revoked: true }],
    ["an expired key", rsa, { keyExpiresAfter: 60 }],
    ["an expired key with a newer word over itself", rsa, { keyExpiresAfter: 60, direct: true }],
    ["a key with a newer word over itself", rsa, { direct: true }],
    ["a subkey", subkey, { subkey: { key: subkey } }],
    ["a revoked subkey", subkey, { subkey: { key: subkey, revoked: true } }],
    ["a subkey without its word", subkey, { subkey: { key: subkey, back: false } }],
    ["a subkey of another", subkey, { subkey: { key: subkey, boundBy: fixtureKey("eddsa-legacy") } }],
  ];
  for (const [name, key, options] of makes) {
    test(`says of what is made here what gpgv says: ${name}`, () => {
      const ring = certificate(rsa, options);
      const message = clearsigned(TEXT, [key]);
      writeFileSync(join(folder, "ring.gpg"), ring);
      writeFileSync(join(folder, "message"), message);
      const output = join(folder, "text");
      rmSync(output, { force: true });
      const { stdout } = spawnSync("gpgv", [
        ...["--homedir", folder, "--status-fd", "1", "--keyring", join(folder, "ring.gpg")],
        ...["--output", output, join(folder, "message")],
      ]);
      // As apt reads it: a good signature is one of a key that is neither expired nor revoked.
      const good = /^\[GNUPG:\] GOODSIG /m.test(stdout.toString());
      const verified = verifyCleartext(message, readKeyring(ring), new Date());
      assert.equal(!("fault" in verified), good, stdout.toString());
      if (good && !("fault" in verified)) {
        const same = (text: string) => text.replace(/[ \t]+$/gm, "").trimEnd();
        assert.equal(same(verified.text), same(readFileSync(output, "utf8")));
      }
    });
  }
});

const hasSqv = spawnSync("sqv", ["--version"]).status === 0;

describe("against Sequoia", { skip: hasSqv ? false : "sqv is not installed" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "sqv-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

  // GnuPG knows nothing of version 6.
  for (const algorithm of algorithms.filter((each) => each !== "eddsa-legacy")) {
    test(`what is made here of version 6 is a good signature: ${algorithm}`, () => {
      const key = fixtureKey(algorithm, { version: 6 });
      const [ring, message] = [join(folder, `${algorithm}.pgp`), join(folder, `${algorithm}.asc`)];
      writeFileSync(ring, certificate(key));
      writeFileSync(message, clearsigned(TEXT, [key]));
      const output = join(folder, algorithm);
      const { stdout } = spawnSync("sqv", ["--keyring", ring, "--cleartext", "--output", output, message]);
      assert.equal(stdout.toString().trim().toLowerCase(), key.fingerprint);
      assert.ok(!("fault" in verify(readFileSync(message), readFileSync(ring))));
    });
  }
});
