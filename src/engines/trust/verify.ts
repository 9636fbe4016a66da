/**
 * The verification of one signature, from its bytes to who signed what and when. Nothing here reads a file or asks a server,
 * and each step is told with its outcome: no signature counts without every one of them.
 */
import type { Digest } from "../../core/digest.ts";
import type { EnvelopeSignature } from "./dsse.ts";
import { isSignatureBy } from "./key-signature.ts";
import type {
  CertificateAuthority,
  Envelope,
  FoundSignature,
  SignatureForm,
  SignedTime,
  Signer,
  StepResult,
  TrustMaterial,
  VerifiedSignature,
} from "./model.ts";
import { verifyNotation } from "./notation/verify.ts";
import { refusalOf, refused, shown } from "./refusal.ts";
import { signerByAuthority, signerByRoot } from "./signer.ts";
import { readBundle } from "./sigstore/bundle.ts";
import { verifyByRoot } from "./sigstore/certificate-authority.ts";
import { readAttestationLayer, readSignatureLayer } from "./sigstore/cosign.ts";
import { verifyEntry } from "./sigstore/log.ts";
import type { EntryClaim } from "./sigstore/log-body.ts";
import type { NamedSigner, SignedMaterial } from "./sigstore/material.ts";
import type { UsableRoot } from "./sigstore/root.ts";
import { type Told, take } from "./steps.ts";
import { firstOf, timesOf, type VouchedTimes } from "./times.ts";
import { keyIds, keysNamed, type UsableKey, usableKeys } from "./trusted-key.ts";
import { vouchersFor, witnessesOf } from "./vouchers.ts";
import { anchorsOf } from "./x509/authority.ts";
import { readPublicKey } from "./x509/public-key.ts";
import { type Certificate, isSelfIssued } from "./x509/read.ts";
import { isoTime } from "./x509/rules.ts";
import { pathToAuthority, titleOf } from "./x509/signer-certificate.ts";

type WithoutPlace<T> = T extends unknown ? Omit<T, "subject" | "place"> : never;

/** What is known of a signature that lay at no place. */
export type Verdict = WithoutPlace<VerifiedSignature>;

/** What a bundle is held against. */
export interface Artifact {
  readonly digest: Digest;
  /** For a signature over the bytes themselves: without them it is refused. */
  readonly bytes?: Uint8Array;
}

/**
 * @param now - when certificates of an own authority are valid whose time nobody vouches for
 * @returns never throws: whatever is wrong is a refusal
 */
export function verifySignature(found: FoundSignature, material: TrustMaterial, now: Date): VerifiedSignature {
  const { subject, place, envelope } = found;
  if (envelope.kind === "jws" || envelope.kind === "cose") return verifyNotation(found, material, now);
  const verdict = verify(found.form, () => readSigned(found.form, envelope), subject, material, now);
  return { ...verdict, subject, place };
}

/** A Sigstore bundle about an artifact. Never throws. */
export function verifyBundle(bytes: Uint8Array, artifact: Artifact, material: TrustMaterial, now: Date): Verdict {
  return verify("bundle-attestation", () => readBundle(bytes, artifact.bytes), artifact.digest, material, now);
}

type SigstoreEnvelope = Exclude<Envelope, { readonly kind: "jws" | "cose" }>;

function readSigned(form: SignatureForm, envelope: SigstoreEnvelope): SignedMaterial {
  switch (envelope.kind) {
    case "simple-signing":
      return readSignatureLayer(envelope, form);
    case "dsse":
      return readAttestationLayer(envelope, form);
    case "bundle":
      return readBundle(envelope.bytes);
  }
}

function verify(
  form: SignatureForm,
  read: () => SignedMaterial,
  subject: Digest,
  material: TrustMaterial,
  now: Date,
): Verdict {
  const steps: StepResult[] = [];
  let readForm = form;
  try {
    const signed = take(steps, "form", () => tellForm(read()));
    readForm = signed.form;
    const content = take(steps, "subject", () => ({ value: signed.contentFor(subject), detail: subject }));
    const { signer } = signed;
    const vouched =
      signer.kind === "key"
        ? verifyByKey(signed, signer, material, steps)
        : verifyByCertificate(signed, signer, material, now, steps);
    return { form: readForm, steps, outcome: "verified", content, ...vouched };
  } catch (error) {
    return { form: readForm, steps, outcome: "refused", refusal: refusalOf(error, "trust.form") };
  }
}

interface Vouched {
  readonly signers: readonly [Signer, ...Signer[]];
  readonly times: readonly SignedTime[];
}

type CertificateSigner = Extract<NamedSigner, { readonly kind: "certificate" }>;

