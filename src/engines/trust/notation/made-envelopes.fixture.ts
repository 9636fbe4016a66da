/** Envelopes of notation for tests, in both formats, whole or wrong in what the test is about. */
import { createHash, sign } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import type { CborValue } from "../../../formats/cbor/read.ts";
import { writeCbor } from "../../../formats/cbor/write.ts";
import type { FoundSignature, TrustMaterial } from "../model.ts";
import { madeToken } from "../timestamp/made-token.fixture.ts";
import {
  authorityExtensions,
  basicConstraints,
  ecKeys,
  keyUsage,
  type Made,
  madeCertificate,
  timestampExtensions,
} from "../x509/made-certificates.fixture.ts";
import { readPublicKey } from "../x509/public-key.ts";
import { algorithmOf, coseLabels, hashOf, type NotationAlgorithm, nodeOptions } from "./algorithm.ts";
import { signedBytes } from "./cose.ts";
import { headers, PAYLOAD_TYPE } from "./envelope.ts";

export const NOW = new Date("2026-06-01T12:00:00Z");
export const SUBJECT = `sha256:${"ab".repeat(32)}` as Digest;

/** Root, intermediate and signer; and a timestamp authority. */
export const root = madeCertificate({ subject: "CN=root,O=Shop", keys: ecKeys() });
export const intermediate = madeCertificate({
  subject: "CN=images,O=Shop",
  keys: ecKeys("P-384"),
  issuer: root,
  extensions: [basicConstraints(true, 0), keyUsage(["keyCertSign"])],
});
export const signer = madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer: intermediate });
export const timestampRoot = madeCertificate({ subject: "CN=times,O=Clock", keys: ecKeys() });
export const timestampSigner = madeCertificate({
  subject: "CN=clock 1,O=Clock",
  keys: ecKeys(),
  issuer: timestampRoot,
  extensions: timestampExtensions,
});
export const strangerRoot = madeCertificate({
  subject: "CN=root,O=Shop",
  keys: ecKeys(),
  extensions: authorityExtensions,
});

export const material: TrustMaterial = {
  roots: [],
  keys: [],
  authorities: [
    { name: "shop", purpose: "signing", certificates: [root.der] },
    { name: "clock", purpose: "timestamping", certificates: [timestampRoot.der] },
  ],
};

/** The same root, trusted to sign and to state times. */
export const authorityMaterial: TrustMaterial = {
  roots: [],
  keys: [],
  authorities: [{ name: "signing service", purpose: "signing-authority", certificates: [root.der] }],
};

export type Format = "jws" | "cose";
export const formats: readonly Format[] = ["jws", "cose"];

export interface EnvelopeWish {
  readonly chain?: readonly Made[];
  /** Whose key signs; the first of the chain, where nothing is said. */
  readonly by?: Made;
  /** What the envelope says; what the key asks for, where nothing is said. */
  readonly algorithm?: NotationAlgorithm | "none";
  readonly scheme?: string;
  readonly time?: Date;
  readonly expiry?: Date;
  /** Of the protected headers, instead of or beside those that the rest asks for; undefined takes one away. */
  readonly protectedHeaders?: Readonly<Record<string, string | Date | undefined>>;
  readonly critical?: readonly string[];
  readonly contentType?: string;
  readonly payload?: unknown;
  readonly annotations?: Readonly<Record<string, string>>;
  /** A countersignature of that time. */
  readonly timestamp?: Date | Buffer;
}

