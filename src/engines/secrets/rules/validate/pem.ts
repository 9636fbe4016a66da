import type { SecretValidity } from "../../rule.ts";
import { decodeBase64 } from "./base64.ts";
import { dsaKey, ecKey, type KeyContent, pkcs8EncryptedKey, pkcs8Key, rsaKey } from "./der.ts";
import { openSshKey } from "./openssh.ts";

const readers: Readonly<Record<string, (bytes: Buffer) => KeyContent>> = {
  "RSA PRIVATE KEY": rsaKey,
  "DSA PRIVATE KEY": dsaKey,
  "EC PRIVATE KEY": ecKey,
  "PRIVATE KEY": pkcs8Key,
  "ENCRYPTED PRIVATE KEY": pkcs8EncryptedKey,
  "OPENSSH PRIVATE KEY": openSshKey,
};

const block = /^-----BEGIN ([A-Z0-9 ]{1,40})-----((?:[^-]|-(?!----)){1,16384})-----END \1-----$/;

/**
 * Whether a PEM block (RFC 7468) holds the private key that its label announces, and whether that is encrypted. Reads it
 * also where it stands in a string of a program or of JSON: with `\n` for the line ends, quotes around each line.
 */
export function pemKey(text: string): KeyContent {
  const [, label = "", body = ""] = block.exec(text) ?? [];
  const reader = readers[label];
  if (reader === undefined) return "none";
  const plain = body.replace(/\\{1,2}[nrt]/g, "\n").replace(/["'`]\s{0,80}[+.,]?\s{0,80}["'`]?|\\/g, "\n");
  if (/Proc-Type:\s{0,4}4,ENCRYPTED/.test(plain)) return /DEK-Info:/.test(plain) ? "encrypted" : "none";
  const bytes = decodeBase64(plain.replace(/^[A-Za-z-]{1,40}:[^\n]{0,200}$/gm, "").replace(/\s/g, ""));
  return bytes === undefined ? "none" : reader(bytes);
}

export function plainPemKey(text: string): SecretValidity {
  return pemKey(text) === "plain" ? "valid" : "invalid";
}

export function encryptedPemKey(text: string): SecretValidity {
  return pemKey(text) === "encrypted" ? "valid" : "invalid";
}
