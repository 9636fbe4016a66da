import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { dearmor } from "./armor.ts";
import { readKeyring } from "./certificates.ts";
import { readPackets } from "./packets.ts";
import {
  armored,
  type CertificateOptions,
  certificate,
  clearsigned,
  clearsignedWith,
  type FixtureAlgorithm,
  type FixtureKey,
  fixtureKey,
  KEY_CREATED,
  packet,
  SIGNED_TEXT,
  type SignatureOptions,
  signatureBody,
} from "./signer.fixture.ts";
import { verifyCleartext, verifyDetached, verifyDetachedStream } from "./verify.ts";

const YEAR = 365 * 86_400;
const now = new Date((KEY_CREATED + YEAR) * 1000);
const rsa = fixtureKey("rsa");
const subkey = fixtureKey("eddsa-legacy");
const stranger = fixtureKey("eddsa-legacy");

function verify(message: Buffer, ...rings: Buffer[]) {
  return verifyCleartext(message, rings.flatMap(readKeyring), now);
}

function faultOf(message: Buffer, ...rings: Buffer[]): string {
  const verified = verify(message, ...rings);
  return "fault" in verified ? verified.fault : "none";
}

const algorithms: readonly FixtureAlgorithm[] = [
  ...(["rsa", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "eddsa-legacy"] as const),
];
/** The smallest hash that is as strong as the curve comes first. */
const hashesOf = (algorithm: FixtureAlgorithm) =>
  (["sha256", "sha384", "sha512"] as const).slice({ "ecdsa-p384": 1, "ecdsa-p521": 2 }[algorithm as string] ?? 0);

