/** Merkle trees as RFC 6962 defines them (section 2.1), by its recursion and not as they are verified. */
import { createHash } from "node:crypto";

export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (leaves.length === 1 && first !== undefined) return hashOf(0, first);
  const half = splitOf(leaves.length);
  return hashOf(1, merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)));
}

export function merkleProof(leaves: readonly Uint8Array[], index: number): Buffer[] {
  if (leaves.length === 1) return [];
  const half = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...merkleProof(left, index), merkleRoot(right)]
    : [...merkleProof(right, index - half), merkleRoot(left)];
}

/** The largest power of two below the number. */
function splitOf(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

function hashOf(prefix: number, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256").update(Buffer.from([prefix]));
  for (const part of parts) hash.update(part);
  return hash.digest();
}
