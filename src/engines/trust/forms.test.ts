import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeBase64, decodeLongBase64 } from "./base64.ts";
import {
  attestationLayer,
  BUNDLE_V3,
  dsseEnvelope,
  foundBundle,
  keys,
  madeBundle,
  material,
  only,
  SUBJECT,
  signatureLayer,
  signedWith,
  sigstore,
  simplePayload,
  statement,
} from "./made-signatures.fixture.ts";
import type { FoundSignature } from "./model.ts";
import { readPem } from "./pem.ts";
import { pem } from "./sigstore/entry-bodies.fixture.ts";
import { madeRoot, rootDocument } from "./sigstore/made-sigstore.fixture.ts";
import { rootFault } from "./sigstore/root.ts";
import { refusal, verified } from "./verdicts.fixture.ts";

const byKey = { kind: "key", keys } as const;
const layer = (payload: Buffer) => signatureLayer({ signing: byKey, entry: null, payload });
const attestation = (payload: Buffer) => attestationLayer({ signing: byKey, entry: null, payload });
const OTHER = `sha256:${"cd".repeat(32)}`;

describe("base64 and PEM", () => {
  test("there is one way to write some bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        assert.ok(decodeBase64(text)?.equals(bytes));
        assert.ok(decodeLongBase64(text)?.equals(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const bytes = decodeBase64(text);
        if (bytes !== undefined) assert.equal(bytes.toString("base64"), text);
      }),
    );
    for (const text of ["AB==", "AA=", "AAA", "AA==\n", " AAAA", "AA-_", "AAAA====", "=", "A===", 1, undefined]) {
      assert.equal(decodeBase64(text), undefined, String(text));
    }
    const long = Buffer.alloc(300, 7).toString("base64");
    const broken = long.replace(/.{76}(?!$)/g, "$&\n");
    assert.ok(decodeLongBase64(broken)?.equals(Buffer.alloc(300, 7)));
    for (const text of [
      `${broken}\n`,
      broken.replace("\n", ""),
      broken.replace("\n", "\r\n"),
      long.slice(0, 76).concat("\n"),
    ]) {
      assert.equal(decodeLongBase64(text), undefined);
    }
  });

  test("blocks of one label, with nothing beside them", () => {
    const text = pem(Buffer.alloc(100, 1), "CERTIFICATE");
    assert.deepEqual(readPem(text, "CERTIFICATE", 1), [Buffer.alloc(100, 1)]);
    assert.equal(readPem(text + text, "CERTIFICATE", 2)?.length, 2);
    assert.equal(readPem(text.replaceAll("\n", "\r\n"), "CERTIFICATE", 1)?.length, 1);
    for (const wrong of ["", "x", `${text}x`, `x${text}`, text + text, text.slice(0, -4), text.replace("AQ", "A-")]) {
      assert.equal(readPem(wrong, "CERTIFICATE", 1), undefined);
    }
    assert.equal(readPem(text, "PUBLIC KEY", 1), undefined);
  });
});

