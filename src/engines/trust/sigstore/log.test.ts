import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { tags } from "../../../formats/der/read.ts";
import { der, derIntegerOf, derTextOf } from "../../../formats/der/write.ts";
import {
  attestationLayer,
  foundBundle,
  keys,
  madeBundle,
  material,
  only,
  signatureLayer,
  sigstore,
  simplePayload,
} from "../made-signatures.fixture.ts";
import { refusal, verified } from "../verdicts.fixture.ts";
import { ecKeys, madeCertificate, timestampExtensions } from "../x509/made-certificates.fixture.ts";
import { verifyInclusion } from "./checkpoint.ts";
import { madeEntry, madeProof, madeRoot, madeSigstore, madeTimestamp, SIGNED_AT } from "./made-sigstore.fixture.ts";
import { merkleProof, merkleRoot } from "./merkle.fixture.ts";

type Bundle = ReturnType<typeof madeBundle>;

/** The bundle with another log entry. */
function withEntry(bundle: Bundle, change: (entry: Record<string, unknown>) => unknown) {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const verificationMaterial = { ...bundle.verificationMaterial, tlogEntries: [change({ ...entry })].flat() };
  return foundBundle({ ...bundle, verificationMaterial });
}

const tiles = () => madeBundle();
const rekor = () => madeBundle({ entry: "dsse 0.0.1" });
const proofOf = (entry: Record<string, unknown>) => entry.inclusionProof as Record<string, unknown>;

describe("inclusion proofs", () => {
  const log = {
    root: "test",
    id: sigstore.tiles.id,
    url: "https://tiles.example.com",
    from: 0,
    until: 9e15,
    key: sigstore.tiles.keys.publicKey,
  };

  const checkpointOf = (size: number, root: Buffer) => {
    const text = `tiles.example.com\n${size}\n${root.toString("base64")}\n`;
    const signature = Buffer.concat([
      log.id.subarray(0, 4),
      sign("sha256", Buffer.from(text), sigstore.tiles.keys.privateKey),
    ]);
    return `${text}\n\u2014 tiles.example.com ${signature.toString("base64")}\n`;
  };

  test("lead from each leaf of each tree to its root, and from no other place or leaf", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        (contents, chosen, moved) => {
          const leaves = contents.map((content, i) => Buffer.concat([Buffer.from([i]), content]));
          const index = chosen % leaves.length;
          const [rootHash, size] = [merkleRoot(leaves), leaves.length];
          const leaf = leaves[index] as Buffer;
          const proof = {
            logIndex: BigInt(index),
            treeSize: BigInt(size),
            rootHash,
            hashes: merkleProof(leaves, index),
            checkpoint: checkpointOf(size, rootHash),
          };
          verifyInclusion(proof, leaf, log);
          const other = BigInt(moved % (size + 3));
          if (other !== proof.logIndex) assert.throws(() => verifyInclusion({ ...proof, logIndex: other }, leaf, log));
          assert.throws(() => verifyInclusion(proof, Buffer.concat([leaf, Buffer.from("x")]), log));
          assert.throws(() => verifyInclusion({ ...proof, hashes: [...proof.hashes, rootHash] }, leaf, log));
          if (size > 1) assert.throws(() => verifyInclusion({ ...proof, hashes: proof.hashes.slice(1) }, leaf, log));
        },
      ),
      runs(60),
    );
  });

  test("and checkpoints, each wrong in its own way", () => {
    const text = (change: (envelope: string) => string) =>
      refusal(
        withEntry(tiles(), (entry) => {
          const { envelope } = proofOf(entry).checkpoint as { envelope: string };
          return { ...entry, inclusionProof: { ...proofOf(entry), checkpoint: { envelope: change(envelope) } } };
        }),
      );
    assert.match(
      text((note) => note.replace("\n\n", "\n")),
      /text and signatures are not separated$/,
    );
    assert.match(
      text((note) => note.slice(0, -1)),
      /text and signatures are not separated$/,
    );
    assert.match(
      text((note) => note.replace(/^.*\n/, "")),
      /does not name origin, size and root hash$/,
    );
    assert.match(
      text((note) => note.replace("\n11\n", "\n-11\n")),
      /does not name origin, size and root hash$/,
    );
    assert.match(
      text((note) => note.replace("\n11\n", "\n12\n")),
      /has a signature that is not the log's$/,
    );
    assert.match(
      text((note) => note.replace("\u2014 tiles", "\u2014 iles")),
      /is signed under another name/,
    );
    assert.match(
      text((note) => `${note}anything\n`),
      /a line is not a signature$/,
    );
    assert.match(
      text((note) => note.replace(/\n\u2014.*\n/, "\n\u2014 a AAAAAAAA\n")),
      /is not signed by the log https:/,
    );
    assert.match(
      text((note) => `${note}${"\u2014 a AAAAAAAA\n".repeat(70)}`),
      /trust.bound: the checkpoint has more than 64 lines$/,
    );
    assert.match(
      text((note) => note + "x".repeat(20_000)),
      /trust.bound: .*has more than 16384 characters$/,
    );
    // A witness's word is neither asked for nor in the way.
    const [witnessed] = tiles().verificationMaterial.tlogEntries;
    assert.ok(witnessed !== undefined);
    const body = Buffer.from(witnessed.canonicalizedBody, "base64");
    const bundle = tiles();
    const own = Buffer.from(bundle.verificationMaterial.tlogEntries[0]?.canonicalizedBody ?? "", "base64");
    const proof = madeProof(sigstore.tiles, own, { noteLines: ["\u2014 witness.example.com AAAAAAAA"] });
    verified(withEntry(bundle, (entry) => ({ ...entry, inclusionProof: proof })));
    const foreign = madeProof(sigstore.tiles, body, {});
    assert.match(
      refusal(withEntry(bundle, (entry) => ({ ...entry, inclusionProof: foreign }))),
      /does not lead from the entry/,
    );
  });

  test("name the tree that the log signed, and their own index", () => {
    const change = (parts: Record<string, unknown>) =>
      refusal(withEntry(tiles(), (entry) => ({ ...entry, inclusionProof: { ...proofOf(entry), ...parts } })));
    assert.match(change({ treeSize: "12" }), /^log: trust.log: the inclusion proof/);
    assert.match(
      change({ rootHash: Buffer.alloc(32).toString("base64") }),
      /does not lead from the entry to the root that it names$/,
    );
    assert.match(change({ logIndex: "4" }), /^log: trust.log: the inclusion proof/);
    assert.match(change({ logIndex: "-5" }), /^form: trust.form: .*logIndex is negative$/);
    assert.match(
      change({ hashes: Array.from({ length: 65 }, () => "") }),
      /^form: trust.bound: .*hashes has more than 64 entries$/,
    );
    assert.match(change({ checkpoint: undefined }), /the inclusion proof has no checkpoint$/);
    const moved = refusal(withEntry(tiles(), (entry) => ({ ...entry, logIndex: "6" })));
    assert.equal(moved, "log: trust.log: the log entry names another index than its proof");
  });
});

