/** Values of fields as people read them, and texts as fields hold them. */
import { formatAddress } from "../../../core/ip-address.ts";
import { printable } from "../../../core/printable.ts";
import type { Field, Value } from "./field.ts";

const PLAIN = /^[ -~]*$/;

/** A text of JavaScript's as the byte string that fields compare: its bytes in UTF-8, one a character. */
export function byteString(text: string): string {
  return PLAIN.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/**
 * A byte string for people: decoded as UTF-8. Bytes that are none are shown as `\xff`, control characters and what turns
 * the direction of text as `\u001b`: whoever wrote the text was the attacker.
 */
export function shownText(bytes: string): string {
  if (PLAIN.test(bytes)) return printable(bytes);
  return printable(decode(bytes));
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: string): string {
  const buffer = Buffer.from(bytes, "latin1");
  try {
    return strict.decode(buffer);
  } catch {
    return decodeBroken(buffer);
  }
}

/** Sequence by sequence: the whole ones as characters, each byte of the others as an escape. */
function decodeBroken(buffer: Buffer): string {
  let shown = "";
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer[at] as number);
    const character = length === 0 ? undefined : tryDecode(buffer.subarray(at, at + length));
    if (character === undefined) {
      shown += `\\x${(buffer[at] as number).toString(16).padStart(2, "0")}`;
      at++;
    } else {
      shown += character;
      at += length;
    }
  }
  return shown;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** An address of 4 or 16 bytes in its usual form; IPv4 in IPv6 as IPv4. */
export function shownAddress(bytes: string): string {
  if (bytes.length === 4) {
    return `${bytes.charCodeAt(0)}.${bytes.charCodeAt(1)}.${bytes.charCodeAt(2)}.${bytes.charCodeAt(3)}`;
  }
  if (bytes.length !== 16) return "<unknown>";
  if (bytes.startsWith("\0\0\0\0\0\0\0\0\0\0\xff\xff")) return shownAddress(bytes.slice(12));
  return formatAddress({ family: 6, value: BigInt(`0x${Buffer.from(bytes, "latin1").toString("hex")}`) });
}

/**
 * A field's value for an output, as Falco prints it: numbers in decimal, fractions with one digit, bytes with a dot for
 * what is no printable ASCII, lists as `(file,ipv4)`, several values of which one is enough with blanks between.
 */
export function shownValue(field: Field<never>, value: Value): string {
  if (field.show !== undefined) return field.show(value);
  if (!Array.isArray(value)) return shownOne(field, value as string | number | bigint | boolean);
  const members = value.map((member) => shownOne(field, member));
  return field.list ? `(${members.join(",")})` : members.join(" ");
}

function shownOne(field: Field<never>, value: string | number | bigint | boolean): string {
  if (typeof value === "string") {
    if (field.type === "address" || field.type === "network") return shownAddress(value);
    return field.type === "bytes" ? value.replace(/[^ -~]/g, ".") : shownText(value);
  }
  return field.type === "fraction" ? Number(value).toFixed(1) : String(value);
}
