import { createHash } from "node:crypto";

/** The name space of URLs (RFC 4122, appendix C). */
const URL_NAME_SPACE = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** Stands in a document for its id while the id is made; long and odd enough to be nobody's text. */
export const ID_TO_COME = "00000000-0000-5000-8000-000000000000";

/**
 * Gives a document its id: in its text, the first {@link ID_TO_COME} becomes an id made of all the text. It stands in one
 * piece.
 *
 * The same content has the same id: an RFC 4122 UUID of version 5, whose name is the SHA-256 of the content as a URL of
 * the ni scheme (RFC 6920).
 */
export function withDocumentId(pieces: readonly string[]): string[] {
  const place = pieces.findIndex((piece) => piece.includes(ID_TO_COME));
  return pieces.map((piece, i) => (i === place ? piece.replace(ID_TO_COME, documentUuid(pieces)) : piece));
}

function documentUuid(pieces: readonly string[]): string {
  const content = createHash("sha256");
  for (const piece of pieces) content.update(piece);
  const name = `ni:///sha-256;${content.digest("base64url")}`;
  const hash = createHash("sha1").update(URL_NAME_SPACE).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