describe("entries", () => {
  test("by a log that is not trusted, given twice, or none", () => {
    const foreign = madeSigstore();
    const id = foreign.log.id.toString("base64");
    const unknown = refusal(withEntry(rekor(), (entry) => ({ ...entry, logId: { keyId: id } })));
    assert.match(unknown, /^time: trust.unknown-root: the log [0-9a-f]{64} is not a trusted one$/);
    assert.equal(
      refusal(withEntry(rekor(), (entry) => [entry, entry])),
      "time: trust.log: the same log entry is given twice",
    );
    assert.match(
      refusal(withEntry(rekor(), () => [])),
      /^time: trust.time: nobody that test trusts vouches for a time$/,
    );
    const seventeen = refusal(withEntry(rekor(), (entry) => Array.from({ length: 17 }, () => entry)));
    assert.match(seventeen, /^form: trust.bound: verificationMaterial.tlogEntries has more than 16 entries$/);
  });

  test("whose time nobody signed, or somebody else did", () => {
    const time = (parts: Record<string, unknown>) => refusal(withEntry(rekor(), (entry) => ({ ...entry, ...parts })));
    const notSigned = /^time: trust.time: log entry \d+ is not as https:\/\/log.example.com signed it with its time$/;
    assert.match(time({ integratedTime: "1777636801" }), notSigned);
    assert.match(time({ logIndex: "1006" }), notSigned);
    assert.match(time({ inclusionPromise: { signedEntryTimestamp: "AAAA" } }), notSigned);
    assert.match(
      time({ inclusionPromise: undefined }),
      /^form: trust.time: .*integratedTime is vouched for by nobody$/,
    );
    assert.match(time({ integratedTime: "0" }), notSigned);
  });

  test("outside the time in which the log is trusted", () => {
    const windows = (start: string, end?: string) => {
      const { document } = madeRoot(sigstore);
      const { tlogs } = document as { tlogs: { publicKey: object }[] };
      const validFor = { start, ...(end === undefined ? {} : { end }) };
      const changed = tlogs.map((tlog) => ({ ...tlog, publicKey: { ...tlog.publicKey, validFor } }));
      return only({ roots: [madeRoot(sigstore, { tlogs: changed })] });
    };
    const at = SIGNED_AT.toISOString();
    verified(foundBundle(rekor()), windows(at, at));
    verified(foundBundle(tiles()), windows(at, at));
    const late = windows("2026-05-01T12:00:01Z");
    assert.match(
      refusal(foundBundle(rekor()), late),
      /^time: trust.time: https:\/\/log.example.com was not trusted at/,
    );
    assert.match(
      refusal(foundBundle(tiles()), late),
      /^log: trust.time: https:\/\/tiles.example.com was not trusted at/,
    );
  });

  test("that are another signature's, another signer's, or of other bytes", () => {
    const other = madeBundle({ entry: "dsse 0.0.1" });
    const [foreign] = other.verificationMaterial.tlogEntries;
    assert.equal(refusal(withEntry(rekor(), () => foreign)), "log: trust.log: the log entry is of another signature");
    const byKey = { kind: "key", keys } as const;
    const { rekorBundle } = signatureLayer({ signing: byKey }).envelope as { rekorBundle?: string };
    const keyed = signatureLayer({
      signing: { kind: "key", keys },
      payload: simplePayload(undefined, {}),
      annotations: { rekorBundle: rekorBundle ?? "" },
    });
    assert.equal(refusal(keyed), "log: trust.log: the log entry is of another signature and another content");
    const stranger = ecKeys();
    const trusted = { ...material, keys: [...material.keys] };
    const entry = signatureLayer({ signing: { kind: "key", keys: stranger } }).envelope as { rekorBundle?: string };
    const exchanged = signatureLayer({ signing: byKey, annotations: { rekorBundle: entry.rekorBundle ?? "" } });
    assert.equal(refusal(exchanged, trusted), "log: trust.log: the log entry is of another signature and another key");
    const { rekorBundle: sent } = attestationLayer({ entry: "intoto 0.0.1" }).envelope as { rekorBundle?: string };
    assert.equal(
      refusal(attestationLayer({ annotations: { rekorBundle: sent ?? "" } })),
      "log: trust.log: the log entry is of another envelope",
    );
  });

  test("of another kind than they say, than is known, or than fits", () => {
    const kind = (kindVersion: object) => refusal(withEntry(rekor(), (entry) => ({ ...entry, kindVersion })));
    assert.match(kind({ kind: "dsse", version: "0.0.2" }), /the log entry is not of the kind dsse 0\.0\.2$/);
    const body = { apiVersion: "0.0.1", kind: "rpm", spec: {} };
    const unknown = withEntry(rekor(), () => madeEntry({ log: sigstore.log, body, at: SIGNED_AT, proof: true }));
    assert.equal(refusal(unknown), "log: trust.unsupported: log entry of the kind rpm 0.0.1");
    const empty = { apiVersion: "0.0.1", kind: "dsse", spec: {} };
    const hollow = withEntry(rekor(), () => madeEntry({ log: sigstore.log, body: empty, at: SIGNED_AT, proof: true }));
    assert.match(refusal(hollow), /^log: trust.log: /);
    const envelopes = signatureLayer({ entry: "dsse 0.0.1" });
    assert.equal(refusal(envelopes), "log: trust.log: the log entry is of an envelope");
  });
});

