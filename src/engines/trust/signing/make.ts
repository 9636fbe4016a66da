/** Signatures and attestations of one image in each form, complete with what vouches for them; nothing is written yet. */
import { createPublicKey, verify } from "node:crypto";
import { Problem } from "../../../core/problem.ts";
import { signPredicateType } from "../forms.ts";
import type { CosignAnnotations, Envelope, SignatureForm } from "../model.ts";
import { bundleJson } from "./bundle.ts";
import { certificatePem } from "./certificate.ts";
import { envelopeJson, IN_TOTO, type MadeEnvelope, signEnvelope } from "./dsse.ts";
import type { SigningKey } from "./key.ts";
import type { LogEntry, Logged, LogVerifier } from "./log-entry.ts";
import { enterInRekor } from "./rekor.ts";
import { enterInRekorTiles, keyDetails } from "./rekor-tiles.ts";
import type { Services } from "./service.ts";
import type { Credential, RunSigner, Witnesses } from "./signer.ts";
import {
  type Annotations,
  attestationStatement,
  type SignedImage,
  STATEMENT_V1,
  STATEMENT_V01,
  signStatement,
  simpleSigningPayload,
} from "./statement.ts";
import { requestTimestamp, type Timestamp } from "./timestamp.ts";

export const signForms = ["cosign-sig", "cosign-referrer", "bundle-signature"] as const;
export const attestForms = ["cosign-att", "bundle-attestation"] as const;
export type SignForm = (typeof signForms)[number];
export type AttestForm = (typeof attestForms)[number];

/** What an image is signed with, or what is attested of it. */
export type Signed =
  | { readonly kind: "image"; readonly annotations: Annotations }
  | { readonly kind: "attestation"; readonly predicateType: string; readonly predicate: unknown };

/** A signature as it is to be kept beside its image. */
export interface MadeSignature {
  readonly form: SignForm | AttestForm;
  readonly image: SignedImage;
  readonly envelope: Envelope;
  /** Of a statement. */
  readonly predicateType?: string;
  readonly credential: Credential;
  readonly entry?: LogEntry;
  readonly timestamp?: Timestamp;
}

/**
 * Refuses what cannot come to a signature that anybody verifies, before anything is asked or written.
 *
 * @throws Problem (usage) `signing.form`
 */
export function requireForm(form: SignatureForm, { kind, key }: RunSigner, { log, timestamp }: Witnesses): void {
  const isBundle = form.startsWith("bundle-");
  if (log?.version === 2 && !isBundle) {
    throw formProblem(
      form,
      "an entry of Rekor v2 cannot be kept in this form",
      "use --form bundle-signature or bundle-attestation",
    );
  }
  if (log?.version === 2 && key !== undefined && detailsOf(key) === undefined) {
    throw formProblem(key.name, `Rekor v2 takes no ${key.algorithm} signatures of this kind`, "use --rekor none");
  }
  if (log?.version === 1 && key?.algorithm === "ed25519" && (form === "cosign-sig" || form === "cosign-referrer")) {
    const remedy = "use --form bundle-signature, or --rekor none";
    throw formProblem(key.name, "the log takes no Ed25519 signatures of this form", remedy);
  }
  if (form === "cosign-att" && log?.version === 1 && log.envelopeEntry === "intoto") {
    const cause =
      "cosign compares an intoto entry with the envelope as it is kept, and the log hashes another form of it";
    throw formProblem(form, cause, "use --form bundle-attestation, or --rekor-entry dsse");
  }
  if (kind === "identity" && log?.version !== 1 && timestamp === undefined) {
    const cause = "a short-lived certificate needs a signed time";
    throw formProblem(
      form,
      cause,
      log === undefined ? "use --rekor URL or --tsa URL" : "Rekor v2 signs none: use --tsa URL",
    );
  }
}

