/** What JWS and COSE envelopes of the Notary Project have in common (its signature specification, "Signature Envelope"). */
import { refused, shown } from "../refusal.ts";
import type { NotationAlgorithm } from "./algorithm.ts";

/** An envelope that has its form; nothing of it is verified. */
export interface NotationEnvelope {
  readonly format: "JWS" | "COSE";
  /** What the envelope says; which one the certificate's key asks for is what counts. */
  readonly algorithm: NotationAlgorithm;
  readonly attributes: SignedAttributes;
  readonly payload: Buffer;
  /** What the signature is over: the payload and the protected headers. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  /** DER, as they stand in the envelope: the signing certificate first. */
  readonly chain: readonly Buffer[];
  /** DER of an RFC 3161 TimeStampToken over the signature. */
  readonly timestamp?: Buffer;
}

export const signingSchemes = ["notary.x509", "notary.x509.signingAuthority"] as const;
export type SigningScheme = (typeof signingSchemes)[number];

export interface SignedAttributes {
  readonly scheme: SigningScheme;
  /** Milliseconds since 1970. Of `notary.x509` a mere claim of the signer; of a signing authority the time that counts. */
  readonly signingTime: number;
  readonly expiry?: number;
}

export const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";

export const headers = {
  scheme: "io.cncf.notary.signingScheme",
  signingTime: "io.cncf.notary.signingTime",
  authenticSigningTime: "io.cncf.notary.authenticSigningTime",
  expiry: "io.cncf.notary.expiry",
  plugin: "io.cncf.notary.verificationPlugin",
  pluginVersion: "io.cncf.notary.verificationPluginMinVersion",
  timestamp: "io.cncf.notary.timestampSignature",
  signingAgent: "io.cncf.notary.signingAgent",
} as const;

/** The protected headers with texts for names, as either format keeps them. */
export interface ProtectedHeaders {
  has(name: string): boolean;
  /** @throws a refusal where it is not a text */
  text(name: string): string;
  /** In milliseconds since 1970. @throws a refusal where it is not a time in the format's own way */
  time(name: string): number;
  /** The names that a verifier must understand; of labels that are numbers `label 5`. */
  readonly critical: readonly string[];
}

const understood: ReadonlySet<string> = new Set([headers.scheme, headers.authenticSigningTime, headers.expiry]);

/**
 * The signed attributes, with every rule of the signature specification about which must be there, and be critical.
 * Headers that are neither known nor critical are the signer's own, and say nothing here.
 */
export function readAttributes(protectedHeaders: ProtectedHeaders): SignedAttributes {
  const { critical } = protectedHeaders;
  refuseUnknown(protectedHeaders);
  const scheme = schemeOf(protectedHeaders);
  const [own, other] =
    scheme === "notary.x509"
      ? [headers.signingTime, headers.authenticSigningTime]
      : [headers.authenticSigningTime, headers.signingTime];
  if (protectedHeaders.has(other)) throw malformed(`header ${other} does not belong to the scheme ${scheme}`);
  if (!protectedHeaders.has(own)) throw malformed(`header ${own} is missing`);
  const mustBeCritical = [
    headers.scheme,
    ...(scheme === "notary.x509" ? [] : [headers.authenticSigningTime]),
    ...(protectedHeaders.has(headers.expiry) ? [headers.expiry] : []),
  ];
  const lax = mustBeCritical.find((name) => !critical.includes(name));
  if (lax !== undefined) throw malformed(`header ${lax} is not critical`);
  const absent = critical.find((name) => !protectedHeaders.has(name));
  if (absent !== undefined) throw malformed(`header ${absent} is critical and missing`);
  const signingTime = protectedHeaders.time(own);
  if (!protectedHeaders.has(headers.expiry)) return { scheme, signingTime };
  const expiry = protectedHeaders.time(headers.expiry);
  if (expiry <= signingTime) throw malformed("it expires before it was signed");
  return { scheme, signingTime, expiry };
}

function refuseUnknown({ critical, has, text }: ProtectedHeaders): void {
  if (critical.length === 0) throw malformed("no header is critical");
  if (new Set(critical).size < critical.length) throw malformed("a header is named critical twice");
  if (has(headers.plugin)) {
    throw refused(
      "trust.unsupported",
      `it must be verified by the plugin ${shown(text(headers.plugin))}, and plugins are not run`,
    );
  }
  const unknown = critical.find((name) => !understood.has(name));
  if (unknown !== undefined) throw refused("trust.unsupported", `critical header ${shown(unknown)} is not understood`);
  if (has(headers.pluginVersion)) throw malformed(`header ${headers.pluginVersion} names no plugin`);
}

function schemeOf({ has, text }: ProtectedHeaders): SigningScheme {
  if (!has(headers.scheme)) throw malformed(`header ${headers.scheme} is missing`);
  const written = text(headers.scheme);
  const scheme = signingSchemes.find((known) => known === written);
  if (scheme === undefined) throw refused("trust.unsupported", `signing scheme ${shown(written)} is not known`);
  return scheme;
}

/** @throws a refusal where the payload is not what the Notary Project signs */
export function expectPayloadType(type: string): void {
  if (type === PAYLOAD_TYPE) return;
  throw refused("trust.unsupported", `payload type ${shown(type)} is not ${PAYLOAD_TYPE}`);
}

export function malformed(reason: string): Error {
  return refused("trust.form", reason);
}
