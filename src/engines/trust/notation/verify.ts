/**
 * Signatures of the Notary Project (trust-store-trust-policy.md, "Signature Verification", at the level `strict`), from the
 * bytes to who signed. It does no I/O: whether a certificate was revoked is not looked up, and said so.
 *
 * A countersignature is verified where some timestamp authority is trusted; where none is there, all certificates must
 * be valid now.
 */
import { createHash } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import { bounds } from "../bounds.ts";
import type {
  CertificateAuthority,
  FoundSignature,
  SignedTime,
  Signer,
  StepResult,
  TrustMaterial,
  VerifiedSignature,
} from "../model.ts";
import { refusalOf, refused, shown } from "../refusal.ts";
import { type Told, take } from "../steps.ts";
import { verifyTimestamp } from "../timestamp/verify.ts";
import { anchorsOf } from "../x509/authority.ts";
import { describeName } from "../x509/distinguished-name.ts";
import { readPublicKey } from "../x509/public-key.ts";
import type { Certificate } from "../x509/read.ts";
import { certificateName, isoTime, validityFault } from "../x509/rules.ts";
import { algorithmOf, isSignatureOf } from "./algorithm.ts";
import { certificateFault, readChain } from "./chain.ts";
import { readCose } from "./cose.ts";
import { malformed, type NotationEnvelope, type SigningScheme } from "./envelope.ts";
import { readJws } from "./jws.ts";
import { readPayload } from "./payload.ts";

/** Clocks differ; a time further ahead was not yet. */
const CLOCK_SKEW_MS = 5 * 60 * 1_000;

/** When it was signed, as far as that is known: a moment with its accuracy, or now where nobody vouches for one. */
interface SigningMoment {
  readonly earliest: number;
  readonly latest: number;
  readonly times: readonly SignedTime[];
  readonly detail: string;
}

/**
 * Every signature of a notation form becomes a verdict; what its bytes say can end nothing.
 *
 * @param now - when it must not have expired, and must be valid where nobody vouches for a time
 */
export function verifyNotation(found: FoundSignature, material: TrustMaterial, now: Date): VerifiedSignature {
  const { form, subject, place } = found;
  const steps: StepResult[] = [];
  try {
    const envelope = take(steps, "form", () => {
      const value = readEnvelope(found);
      return { value, detail: `${value.format}, ${value.attributes.scheme}` };
    });
    const target = take(steps, "subject", () => {
      const value = readPayload(envelope.payload);
      if (value.digest !== subject) throw refused("trust.subject", `it signs ${value.digest}, not ${subject}`);
      return { value, detail: `it signs ${value.digest}` };
    });
    const moment = take(steps, "time", () => {
      expectNotExpired(envelope, now);
      const value = signingMoment(envelope, material.authorities, now);
      return { value, detail: value.detail, ...(value.times.length === 0 ? { isAsked: false } : {}) };
    });
    const { signer, signing } = take(steps, "signer", () => {
      const chain = readChain(envelope.chain);
      const signer = signerOf(chain, envelope.attributes.scheme, material.authorities);
      expectValid(chain, moment);
      const detail = `${shown(signer.subject)}, trusted by ${signer.authority}; revocation is not looked up`;
      return { value: { signer, signing: chain[0] }, detail };
    });
    take(steps, "certificate-log", () => notAsked("notation does not log certificates"));
    take(steps, "signature", () => {
      const algorithm = expectSigned(envelope, signing);
      return { value: algorithm, detail: `${algorithm} by the certificate's key` };
    });
    take(steps, "log", () => notAsked("notation does not log signatures"));

    const content = { kind: "image", digest: target.digest, annotations: target.annotations } as const;
    return { form, subject, place, steps, outcome: "verified", signers: [signer], times: moment.times, content };
  } catch (error) {
    return { form, subject, place, steps, outcome: "refused", refusal: refusalOf(error, "trust.form") };
  }
}

function notAsked(detail: string): Told<undefined> {
  return { value: undefined, detail, isAsked: false };
}

function readEnvelope({ form, envelope: { kind, ...rest } }: FoundSignature): NotationEnvelope {
  if (!("bytes" in rest) || form !== `notation-${kind}`)
    throw malformed(`a signature of the form ${form} is not ${kind}`);
  if (rest.bytes.length > bounds.notationBytes) {
    throw refused("trust.bound", `the envelope has more than ${bounds.notationBytes} bytes`);
  }
  const bytes = Buffer.from(rest.bytes.buffer, rest.bytes.byteOffset, rest.bytes.length);
  return kind === "jws" ? readJws(bytes) : readCose(bytes);
}

