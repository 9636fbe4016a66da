/**
 * XSalsa20-Poly1305 as NaCl's secretbox has it (D. J. Bernstein, "Cryptography in NaCl", 2009): what cosign's key files are
 * encrypted by, and node:crypto lacks. Written for a key of some KiB: it is not fast. The key is that of a file that its
 * owner opens, so nobody else can take its time.
 */
import { timingSafeEqual } from "node:crypto";

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;
/** "expand 32-byte k". */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** @returns the tag, and the encrypted bytes behind it */
export function sealSecretbox(message: Buffer, nonce: Buffer, key: Buffer): Buffer {
  const stream = keyStream(TAG_BYTES * 2 + message.length, nonce, key);
  const encrypted = exclusiveOr(message, stream.subarray(TAG_BYTES * 2));
  return Buffer.concat([poly1305(encrypted, stream.subarray(0, TAG_BYTES * 2)), encrypted]);
}

/** @returns undefined where the tag is not this key's over these bytes */
export function openSecretbox(box: Buffer, nonce: Buffer, key: Buffer): Buffer | undefined {
  if (box.length < TAG_BYTES) return undefined;
  const encrypted = box.subarray(TAG_BYTES);
  const stream = keyStream(TAG_BYTES * 2 + encrypted.length, nonce, key);
  const tag = poly1305(encrypted, stream.subarray(0, TAG_BYTES * 2));
  if (!timingSafeEqual(tag, box.subarray(0, TAG_BYTES))) return undefined;
  return exclusiveOr(encrypted, stream.subarray(TAG_BYTES * 2));
}

function exclusiveOr(bytes: Buffer, stream: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte ^ (stream[at] as number)));
}

/** The first 32 bytes of it are the authenticator's key. */
function keyStream(length: number, nonce: Buffer, key: Buffer): Buffer {
  if (key.length !== KEY_BYTES || nonce.length !== NONCE_BYTES)
    throw new RangeError("the key or nonce has another size");
  const words = wordsOf(key);
  // HSalsa20: the rounds without the addition at the end, of which eight words are the key of what follows.
  const mixed = rounds(blockOf(words, wordsOf(nonce.subarray(0, 16))));
  const inner = [0, 5, 10, 15, 6, 7, 8, 9].map((at) => mixed[at] as number);
  const [low, high] = wordsOf(nonce.subarray(16)) as [number, number];
  const stream = Buffer.alloc(Math.ceil(length / 64) * 64);
  for (let block = 0; block * 64 < length; block++) {
    const input = blockOf(inner, [low, high, block, 0]);
    rounds(input).forEach((word, at) => {
      stream.writeUInt32LE((word + (input[at] as number)) >>> 0, block * 64 + at * 4);
    });
  }
  return stream.subarray(0, length);
}

function wordsOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(at * 4));
}

function blockOf(key: readonly number[], input: readonly number[]): Uint32Array {
  const [s0, s1, s2, s3] = SIGMA;
  return Uint32Array.from([s0, ...key.slice(0, 4), s1, ...input, s2, ...key.slice(4), s3]);
}

/** Twenty rounds of Salsa20 (Salsa20 specification, section 4 to 6): columns, then rows. */
const QUARTERS = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const;

function rounds(input: Uint32Array): Uint32Array {
  const x = Uint32Array.from(input);
  const mix = (to: number, a: number, b: number, bits: number) => {
    const sum = ((x[a] as number) + (x[b] as number)) >>> 0;
    x[to] = (x[to] as number) ^ ((sum << bits) | (sum >>> (32 - bits)));
  };
  for (let round = 0; round < 20; round += 2) {
    for (const [a, b, c, d] of QUARTERS) {
      mix(b, a, d, 7);
      mix(c, b, a, 9);
      mix(d, c, b, 13);
      mix(a, d, c, 18);
    }
  }
  return x;
}

const PRIME = 2n ** 130n - 5n;

function poly1305(message: Buffer, key: Buffer): Buffer {
  const factor = numberOf(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const piece = message.subarray(at, at + 16);
    sum = ((sum + numberOf(piece) + (1n << BigInt(8 * piece.length))) * factor) % PRIME;
  }
  const tag = (sum + numberOf(key.subarray(16, 32))) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}

/** Little-endian. */
function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}