describe("timestamps", () => {
  const bundle = madeBundle();
  const signature = Buffer.from(bundle.dsseEnvelope.signatures[0]?.sig ?? "", "base64");
  const stamped = (...responses: readonly Buffer[]) => {
    const rfc3161Timestamps = responses.map((response) => ({ signedTimestamp: response.toString("base64") }));
    const verificationMaterial = { ...bundle.verificationMaterial, timestampVerificationData: { rfc3161Timestamps } };
    return foundBundle({ ...bundle, verificationMaterial });
  };
  const made = (...wish: Parameters<typeof madeTimestamp> extends [unknown, unknown, ...infer Rest] ? Rest : never) =>
    madeTimestamp(sigstore, signature, ...wish);

  test("must be granted, about this signature, by a trusted authority, in its time", () => {
    verified(stamped(made()));
    verified(stamped(made({}, [derIntegerOf(1)])));
    assert.match(refusal(stamped(made({}, [derIntegerOf(2)]))), /^time: trust.time: the timestamp was not granted$/);
    assert.match(
      refusal(stamped(made({ over: Buffer.from("else") }))),
      /^time: trust.time: the timestamp is about another signature$/,
    );
    const foreign = madeSigstore();
    assert.match(
      refusal(stamped(madeTimestamp(foreign, signature))),
      /^time: trust.unknown-root: the timestamp is by no trusted/,
    );
    const early = made({ time: new Date("2025-12-31T23:59:59Z") });
    assert.match(
      refusal(stamped(early)),
      /^time: trust.time: the timestamp is of 2025-12-31T23:59:59Z, when .* was not trusted$/,
    );
    // Every one that is given must hold.
    assert.match(refusal(stamped(made(), madeTimestamp(foreign, signature))), /^time: trust.unknown-root/);
    const server = madeCertificate({ subject: "CN=server,O=Test", keys: ecKeys(), issuer: sigstore.timestampRoot });
    assert.match(refusal(stamped(made({ by: server }))), /^time: trust.time: .*is not for timestamps alone$/);
  });

  test("count in the window of their own authority, whoever else shares its issuers", () => {
    const other = madeCertificate({
      subject: "CN=clock 2,O=Test",
      keys: ecKeys(),
      issuer: sigstore.timestampRoot,
      extensions: timestampExtensions,
      serial: 8,
    });
    const authority = (first: Buffer, validFor: object) => ({
      uri: "https://clock.example.com",
      certChain: {
        certificates: [first, sigstore.timestampRoot.der].map((bytes) => ({ rawBytes: bytes.toString("base64") })),
      },
      validFor,
    });
    const past = { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" };
    const since = { start: "2026-02-01T00:00:00Z" };
    const root = (first: object, second: object) =>
      only({
        roots: [
          madeRoot(sigstore, {
            timestampAuthorities: [authority(other.der, first), authority(sigstore.timestamper.der, second)],
          }),
        ],
      });
    verified(stamped(made()), root(past, since));
    assert.match(
      refusal(stamped(made()), root(since, past)),
      /^time: trust.time: the timestamp is of .*was not trusted$/,
    );
  });

  test("carry nothing that is not signed or trusted", () => {
    const text = der(tags.sequence, derTextOf(tags.utf8String, "fine"));
    assert.match(refusal(stamped(made({}, [derIntegerOf(0), text]))), /^time: trust.time: the timestamp/);
    const stranger = madeCertificate({ subject: "CN=x", keys: ecKeys() });
    assert.match(
      refusal(stamped(made({ certificates: [sigstore.timestamper, stranger] }))),
      /carries a certificate that has no part in it$/,
    );
    verified(stamped(made({ certificates: [] })));
    verified(stamped(made({ certificates: [sigstore.timestamper, sigstore.timestampRoot] })));
    const sibling = madeCertificate({
      subject: "CN=clock,O=Test",
      keys: ecKeys(),
      issuer: sigstore.timestampRoot,
      extensions: timestampExtensions,
    });
    assert.match(refusal(stamped(made({ certificates: [sibling, sigstore.timestamper] }))), /^time: trust\./);
    // A trusted root names the certificate: another by the same issuer is nobody's.
    assert.match(
      refusal(stamped(made({ by: sibling }))),
      /^time: trust.unknown-root: the timestamp is not by the certificate that https:\/\/clock.example.com is trusted with$/,
    );
  });

  test("of more than a bound, or cut anywhere, are one refusal", () => {
    const many = Array.from({ length: 17 }, () => made());
    assert.match(refusal(stamped(...many)), /^form: trust.bound: .*rfc3161Timestamps has more than 16 entries$/);
    assert.match(refusal(stamped(Buffer.alloc(300_000))), /^time: trust.bound: the timestamp has more than/);
    const whole = made();
    for (let length = 0; length < whole.length; length += 11) {
      assert.match(refusal(stamped(whole.subarray(0, length))), /^time: trust\./);
    }
  });
});