describe("a signature counts", () => {
  for (const algorithm of algorithms) {
    test(`of ${algorithm}`, () => {
      const key = fixtureKey(algorithm);
      for (const hash of hashesOf(algorithm)) {
        const verified = verify(clearsigned(SIGNED_TEXT, [key], { hash }), certificate(key));
        assert.ok(!("fault" in verified), JSON.stringify(verified));
        assert.equal(verified.text, SIGNED_TEXT.replace("trailing  \t", "trailing"));
        assert.equal(verified.fingerprint, key.fingerprint);
      }
      assert.match(faultOf(clearsigned(SIGNED_TEXT, [key]), certificate(stranger)), /not trusted/);
    });
  }

  test("of a subkey that is bound, in an armored key ring, with others before it", () => {
    const ring = Buffer.from(
      armored("PGP PUBLIC KEY BLOCK", certificate(rsa, { keyFlags: 1, subkey: { key: subkey } })),
    );
    const verified = verify(clearsigned(SIGNED_TEXT, [subkey]), certificate(stranger), ring);
    assert.ok(!("fault" in verified));
    assert.equal(verified.fingerprint, subkey.fingerprint);
    assert.equal(verified.certificate, rsa.fingerprint);
    assert.equal(verified.owner, "Archive <archive@example.org>");
  });

  test("where one of several is of a key that is known", () => {
    assert.ok(!("fault" in verify(clearsigned(SIGNED_TEXT, [stranger, rsa]), certificate(rsa))));
  });

  test("with line ends of any kind", () => {
    const crlf = Buffer.from(clearsigned(SIGNED_TEXT, [rsa]).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
    assert.ok(!("fault" in verify(crlf, certificate(rsa))));
  });
});

describe("a signature does not count", () => {
  const message = clearsigned(SIGNED_TEXT, [rsa]);
  const changed = (from: string, to: string) => Buffer.from(message.toString().replace(from, to));

  test("over another text", () => {
    assert.match(faultOf(changed("stable", "stables"), certificate(rsa)), /does not fit/);
    assert.match(faultOf(changed("a dash", "b dash"), certificate(rsa)), /does not fit/);
  });

  test("with anything around it or between", () => {
    assert.match(faultOf(Buffer.concat([Buffer.from("Date: x\n"), message]), certificate(rsa)), /not a signed message/);
    assert.match(faultOf(Buffer.concat([message, Buffer.from("more\n")]), certificate(rsa)), /does not end/);
    assert.match(faultOf(changed("Hash: SHA512\n", "Hash: SHA512\nDate: x\n"), certificate(rsa)), /header other than/);
    assert.match(faultOf(changed("- - a dash", "-- a dash"), certificate(rsa)), /not escaped/);
    assert.match(faultOf(Buffer.from(SIGNED_TEXT), certificate(rsa)), /not a signed message/);
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
    const key = fixtureKey("rsa", { created: Date.UTC(2014, 0) / 1000 });
    const old = certificate(key, { hash: "sha1", selfSigned: Date.UTC(2015, 0) / 1000 });
    assert.equal(faultOf(clearsigned(SIGNED_TEXT, [key]), old), "none");
  });

  const bySubkey = clearsigned(SIGNED_TEXT, [subkey]);
  const bindings: readonly [
    name: string,
    binding: Omit<NonNullable<CertificateOptions["subkey"]>, "key">,
    fault: RegExp,
  ][] = [
    ["revoked", { revoked: true }, /was revoked/],
    ["expired", { keyExpiresAfter: 60 }, /expired/],
    ["for encryption", { keyFlags: 0x0c }, /may not sign/],
    ["that does not confirm its primary key", { back: false }, /does not confirm/],
    ["bound by another", { boundBy: stranger }, /not bound/],
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
      faultOf(clearsigned(SIGNED_TEXT, [rsa], options), certificate(rsa));
    assert.match(by({ expiresAfter: 60 }), /expired/);
    assert.match(by({ created: KEY_CREATED + 2 * YEAR }), /in the future/);
    assert.match(by({ hash: "sha1" }), /SHA-1/);
    assert.match(by({ type: 0x00 }), /not over a text/);
    // A critical notation, or whatever comes after this was written.
    assert.match(by({ more: [[0x80 | 99, Buffer.alloc(1)]] }), /cannot be read/);
    assert.equal(by({ more: [[99, Buffer.alloc(1)]] }), "none");
  });

  test("of an RSA key that is too short", () => {
    const weak = fixtureKey("rsa", { bits: 1024 });
    assert.match(faultOf(clearsigned(SIGNED_TEXT, [weak]), certificate(weak)), /too weak/);
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

  test("without its armor's checksum, where nothing else marks the end", () => {
    const bare = Buffer.from(message.toString().replace(/\n=.{4}\n/, "\n"));
    assert.equal(faultOf(bare, certificate(rsa)), bare.includes("=\n") ? "none" : "has no signature that can be read");
  });

  test("that is older than its key", () => {
    assert.match(
      faultOf(clearsigned(SIGNED_TEXT, [rsa], { created: KEY_CREATED - 1 }), certificate(rsa)),
      /older than its key/,
    );
    const old = clearsigned(SIGNED_TEXT, [subkey], { created: KEY_CREATED - 1 });
    assert.match(faultOf(old, certificate(rsa, { subkey: { key: subkey } })), /older than its key/);
    const early = { created: KEY_CREATED - 1 };
    assert.match(faultOf(message, certificate(rsa, { self: early })), /no valid signature over itself/);
    const bound = (options: Omit<NonNullable<CertificateOptions["subkey"]>, "key">) =>
      faultOf(bySubkey, certificate(rsa, { subkey: { key: subkey, ...options } }));
    assert.match(bound({ binding: early }), /not bound/);
    assert.match(bound({ backSignature: early }), /does not confirm/);
  });

  test("with a critical notation, whoever made it up, or another critical subpacket that GnuPG does not take", () => {
    const notation = Buffer.concat([Buffer.from([0x80, 0, 0, 0, 0, 3, 0, 1]), Buffer.from("a@bv")]);
    const by = (options: Parameters<typeof clearsigned>[2]) =>
      faultOf(clearsigned(SIGNED_TEXT, [rsa], options), certificate(rsa));
    assert.equal(by({ more: [[20, notation]] }), "none");
    assert.match(by({ more: [[0x80 | 20, notation]] }), /cannot be read/);
    assert.match(by({ unhashed: [[0x80 | 20, notation]] }), /cannot be read/);
    for (const type of [23, 28]) assert.match(by({ more: [[0x80 | type, Buffer.from("a")]] }), /cannot be read/);
  });

  test("whose hash its header does not name, or names otherwise than GnuPG knows it", () => {
    const under = (...headers: string[]) => faultOf(clearsigned(SIGNED_TEXT, [rsa], { headers }), certificate(rsa));
    for (const headers of [["Hash: SHA256, SHA512"], ["Hash: SHA256", "Hash: SHA512"], ["Hash: SHA512,SHA256"]]) {
      assert.equal(under(...headers), "none", headers.join());
    }
    assert.match(under(), /does not name its hash/);
    assert.match(under("Hash: SHA256"), /does not fit/);
    for (const header of [
      "Hash: SHA3-512",
      "Hash: SHA512, ",
      "Hash: sha512",
      "Hash:SHA512",
      "Hash: SHA512; SHA256",
      "Hash: ",
    ]) {
      assert.match(under(header), /header other than Hash/, header);
    }
    assert.match(under("Hash: SHA512", "NotDashEscaped: yes"), /header other than Hash/);
    assert.match(under(`Hash: ${"SHA512, ".repeat(8)}SHA512`), /header other than Hash/);
  });

  test("beside a wrong one of a key that is known, or one that cannot be read", () => {
    const [good, bad] = ["stable", "unstable"].map((suite) => clearsigned(`Suite: ${suite}\n`, [rsa]).toString());
    const bytes = (text: string | undefined) => dearmor(text ?? "", "PGP SIGNATURE")[0] ?? Buffer.alloc(0);
    const beside = (other: Buffer) =>
      faultOf(
        clearsignedWith(
          "Suite: stable\n",
          ["Hash: SHA512"],
          armored("PGP SIGNATURE", Buffer.concat([bytes(good), other])),
        ),
        certificate(rsa),
      );
    assert.equal(beside(Buffer.alloc(0)), "none");
    assert.match(beside(bytes(bad)), /does not fit/);
    assert.match(beside(packet(10, Buffer.from("PGP"))), /something else/);
    assert.match(beside(bytes(good).subarray(0, 40)), /cannot be read/);
    assert.match(beside(packet(2, Buffer.from([3, 5, 1, ...Buffer.alloc(40)]))), /cannot be read/);
  });

  test("beside one of a key that is known and cannot be verified", () => {
    const weak = fixtureKey("rsa", { bits: 1024 });
    const both = clearsigned(SIGNED_TEXT, [weak, rsa]);
    assert.equal(faultOf(both, certificate(rsa)), "none");
    assert.match(faultOf(both, certificate(weak), certificate(rsa)), /too weak/);
  });

  test("version 6, which GnuPG does not know", () => {
    const key = fixtureKey("ed25519", { version: 6 });
    assert.match(faultOf(clearsigned(SIGNED_TEXT, [key]), certificate(key)), /cannot be read/);
  });

  test("of ECDSA over a hash that is weaker than its curve", () => {
    for (const [algorithm, hash] of [
      ["ecdsa-p256", "sha224"],
      ["ecdsa-p384", "sha256"],
      ["ecdsa-p521", "sha384"],
    ] as const) {
      const key = fixtureKey(algorithm);
      assert.match(faultOf(clearsigned(SIGNED_TEXT, [key], { hash }), certificate(key)), /does not fit/, algorithm);
    }
  });

  test("that names two keys, or says its time twice", () => {
    const by = (options: Parameters<typeof clearsigned>[2]) =>
      faultOf(clearsigned(SIGNED_TEXT, [rsa], options), certificate(rsa));
    assert.match(by({ unhashed: [[16, Buffer.from(stranger.fingerprint.slice(-16), "hex")]] }), /cannot be read/);
    assert.match(by({ more: [[2, Buffer.from([1, 2, 3, 4])]] }), /cannot be read/);
    assert.match(by({ issuer: undefined }), /cannot be read/);
  });

  test("with bytes in it that are read in more than one way", () => {
    assert.match(faultOf(changed("stable", "sta\0ble"), certificate(rsa)), /NUL/);
    assert.match(faultOf(changed("stable", "sta\rble"), certificate(rsa)), /carriage return/);
    const long = clearsigned(`Suite: ${"x".repeat(20_001)}\n`, [rsa]);
    assert.match(faultOf(long, certificate(rsa)), /too long/);
    // GnuPG passes over the star.
    assert.match(faultOf(changed("-----BEGIN PGP SIGNATURE-----\n\n", "$&*"), certificate(rsa)), /no signature/);
    assert.match(
      faultOf(changed("-----BEGIN PGP SIGNATURE-----\n\n", "-----BEGIN PGP SIGNATURE-----\n"), certificate(rsa)),
      /^has no signature that can be read$/,
    );
  });

  test("of a key whose revocation is weak, of another version, by another, or cut off", () => {
    const revoked = (revocation: CertificateOptions["revocation"]) =>
      faultOf(message, certificate(rsa, { revoked: true, ...(revocation === undefined ? {} : { revocation }) }));
    assert.match(revoked({ hash: "sha1" }), /was revoked/);
    assert.match(revoked({ expiresAfter: 1 }), /was revoked/);
    assert.match(revoked({ hash: "ripemd160" }), /cannot be read/);
    const whole = certificate(rsa, { subkey: { key: subkey, revoked: true } });
    assert.match(faultOf(bySubkey, whole), /was revoked/);
    assert.match(faultOf(bySubkey, whole.subarray(0, whole.length - 1)), /not trusted/);
    assert.match(faultOf(message, certificate(rsa), certificate(rsa, { revoked: true })), /was revoked/);
  });

  test("of a key ring that begins with anything but a primary key", () => {
    for (const stray of [packet(14, Buffer.alloc(3)), packet(13, Buffer.from("Archive"))]) {
      assert.match(faultOf(clearsigned(SIGNED_TEXT, [rsa]), Buffer.concat([stray, certificate(rsa)])), /not trusted/);
    }
  });

  test("of a key whose newest word uses SHA-1, whatever an older one says", () => {
    const newer = { hash: "sha1", created: KEY_CREATED + 60, keyFlags: 0x0c } as const;
    assert.match(faultOf(message, certificate(rsa, { direct: newer })), /no valid signature/);
  });
});

const mixed = Buffer.concat([certificate(rsa, { subkey: { key: subkey } }), certificate(fixtureKey("ecdsa-p256"))]);

test("whatever the bytes of a key ring, no key more than it has", () => {
  const known = new Set([rsa.fingerprint]);
  const text = clearsigned(SIGNED_TEXT, [rsa, subkey]);
  fc.assert(
    fc.property(mutatedBytes(mixed), (bytes) => {
      const verified = verify(text, bytes);
      if (!("fault" in verified)) assert.ok(known.has(verified.certificate));
    }),
    runs(300),
  );
});

test("whatever the bytes of a message, the signed text or none", () => {
  const signed = SIGNED_TEXT.replace("trailing  \t", "trailing");
  fc.assert(
    fc.property(mutatedBytes(clearsigned(SIGNED_TEXT, [rsa, subkey])), (bytes) => {
      const verified = verify(bytes, mixed);
      if (!("fault" in verified)) assert.equal(verified.text, signed);
    }),
    { ...runs(300), examples: [[clearsigned(SIGNED_TEXT, [rsa, subkey])]] },
  );
});

test("a packet of any length is read to its end or not at all", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ maxLength: 9000 }), (before, after) => {
      const written = [packet(60, Buffer.from(before)), packet(61, Buffer.from(after)), certificate(rsa)];
      const { packets, whole } = readPackets(Buffer.concat(written));
      assert.ok(whole);
      assert.deepEqual(
        packets.slice(0, 3).map(({ tag, body }) => [tag, body.toString("hex")]),
        [
          [60, Buffer.from(before).toString("hex")],
          [61, Buffer.from(after).toString("hex")],
          [6, readPackets(certificate(rsa)).packets[0]?.body.toString("hex")],
        ],
      );
    }),
    runs(50),
  );
});

