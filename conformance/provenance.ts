/**
 * Suite `provenance`: attestations in the layout of slsa-verifier's test data, verified against the public instance's root and
 * held against the table of builders. What counts must do so for the builder that its folder names and for its source; what
 * its name says to be wrong must be refused.
 *
 * `--data DIR` takes the folder of public data with the samples, or any folder of that layout.
 */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { readClock } from "../src/core/clock.ts";
import type { Digest } from "../src/core/digest.ts";
import { isObject, valueAt } from "../src/core/untyped.ts";
import { verifyNpmAttestations } from "../src/engines/packages/provenance/npm.ts";
import { npmKeys } from "../src/engines/packages/provenance/npm-keys.ts";
import { layerReader } from "../src/engines/trust/envelope.ts";
import { mediaTypes } from "../src/engines/trust/forms.ts";
import type { Signer, Statement, TrustMaterial } from "../src/engines/trust/model.ts";
import { type BuilderTrust, knownBuilders } from "../src/engines/trust/provenance/builders.ts";
import { judgeProvenance, type ProvenanceRule } from "../src/engines/trust/provenance/judge.ts";
import { carriedRoot } from "../src/engines/trust/roots/carried/carried.ts";
import { type Verdict, verifyBundle, verifySignature } from "../src/engines/trust/verify.ts";
import { unpackZstd } from "./images/unpack.ts";
import { bareEnvelopeFault, type Expected, expectedOf } from "./provenance/expected.ts";
import type { Case, Suite } from "./suite.ts";

const SAMPLES = join("provenance", "slsa-verifier-samples.tar.zst");

const NOBODYS = `sha256:${"0".repeat(64)}` as Digest;

type Files = ReadonlyMap<string, Buffer>;

export const provenance: Suite = {
  about: "attestations of slsa-verifier's test data: verdict and builder id of each",
  needs: [],
  async *cases({ data }) {
    const archive = join(data, SAMPLES);
    const files: Files = existsSync(archive) ? unpackZstd(archive) : filesUnder(data);
    const { document, name } = carriedRoot("public-good");
    const material: TrustMaterial = { roots: [{ name, document }], authorities: [], keys: [] };
    for (const path of [...files.keys()].sort()) {
      const expected = expectedOf(path);
      if (expected === undefined) continue;
      yield* casesOf({ path, files, expected, material });
    }
  },
};

interface Attestation {
  readonly path: string;
  readonly files: Files;
  readonly expected: Expected;
  readonly material: TrustMaterial;
}

function casesOf(attestation: Attestation): Case[] {
  const { path } = attestation;
  if (path.endsWith(".tgz.json")) {
    return [...npmCases(attestation), ...casesOfOne(attestation)];
  }
  return casesOfOne(attestation);
}

/** All attestations of npm's answer together: the registry's own and the publisher's, of the package that they name. */
function npmCases({ path, files, expected, material }: Attestation): Case[] {
  const answer = files.get(path) ?? Buffer.alloc(0);
  const archive = files.get(path.replace(/\.json$/, ""));
  const judged = (digest = digestOf("sha512", archive)) =>
    verifyNpmAttestations(answer, { ...NPM_SAMPLE, digest }, { material, keys: npmKeys }, readClock(), path);
  const kind = expected.outcome === "refused" ? "refused" : "verified";
  return [
    { name: `${path}: npm's attestations are ${kind}`, run: () => assert.equal(judged().kind, kind) },
    {
      name: `${path}: npm's attestations are of no other archive`,
      run: () => assert.equal(judged(`sha512:${"0".repeat(128)}` as Digest).kind, "refused"),
    },
  ];
}

/** The package that the samples are of. */
const NPM_SAMPLE = { name: "sigstore", version: "2.3.1" };

