/** Twelve ways of altering a signature of notation's, and why each is refused. */

import { headers } from "../../src/engines/trust/notation/envelope.ts";
import { type Format, SUBJECT, timestampSigner } from "../../src/engines/trust/notation/made-envelopes.fixture.ts";
import { madeToken } from "../../src/engines/trust/timestamp/made-token.fixture.ts";
import { ecKeys, type Made, madeCertificate } from "../../src/engines/trust/x509/made-certificates.fixture.ts";
import { type CborValue, readCbor } from "../../src/formats/cbor/read.ts";
import { writeCbor } from "../../src/formats/cbor/write.ts";
import type { CoreGoSignRequest } from "../../test/trust/notation/core-go.ts";

export interface Tampering {
  readonly name: string;
  /** What the library is asked to sign otherwise: what a holder of the key can do. */
  readonly signed?: () => Partial<CoreGoSignRequest>;
  readonly now?: Date;
  readonly alter: (format: Format, envelope: Buffer, chain: readonly Made[]) => Buffer;
  readonly reason: RegExp;
  /** Another one is refused in the same words. */
  readonly sharesReason?: true;
}

/** The parts of an envelope, whatever its format. */
interface Parts {
  /** JSON or CBOR. */
  protectedHeader: Buffer;
  payload: Buffer;
  signature: Buffer;
  chain: Buffer[];
  timestamp?: Buffer;
}

const untouched = (_format: Format, envelope: Buffer): Buffer => envelope;
const other = `sha256:${"cd".repeat(32)}`;
const otherTarget = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: other, size: 481 };

export const tamperings: readonly Tampering[] = [
  {
    name: "the payload is of this image, and was signed for another",
    signed: () => ({ payload: Buffer.from(JSON.stringify({ targetArtifact: otherTarget })) }),
    alter: changing((parts) => {
      parts.payload = Buffer.from(JSON.stringify({ targetArtifact: { ...otherTarget, digest: SUBJECT } }));
    }),
    reason: /^signature: trust.signature: the signature is not by the certificate's key over this envelope$/,
  },
  {
    name: "it is another image's, whole",
    signed: () => ({ payload: Buffer.from(JSON.stringify({ targetArtifact: otherTarget })) }),
    alter: untouched,
    reason: /^subject: trust.subject: it signs sha256:cdcd.*, not sha256:abab/,
  },
  {
    name: "the time until which it is good has passed",
    now: new Date("2026-12-01T00:00:00Z"),
    alter: untouched,
    reason: /^time: trust.time: the signature expired at 2026-12-01T00:00:00Z$/,
  },
  {
    name: "a critical header that nobody here understands",
    signed: () => ({ attributes: [{ Key: "com.example.rule", Value: "x", Critical: true }] }),
    alter: untouched,
    reason: /^form: trust.unsupported: critical header com.example.rule is not understood$/,
  },
  {
    name: "a verification plugin is asked for",
    signed: () => ({ attributes: [{ Key: headers.plugin, Value: "com.example.plugin", Critical: true }] }),
    alter: untouched,
    reason: /^form: trust.unsupported: it must be verified by the plugin com.example.plugin, and plugins are not run$/,
  },
  {
    name: "another type of payload",
    signed: () => ({ contentType: "application/vnd.example+json" }),
    alter: untouched,
    reason: /^form: trust.unsupported: payload type application\/vnd.example\+json is not /,
  },
  {
    name: "the certificate is another's of the same name, by the same authority",
    alter: changing((parts, { chain }) => {
      parts.chain[0] = sameName(chain).der;
    }),
    reason: /^signature: trust.signature: the envelope says ES256, and the certificate's key signs with ES384$/,
  },
  {
    name: "the chain lacks its root",
    alter: changing((parts) => {
      parts.chain.pop();
    }),
    reason:
      /^signer: trust.certificate: certificate 2 \(CN=images,O=Shop\) did not sign itself: the chain lacks its root$/,
  },
  {
    name: "the chain is out of order",
    alter: changing((parts) => {
      parts.chain.splice(1, 2, ...parts.chain.slice(1).reverse());
    }),
    reason: /^signer: trust.certificate: certificate 1 \(CN=release,O=Shop\) names another issuer$/,
  },
  {
    name: "an authority of the same names, whose keys are a stranger's",
    alter: changing((parts) => {
      const stranger = madeCertificate({ subject: "CN=root,O=Shop", keys: ecKeys() });
      parts.chain[2] = stranger.der;
    }),
    reason: /^signer: trust.certificate: certificate 2 \(CN=images,O=Shop\) is not signed by its issuer's key$/,
  },
  {
    name: "a timestamp of another signature",
    alter: changing((parts) => {
      parts.timestamp = madeToken({
        over: Buffer.from("other"),
        time: new Date("2026-05-01T10:00:05Z"),
        by: timestampSigner,
      });
    }),
    reason: /^time: trust.time: the timestamp is about another signature$/,
  },
  {
    name: "a signing authority's word for the time, by whoever may only sign",
    signed: () => ({ scheme: "notary.x509.signingAuthority" }),
    alter: untouched,
    reason: /^signer: trust.unknown-root: .*; shop is trusted for signing alone$/,
  },
  {
    name: "the time until which it is good, taken out of the protected headers",
    alter: changing((parts, { format }) => {
      const without = { jws: withoutExpiryJson, cose: withoutExpiryCbor }[format];
      parts.protectedHeader = without(parts.protectedHeader);
    }),
    reason: /^signature: trust.signature: the signature is not by the certificate's key over this envelope$/,
    sharesReason: true,
  },
];

