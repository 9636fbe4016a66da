/** Stores of keys by their outer structure: what is inside is encrypted, mostly by a password that stands beside it. */
import { elementsOf } from "./der.ts";

const integer = 0x02;
const sequence = 0x30;
const objectIdentifier = 0x06;
/** pkcs7-data and pkcs7-signedData: 1.2.840.113549.1.7.1 and .2. */
const dataTypes = ["2a864886f70d010701", "2a864886f70d010702"];

const indefinite = Buffer.from("3080020103308006092a864886f70d0107", "hex");

/** PFX (RFC 7292, section 4): version 3, and content that is data or signed data. */
export function pkcs12(bytes: Buffer): boolean {
  if (bytes[0] !== sequence) return false;
  // BER with indefinite lengths, as browsers write it.
  if (bytes.subarray(0, indefinite.length).equals(indefinite)) return true;
  const [version, content] = elementsOf(bytes) ?? [];
  if (version?.tag !== integer || version.content.length !== 1 || version.content[0] !== 3) return false;
  if (content?.tag !== sequence || content.content[0] !== objectIdentifier) return false;
  const length = content.content[1] ?? 0;
  return dataTypes.includes(content.content.subarray(2, 2 + length).toString("hex"));
}

const jks = 0xfeedfeed;
const jceks = 0xcececece;
const privateKey = 1;
const trustedCertificate = 2;
const secretKey = 3;
const maxEntries = 10_000;

/**
 * Whether one of the entries of a Java key store (sun.security.provider.JavaKeyStore: magic, version, count; each entry a
 * tag, an alias and a date) is a key. A store of trusted certificates alone is public.
 */
export function javaKeyStoreHoldsKey(bytes: Buffer): boolean {
  if (bytes.length < 32) return false;
  const magic = bytes.readUInt32BE(0);
  const version = bytes.readUInt32BE(4);
  if ((magic !== jks && magic !== jceks) || (version !== 1 && version !== 2)) return false;
  const count = Math.min(bytes.readUInt32BE(8), maxEntries);
  let at = 12;
  for (let entry = 0; entry < count && at + 6 <= bytes.length; entry++) {
    const tag = bytes.readUInt32BE(at);
    if (tag === privateKey || tag === secretKey) return true;
    if (tag !== trustedCertificate) return false;
    // The alias, the date, and in version 2 the certificate's type.
    at += 6 + bytes.readUInt16BE(at + 4) + 8;
    if (version === 2) {
      if (at + 2 > bytes.length) return false;
      at += 2 + bytes.readUInt16BE(at);
    }
    if (at + 4 > bytes.length) return false;
    at += 4 + bytes.readUInt32BE(at);
  }
  return false;
}
