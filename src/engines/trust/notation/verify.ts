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
  VerificationStep,
  VerifiedSignature,
} from "../model.ts";
import { refusalOf, refused, shown } from "../refusal.ts";
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

type Outcome = StepResult["outcome"];

/**
 * Every signature of a notation form becomes a verdict; what its bytes say can end nothing.
 *
 * @param now - when it must not have expired, and must be valid where nobody vouches for a time
 */
export function verifyNotation(found: FoundSignature, material: TrustMaterial, now: Date): VerifiedSignature {
  const { form, subject, place } = found;
  const steps: StepResult[] = [];
  /** Runs a step, and lists it with its last word: what it came to, or why it failed. */
  const step = <T>(name: VerificationStep, run: () => readonly [value: T, detail: string, outcome?: Outcome]): T => {
    try {
      const [value, detail, outcome = "holds"] = run();
      steps.push({ step: name, outcome, detail });
      return value;
    } catch (error) {
      steps.push({ step: name, outcome: "fails", detail: refusalOf(error, "trust.form").reason });
      throw error;
    }
  };

  try {
    const envelope = step("form", () => {
      const read = readEnvelope(found);
      return [read, `${read.format}, ${read.attributes.scheme}`];
    });
    const target = step("subject", () => {
      const read = readPayload(envelope.payload);
      if (read.digest !== subject) throw refused("trust.subject", `it signs ${read.digest}, not ${subject}`);
      return [read, `it signs ${read.digest}`];
    });
    const moment = step("time", () => {
      expectNotExpired(envelope, now);
      const moment = signingMoment(envelope, material.authorities, now);
      return [moment, moment.detail, moment.times.length > 0 ? "holds" : "not-asked"];
    });
    const { signer, signing } = step("signer", () => {
      const chain = readChain(envelope.chain);
      const signer = signerOf(chain, envelope.attributes.scheme, material.authorities);
      expectValid(chain, moment);
      const detail = `${shown(signer.subject)}, trusted by ${signer.authority}; revocation is not looked up`;
      return [{ signer, signing: chain[0] }, detail];
    });
    step("certificate-log", () => [undefined, "notation does not log certificates", "not-asked"]);
    step("signature", () => [undefined, `${expectSigned(envelope, signing)} by the certificate's key`]);
    step("log", () => [undefined, "notation does not log signatures", "not-asked"]);

    const content = { kind: "image", digest: target.digest, annotations: target.annotations } as const;
    return { form, subject, place, steps, outcome: "verified", signers: [signer], times: moment.times, content };
  } catch (error) {
    return { form, subject, place, steps, outcome: "refused", refusal: refusalOf(error, "trust.form") };
  }
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
  const times = [{ by: "timestamp-authority", at, detail: authority }] as const;
  return { earliest, latest, times, detail: `signed before ${at}, by the word of ${authority}` };
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
    throw refused(
      "trust.unknown-root",
      `no authority that is trusted for ${purposeOf[scheme]} has ${root}${otherwise}`,
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
