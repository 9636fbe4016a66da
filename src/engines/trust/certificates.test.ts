import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constructedTag, contextTag, tags } from "../../formats/der/read.ts";
import { der, derOidOf, derTextOf } from "../../formats/der/write.ts";
import {
  foundBundle,
  identity,
  madeBundle,
  material,
  NOW,
  only,
  shopRoot,
  shopSigner,
  signatureLayer,
  sigstore,
} from "./made-signatures.fixture.ts";
import { signerId } from "./model.ts";
import {
  alternativeName,
  type CertificateWish,
  FULCIO,
  IDENTITY,
  ISSUER,
  madeIdentity,
  madeSigstore,
  nameOf,
  SIGNED_AT,
  utf8Claim,
} from "./sigstore/made-sigstore.fixture.ts";
import { refusal, verified } from "./verdicts.fixture.ts";
import { verifySignature } from "./verify.ts";
import {
  authorityExtensions,
  basicConstraints,
  CODE_SIGNING,
  ecKeys,
  extendedKeyUsage,
  extension,
  keyUsage,
  type Made,
  madeCertificate,
  rsaKeys,
  signerExtensions,
} from "./x509/made-certificates.fixture.ts";

const by = (certificate: Made) => ({ kind: "identity", certificate }) as const;
const bundleBy = (wish: CertificateWish) => foundBundle(madeBundle({ signing: by(madeIdentity(sigstore, wish)) }));
const why = (wish: CertificateWish) => refusal(bundleBy(wish));
const SERVER = "1.3.6.1.5.5.7.3.1";
const code = [keyUsage(["digitalSignature"]), extendedKeyUsage([CODE_SIGNING])];
const named = [alternativeName(nameOf(IDENTITY)), utf8Claim(8, ISSUER)];

describe("who a keyless certificate says its signer is", () => {
  const signerOf = (wish: CertificateWish) => {
    const [signer] = verified(bundleBy(wish)).signers;
    assert.ok(signer.kind === "identity");
    return signer;
  };

  test("identity and issuer are what is written, to the letter", () => {
    const near = [
      `${IDENTITY}x`,
      IDENTITY.slice(0, -1),
      IDENTITY.toUpperCase(),
      `${IDENTITY} `,
      ` ${IDENTITY}`,
      IDENTITY.replace("shop", "sh0p"),
      IDENTITY.replace("github.com", "github.com.example.com"),
      IDENTITY.replace("/api/", "/api-fork/"),
      "release@shop.example.com",
      "release@shop.example.com.example.org",
    ];
    for (const written of near) assert.equal(signerOf({ identity: written }).identity, written);
    for (const issuer of [`${ISSUER}/`, ISSUER.replace("https", "http"), `${ISSUER}\n`]) {
      assert.equal(signerOf({ issuer }).issuer, issuer);
    }
    const ids = near.map((written) => signerId(signerOf({ identity: written })));
    assert.equal(new Set([...ids, signerId(signerOf({}))]).size, near.length + 1);
  });

  test("a user's name is one, of Fulcio's own kind", () => {
    const other = (id: string, value: Buffer) => der(constructedTag(0), derOidOf(id), der(constructedTag(0), value));
    const name = other(`${FULCIO}.7`, derTextOf(tags.utf8String, "release!shop.example.com"));
    assert.equal(signerOf({ names: [name] }).identity, "release!shop.example.com");
    const foreign = other("1.2.3.4", derTextOf(tags.utf8String, IDENTITY));
    assert.match(why({ names: [foreign] }), /names no address, URI or user as its subject$/);
    const bytes = other(`${FULCIO}.7`, der(tags.octetString, Buffer.from("x")));
    assert.match(why({ names: [bytes] }), /has a value of type 0x04 where 0x0c should be$/);
  });

  test("claims are read by their numbers", () => {
    const claims = {
      9: IDENTITY,
      12: "https://github.com/shop/api",
      13: "ab12",
      14: "refs/tags/v1.0.0",
      15: "7",
      20: "push",
    };
    assert.deepEqual(signerOf({ claims }).claims, {
      buildSignerUri: IDENTITY,
      sourceRepository: "https://github.com/shop/api",
      sourceDigest: "ab12",
      sourceRef: "refs/tags/v1.0.0",
      sourceRepositoryId: "7",
      trigger: "push",
    });
  });

  test("the issuer as bare text counts, and must be the same where there are both", () => {
    const bare = (issuer: string) => extension(`${FULCIO}.1`, false, Buffer.from(issuer));
    assert.equal(signerOf({ issuer: "", more: [bare(ISSUER)] }).issuer, ISSUER);
    assert.equal(signerOf({ more: [bare(ISSUER)] }).issuer, ISSUER);
    assert.match(why({ more: [bare("https://example.com")] }), /two issuers of identity tokens$/);
  });

  test("nobody, two, or what is no text is refused", () => {
    assert.match(why({ issuer: "" }), /^signer: trust.certificate: .* names no issuer of identity tokens$/);
    assert.match(why({ names: [] }), /has 0 subject alternative names$/);
    assert.match(why({ names: [nameOf(IDENTITY), nameOf("other@example.com")] }), /has 2 subject alternative names$/);
    assert.match(
      why({ names: [derTextOf(contextTag(2), "github.com")] }),
      /names no address, URI or user as its subject$/,
    );
    for (const hostile of [`${IDENTITY}\n`, `${IDENTITY}\0.example.com`, "relеase@shop.example.com", "a\u202eb@c"]) {
      assert.match(why({ identity: hostile }), /has a name that is not printable text$/, JSON.stringify(hostile));
    }
    const broken = extension(`${FULCIO}.8`, false, der(tags.utf8String, Buffer.from([0xc3])));
    assert.match(why({ issuer: "", more: [broken] }), /has a claim that is not UTF-8$/);
    const other = extension(`${FULCIO}.8`, false, der(tags.ia5String, Buffer.from(ISSUER)));
    assert.match(
      why({ issuer: "", more: [other] }),
      /^signer: trust.certificate: the certificate has a value of type 0x16/,
    );
  });
});