function casesOfOne(attestation: Attestation): Case[] {
  const { path, expected } = attestation;
  const named = (what: string, run: () => void): Case => ({ name: `${path}: ${what}`, run });
  if (expected.outcome === "unsupported") {
    return [named("is of a form that is not read", () => assert.equal(verify(attestation).outcome, "refused"))];
  }
  if (expected.outcome === "refused") return [named("is refused", () => expectRefused(attestation, expected.why))];
  const { builder, source, level, certified } = expected;
  const rule: ProvenanceRule = { source, level };
  const accepted = (own: ProvenanceRule) => judged(attestation, own, expected.builders);
  const judgements = [
    named(`is built by ${builder}`, () => {
      const verdict = accepted(rule);
      if (!certified && verdict.outcome === "refused") {
        assert.equal(verdict.reason, "the certificate does not say of which source it is");
        return;
      }
      assert.ok(verdict.outcome === "holds", verdict.outcome === "refused" ? `${verdict.code}: ${verdict.reason}` : "");
      assert.equal(verdict.provenance.builder, builder);
    }),
    ...["A", ".git"].map((suffix) =>
      named(`is not of ${source}${suffix}`, () =>
        expectCode(accepted({ ...rule, source: `${source}${suffix}` }), "trust.source"),
      ),
    ),
    named("is of no branch that nobody has", () => {
      expectCode(accepted({ ...rule, ref: "refs/heads/nobodys" }), certified ? "trust.ref" : undefined);
    }),
    ...(level === 3
      ? []
      : [named("is of no higher level", () => expectCode(accepted({ ...rule, level: 3 }), "trust.level"))]),
  ];
  if (bareEnvelopeFault(attestation.files.get(path)) === undefined) {
    return [
      ...judgements,
      named("is no attestation of another artifact", () => {
        const verdict = verify(attestation, NOBODYS);
        assert.equal(verdict.outcome === "refused" && verdict.refusal.code, "trust.subject");
      }),
    ];
  }
  // Its log entry is in the log alone, which nobody is asked here: what it says is judged as if it were vouched for.
  return [
    ...judgements,
    named("is not verified without its log entry", () => assert.equal(verify(attestation).outcome, "refused")),
  ];
}

function expectCode(verdict: ReturnType<typeof judged>, code: string | undefined): void {
  assert.equal(verdict.outcome, "refused");
  if (code !== undefined) assert.equal(verdict.outcome === "refused" && verdict.code, code);
}

function expectRefused(attestation: Attestation, why: "signature" | "builder" | "root"): void {
  const verdict = verify(attestation);
  if (why === "root") {
    assert.equal(verdict.outcome === "refused" && verdict.refusal.reason, "the certificate chain contains a root");
    return;
  }
  if (why === "signature") {
    assert.equal(verdict.outcome, "refused", "it is verified, and must not be");
    return;
  }
  const result = judged(attestation, { source: "github.com/aspect-build/rules_lint" });
  assert.equal(result.outcome === "refused" && result.code, "trust.builder");
}

function judged(attestation: Attestation, rule: ProvenanceRule, own: readonly BuilderTrust[] = []) {
  const { statement, signer } = signedOf(attestation);
  return judgeProvenance(statement, signer, rule, [...own, ...knownBuilders]);
}

function signedOf(attestation: Attestation): { statement: Statement; signer: Signer } {
  const bytes = attestation.files.get(attestation.path);
  if (bareEnvelopeFault(bytes) !== undefined) return unverified(bytes as Buffer);
  const verdict = verify(attestation);
  assert.ok(verdict.outcome === "verified", verdict.outcome === "refused" ? verdict.refusal.reason : "");
  assert.ok(verdict.content.kind === "statement");
  return { statement: verdict.content, signer: verdict.signers[0] };
}

/** An envelope with its certificate beside the signature: the identity alone is taken from it. */
function unverified(bytes: Buffer): { statement: Statement; signer: Signer } {
  const { payload, signatures } = JSON.parse(bytes.toString().split("\n")[0] ?? "") as {
    payload: string;
    signatures: { cert: string }[];
  };
  const { predicateType, predicate } = JSON.parse(Buffer.from(payload, "base64").toString()) as Statement;
  const certificate = new X509Certificate(signatures[0]?.cert ?? "");
  const identity = certificate.subjectAltName?.replace(/^URI:/, "") ?? "";
  const claims = claimsIn(certificate.raw);
  return {
    statement: { kind: "statement", predicateType, subjects: [], predicate },
    signer: {
      kind: "identity",
      identity,
      issuer: "https://token.actions.githubusercontent.com",
      root: "unverified",
      claims,
    },
  };
}

