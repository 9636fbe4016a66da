/**
 * Suite `notation`: the Notary Project's own samples; envelopes that notation's library signs here, of every format, scheme,
 * algorithm and length of chain; each of them altered in twelve ways, refused each for its own reason; and its library's
 * tokens of timestamp authorities, judged as it judges them.
 *
 * Without Debian's golang-github-notaryproject-notation-core-go-dev the samples alone are tried, and the rest has failed.
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../src/core/digest.ts";
import { readCose } from "../src/engines/trust/notation/cose.ts";
import { readJws } from "../src/engines/trust/notation/jws.ts";
import { type Format, formats, foundEnvelope } from "../src/engines/trust/notation/made-envelopes.fixture.ts";
import { outcome } from "../src/engines/trust/notation/outcome.fixture.ts";
import { verifyNotation } from "../src/engines/trust/notation/verify.ts";
import { verifyTimestamp } from "../src/engines/trust/timestamp/verify.ts";
import { readCbor } from "../src/formats/cbor/read.ts";
import { writeCbor } from "../src/formats/cbor/write.ts";
import { askCoreGo, withoutCoreGo } from "../test/trust/notation/core-go.ts";
import { unpackZstd } from "./images/unpack.ts";
import { signedCases } from "./notation/signed.ts";
import type { Case, Suite } from "./suite.ts";

const ARCHIVE = "notation/notation-samples.tar.zst";
const SAMPLED = "sha256:19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0" as Digest;
const TOKENS = "/usr/share/gocode/src/github.com/notaryproject/tspclient-go/testdata";
/** What the library's tests countersign. */
const STAMPED = Buffer.from("notation");

export const notation: Suite = {
  about: "notation's samples, envelopes that its library signs, and what was altered in them",
  needs: [ARCHIVE],
  async *cases({ data }) {
    const files = unpackZstd(join(data, ARCHIVE));
    for (const format of formats) yield* sampleCases(format, files);
    yield* unchainedCases(files);
    const lacks = withoutCoreGo;
    if (lacks !== false) {
      yield { name: "envelopes by notation-core-go", run: () => assert.fail(lacks) };
      return;
    }
    yield* signedCases();
    yield* tokenCases();
  },
};

/** What notation 1.0 signed, by a certificate that signed itself. */
function* sampleCases(format: Format, files: ReadonlyMap<string, Buffer>): Iterable<Case> {
  const bytes = files.get(`internal/testdata/${format}_signature.sig`);
  if (bytes === undefined) throw new Error(`the archive lacks the sample in ${format}`);
  const now = new Date("2026-11-01T00:00:00Z");
  const [certificate] = (format === "jws" ? readJws(bytes) : readCose(bytes)).chain;
  const trusting = (...certificates: readonly Uint8Array[]) =>
    ({ roots: [], keys: [], authorities: [{ name: "samples", purpose: "signing", certificates }] }) as const;
  yield {
    name: `sample in ${format}: signed by CN=alpine`,
    run() {
      const signature = verifyNotation(foundEnvelope(format, bytes, SAMPLED), trusting(certificate as Buffer), now);
      assert.ok(signature.outcome === "verified", JSON.stringify(signature));
      const [signer] = signature.signers;
      assert.equal(signer.kind === "certificate" && signer.subject, "CN=alpine,O=Notary,L=Seattle,ST=WA,C=US");
    },
  };
  yield {
    name: `sample in ${format}: of nobody who is trusted`,
    run() {
      const said = outcome(verifyNotation(foundEnvelope(format, bytes, SAMPLED), trusting(), now));
      assert.match(said, /^signer: trust.unknown-root: /);
    },
  };
  yield {
    name: `sample in ${format}: expired in 2123`,
    run() {
      const late = new Date("2124-01-01T00:00:00Z");
      const said = outcome(
        verifyNotation(foundEnvelope(format, bytes, SAMPLED), trusting(certificate as Buffer), late),
      );
      assert.match(said, /^signer: trust.certificate: certificate 1 .* expired at 2123-08-29T13:50:00Z$/);
    },
  };
}

/** Envelopes without a chain, as the library compares its own output; they bring a critical header of nobody's. */
function* unchainedCases(files: ReadonlyMap<string, Buffer>): Iterable<Case> {
  const sampled = (format: Format) =>
    files.get(`signature/${format}/testdata/conformance.json`)?.toString("utf8") ?? "";
  const refused = (format: Format, bytes: Buffer) => {
    const said = outcome(
      verifyNotation(foundEnvelope(format, bytes), { roots: [], keys: [], authorities: [] }, new Date(0)),
    );
    assert.equal(said, "form: trust.unsupported: critical header signedCritKey1 is not understood");
  };
  yield { name: "conformance.json in jws", run: () => refused("jws", Buffer.from(sampled("jws"))) };
  const cose = (): Buffer =>
    Buffer.from((JSON.parse(sampled("cose")) as { expectedOutput: { cborHex: string } }).expectedOutput.cborHex, "hex");
  yield { name: "conformance.json in cose", run: () => refused("cose", cose()) };
  yield {
    name: "conformance.json in cose: what is read and written again is the same",
    run() {
      const rules = { depth: 32, values: 1_000, fault: (cause: string) => new Error(cause) };
      assert.deepEqual(writeCbor(readCbor(cose(), rules)), cose());
    },
  };
}

/** Where we refuse what the library takes, and why. */
const STRICTER: Readonly<Record<string, RegExp>> = {
  // RFC 3161, section 2.4.2: no signatures but the authority's.
  "TimeStampTokenWithValidAndInvalidSignerInfos.p7s": /the timestamp has 2 signers$/,
};

async function* tokenCases(): AsyncIterable<Case> {
  const names = existsSync(TOKENS) ? readdirSync(TOKENS).filter((name) => name.endsWith(".p7s")) : [];
  const root =
    names.length > 0 ? new X509Certificate(readFileSync(join(TOKENS, "GlobalSignRootCA.crt"))).raw : undefined;
  if (root === undefined) return;
  const tokens = names.map((name) => readFileSync(join(TOKENS, name)));
  const theirs = await askCoreGo(tokens.map((bytes) => ({ do: "timestamp", bytes, over: STAMPED, roots: [root] })));
  yield {
    name: "there are tokens that hold, and that do not",
    run: () => assert.ok(new Set(theirs.map(({ kind }) => kind)).size === 2),
  };
  const authorities = [{ name: "GlobalSign", purpose: "timestamping", certificates: [root] }] as const;
  for (const [index, name] of names.entries()) {
    const bytes = tokens[index] as Buffer;
    const reading = theirs[index];
    yield {
      name,
      run() {
        const verify = () => verifyTimestamp(bytes, STAMPED, authorities);
        const stricter = STRICTER[name];
        if (stricter !== undefined) return assert.throws(verify, stricter);
        if (reading?.kind !== "value") return assert.throws(verify, /the timestamp /);
        const { time, accuracy } = JSON.parse(reading.value) as { readonly time: string; readonly accuracy: number };
        const ours = verify();
        assert.deepEqual(
          [ours.time, ours.time - ours.earliest, ours.latest - ours.time],
          [Date.parse(time), accuracy, accuracy],
        );
      },
    };
  }
}