describe("what a certificate may be used for, and by whom it was issued", () => {
  test("a signer's is no authority's, and is for signatures and for code", () => {
    const cases: [readonly Buffer[], RegExp][] = [
      [[...named, keyUsage(["digitalSignature"])], /is not for code signing \(extended key usage\)$/],
      [[...named, keyUsage(["digitalSignature"]), extendedKeyUsage([SERVER])], /is not for code signing/],
      [[...named, keyUsage(["digitalSignature"]), extendedKeyUsage(["2.5.29.37.0"])], /is not for code signing/],
      [
        [...named, keyUsage(["keyAgreement"]), extendedKeyUsage([CODE_SIGNING])],
        /is not for signatures \(key usage\)$/,
      ],
      [[...named, ...code, basicConstraints(true)], /is an authority's, not a signer's$/],
      [[...named, ...code, extension("1.2.3.4", true, Buffer.from([5, 0]))], /has the critical extension 1\.2\.3\.4/],
    ];
    for (const [extensions, reason] of cases) assert.match(why({ extensions }), reason);
    verified(bundleBy({ extensions: [...named, extendedKeyUsage([CODE_SIGNING, SERVER])] }));
  });

  test("a stranger of the authority's name, another key, an expired one, a weak one", () => {
    const stranger = madeSigstore();
    const foreign = madeIdentity(sigstore, { by: stranger.intermediate });
    assert.match(
      refusal(foundBundle(madeBundle({ signing: by(foreign) }))),
      /^signer: trust.certificate: .* does not lead to test/,
    );
    const unknown = madeCertificate({ subject: "CN=nobody", keys: ecKeys() });
    assert.match(
      refusal(foundBundle(madeBundle({ signing: by(madeIdentity(sigstore, { by: unknown })) }))),
      /^signer: trust.unknown-root: no trusted authority issued the certificate|^signer: trust.unknown-root: no trusted authority bears/,
    );
    assert.match(
      refusal(bundleBy({ by: unknown }), only({ roots: material.roots })),
      /^signer: trust.unknown-root: no trusted authority bears the name of the issuer of the certificate$/,
    );
    const day = 86_400_000;
    assert.match(why({ until: new Date(SIGNED_AT.getTime() - 1_000) }), /was not valid at 2026-05-01T12:00:00Z$/);
    assert.match(
      why({ from: new Date(SIGNED_AT.getTime() + day), until: new Date(SIGNED_AT.getTime() + 2 * day) }),
      /was not valid/,
    );
    assert.match(
      why({ keys: rsaKeys(1024) }),
      /^signer: trust.certificate: the key of the certificate is an RSA key of 1024 bits$/,
    );
  });

  test("it must be in a log of certificates that is trusted", () => {
    assert.match(
      why({ loggedBy: null }),
      /^certificate-log: trust.certificate-log: no certificate log of test vouches/,
    );
    assert.match(why({ loggedBy: ecKeys() }), /^certificate-log: trust.certificate-log: .*SCT verification failed\)$/);
    const junk = extension("1.3.6.1.4.1.11129.2.4.2", false, der(tags.octetString, Buffer.from([0, 9, 0, 7, 1])));
    assert.match(why({ loggedBy: null, more: [junk] }), /^(?:certificate-log|signer): trust\.certificate/);
  });

  test("a chain that comes along has nothing in it that is not trusted or on the way", () => {
    const V2 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
    const bundle = (chain: readonly Made[]) => foundBundle(madeBundle({ mediaType: V2, entry: "dsse 0.0.1", chain }));
    verified(bundle([]));
    verified(bundle([sigstore.intermediate]));
    assert.equal(
      refusal(bundle([sigstore.intermediate, sigstore.root])),
      "form: trust.certificate: the certificate chain contains a root",
    );
    const stranger = madeSigstore();
    assert.match(
      refusal(bundle([stranger.intermediate])),
      /the certificate chain contains an authority that test does not have$/,
    );
    const chain = [sigstore.intermediate, stranger.root];
    assert.match(refusal(signatureLayer({ chain })), /the certificate chain contains a root that test does not have$/);
  });
});