describe("a file with its signature beside it", () => {
  const bytes = Buffer.from("first half, second half");
  async function* halves() {
    yield bytes.subarray(0, 10);
    yield Buffer.alloc(0);
    yield bytes.subarray(10);
  }
  const beside = (signed: Buffer, keys: readonly FixtureKey[], options: Partial<SignatureOptions> = {}) =>
    Buffer.concat(keys.map((each) => packet(2, signatureBody(each, signed, { type: 0, ...options }))));

  for (const algorithm of algorithms) {
    test(`of ${algorithm}, is told alike at once and in chunks`, async () => {
      const key = fixtureKey(algorithm);
      const ring = readKeyring(Buffer.concat([certificate(key), certificate(stranger, { subkey: { key: subkey } })]));
      for (const [signature, expected] of [
        [beside(bytes, [key]), "none"],
        [beside(bytes, [subkey, key]), "none"],
        [beside(bytes, [key], { type: 1 }), "has a signature that is not over its bytes"],
        [
          beside(bytes, [key], { hash: "sha1" }),
          algorithm.startsWith("ecdsa") ? undefined : "is signed with SHA-1, which proves nothing any more",
        ],
        [beside(Buffer.from("first half"), [key]), "has a signature that does not fit its content"],
        [beside(bytes, [fixtureKey(algorithm)]), undefined],
        [Buffer.from("nothing"), "has no signature that can be read"],
      ] as const) {
        const whole = verifyDetached(bytes, signature, ring, now);
        const streamed = await verifyDetachedStream(halves(), signature, ring, now);
        assert.deepEqual(streamed, whole);
        if (expected !== undefined) assert.equal("fault" in whole ? whole.fault : "none", expected);
      }
    });
  }
});
