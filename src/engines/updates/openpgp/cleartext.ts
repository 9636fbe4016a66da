/**
 * The cleartext signature framework: RFC 9580, section 7, and of that what GnuPG reads one way only. Where GnuPG mends or
 * passes over something, the message is refused.
 */
import { bounds } from "../bounds.ts";
import { armoredBytes } from "./armor.ts";
import { readPackets } from "./packets.ts";
import { type Signature, signaturesIn } from "./signature.ts";

export interface Cleartext {
  /** What the signatures are over, line ends as LF and with a last one: nothing else of the file is signed. */
  readonly text: string;
  /** The same as it is hashed. */
  readonly signed: Buffer;
  /** The hashes that its header names, as node:crypto calls them: one that is not among them was not computed. */
  readonly hashes: ReadonlySet<string>;
  /** All that the message has; one that cannot be read makes it no message. */
  readonly signatures: readonly Signature[];
}

/** Names in a `Hash:` header as GnuPG knows them. What it does not know makes the header, and the message, invalid. */
const HASH_NAMES: Readonly<Record<string, string>> = {
  RIPEMD160: "ripemd160",
  SHA1: "sha1",
  SHA224: "sha224",
  SHA256: "sha256",
  SHA384: "sha384",
  SHA512: "sha512",
};
/** GnuPG takes none longer. */
const HASH_HEADER_LENGTH = 60;

/** The message, or why it is none as the end of a sentence about the file. */
export function readCleartext(bytes: Buffer): Cleartext | { readonly fault: string } {
  if (bytes.includes(0)) return { fault: "has a NUL byte" };
  // One character a byte: what is hashed must be the bytes, whatever they mean.
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (lines[0] !== "-----BEGIN PGP SIGNED MESSAGE-----") return { fault: "is not a signed message" };
  const stray = lines.find((line) => line.length > bounds.openpgpLineLength || line.includes("\r"));
  if (stray !== undefined) return { fault: "has a line that is too long, or a carriage return within one" };
  const header = readHashes(lines);
  if ("fault" in header) return header;
  const end = lines.indexOf("-----BEGIN PGP SIGNATURE-----", header.end);
  if (end < 0) return { fault: "has no signature" };
  const text: string[] = [];
  for (const line of lines.slice(header.end, end)) {
    if (line.startsWith("-") && !line.startsWith("- ")) return { fault: "has a line whose dash is not escaped" };
    text.push(trimmedEnd(line.startsWith("- ") ? line.slice(2) : line));
  }
  // GnuPG finds no data in it.
  if (text.every((line) => line === "")) return { fault: "signs nothing" };
  const last = lines.indexOf("-----END PGP SIGNATURE-----", end);
  if (last < 0 || lines.slice(last + 1).some((line) => trimmedEnd(line) !== "")) {
    return { fault: "does not end with its signature" };
  }
  const signatures = readSignatures(lines.slice(end + 1, last));
  if ("fault" in signatures) return signatures;
  return {
    text: Buffer.from(`${text.join("\n")}\n`, "latin1").toString("utf8"),
    signed: Buffer.from(text.join("\r\n"), "latin1"),
    hashes: header.hashes,
    signatures,
  };
}

/** The headers, up to and with the empty line that ends them. Without a header the hash is MD5, which is never taken. */
function readHashes(
  lines: readonly string[],
): { readonly hashes: ReadonlySet<string>; readonly end: number } | { readonly fault: string } {
  const hashes = new Set<string>();
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === "") return hashes.size > 0 ? { hashes, end: at + 1 } : { fault: "does not name its hash" };
    const names = line.startsWith("Hash: ") && line.length <= HASH_HEADER_LENGTH ? line.slice(6).split(/, ?/) : [];
    const known = names.flatMap((name) => (Object.hasOwn(HASH_NAMES, name) ? (HASH_NAMES[name] as string) : []));
    if (names.length === 0 || known.length < names.length) return { fault: "has a header other than Hash" };
    for (const name of known) hashes.add(name);
  }
  return { fault: "has no signature" };
}

function readSignatures(lines: readonly string[]): Signature[] | { readonly fault: string } {
  // Without its checksum, and without padding, GnuPG misses the armor's end.
  const isEnded = lines.slice(lines.indexOf("")).some((line) => line.startsWith("=") || line.endsWith("="));
  const bytes = isEnded ? armoredBytes(lines) : undefined;
  return signaturesIn([readPackets(bytes ?? Buffer.alloc(0))]);
}

/** Spaces and tabs at the end of a line are not signed. Without an expression: a line may be megabytes of spaces. */
function trimmedEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
  return line.slice(0, end);
}