describe("own authorities", () => {
  const trusted = only({ authorities: material.authorities });
  const layer = (certificate: Made, chain: readonly Made[] = []) =>
    signatureLayer({ signing: by(certificate), entry: null, chain });
  const authority = (extensions: readonly Buffer[] = authorityExtensions, keys = ecKeys()) =>
    madeCertificate({ subject: "CN=images,O=Shop", keys, issuer: shopRoot, extensions });
  const signer = (issuer: Made, extensions: readonly Buffer[] = signerExtensions) =>
    madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer, extensions });

  test("by an intermediate that comes along, or that is beside the root", () => {
    const middle = authority();
    verified(layer(signer(middle), [middle]), trusted);
    verified(layer(signer(middle), [middle, shopRoot]), trusted);
    const both = { name: "shop", purpose: "signing", certificates: [middle.der, shopRoot.der] } as const;
    verified(layer(signer(middle)), only({ authorities: [both] }));
    assert.match(refusal(layer(signer(middle)), trusted), /^signer: trust.unknown-root: no trusted authority bears/);
  });

  test("an intermediate that may not issue, or not for code, leads nowhere", () => {
    const cases: [readonly Buffer[], RegExp][] = [
      [signerExtensions, /^signer: trust.unknown-root/],
      [[basicConstraints(false), keyUsage(["keyCertSign"])], /^signer: trust.unknown-root/],
      [[basicConstraints(true), keyUsage(["cRLSign"])], /^signer: trust.unknown-root/],
      [[...authorityExtensions, extendedKeyUsage([SERVER])], /^signer: trust\.(?:certificate|unknown-root)/],
      [
        [...authorityExtensions, extension("2.5.29.30", false, der(tags.sequence))],
        /^signer: trust\.(?:unsupported|unknown-root)/,
      ],
    ];
    for (const [extensions, reason] of cases) {
      const middle = authority(extensions);
      assert.match(refusal(layer(signer(middle), [middle]), trusted), reason);
    }
    // openssl makes authorities without a key usage, which limits nothing.
    const bare = authority([basicConstraints(true)]);
    verified(layer(signer(bare), [bare]), trusted);
  });

  test("what comes along without a part in the path is refused, and whoever names nobody", () => {
    const stranger = madeCertificate({ subject: "CN=root,O=Else", keys: ecKeys() });
    const loose = madeCertificate({ subject: "CN=x", keys: ecKeys(), issuer: stranger });
    assert.match(
      refusal(layer(shopSigner, [stranger]), trusted),
      /the certificate chain contains a root that is not trusted$/,
    );
    assert.match(refusal(layer(shopSigner, [loose]), trusted), /contains a certificate that has no part in it$/);
    const nameless = madeCertificate({ subject: "", keys: ecKeys(), issuer: shopRoot });
    assert.match(refusal(layer(nameless), trusted), /names neither an identity's issuer nor a subject$/);
    const impostor = madeCertificate({ subject: "CN=root,O=Shop", keys: ecKeys() });
    assert.match(refusal(layer(signer(impostor), [impostor]), trusted), /^signer: trust.unknown-root/);
  });

  test("one that names an issuer of identity tokens is of that identity, by the authority's word", () => {
    const own = madeIdentity(sigstore, { by: shopRoot, loggedBy: null, until: new Date("2026-12-01T00:00:00Z") });
    assert.deepEqual(verified(layer(own), trusted).signers, [
      { kind: "identity", identity: IDENTITY, issuer: ISSUER, root: "shop", claims: {} },
    ]);
  });

  test("an authority for other purposes is none for code, and one that cannot be read is named", () => {
    for (const purpose of ["timestamping", "signing-authority"] as const) {
      const other = only({ authorities: [{ name: "shop", purpose, certificates: [shopRoot.der] }] });
      assert.match(refusal(layer(shopSigner), other), /^signer: trust.unknown-root: no trusted authority bears/);
    }
    const broken = only({ authorities: [{ name: "shop", purpose: "signing", certificates: [Buffer.from("x")] }] });
    assert.match(
      refusal(layer(shopSigner), broken),
      /^signer: trust.unknown-root: .*; of shop, certificate 1 is cut off/,
    );
  });
});

