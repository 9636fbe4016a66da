/**
 * An instance of Sigstore for tests: certificate authority, certificate log, transparency logs of both kinds and a timestamp
 * authority, whole or wrong in what the test is about. Made here in full: no program, no clock, no network.
 */
import { createHash, type KeyObject, sign } from "node:crypto";
import { contextTag, tags } from "../../../formats/der/read.ts";
import { der, derIntegerOf, derTextOf } from "../../../formats/der/write.ts";
import type { SigstoreRoot } from "../model.ts";
import { madeToken, type TokenWish } from "../timestamp/made-token.fixture.ts";
import {
  basicConstraints,
  CODE_SIGNING,
  ecKeys,
  extendedKeyUsage,
  extension,
  type KeyPair,
  keyUsage,
  type Made,
  madeCertificate,
  timestampExtensions,
} from "../x509/made-certificates.fixture.ts";
import { readCertificate } from "../x509/read.ts";
import { merkleProof, merkleRoot } from "./merkle.fixture.ts";

export const SIGNED_AT = new Date("2026-05-01T12:00:00Z");
export const IDENTITY = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1.0.0";
export const ISSUER = "https://token.actions.githubusercontent.com";

/** A log of signatures: Rekor v1 vouches for times, v2 does not. */
export interface MadeLog {
  readonly host: string;
  readonly keys: KeyPair;
  readonly id: Buffer;
}

export interface MadeSigstore {
  readonly root: Made;
  readonly intermediate: Made;
  readonly certificateLog: KeyPair;
  readonly log: MadeLog;
  readonly tiles: MadeLog;
  readonly timestampRoot: Made;
  readonly timestamper: Made;
}

function madeLog(host: string): MadeLog {
  const keys = ecKeys();
  return { host, keys, id: sha256(spkiOf(keys)) };
}

export function spkiOf({ publicKey }: Pick<KeyPair, "publicKey">): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function madeSigstore(): MadeSigstore {
  const root = madeCertificate({ subject: "CN=sigstore root,O=Test", keys: ecKeys() });
  const timestampRoot = madeCertificate({ subject: "CN=clock root,O=Test", keys: ecKeys() });
  return {
    root,
    intermediate: madeCertificate({
      subject: "CN=sigstore,O=Test",
      keys: ecKeys(),
      issuer: root,
      extensions: [basicConstraints(true, 0), keyUsage(["keyCertSign", "cRLSign"]), extendedKeyUsage([CODE_SIGNING])],
    }),
    certificateLog: ecKeys(),
    log: madeLog("log.example.com"),
    tiles: madeLog("tiles.example.com"),
    timestampRoot,
    timestamper: madeCertificate({
      subject: "CN=clock,O=Test",
      keys: ecKeys(),
      issuer: timestampRoot,
      extensions: timestampExtensions,
    }),
  };
}

const VALID_FOR = { start: "2026-01-01T00:00:00Z" };

/** The JSON form of its trusted root; parts of it may be exchanged. */
export function rootDocument(sigstore: MadeSigstore, parts: Readonly<Record<string, unknown>> = {}) {
  const logOf = (keys: KeyPair, url: string) => ({
    baseUrl: url,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: spkiOf(keys).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: VALID_FOR,
    },
    logId: { keyId: sha256(spkiOf(keys)).toString("base64") },
  });
  const chainOf = (...certificates: readonly Made[]) => ({
    certificates: certificates.map((certificate) => ({ rawBytes: certificate.der.toString("base64") })),
  });
  const { log, tiles } = sigstore;
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [log, tiles].map(({ keys, host }) => logOf(keys, `https://${host}`)),
    ctlogs: [logOf(sigstore.certificateLog, "https://certificates.example.com")],
    certificateAuthorities: [
      {
        subject: { organization: "Test", commonName: "sigstore" },
        uri: "https://authority.example.com",
        certChain: chainOf(sigstore.intermediate, sigstore.root),
        validFor: VALID_FOR,
      },
    ],
    timestampAuthorities: [
      {
        subject: { organization: "Test", commonName: "clock" },
        uri: "https://clock.example.com",
        certChain: chainOf(sigstore.timestamper, sigstore.timestampRoot),
        validFor: VALID_FOR,
      },
    ],
    ...parts,
  };
}

export function madeRoot(sigstore: MadeSigstore, parts: Readonly<Record<string, unknown>> = {}): SigstoreRoot {
  return { name: "test", document: rootDocument(sigstore, parts) };
}

export interface CertificateWish {
  readonly identity?: string;
  /** The name itself, instead of the identity as a URI or an e-mail address. */
  readonly names?: readonly Buffer[];
  readonly issuer?: string;
  /** OID under Fulcio's arc to text. */
  readonly claims?: Readonly<Record<number, string>>;
  readonly from?: Date;
  readonly until?: Date;
  readonly keys?: KeyPair;
  readonly extensions?: readonly Buffer[];
  readonly more?: readonly Buffer[];
  readonly by?: Made;
  /** Who logs the certificate; nobody where it is null. */
  readonly loggedBy?: KeyPair | null;
}

export const FULCIO = "1.3.6.1.4.1.57264.1";

export function utf8Claim(number: number, text: string): Buffer {
  return extension(`${FULCIO}.${number}`, false, derTextOf(tags.utf8String, text));
}

export function alternativeName(...names: readonly Buffer[]): Buffer {
  return extension("2.5.29.17", true, der(tags.sequence, ...names));
}

export function nameOf(identity: string): Buffer {
  return derTextOf(contextTag(identity.includes("://") ? 6 : 1), identity);
}