/** Found by the bytes of their identifiers, since nothing of this certificate is verified. */
function claimsIn(der: Buffer): Record<string, string> {
  const prefix = Buffer.from([0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01]);
  const names: Readonly<Record<number, string>> = {
    9: "buildSignerUri",
    11: "runner",
    12: "sourceRepository",
    13: "sourceDigest",
    14: "sourceRef",
    15: "sourceRepositoryId",
    18: "buildConfigUri",
    20: "trigger",
  };
  const found: Record<string, string> = {};
  for (let at = der.indexOf(prefix); at >= 0; at = der.indexOf(prefix, at + 1)) {
    const name = names[der[at + prefix.length] ?? 0];
    // OCTET STRING around UTF8String, each with a length of one byte or of two.
    let value = at + prefix.length + 1;
    for (const tag of [0x04, 0x0c]) {
      if (der[value] !== tag) break;
      const long = der[value + 1] === 0x81;
      const length = der[value + (long ? 2 : 1)] ?? 0;
      value += long ? 3 : 2;
      if (tag === 0x0c && name !== undefined) found[name] = der.toString("utf8", value, value + length);
    }
  }
  return found;
}

function verify({ path, files, material }: Attestation, digest?: Digest): Verdict {
  const bytes = files.get(path) ?? Buffer.alloc(0);
  if (path.endsWith(".digest")) return verifyLayout(path, files, material, digest);
  if (path.endsWith(".tgz.json")) {
    const artifact = digest ?? digestOf("sha512", files.get(path.replace(/\.json$/, "")));
    return verifyBundle(
      Buffer.from(JSON.stringify(provenanceOfNpm(bytes))),
      { digest: artifact },
      material,
      readClock(),
    );
  }
  if (path.startsWith("gcb_container/"))
    return verifyBundle(bytes, { digest: digest ?? NOBODYS }, material, readClock());
  const artifact = files.get(path.replace(/(?:\.intoto\.jsonl|(?:\.intoto)?\.build\.slsa|\.json)$/, ""));
  return verifyBundle(bytes, { digest: digest ?? digestOf("sha256", artifact) }, material, readClock());
}

/** npm's answer holds several attestations. */
function provenanceOfNpm(bytes: Buffer): unknown {
  const attestations = valueAt(JSON.parse(bytes.toString()), ["attestations"]);
  assert.ok(Array.isArray(attestations));
  return valueAt(
    attestations.find((one) => String(valueAt(one, ["predicateType"])).startsWith("https://slsa.dev/")),
    ["bundle"],
  );
}

/** `cosign save` writes an index with the image and what is attested of it. */
function verifyLayout(path: string, files: Files, material: TrustMaterial, digest?: Digest): Verdict {
  const folder = path.replace(/\.digest$/, "");
  const subject = digest ?? (files.get(path)?.toString().trim() as Digest);
  const document = (name: string) => JSON.parse(files.get(`${folder}/${name}`)?.toString() ?? "{}") as unknown;
  const blob = (of: unknown) => `blobs/${String(valueAt(of, ["digest"])).replace(":", "/")}`;
  const listed = valueAt(document("index.json"), ["manifests"]);
  const attached = (Array.isArray(listed) ? listed : []).find(
    (one) => valueAt(one, ["annotations", "kind"]) === "dev.cosignproject.cosign/atts",
  );
  const layers = valueAt(document(blob(attached)), ["layers"]);
  const verdicts = (Array.isArray(layers) ? layers : []).filter(isObject).map((layer) => {
    const envelope = layerReader(layer as never, [mediaTypes.dsse])?.(
      files.get(`${folder}/${blob(layer)}`) ?? Buffer.alloc(0),
    );
    assert.ok(envelope !== undefined);
    return verifySignature(
      { form: "cosign-att", subject, place: { by: "file", name: path }, envelope },
      material,
      readClock(),
    );
  });
  const [first] = verdicts;
  assert.ok(first !== undefined, "there is no attestation");
  return verdicts.find(({ outcome }) => outcome === "verified") ?? first;
}

function digestOf(algorithm: string, bytes: Buffer | undefined): Digest {
  assert.ok(bytes !== undefined, "there is no artifact for it");
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}

function filesUnder(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path).split(sep).join("/"), readFileSync(path)];
    }),
  );
}
