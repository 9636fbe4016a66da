/**
 * Distinguished names as text (RFC 4514): the last part first, as `CN=shop release,O=Shop`. Two names that differ never
 * read alike: what cannot be written as text for certain is written as its bytes (`1.2.3.4=#0c0161`).
 */
import { isUtf8 } from "node:buffer";
import { type DerFault, type DerValue, derFields, derItems, derOid, readDer, tags } from "../../../formats/der/read.ts";

const shortNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
};

/** @param name - DER; the text is empty where it has no part */
export function describeName(name: Buffer, fault: DerFault): string {
  const parts = derItems(readDer(name, tags.sequence, fault), fault, tags.set).map((set) => {
    if (set.content.length === 0) throw fault("has a name of no known form");
    return derItems(set, fault, tags.sequence)
      .map((pair) => describePair(pair, fault))
      .join("+");
  });
  return parts.reverse().join(",");
}

function describePair(pair: DerValue, fault: DerFault): string {
  const fields = derFields(pair, fault);
  const id = derOid(fields.next(tags.oid), fault);
  const value = fields.any();
  fields.end();
  const type = shortNames[id];
  const text = textOf(value);
  if (type === undefined || text === undefined) return `${type ?? id}=#${value.bytes.toString("hex")}`;
  return `${type}=${escaped(text)}`;
}

/** Undefined where the bytes are of a kind that is read differently here and there, or not what their kind says. */
function textOf({ tag, content }: DerValue): string | undefined {
  switch (tag) {
    case tags.utf8String:
      return isUtf8(content) ? content.toString("utf8") : undefined;
    case tags.printableString:
    case tags.ia5String:
      return content.every((byte) => byte < 0x80) ? content.toString("latin1") : undefined;
    default:
      return undefined;
  }
}

/** RFC 4514, section 2.4. Control characters are escaped as bytes, which the RFC allows for any character. */
function escaped(text: string): string {
  return text.replace(/^[ #]|["+,;<>\\]| $|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    /[ #"+,;<>\\]/.test(character)
      ? `\\${character}`
      : [...Buffer.from(character, "utf8")].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}