/** By the first of those that are trusted that vouches for it; else what came farthest is told. */
function verifyByCertificate(
  signed: SignedMaterial,
  signer: CertificateSigner,
  material: TrustMaterial,
  now: Date,
  steps: StepResult[],
): Vouched {
  const { vouchers, refusal } = vouchersFor(signer.certificate, signer.chain, material);
  let farthest: { readonly steps: readonly StepResult[]; readonly error: unknown } | undefined;
  for (const voucher of vouchers) {
    const own: StepResult[] = [];
    try {
      const vouched =
        voucher.kind === "root"
          ? verifyByRootOf(signed, signer, voucher.root, own)
          : verifyByOwnAuthority(signed, signer, voucher.authority, material, now, own);
      steps.push(...own);
      return vouched;
    } catch (error) {
      if (farthest === undefined || own.length > farthest.steps.length) farthest = { steps: own, error };
    }
  }
  if (farthest === undefined) {
    return take(steps, "signer", () => {
      throw refusal;
    });
  }
  steps.push(...farthest.steps);
  throw farthest.error;
}

/** As Sigstore's client specification has it: a signed time, a logged certificate, a logged signature, if the root has such. */
function verifyByRootOf(
  signed: SignedMaterial,
  signer: CertificateSigner,
  root: UsableRoot,
  steps: StepResult[],
): Vouched {
  const { certificate, chain } = signer;
  const signature = signatureUnder(certificate, signed);
  const vouched = take(steps, "time", () => {
    const found = timesOf(signed, [signature.own.bytes], root);
    if (found.at.length === 0) throw refused("trust.time", `nobody that ${root.name} trusts vouches for a time`);
    return tellTimes(found);
  });
  const verdict = verifyByRoot(root, { certificate, chain, times: vouched.at });
  const identity = take(steps, "signer", () => {
    if (signature.fault !== undefined) throw signature.fault;
    if (verdict.outcome === "fails" && verdict.step === "signer") throw verdict.error;
    return signerByRoot(certificate, root.name);
  });
  take(steps, "certificate-log", () => {
    if (verdict.outcome === "fails") throw verdict.error;
    return root.hasCertificateLogs
      ? told(`in a log that ${root.name} trusts`)
      : notAsked(`${root.name} has no certificate log`);
  });
  take(steps, "signature", () =>
    tellSignature(signature.holds, [{ spki: certificate.publicKey, signature: signature.own }]),
  );
  take(steps, "log", () => {
    if (root.logs.length > 0 && vouched.logged.length === 0) throw refused("trust.log", "the signature is in no log");
    return tellEntries(vouched, [claimOf(signed, signature.own, certificate.publicKey, certificate.bytes)]);
  });
  return { signers: [identity], times: vouched.times };
}

/** An own authority's certificates are held against a signed time where there is one, else against now. */
function verifyByOwnAuthority(
  signed: SignedMaterial,
  signer: CertificateSigner,
  authority: CertificateAuthority,
  material: TrustMaterial,
  now: Date,
  steps: StepResult[],
): Vouched {
  const { certificate, chain } = signer;
  const signature = signatureUnder(certificate, signed);
  const vouched = take(steps, "time", () => {
    const found = timesOf(signed, [signature.own.bytes], witnessesOf(signed, material));
    if (found.at.length > 0) return tellTimes(found);
    return { ...notAsked(`no signed time: the certificate must be valid at ${isoTime(now.getTime())}`), value: found };
  });
  const at = vouched.at.length === 0 ? [now.getTime()] : vouched.at;
  const identity = take(steps, "signer", () => {
    if (signature.fault !== undefined) throw signature.fault;
    const anchors = anchorsOf(authority);
    const path = pathToAuthority(certificate, anchors, chain, at);
    refuseStrangers(chain, [...path, ...anchors.certificates]);
    return signerByAuthority(certificate, authority.name);
  });
  take(steps, "certificate-log", () => notAsked("an own authority has no certificate log"));
  take(steps, "signature", () =>
    tellSignature(signature.holds, [{ spki: certificate.publicKey, signature: signature.own }]),
  );
  take(steps, "log", () =>
    tellEntries(vouched, [claimOf(signed, signature.own, certificate.publicKey, certificate.bytes)]),
  );
  return { signers: [identity], times: vouched.times };
}

/** By each trusted key under which one of the signatures holds. */
function verifyByKey(
  signed: SignedMaterial,
  { hint }: Extract<NamedSigner, { readonly kind: "key" }>,
  material: TrustMaterial,
  steps: StepResult[],
): Vouched {
  const vouched = take(steps, "time", () => {
    const given = signed.signatures.map(({ bytes }) => bytes);
    const found = timesOf(signed, given, witnessesOf(signed, material));
    return found.at.length > 0 ? tellTimes(found) : { ...notAsked("a key is trusted at any time"), value: found };
  });
  const held = take(steps, "signer", () => {
    const keys = usableKeys(material.keys);
    if (keys.length === 0) throw refused("trust.unknown-key", "signed by a key, and no key is trusted");
    const named = hint === undefined ? keys : keysNamed(keys, hint);
    if (named.length === 0) throw refused("trust.unknown-key", `the key ${shown(hint ?? "")} is not trusted`);
    const pairs = pairsOf(signed, named);
    if (pairs.length === 0 && hint === undefined) {
      throw refused("trust.unknown-key", `none of the trusted keys signed this (${keys.length} tried)`);
    }
    const signers = pairs.length === 0 ? named : pairs.map(({ key }) => key);
    return { value: pairs, detail: [...new Set(signers.map(({ trusted }) => trusted.name))].join(", ") };
  });
  take(steps, "certificate-log", () => notAsked("a key has no certificate"));
  const spkiOf = ({ trusted }: UsableKey) => Buffer.from(trusted.spki);
  take(steps, "signature", () =>
    tellSignature(
      held.length > 0,
      held.map(({ key, signature }) => ({ spki: spkiOf(key), name: key.trusted.name, signature })),
    ),
  );
  const claims = held.map(({ key, signature }) => claimOf(signed, signature, spkiOf(key)));
  take(steps, "log", () => tellEntries(vouched, claims));
  const fingerprints = held.map(({ key }) => key.trusted.fingerprint);
  const signers = held
    .filter((_, i) => fingerprints.indexOf(fingerprints[i] as Digest) === i)
    .map(({ key: { trusted } }): Signer => ({ kind: "key", name: trusted.name, fingerprint: trusted.fingerprint }));
  return { signers: signers as [Signer, ...Signer[]], times: vouched.times };
}