/** For ten minutes around {@link SIGNED_AT}, as Fulcio does it. */
export function madeIdentity(sigstore: MadeSigstore, wish: CertificateWish = {}): Made {
  const { identity = IDENTITY, issuer = ISSUER, claims = {}, by = sigstore.intermediate, more = [] } = wish;
  const base = {
    subject: "",
    keys: wish.keys ?? ecKeys(),
    issuer: by,
    from: wish.from ?? new Date(SIGNED_AT.getTime() - 300_000),
    until: wish.until ?? new Date(SIGNED_AT.getTime() + 300_000),
  };
  const extensions = wish.extensions ?? [
    keyUsage(["digitalSignature"]),
    extendedKeyUsage([CODE_SIGNING]),
    alternativeName(...(wish.names ?? [nameOf(identity)])),
    ...(issuer === "" ? [] : [utf8Claim(8, issuer)]),
    ...Object.entries(claims).map(([number, text]) => utf8Claim(Number(number), text)),
    ...more,
  ];
  const { loggedBy = sigstore.certificateLog } = wish;
  if (loggedBy === null) return madeCertificate({ ...base, extensions });
  const draft = readCertificate(madeCertificate({ ...base, extensions }).der, (cause) => new Error(cause));
  const logged = certificateTimestamp(draft.signed, spkiOf(by.keys), loggedBy);
  return madeCertificate({ ...base, extensions: [...extensions, logged] });
}

/** The extension with one signed certificate timestamp (RFC 6962, sections 3.2 and 3.3). */
function certificateTimestamp(signed: Buffer, issuerKey: Buffer, log: KeyPair): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(SIGNED_AT.getTime()));
  const content = Buffer.concat([
    Buffer.from([0, 0]),
    time,
    Buffer.from([0, 1]),
    sha256(issuerKey),
    sized(3, signed),
    Buffer.from([0, 0]),
  ]);
  const signature = sign("sha256", content, log.privateKey);
  const entry = Buffer.concat([
    Buffer.from([0]),
    sha256(spkiOf(log)),
    time,
    Buffer.from([0, 0, 4, 3]),
    sized(2, signature),
  ]);
  return extension("1.3.6.1.4.1.11129.2.4.2", false, der(tags.octetString, sized(2, sized(2, entry))));
}

function sized(bytes: number, content: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}

export interface EntryWish {
  readonly log: MadeLog;
  readonly body: unknown;
  /** Whether the log vouches for the time; then without a proof where nothing else is said. */
  readonly at?: Date;
  readonly proof?: boolean;
  /** Names under which the tree is signed, and other lines under it. */
  readonly noteName?: string;
  readonly noteLines?: readonly string[];
  readonly logIndex?: number;
}

export interface MadeEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: string; readonly version: string };
  readonly integratedTime?: string;
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  readonly inclusionProof?: object;
  readonly canonicalizedBody: string;
}

const INDEX = 5;

export function madeEntry({ log, body, at, ...wish }: EntryWish): MadeEntry {
  const { kind, apiVersion } = body as { kind: string; apiVersion: string };
  const bytes = Buffer.from(JSON.stringify(body));
  // A promise is about a place among all trees, a proof about one in its own.
  const logIndex = wish.logIndex ?? (at === undefined ? INDEX : 1_000 + INDEX);
  const integratedTime = at === undefined ? undefined : Math.floor(at.getTime() / 1000);
  const promised = `{"body":"${bytes.toString("base64")}","integratedTime":${integratedTime},"logID":"${log.id.toString("hex")}","logIndex":${logIndex}}`;
  return {
    logIndex: String(logIndex),
    logId: { keyId: log.id.toString("base64") },
    kindVersion: { kind, version: apiVersion },
    ...(integratedTime === undefined
      ? {}
      : {
          integratedTime: String(integratedTime),
          inclusionPromise: { signedEntryTimestamp: signed(log.keys.privateKey, promised) },
        }),
    ...(at !== undefined && wish.proof !== true ? {} : { inclusionProof: madeProof(log, bytes, wish) }),
    canonicalizedBody: bytes.toString("base64"),
  };
}

export function madeProof(log: MadeLog, body: Buffer, { noteName, noteLines = [] }: Omit<EntryWish, "log" | "body">) {
  const leaves = Array.from({ length: 11 }, (_, i) => (i === INDEX ? body : Buffer.from(`entry ${i}`)));
  const root = merkleRoot(leaves);
  const text = `${log.host}\n${leaves.length}\n${root.toString("base64")}\n`;
  const signature = Buffer.concat([log.id.subarray(0, 4), sign("sha256", Buffer.from(text), log.keys.privateKey)]);
  const lines = [`\u2014 ${noteName ?? log.host} ${signature.toString("base64")}`, ...noteLines];
  return {
    logIndex: String(INDEX),
    rootHash: root.toString("base64"),
    treeSize: String(leaves.length),
    hashes: merkleProof(leaves, INDEX).map((hash) => hash.toString("base64")),
    checkpoint: { envelope: `${text}\n${lines.join("\n")}\n` },
  };
}

function signed(key: KeyObject, text: string): string {
  return sign("sha256", Buffer.from(text), key).toString("base64");
}

/** A response with its status, over a signature. */
export function madeTimestamp(
  { timestamper }: MadeSigstore,
  signature: Uint8Array,
  wish: Partial<TokenWish> = {},
  status: readonly Buffer[] = [derIntegerOf(0)],
): Buffer {
  const token = madeToken({ over: signature, time: SIGNED_AT, by: timestamper, ...wish });
  return der(tags.sequence, der(tags.sequence, ...status), token);
}