describe("hostile certificates are one refusal, and soon", () => {
  const whole = identity();
  assert.ok(whole.kind === "identity");
  const bundleOf = (bytes: Buffer) => {
    const bundle = madeBundle();
    const verificationMaterial = {
      ...bundle.verificationMaterial,
      certificate: { rawBytes: bytes.toString("base64") },
    };
    return foundBundle({ ...bundle, verificationMaterial });
  };

  test("cut anywhere, with bytes behind it, or empty", () => {
    const { der: bytes } = whole.certificate;
    for (let length = 0; length < bytes.length; length += 7) {
      assert.match(refusal(bundleOf(bytes.subarray(0, length))), /^form: trust\.(?:certificate|form): /);
    }
    assert.match(refusal(bundleOf(Buffer.concat([bytes, Buffer.from([0])]))), /has bytes after its end$/);
  });

  test("values within values, lengths of gigabytes, ten thousand extensions", () => {
    let nested: Buffer = Buffer.from([5, 0]);
    for (let depth = 0; depth < 10_000; depth++) nested = der(tags.sequence, nested);
    const many = Array.from({ length: 2_000 }, (_, i) => extension(`1.2.3.${i}`, false, Buffer.from([5, 0])));
    const bombs = [
      nested,
      Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x30]),
      Buffer.from([0x30, 0x80, 0, 0]),
      Buffer.from([0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      Buffer.alloc(70_000, 0x30),
      madeCertificate({ subject: "CN=x", keys: ecKeys(), issuer: shopRoot, extensions: many }).der,
    ];
    for (const bomb of bombs) assert.match(refusal(bundleOf(bomb)), /^form: trust\.(?:certificate|bound): /);
  });

  test("absurd extensions: deep values in those that are read, and in those that are not", () => {
    let deep: Buffer = der(tags.octetString, Buffer.from("x"));
    for (let depth = 0; depth < 5_000; depth++) deep = der(tags.octetString, deep);
    const found = bundleBy({ more: [extension("1.2.3.4", false, deep)] });
    assert.ok(["verified", "refused"].includes(outcomeOf(found)), "an extension that nobody reads ends nothing");
    const twice = why({ loggedBy: null, more: [extension("2.5.29.17", false, deep)] });
    assert.equal(twice, "form: trust.certificate: the certificate has the extension 2.5.29.17 twice");
    const names = Array.from({ length: 900 }, (_, i) => nameOf(`user${i}@example.com`));
    assert.match(why({ names }), /has 900 subject alternative names$/);
    const odd = extension("2.5.29.37", false, der(tags.sequence, derOidOf("1.2"), Buffer.from([5, 0])));
    assert.match(
      why({ loggedBy: null, extensions: [...named, keyUsage(["digitalSignature"]), odd] }),
      /has a value of type 0x05 where 0x06 should be$/,
    );
  });
});

function outcomeOf(found: ReturnType<typeof foundBundle>): string {
  return verifySignature(found, material, NOW).outcome;
}
