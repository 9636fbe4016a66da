/** The checksum of RFC 1950 ("Adler-32 checksum"), which node:zlib keeps to itself. */
export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let start = 0; start < bytes.length; start += UNREDUCED) {
    const end = Math.min(start + UNREDUCED, bytes.length);
    for (let at = start; at < end; at++) {
      low += bytes[at] as number;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return high * 65_536 + low;
}

/** The largest prime under 2^16. */
const MODULUS = 65_521;
/** Bytes that can be added before the sums outgrow the 31 bits that the engine computes fast with. */
const UNREDUCED = 3_800;