/** Takes an envelope apart, has its parts changed, and puts it together again. */
function changing(
  change: (parts: Parts, context: { readonly format: Format; readonly chain: readonly Made[] }) => void,
): Tampering["alter"] {
  return (format, envelope, chain) => {
    const parts = format === "jws" ? jwsParts(envelope) : coseParts(envelope);
    change(parts, { format, chain });
    return format === "jws" ? jwsOf(parts) : coseOf(parts);
  };
}

function sameName([, issuer]: readonly Made[]): Made {
  return madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys("P-384"), ...(issuer && { issuer }) });
}

function jwsParts(envelope: Buffer): Parts {
  const json = JSON.parse(envelope.toString()) as Record<"payload" | "protected" | "signature", string> & {
    header: { x5c: string[] };
  };
  return {
    protectedHeader: Buffer.from(json.protected, "base64url"),
    payload: Buffer.from(json.payload, "base64url"),
    signature: Buffer.from(json.signature, "base64url"),
    chain: json.header.x5c.map((der) => Buffer.from(der, "base64")),
  };
}

function jwsOf({ protectedHeader, payload, signature, chain, timestamp }: Parts): Buffer {
  const header = {
    x5c: chain.map((der) => der.toString("base64")),
    ...(timestamp === undefined ? {} : { [headers.timestamp]: timestamp.toString("base64") }),
  };
  return Buffer.from(
    JSON.stringify({
      payload: payload.toString("base64url"),
      protected: protectedHeader.toString("base64url"),
      header,
      signature: signature.toString("base64url"),
    }),
  );
}

const rules = { depth: 32, values: 1_000, fault: (cause: string) => new Error(cause) };
const CHAIN = 33n;

function coseParts(envelope: Buffer): Parts {
  const tagged = readCbor(envelope, rules);
  if (tagged.kind !== "tag" || tagged.value.kind !== "list") throw new Error("no COSE_Sign1");
  const [protectedHeader, unprotected, payload, signature] = tagged.value.items;
  if (unprotected?.kind !== "map") throw new Error("no unprotected header");
  const chain = unprotected.entries.find(([key]) => key.kind === "integer" && key.value === CHAIN)?.[1];
  return {
    protectedHeader: bytesOf(protectedHeader),
    payload: bytesOf(payload),
    signature: bytesOf(signature),
    chain: chain?.kind === "list" ? chain.items.map(bytesOf) : [],
  };
}

function coseOf({ protectedHeader, payload, signature, chain, timestamp }: Parts): Buffer {
  const bytes = (value: Buffer) => ({ kind: "bytes", value }) as const;
  const entries: (readonly [CborValue, CborValue])[] = [
    [
      { kind: "integer", value: CHAIN },
      { kind: "list", items: chain.map(bytes) },
    ],
  ];
  if (timestamp !== undefined) entries.push([{ kind: "text", value: headers.timestamp }, bytes(timestamp)]);
  const items = [bytes(protectedHeader), { kind: "map", entries } as const, bytes(payload), bytes(signature)];
  return writeCbor({ kind: "tag", tag: 18n, value: { kind: "list", items } });
}

function bytesOf(value: CborValue | undefined): Buffer {
  if (value?.kind !== "bytes") throw new Error("no bytes");
  return value.value;
}

function withoutExpiryJson(header: Buffer): Buffer {
  const { [headers.expiry]: _, crit, ...rest } = JSON.parse(header.toString()) as Record<string, unknown>;
  const critical = (crit as readonly string[]).filter((name) => name !== headers.expiry);
  return Buffer.from(JSON.stringify({ ...rest, crit: critical }));
}

function withoutExpiryCbor(header: Buffer): Buffer {
  const map = readCbor(header, rules);
  if (map.kind !== "map") throw new Error("no protected header");
  const isExpiry = (value: CborValue) => value.kind === "text" && value.value === headers.expiry;
  const entries = map.entries
    .filter(([key]) => !isExpiry(key))
    .map(([key, value]) => {
      if (value.kind !== "list") return [key, value] as const;
      return [key, { kind: "list", items: value.items.filter((item) => !isExpiry(item)) }] as const;
    });
  return writeCbor({ kind: "map", entries });
}