export async function makeSignature(
  form: SignForm | AttestForm,
  image: SignedImage,
  signed: Signed,
  signer: RunSigner,
  witnesses: Witnesses,
  services: Services,
): Promise<MadeSignature> {
  const credential = await signer.credential();
  const verifier = verifierOf(credential);
  const work = { credential, verifier, witnesses, services };
  if (form === "cosign-sig" || form === "cosign-referrer") {
    const bytes = simpleSigningPayload(image, signed.kind === "image" ? signed.annotations : {});
    const signature = credential.key.sign(bytes);
    requireHolds(credential, bytes, signature);
    const witnessed = await witness(work, { kind: "bytes", bytes, signature, verifier }, signature);
    const annotations = cosignAnnotations(credential, witnessed);
    const envelope: Envelope = {
      ...{ kind: "simple-signing", payload: bytes, signature: signature.toString("base64") },
      ...annotations,
    };
    return { form, image, envelope, credential, ...witnessed };
  }
  const predicateType = signed.kind === "image" ? signPredicateType : signed.predicateType;
  const envelope = signEnvelope(IN_TOTO, payloadOf(form, image, signed), credential.key);
  requireHolds(credential, envelope.encoded, envelope.signature);
  const isBundle = form !== "cosign-att";
  // cosign has the whole envelope timestamped where it keeps its annotations, and the signature in a bundle.
  const stamped = isBundle ? envelope.signature : Buffer.from(envelopeJson(envelope));
  const witnessed = await witness(work, { kind: "envelope", envelope, verifier }, stamped);
  return {
    ...{ form, image, predicateType, credential, ...witnessed },
    envelope: isBundle
      ? { kind: "bundle", bytes: bundleJson({ envelope, signer: verifier, ...witnessed }) }
      : dsseOf(envelope, cosignAnnotations(credential, witnessed)),
  };
}

function payloadOf(form: SignForm | AttestForm, image: SignedImage, signed: Signed): Buffer {
  if (signed.kind === "image") return signStatement(image, signed.annotations);
  const type = form === "cosign-att" ? STATEMENT_V01 : STATEMENT_V1;
  return attestationStatement(image, type, signed.predicateType, signed.predicate);
}

function dsseOf(envelope: MadeEnvelope, annotations: CosignAnnotations): Envelope {
  return { kind: "dsse", bytes: Buffer.from(envelopeJson(envelope)), ...annotations };
}

function verifierOf({ key, certificate }: Credential): LogVerifier {
  if (certificate === undefined) return { kind: "key", der: key.spki, pem: key.publicPem };
  return { kind: "certificate", der: certificate.leaf, pem: certificatePem(certificate.leaf) };
}

interface Work {
  readonly credential: Credential;
  readonly witnesses: Witnesses;
  readonly services: Services;
}

interface Witnessed {
  readonly entry?: LogEntry;
  readonly timestamp?: Timestamp;
}

/** The time first: a certificate that has run out when its signature is timestamped is of no use in the log. */
async function witness({ credential, witnesses, services }: Work, logged: Logged, stamped: Buffer): Promise<Witnessed> {
  const { log } = witnesses;
  const timestamp =
    witnesses.timestamp === undefined ? undefined : await requestTimestamp(witnesses.timestamp, stamped, services);
  const entry = log === undefined ? undefined : await enter(credential, logged, log, services);
  return { ...(entry === undefined ? {} : { entry }), ...(timestamp === undefined ? {} : { timestamp }) };
}

async function enter(
  { key }: Credential,
  logged: Logged,
  { url, version, envelopeEntry }: NonNullable<Witnesses["log"]>,
  services: Services,
): Promise<LogEntry> {
  if (version === 1) return await enterInRekor(url, logged, envelopeEntry, services);
  return await enterInRekorTiles(url, logged, detailsOf(key) ?? "", services);
}

function detailsOf({ algorithm, spki }: SigningKey): string | undefined {
  const { asymmetricKeyDetails } = createPublicKey({ key: spki, format: "der", type: "spki" });
  return keyDetails(algorithm, asymmetricKeyDetails?.modulusLength ?? 0);
}

function cosignAnnotations({ certificate }: Credential, { entry, timestamp }: Witnessed): CosignAnnotations {
  return {
    ...(certificate === undefined
      ? {}
      : {
          certificate: certificatePem(certificate.leaf),
          ...(certificate.issuers.length === 0 ? {} : { chain: certificate.issuers.map(certificatePem).join("") }),
        }),
    ...(entry?.promise === undefined
      ? {}
      : {
          rekorBundle: JSON.stringify({
            SignedEntryTimestamp: entry.promise.toString("base64"),
            Payload: {
              body: entry.body.toString("base64"),
              integratedTime: Number(entry.integratedTime),
              logIndex: Number(entry.logIndex),
              logID: entry.logId.toString("hex"),
            },
          }),
        }),
    ...(timestamp === undefined
      ? {}
      : { timestamp: JSON.stringify({ SignedRFC3161Timestamp: timestamp.response.toString("base64") }) }),
  };
}

/** A key whose halves do not belong together is seen here, not by those who verify. */
function requireHolds({ key }: Credential, bytes: Buffer, signature: Buffer): void {
  const own = createPublicKey({ key: key.spki, format: "der", type: "spki" });
  if (verify(key.algorithm === "ed25519" ? null : "sha256", bytes, own, signature)) return;
  throw new Problem({ kind: "usage", code: "signing.key", place: key.name, cause: "its signature does not verify" });
}

function formProblem(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "usage",
    code: "signing.form",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
