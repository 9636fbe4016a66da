/** Values of the cases, the same at every run: drawn from SHA-256 of their salt, so that no scanner finds one here. */
import { createHash } from "node:crypto";

const digits = "0123456789";
const small = "abcdefghijklmnopqrstuvwxyz";
const capitals = small.toUpperCase();

export const alphabets = {
  digits,
  hexadecimal: "0123456789abcdef",
  small: digits + small,
  capitals: digits + capitals,
  letters: small + capitals,
  base32: `${capitals}234567`,
  base62: digits + small + capitals,
  base64: `${digits}${small}${capitals}+/`,
  base64url: `${digits}${small}${capitals}-_`,
} as const;

export type Alphabet = keyof typeof alphabets;

export function drawBytes(length: number, salt: string): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < length; block++) {
    blocks.push(createHash("sha256").update(`bulkhead/${salt}/${block}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** Characters of an alphabet; the first and the last are letters or digits, so that no neighbour matters. */
export function draw(alphabet: Alphabet, length: number, salt: string): string {
  const characters = alphabets[alphabet];
  const plain = characters.replace(/[^A-Za-z0-9]/g, "");
  return Array.from(drawBytes(length, `${alphabet}/${salt}`), (byte, i) => {
    const from = i === 0 || i === length - 1 ? plain : characters;
    return from[byte % from.length];
  }).join("");
}

export function drawUuid(salt: string): string {
  const text = draw("hexadecimal", 32, salt);
  return [text.slice(0, 8), text.slice(8, 12), `4${text.slice(13, 16)}`, `a${text.slice(17, 20)}`, text.slice(20)].join(
    "-",
  );
}

/** A password as people choose them: two words, a number and a sign. */
export function drawPassword(salt: string): string {
  const words = ["Harbour", "Lantern", "Meadow", "Copper", "Velvet", "Thunder", "Orchid", "Glacier"];
  const [a = 0, b = 0, c = 0, d = 0] = drawBytes(4, `password/${salt}`);
  return `${words[a % 8]}${words[b % 8]?.toLowerCase()}${10 + (c % 90)}${"!?#"[d % 3]}`;
}