describe("payloads", () => {
  test("simple signing is about one digest, of its own type", () => {
    assert.equal(
      refusal(layer(simplePayload(OTHER))),
      `subject: trust.subject: the payload is about ${OTHER}, not ${SUBJECT}`,
    );
    assert.match(refusal(layer(simplePayload("sha256:AB"))), /^form: trust.form: sha256:AB is not a digest$/);
    const payload = JSON.parse(simplePayload().toString()) as { critical: object };
    const critical = (parts: object) =>
      refusal(layer(Buffer.from(JSON.stringify({ ...payload, critical: { ...payload.critical, ...parts } }))));
    assert.match(
      critical({ type: "atomic container signature" }),
      /^form: trust.unsupported: payload of the type atomic/,
    );
    assert.match(critical({ image: {} }), /^form: trust.form: critical.image.docker-manifest-digest is missing$/);
    assert.match(refusal(layer(Buffer.from("{}"))), /^form: trust.form: critical is missing$/);
    const { content } = verified(layer(simplePayload(SUBJECT, { team: "shop", build: 7 })));
    assert.deepEqual(content.kind === "image" && content.annotations, { team: "shop", build: "7" });
    assert.deepEqual(verified(layer(simplePayload(SUBJECT, null))).content, {
      kind: "image",
      digest: SUBJECT,
      annotations: {},
    });
  });

  test("a statement names its type, its predicate and its subjects", () => {
    const why = (parts: Readonly<Record<string, unknown>>) => refusal(attestation(statement(parts)));
    verified(attestation(statement({ _type: "https://in-toto.io/Statement/v0.1" })));
    assert.match(why({ _type: "https://in-toto.io/Statement/v2" }), /^form: trust.unsupported: statement of the type/);
    assert.match(why({ predicateType: "" }), /^form: trust.form: predicateType is empty$/);
    assert.match(why({ predicateType: 1 }), /^form: trust.form: predicateType is not a text$/);
    assert.match(why({ subject: [] }), /^form: trust.form: the statement has no subject$/);
    assert.match(why({ subject: [{ digest: { sha256: 1 } }] }), /subject\[0\]\.digest\.sha256 is not a text$/);
    const of = (digest: object) => [{ name: "x", digest }];
    assert.equal(
      why({ subject: of({ sha256: OTHER.slice(7) }) }),
      `subject: trust.subject: the statement is about ${OTHER}, not ${SUBJECT}`,
    );
    // The same value by another algorithm, in other letters, or of an object's own names.
    for (const digest of [{ sha512: SUBJECT.slice(7) }, { sha256: SUBJECT.slice(7).toUpperCase() }, {}]) {
      assert.match(why({ subject: of(digest) }), /^subject: trust.subject: /);
    }
    const many = Array.from({ length: 1_001 }, () => ({ digest: {} }));
    assert.match(why({ subject: many }), /^form: trust.bound: subject has more than 1000 entries$/);
    const two = verified(
      attestation(statement({ subject: [...of({ sha256: OTHER.slice(7) }), ...of({ sha256: SUBJECT.slice(7) })] })),
    );
    assert.equal(two.content.kind === "statement" && two.content.subjects.length, 1);
  });

  test("JSON that readers read differently, too deep or too large is refused", () => {
    const text = statement().toString();
    const why = (payload: string | Buffer) => refusal(attestation(Buffer.from(payload)));
    assert.match(why(text.replace("{", '{"predicateType":"a",')), /^form: trust.form: .*the key "predicateType" twice/);
    assert.match(why(Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0x7d])])), /not UTF-8$/);
    const deep = `${"[".repeat(65)}${"]".repeat(65)}`;
    assert.match(
      why(text.replace('"predicate":', `"deep":${deep},"predicate":`)),
      /^form: trust.bound: the statement nests/,
    );
    const bomb = "[".repeat(2_000_000);
    assert.match(
      refusal(foundBundle(Buffer.from(bomb))),
      /^form: trust.bound: the bundle nests values more than 64 deep$/,
    );
    assert.match(
      refusal(foundBundle(Buffer.alloc(17 * 1024 * 1024, 0x20))),
      /^form: trust.bound: the bundle has more than/,
    );
  });

  test("an envelope of another type is none of ours", () => {
    const payload = statement();
    const envelope = { ...dsseEnvelope(payload, [signedWith(keys.privateKey, payload)]), payloadType: "text/plain" };
    const bytes = Buffer.from(JSON.stringify(envelope));
    const found: FoundSignature = { ...attestationLayer(), envelope: { kind: "dsse", bytes } };
    assert.match(
      refusal(found),
      /^form: trust.unsupported: payload of the type text\/plain, not an in-toto statement$/,
    );
    // The type is signed with the payload: bytes that were signed bare are no statement.
    const bare = {
      ...found,
      envelope: {
        kind: "dsse" as const,
        bytes: Buffer.from(JSON.stringify(dsseEnvelope(payload, [signedWith(keys.privateKey, payload)]))),
      },
    };
    assert.match(refusal(bare), /^signer: trust.unknown-key: none of the trusted keys signed this/);
  });
});

