/**
 * What the program carries of an instance, so that it can begin without the network: public keys, certificates and their
 * times. `bulkhead trust update` replaces what is verified with; the keys of the repository's root are where that begins.
 */
export interface Carried {
  /** ISO 8601, UTC: when this was the instance's trusted root. */
  readonly asOf: string;
  readonly repository: CarriedRepository;
  readonly logs: readonly CarriedLog[];
  readonly certificateLogs: readonly CarriedLog[];
  readonly authorities: readonly CarriedAuthority[];
  readonly timestampAuthorities: readonly CarriedAuthority[];
}

/** Whose signatures make one version of a TUF root the right one; the versions behind it lead on from there. */
export interface CarriedRepository {
  readonly url: string;
  readonly version: number;
  /** How many of the keys must have signed that version. */
  readonly threshold: number;
  /** Base64 of SubjectPublicKeyInfo. */
  readonly keys: readonly string[];
}

interface CarriedLog extends Span {
  readonly url: string;
  /** Base64: what entries name it by. Of Rekor v1 and certificate logs the key's hash, of v2 one of its name with it. */
  readonly id: string;
  /** Base64 of SubjectPublicKeyInfo. */
  readonly key: string;
  /** As sigstore.common.v1.PublicKeyDetails names it. */
  readonly details: string;
}

interface CarriedAuthority extends Span {
  readonly url: string;
  readonly subject: { readonly organization: string; readonly commonName: string };
  /** Base64 of DER, the root last. */
  readonly certificates: readonly string[];
}

/** ISO 8601, UTC: when signatures of a log or authority count. */
interface Span {
  readonly from: string;
  readonly until?: string;
}

/** The facts in the JSON form of sigstore.trustroot.v1.TrustedRoot. */
export function documentOf({ logs, certificateLogs, authorities, timestampAuthorities }: Carried): object {
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: logs.map(logOf),
    certificateAuthorities: authorities.map(authorityOf),
    ctlogs: certificateLogs.map(logOf),
    timestampAuthorities: timestampAuthorities.map(authorityOf),
  };
}

function logOf({ url, id, key, details, ...span }: CarriedLog): object {
  return {
    baseUrl: url,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: key, keyDetails: details, validFor: spanOf(span) },
    logId: { keyId: id },
  };
}

function authorityOf({ url, subject, certificates, ...span }: CarriedAuthority): object {
  return {
    subject,
    uri: url,
    certChain: { certificates: certificates.map((rawBytes) => ({ rawBytes })) },
    validFor: spanOf(span),
  };
}

function spanOf({ from, until }: Span): object {
  return { start: from, ...(until === undefined ? {} : { end: until }) };
}