export function madeEnvelope(format: Format, wish: EnvelopeWish = {}): Buffer {
  const chain = wish.chain ?? [signer, intermediate, root];
  const by = wish.by ?? chain[0] ?? signer;
  const key = readPublicKey(by.keys.publicKey.export({ type: "spki", format: "der" }));
  const own = algorithmOf(key) ?? "ES256";
  const scheme = wish.scheme ?? "notary.x509";
  const isAuthority = scheme === "notary.x509.signingAuthority";
  const timeHeader = isAuthority ? headers.authenticSigningTime : headers.signingTime;
  const critical = wish.critical ?? [
    headers.scheme,
    ...(isAuthority ? [headers.authenticSigningTime] : []),
    ...(wish.expiry === undefined ? [] : [headers.expiry]),
  ];
  const protectedHeaders = {
    [headers.scheme]: scheme,
    [timeHeader]: wish.time ?? new Date("2026-05-01T10:00:00Z"),
    ...(wish.expiry === undefined ? {} : { [headers.expiry]: wish.expiry }),
    ...wish.protectedHeaders,
  };
  const target = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: SUBJECT,
    size: 481,
    ...(wish.annotations === undefined ? {} : { annotations: wish.annotations }),
  };
  const payload = Buffer.from(JSON.stringify(wish.payload ?? { targetArtifact: target }));
  const parts = {
    payload,
    algorithm: wish.algorithm ?? own,
    critical,
    contentType: wish.contentType ?? PAYLOAD_TYPE,
    protectedHeaders,
    chain: chain.map((certificate) => certificate.der),
    sign: (bytes: Buffer) => sign(hashOf(own), bytes, { key: by.keys.privateKey, ...nodeOptions(own) }),
    countersign: (signature: Buffer) =>
      wish.timestamp instanceof Date
        ? madeToken({ over: signature, time: wish.timestamp, by: timestampSigner })
        : wish.timestamp,
  };
  return format === "jws" ? madeJws(parts) : madeCose(parts);
}

interface Parts {
  readonly payload: Buffer;
  readonly algorithm: NotationAlgorithm | "none";
  readonly critical: readonly string[];
  readonly contentType: string;
  readonly protectedHeaders: Readonly<Record<string, string | Date | undefined>>;
  readonly chain: readonly Buffer[];
  sign(bytes: Buffer): Buffer;
  countersign(signature: Buffer): Buffer | undefined;
}

function madeJws(parts: Parts): Buffer {
  const protectedHeader = Buffer.from(
    JSON.stringify({ alg: parts.algorithm, cty: parts.contentType, crit: parts.critical, ...parts.protectedHeaders }),
  ).toString("base64url");
  const payload = parts.payload.toString("base64url");
  const signature = parts.sign(Buffer.from(`${protectedHeader}.${payload}`));
  const timestamp = parts.countersign(signature);
  const x5c = parts.chain.map((der) => der.toString("base64"));
  return Buffer.from(
    JSON.stringify({
      payload,
      protected: protectedHeader,
      header: {
        x5c,
        ...(timestamp === undefined ? {} : { [headers.timestamp]: timestamp.toString("base64") }),
        [headers.signingAgent]: "made/1.0",
      },
      signature: signature.toString("base64url"),
    }),
  );
}

function madeCose(parts: Parts): Buffer {
  const protectedHeader = writeCbor(
    map([
      [integer(1n), parts.algorithm === "none" ? integer(0n) : integer(coseLabels[parts.algorithm])],
      [integer(2n), { kind: "list", items: parts.critical.map(text) }],
      [integer(3n), text(parts.contentType)],
      ...Object.entries(parts.protectedHeaders).flatMap(([name, value]): Entry[] => {
        if (value === undefined) return [];
        if (typeof value === "string") return [[text(name), text(value)]];
        return [[text(name), { kind: "tag", tag: 1n, value: integer(BigInt(value.getTime() / 1000)) }]];
      }),
    ]),
  );
  const signature = parts.sign(signedBytes(protectedHeader, parts.payload));
  const timestamp = parts.countersign(signature);
  const unprotected = map([
    [integer(33n), { kind: "list", items: parts.chain.map(bytes) }],
    ...(timestamp === undefined ? [] : ([[text(headers.timestamp), bytes(timestamp)]] satisfies Entry[])),
    [text(headers.signingAgent), text("made/1.0")],
  ]);
  const items = [bytes(protectedHeader), unprotected, bytes(parts.payload), bytes(signature)];
  return writeCbor({ kind: "tag", tag: 18n, value: { kind: "list", items } });
}

type Entry = readonly [CborValue, CborValue];

function map(entries: readonly Entry[]): CborValue {
  return { kind: "map", entries };
}

function integer(value: bigint): CborValue {
  return { kind: "integer", value };
}

function text(value: string): CborValue {
  return { kind: "text", value };
}

function bytes(value: Buffer): CborValue {
  return { kind: "bytes", value };
}

/** As it lies beside an image. */
export function foundEnvelope(format: Format, bytes: Buffer, subject: Digest = SUBJECT): FoundSignature {
  const manifest = `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
  return {
    form: `notation-${format}`,
    subject,
    place: { by: "referrers", name: manifest, manifest },
    envelope: { kind: format, bytes },
  };
}