function expectNotExpired({ attributes: { expiry } }: NotationEnvelope, now: Date): void {
  if (expiry === undefined || now.getTime() < expiry) return;
  throw refused("trust.time", `the signature expired at ${isoTime(expiry)}`);
}

function signingMoment(
  { attributes, timestamp, signature }: NotationEnvelope,
  authorities: readonly CertificateAuthority[],
  now: Date,
): SigningMoment {
  const asNow = now.getTime();
  if (attributes.scheme === "notary.x509.signingAuthority") {
    const { signingTime } = attributes;
    expectPast(signingTime, now);
    const at = isoTime(signingTime);
    const times = [{ by: "signing-authority", at }] as const;
    return {
      earliest: signingTime,
      latest: signingTime,
      times,
      detail: `signed at ${at}, by the signing authority's word`,
    };
  }
  if (timestamp === undefined) return { earliest: asNow, latest: asNow, times: [], detail: "it has no timestamp" };
  if (!authorities.some(({ purpose }) => purpose === "timestamping")) {
    return { earliest: asNow, latest: asNow, times: [], detail: "no authority is trusted for its timestamp" };
  }
  const { time, earliest, latest, authority } = verifyTimestamp(timestamp, signature, authorities);
  expectPast(earliest, now);
  const at = isoTime(time);
  const times = [{ by: "timestamp-authority", at, detail: authority.name }] as const;
  return { earliest, latest, times, detail: `signed before ${at}, by the word of ${authority.name}` };
}

function expectPast(time: number, now: Date): void {
  if (time <= now.getTime() + CLOCK_SKEW_MS) return;
  throw refused("trust.time", `the time of the signature, ${isoTime(time)}, is in the future`);
}

/** Trust stores of the one scheme say nothing about the other (signing-scheme.md, "Trust Stores"). */
const purposeOf = { "notary.x509": "signing", "notary.x509.signingAuthority": "signing-authority" } as const;

function signerOf(
  chain: readonly [Certificate, ...Certificate[]],
  scheme: SigningScheme,
  authorities: readonly CertificateAuthority[],
): Signer & { readonly kind: "certificate" } {
  const [signing] = chain;
  const subject = describeName(signing.subject, (cause) => certificateFault(chain, 0, cause));
  if (subject === "") throw certificateFault(chain, 0, "names nobody");
  const trusting = authorities.filter((authority) => chain.some(({ bytes }) => anchorsOf(authority).has(bytes)));
  const authority = trusting.find(({ purpose }) => purpose === purposeOf[scheme]);
  if (authority === undefined) {
    const root = shown(certificateName(chain.at(-1) ?? signing));
    const otherwise = trusting.map(({ name, purpose }) => `; ${name} is trusted for ${purpose} alone`).join("");
    const unread = authorities
      .filter(({ purpose }) => purpose === purposeOf[scheme])
      .flatMap((each) => anchorsOf(each).unread.map((which) => `; of ${each.name}, ${which}`))
      .join("");
    throw refused(
      "trust.unknown-root",
      `no authority that is trusted for ${purposeOf[scheme]} has ${root}${otherwise}${shown(unread)}`,
    );
  }
  const fingerprint = `sha256:${createHash("sha256").update(signing.bytes).digest("hex")}` as Digest;
  return { kind: "certificate", subject, authority: authority.name, fingerprint };
}

/** Every certificate, for all of the time at which it may have been signed. */
function expectValid(chain: readonly Certificate[], { earliest, latest, times }: SigningMoment): void {
  for (const [index, certificate] of chain.entries()) {
    const cause = validityFault(certificate, earliest, latest);
    if (cause === undefined) continue;
    const when = times.length > 0 ? `, and the signature is of ${isoTime(latest)}` : "";
    throw certificateFault(chain, index, `${cause}${when}`);
  }
}

/** @returns the algorithm */
function expectSigned({ algorithm, signed, signature }: NotationEnvelope, { publicKey }: Certificate): string {
  const key = readPublicKey(publicKey);
  const own = algorithmOf(key);
  if (own === undefined)
    throw refused("trust.unsupported", "the certificate's key is of a kind or size that signs nothing");
  if (own !== algorithm) {
    throw refused("trust.signature", `the envelope says ${algorithm}, and the certificate's key signs with ${own}`);
  }
  if (!isSignatureOf(key, own, signed, signature)) {
    throw refused("trust.signature", "the signature is not by the certificate's key over this envelope");
  }
  return own;
}
