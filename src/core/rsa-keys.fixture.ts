/** Pairs of RSA keys, for tests. Searching for primes would take a tenth of a second for each, and a second for the long ones. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";

/** Bits of a prime → some that are prime, each added to 3·2^(bits−2), so that the product of two has twice as many bits. */
const primes: ReadonlyMap<number, readonly number[]> = new Map([
  [512, [761, 1505, 2129, 2141, 2521, 2777, 3739, 4459]],
  [1024, [1037, 1697, 1937, 2087, 2197, 3031, 3727, 5111]],
  [1152, [1181, 2887, 4907]],
  [1536, [1837, 2617, 3797, 3979]],
  [2048, [439, 469, 899]],
]);
const exponent = 65_537n;
const made = new Map<number, number>();

/** Another pair each time. Anybody can compute them: never for anything but tests. @param bits - of the modulus */
export function rsaKeyPair(bits: number): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const index = made.get(bits) ?? 0;
  made.set(bits, index + 1);
  const chosen = pairsOf(primes.get(bits / 2) ?? [])[index];
  if (chosen === undefined) return generateKeyPairSync("rsa", { modulusLength: bits });
  const [p, q] = chosen.map((offset) => (3n << BigInt(bits / 2 - 2)) + BigInt(offset)) as [bigint, bigint];
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const key = {
    kty: "RSA",
    ...{ n: base64url(p * q), e: base64url(exponent), d: base64url(d), p: base64url(p), q: base64url(q) },
    ...{ dp: base64url(d % (p - 1n)), dq: base64url(d % (q - 1n)), qi: base64url(inverse(q, p)) },
  };
  const privateKey = createPrivateKey({ key, format: "jwk" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function pairsOf(offsets: readonly number[]): readonly (readonly [number, number])[] {
  return offsets.flatMap((one, index) => offsets.slice(index + 1).map((other) => [one, other] as const));
}

/** By Euclid. @param modulus - without a divisor in common with `value` */
function inverse(value: bigint, modulus: bigint): bigint {
  let [remainder, next] = [modulus, value];
  let [factor, nextFactor] = [0n, 1n];
  while (next > 0n) {
    const quotient = remainder / next;
    [remainder, next] = [next, remainder - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return factor < 0n ? factor + modulus : factor;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
}
