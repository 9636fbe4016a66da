/**
 * Certificates of our own, for a server whose clients are told its authority: one authority, and what it signs. Keys are EC
 * P-256, signatures ECDSA with SHA-256. Written as RFC 5280 has them; keys leave by nothing but what is returned.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { constructedTag, contextTag, tags } from "../../formats/der/read.ts";
import { der, derBitsOf, derIntegerOf, derOidOf, derTextOf, derTimeOf } from "../../formats/der/write.ts";
import type { CertificatePair } from "./model.ts";

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

/** Object identifiers of RFC 5280 and RFC 5758. */
const oids = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const usage = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/** An authority that signs servers' certificates and no other authority. */
export function makeAuthority(name: string, validity: Validity): CertificatePair {
  const { publicKey, privateKey } = makeKeys();
  const subject = nameOf(name);
  return pairOf(privateKey, privateKey, [
    subject,
    validity,
    subject,
    publicKey,
    [
      extension(oids.basicConstraints, true, der(tags.sequence, TRUE, derIntegerOf(0))),
      extension(oids.keyUsage, true, derBitsOf([usage.keyCertSign, usage.cRLSign])),
      extension(oids.subjectKeyIdentifier, false, der(tags.octetString, identifierOf(publicKey))),
    ],
  ]);
}

/**
 * A server's certificate. What is after the authority's own end would be worth nothing: it ends with it.
 *
 * @param names - DNS names and IP addresses; the first one is its subject, too
 */
export function issueCertificate(
  authority: CertificatePair,
  names: readonly string[],
  validity: Validity,
): CertificatePair {
  const { publicKey, privateKey } = makeKeys();
  const issuer = new X509Certificate(authority.certificate);
  const until = new Date(Math.min(validity.until.getTime(), issuer.validToDate.getTime()));
  const issuerName = subjectOf(issuer);
  return pairOf(privateKey, createPrivateKey(authority.key), [
    issuerName,
    { from: validity.from, until },
    // A common name has 64 characters at most; clients go by the alternative names.
    nameOf((names[0] ?? "").slice(0, 64)),
    publicKey,
    [
      extension(oids.basicConstraints, true, der(tags.sequence)),
      extension(oids.keyUsage, true, derBitsOf([usage.digitalSignature])),
      extension(oids.extendedKeyUsage, false, der(tags.sequence, derOidOf(oids.serverAuth))),
      extension(oids.subjectKeyIdentifier, false, der(tags.octetString, identifierOf(publicKey))),
      extension(
        oids.authorityKeyIdentifier,
        false,
        der(tags.sequence, der(contextTag(0), identifierOf(createPublicKey(authority.certificate)))),
      ),
      extension(oids.subjectAltName, false, der(tags.sequence, ...names.map(alternativeName))),
    ],
  ]);
}

const TRUE = der(tags.boolean, Buffer.from([0xff]));

type Parts = readonly [
  issuer: Buffer,
  validity: Validity,
  subject: Buffer,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
];

function pairOf(
  key: KeyObject,
  signer: KeyObject,
  [issuer, validity, subject, publicKey, extensions]: Parts,
): CertificatePair {
  const algorithm = der(tags.sequence, derOidOf(oids.ecdsaWithSha256));
  const toBeSigned = der(
    tags.sequence,
    der(constructedTag(0), derIntegerOf(2)),
    derIntegerOf(serialNumber()),
    algorithm,
    issuer,
    der(tags.sequence, derTimeOf(validity.from), derTimeOf(validity.until)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(constructedTag(3), der(tags.sequence, ...extensions)),
  );
  const signature = sign("sha256", toBeSigned, signer);
  const certificate = der(tags.sequence, toBeSigned, algorithm, der(tags.bitString, Buffer.from([0]), signature));
  return {
    certificate: pemOf("CERTIFICATE", certificate),
    key: key.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

function makeKeys() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** Positive, and of 16 random bytes (section 4.1.2.2 has 20 at most). */
function serialNumber(): bigint {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return BigInt(`0x${bytes.toString("hex")}`);
}

function nameOf(commonName: string): Buffer {
  const attribute = der(tags.sequence, derOidOf(oids.commonName), derTextOf(tags.utf8String, commonName));
  return der(tags.sequence, der(tags.set, attribute));
}

/** As it stands in the authority, to the byte: names are compared. Ours have a common name alone. */
function subjectOf({ subject }: X509Certificate): Buffer {
  return nameOf(/^CN=(.*)$/s.exec(subject)?.[1] ?? "");
}

/** Of the bits of the key (section 4.2.1.2, the first way). */
function identifierOf(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return createHash("sha1").update(point).digest();
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  return der(tags.sequence, derOidOf(oid), ...(critical ? [TRUE] : []), der(tags.octetString, value));
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return der(contextTag(7), Buffer.from(name.split(".").map(Number)));
  if (isIPv6(name)) return der(contextTag(7), addressBytes(name));
  return der(contextTag(2), Buffer.from(name, "ascii"));
}

function addressBytes(address: string): Buffer {
  // The URL parser writes every form of an address in the one of RFC 5952.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text = "") => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = groups(tail);
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function pemOf(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