describe("bundles", () => {
  const bundle = madeBundle({ signing: byKey, entry: null });
  const why = (parts: object) => refusal(foundBundle({ ...bundle, ...parts }));
  const materialWith = (parts: object) => ({ verificationMaterial: { ...bundle.verificationMaterial, ...parts } });

  test("of a known version, with one signer and one content, and no member that is not known", () => {
    for (const mediaType of [
      "",
      "application/json",
      `${BUNDLE_V3}x`,
      "application/vnd.dev.sigstore.bundle+json;version=0.4",
    ]) {
      assert.match(why({ mediaType }), /^form: trust.unsupported: bundle of the media type/);
    }
    assert.match(why({ dsseEnvelope: undefined }), /the bundle needs one of dsseEnvelope and messageSignature$/);
    assert.match(why({ messageSignature: {} }), /the bundle needs one of dsseEnvelope and messageSignature$/);
    assert.match(
      why(materialWith({ publicKey: undefined })),
      /needs one of certificate, x509CertificateChain and publicKey$/,
    );
    assert.match(
      why(materialWith({ certificate: { rawBytes: "" } })),
      /needs one of certificate, x509CertificateChain and publicKey$/,
    );
    assert.match(
      why(materialWith({ publicKey: undefined, x509CertificateChain: { certificates: [] } })),
      /without its chain$/,
    );
    assert.match(why({ extra: 1 }), /^form: trust.form: extra is not a known member$/);
    assert.match(
      why(materialWith({ extra: 1 })),
      /^form: trust.form: verificationMaterial.extra is not a known member$/,
    );
    assert.match(why(materialWith({ tlogEntries: {} })), /tlogEntries is not a list$/);
    assert.match(why({ verificationMaterial: [] }), /^form: trust.form: verificationMaterial is not an object$/);
    const [signature] = bundle.dsseEnvelope.signatures;
    const envelope = (parts: object) => why({ dsseEnvelope: { ...bundle.dsseEnvelope, ...parts } });
    assert.match(
      envelope({ payload: `${bundle.dsseEnvelope.payload.slice(0, -1)}-` }),
      /dsseEnvelope.payload is not base64$/,
    );
    assert.match(envelope({ signatures: [{ ...signature, sig: "" }] }), /signatures\[0\]\.sig is empty$/);
    assert.match(envelope({ signatures: [{ ...signature, sig: undefined }] }), /signatures\[0\]\.sig is missing$/);
  });

  test("each version has what it must", () => {
    const V1 = "application/vnd.dev.sigstore.bundle+json;version=0.1";
    assert.match(refusal(foundBundle(madeBundle({ mediaType: V1 }))), /^form: trust.log: .*has no inclusion promise$/);
    const { tlogEntries } = madeBundle({ entry: "dsse 0.0.1" }).verificationMaterial;
    const bare = tlogEntries.map((entry) => ({ ...entry, inclusionProof: undefined }));
    assert.match(why(materialWith({ tlogEntries: bare })), /^form: trust.log: .*has no inclusion proof$/);
  });

  test("cut anywhere is one refusal", () => {
    const bytes = Buffer.from(JSON.stringify(madeBundle()));
    for (let length = 0; length < bytes.length; length += 13) {
      assert.match(refusal(foundBundle(bytes.subarray(0, length))), /^form: trust.form: the bundle is malformed/);
    }
  });
});