function pairsOf({ signatures, signed }: SignedMaterial, keys: readonly UsableKey[]) {
  return signatures.flatMap((signature) =>
    keys.filter(({ key }) => isSignatureBy(key, signed, signature.bytes)).map((key) => ({ key, signature })),
  );
}

/** The signature that the certificate's key made; where none is, the first stands for the step that says so. */
function signatureUnder(certificate: Certificate, { signatures, signed }: SignedMaterial) {
  const key = readPublicKey(certificate.publicKey);
  const first = signatures[0] as EnvelopeSignature;
  if ("refused" in key) {
    const fault = refused("trust.certificate", `the key of ${titleOf(certificate)} ${key.refused}`);
    return { own: first, holds: false, fault };
  }
  const own = signatures.find(({ bytes }) => isSignatureBy(key, signed, bytes));
  return { own: own ?? first, holds: own !== undefined };
}

/** What came along without a part in the path is nobody's word, and a root of another's is no reason to trust it. */
function refuseStrangers(chain: readonly Certificate[], path: readonly Certificate[]): void {
  const stranger = chain.find(({ bytes }) => !path.some((other) => other.bytes.equals(bytes)));
  if (stranger === undefined) return;
  const what = isSelfIssued(stranger) ? "a root that is not trusted" : "a certificate that has no part in it";
  throw refused("trust.certificate", `the certificate chain contains ${what}`);
}

function claimOf(signed: SignedMaterial, signature: EnvelopeSignature, spki: Buffer, certificate?: Buffer): EntryClaim {
  const { signatures, payload, envelope } = signed;
  return {
    signature: signature.bytes,
    signatures: signatures.map(({ bytes }) => bytes),
    spki,
    signed: signed.signed,
    payload,
    isEnvelope: payload !== signed.signed,
    ...(certificate === undefined ? {} : { certificate }),
    ...(envelope === undefined ? {} : { envelope }),
  };
}

function tellForm(signed: SignedMaterial): Told<SignedMaterial> {
  const { signatures, entries, timestamps } = signed;
  const parts = [signatures.length, entries.length, timestamps.length];
  const words = ["signature", "log entry", "timestamp"].map(
    (word, i) => `${parts[i]} ${parts[i] === 1 ? word : pluralOf(word)}`,
  );
  return { value: signed, detail: words.filter((_, i) => parts[i] !== 0).join(", ") };
}

function pluralOf(word: string): string {
  return word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}

function tellTimes(vouched: VouchedTimes): Told<VouchedTimes> {
  return { value: vouched, detail: vouched.times.map(({ at, detail }) => `${at} by ${detail}`).join(", ") };
}

interface HeldSignature {
  readonly spki: Buffer;
  readonly name?: string;
  readonly signature: EnvelopeSignature;
}

/** A keyid that is there must mean the key that signed: it is shown nowhere, and could else be exchanged for another. */
function tellSignature(holds: boolean, held: readonly HeldSignature[]): Told<undefined> {
  if (!holds) throw refused("trust.signature", "the signature is not this key's over these bytes");
  for (const { spki, name, signature } of held) {
    const { keyid } = signature;
    if (keyid === undefined || keyid === name || keyIds(spki).includes(keyid)) continue;
    throw refused("trust.signature", `the envelope's keyid ${shown(keyid)} is not the key that signed it`);
  }
  return told("by this key, over these bytes");
}

/** Each entry must be of one of the signatures that hold. */
function tellEntries({ logged, at }: VouchedTimes, claims: readonly EntryClaim[]): Told<undefined> {
  for (const entry of logged) firstOf(claims, (claim) => verifyEntry(entry, claim, at));
  if (logged.length === 0) return notAsked("no entry of a trusted log is given or asked for");
  const words = logged.map(({ entry, log }) => {
    const by = entry.proof === undefined ? "by the log's promise" : "with its proof";
    return `${log.url} entry ${entry.logIndex}, ${by}`;
  });
  return told(words.join("; "));
}

function told(detail: string): Told<undefined> {
  return { value: undefined, detail };
}

function notAsked(detail: string): Told<undefined> & { readonly isAsked: false } {
  return { value: undefined, detail, isAsked: false };
}
