import { createHash } from "node:crypto";
import { base62Crc32 } from "./validate/crc32.ts";

/** Texts in which a rule must find a secret, and texts close to them in which it must not. Made at run time. */
export interface Samples {
  readonly found: readonly string[];
  readonly missed: readonly string[];
  /** The path that goes with them, where the rule asks for one. */
  readonly path?: string;
}

/** Characters of an alphabet, the same at every run for the same length, with nothing repeated in a pattern. */
function drawn(alphabet: string, length: number, salt: string): string {
  let text = "";
  for (let block = 0; text.length < length; block++) {
    for (const byte of createHash("sha256").update(`${salt}/${alphabet}/${length}/${block}`).digest()) {
      text += alphabet[byte % alphabet.length];
    }
  }
  return text.slice(0, length);
}

const digits = "0123456789";
const lowerLetters = "abcdefghijklmnopqrstuvwxyz";
const upperLetters = lowerLetters.toUpperCase();

export const hex = (length: number, salt = ""): string => drawn("0123456789abcdef", length, salt);
export const alnum = (length: number, salt = ""): string => drawn(digits + lowerLetters + upperLetters, length, salt);
export const lower = (length: number, salt = ""): string => drawn(digits + lowerLetters, length, salt);
export const upper = (length: number, salt = ""): string => drawn(digits + upperLetters, length, salt);
export const letters = (length: number, salt = ""): string => drawn(lowerLetters + upperLetters, length, salt);
export const base32 = (length: number, salt = ""): string => drawn(`${upperLetters}234567`, length, salt);
export const number = (length: number, salt = ""): string => `1${drawn(digits, length - 1, salt)}`;
/** base64's characters; the ends are letters, so that no neighbour matters. */
export const base64 = (length: number, salt = ""): string =>
  `b${drawn(`${digits + lowerLetters + upperLetters}+/`, length - 2, salt)}Q`;
export const base64url = (length: number, salt = ""): string =>
  `u${drawn(`${digits + lowerLetters + upperLetters}_-`, length - 2, salt)}R`;
export const uuidOf = (salt = ""): string =>
  [hex(8, salt), hex(4, salt), hex(4, `${salt}a`), hex(4, `${salt}b`), hex(12, salt)].join("-");
export const encoded = (text: string): string => Buffer.from(text, "utf8").toString("base64");
export const jsonEncoded = (value: unknown): string => Buffer.from(JSON.stringify(value), "utf8").toString("base64url");

/** A prefix, random text, and its checksum after GitHub's pattern. */
export function checked(prefix: string): string {
  const body = alnum(30, prefix);
  return prefix + body + base62Crc32(body);
}

/** A signed token with these claims; the signature is drawn, not computed. */
export const jwtOf = (claims: object, header: object = { alg: "HS256", typ: "JWT" }): string =>
  `${jsonEncoded(header)}.${jsonEncoded(claims)}.${base64url(43)}`;

/** A token of a fixed length: a character less or more is none. */
export const exactly = (text: string): Samples => ({
  found: [`token: ${text}\n`, `x("${text}")`, text],
  missed: [`token: ${text.slice(0, -1)}\n`, `token: ${text}a\n`, `token: x${text}\n`],
});

/** A token of which a part is none. */
export const atLeast = (text: string, cut: number): Samples => ({
  found: [`token: ${text}\n`, `x("${text}")`, text],
  missed: [`token: ${text.slice(0, cut)}\n`],
});

/** A token whose other form is none: a wrong checksum, a wrong structure. */
export const butNot = (text: string, ...wrong: readonly string[]): Samples => ({
  found: [`token: ${text}\n`, `'${text}'`],
  missed: wrong.map((each) => `token: ${each}\n`),
});

/** A value that its name tells, in the forms that configuration takes; not without its last character, nor its name. */
export const named = (name: string, value: string, short: string = value.slice(0, -1)): Samples => ({
  found: [
    `${name}=${value}\n`,
    `${name}: "${value}"`,
    `{"${name}": "${value}"}`,
    `ENV ${name} ${value}\n`,
    `- name: ${name}\n  value: ${value}\n`,
    `os.getenv('${name}', '${value}')`,
  ],
  missed: [`${name}=${short}\n`, `colour=${value}\n`, `${name}=\${OTHER}\n`],
});

/** Texts as they stand. */
export const texts = (found: readonly string[], missed: readonly string[], path?: string): Samples =>
  path === undefined ? { found, missed } : { found, missed, path };