describe("cosign's annotations", () => {
  const whole = signatureLayer({ chain: [sigstore.intermediate], timestamp: true });
  const why = (parts: object) =>
    refusal({ ...whole, envelope: { ...whole.envelope, ...parts } as typeof whole.envelope });
  const { rekorBundle, certificate } = whole.envelope as { rekorBundle: string; certificate: string };

  test("must be what they are for", () => {
    verified(whole);
    assert.match(why({ signature: "" }), /^form: trust.form: the signature is not base64$/);
    assert.match(why({ certificate: "x" }), /the certificate is not one certificate as PEM$/);
    assert.match(why({ certificate: certificate + certificate }), /the certificate is not one certificate as PEM$/);
    assert.match(why({ certificate: undefined }), /a certificate chain without a certificate$/);
    assert.match(why({ chain: "x" }), /the certificate chain is not PEM$/);
    assert.match(why({ timestamp: "{}" }), /SignedRFC3161Timestamp is missing$/);
    assert.match(why({ rekorBundle: "[]" }), /the document is not an object$/);
    const entry = JSON.parse(rekorBundle) as { Payload: object };
    const payload = (parts: object) =>
      why({ rekorBundle: JSON.stringify({ ...entry, Payload: { ...entry.Payload, ...parts } }) });
    assert.match(payload({ logIndex: -1 }), /^form: trust.form: Payload.logIndex is negative$/);
    assert.match(payload({ integratedTime: 1.5 }), /^form: trust.form: Payload.integratedTime is not a number$/);
    assert.match(payload({ logID: "AB" }), /^form: trust.form: Payload.logID is AB, not an id$/);
    assert.match(
      payload({ body: Buffer.from("{}").toString("base64") }),
      /^form: trust.log: the log entry has no kind$/,
    );
    assert.match(payload({ extra: 1 }), /Payload.extra is not a known member$/);
  });

  test("keyless without an entry has no time", () => {
    assert.match(why({ rekorBundle: undefined, timestamp: undefined }), /^time: trust.time: nobody that test trusts/);
    assert.match(why({ rekorBundle: undefined }), /^log: trust.log: the signature is in no log$/);
  });
});

describe("trusted roots", () => {
  test("what vouches says since when, in every part", () => {
    assert.equal(rootFault(rootDocument(sigstore)), undefined);
    const document = rootDocument(sigstore) as unknown as Readonly<Record<string, readonly object[]>>;
    for (const part of ["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"]) {
      const changed = document[part]?.map((entry) => {
        const { validFor: _, publicKey, ...rest } = entry as { validFor?: object; publicKey?: object };
        return publicKey === undefined
          ? rest
          : { ...rest, publicKey: { ...publicKey, validFor: { end: "2030-01-01T00:00:00Z" } } };
      });
      const root = madeRoot(sigstore, { [part]: changed });
      assert.equal(
        refusal(foundBundle(madeBundle()), only({ roots: [root] })),
        `signer: trust.unknown-root: the trusted root test does not say from when ${part}[0] is valid`,
      );
      // Another root's signatures count all the same.
      verified(foundBundle(madeBundle()), only({ roots: [root, ...material.roots] }));
    }
  });

  test("an empty one, or one of another form, vouches for nothing", () => {
    const mediaType = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
    for (const document of [
      { mediaType },
      {},
      rootDocument(sigstore, { certificateAuthorities: [], tlogs: [], timestampAuthorities: [] }),
    ]) {
      assert.equal(
        refusal(foundBundle(madeBundle()), only({ roots: [{ name: "empty", document }] })),
        "signer: trust.unknown-root: the trusted root empty is empty",
      );
    }
    assert.match(rootFault(rootDocument(sigstore, { tlogs: {} })) ?? "", /has no list of tlogs$/);
    const broken = { certChain: { certificates: [{ rawBytes: "AAAA" }] }, validFor: { start: "2026-01-01T00:00:00Z" } };
    assert.match(
      rootFault(rootDocument(sigstore, { certificateAuthorities: [broken] })) ?? "",
      /cannot be read: unsupported tag 0x00$/,
    );
    const never = { ...broken, validFor: { start: "never" } };
    assert.match(rootFault(rootDocument(sigstore, { certificateAuthorities: [never] })) ?? "", /that is not a date$/);
  });

  test("nothing that is trusted, nothing that counts", () => {
    assert.match(
      refusal(foundBundle(madeBundle()), only({})),
      /^signer: trust.unknown-root: no trusted authority bears/,
    );
    assert.match(
      refusal(layer(simplePayload()), only({})),
      /^signer: trust.unknown-key: signed by a key, and no key is trusted$/,
    );
  });
});
