import type { KeyContent } from "./der.ts";

const magic = Buffer.from("openssh-key-v1\0", "latin1");

/**
 * OpenSSH's own format (PROTOCOL.key in its sources): cipher, key derivation, its options, the count of keys, then as many
 * public keys and the private part. The cipher `none` leaves that part readable; its two check integers must then agree.
 */
export function openSshKey(bytes: Buffer): KeyContent {
  if (bytes.length < magic.length || !bytes.subarray(0, magic.length).equals(magic)) return "none";
  const cipher = stringAt(bytes, magic.length);
  const derivation = cipher && stringAt(bytes, cipher.end);
  const options = derivation && stringAt(bytes, derivation.end);
  if (cipher === undefined || options === undefined || options.end + 4 > bytes.length) return "none";
  if (bytes.readUInt32BE(options.end) !== 1) return "none";
  const publicKey = stringAt(bytes, options.end + 4);
  const privatePart = publicKey && stringAt(bytes, publicKey.end);
  if (privatePart === undefined || privatePart.value.length < 16) return "none";
  if (cipher.value.toString("latin1") !== "none") return "encrypted";
  return privatePart.value.readUInt32BE(0) === privatePart.value.readUInt32BE(4) ? "plain" : "none";
}

/** A string of the SSH wire format: its length in four bytes, then its bytes (RFC 4251, section 5). */
function stringAt(bytes: Buffer, at: number): { readonly value: Buffer; readonly end: number } | undefined {
  if (at + 4 > bytes.length) return undefined;
  const end = at + 4 + bytes.readUInt32BE(at);
  return end > bytes.length ? undefined : { value: bytes.subarray(at + 4, end), end };
}
