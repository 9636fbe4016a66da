/** Signatures changed at random, and whether two of them say the same. */
import { decodeBase64 } from "./base64.ts";
import type { FoundSignature } from "./model.ts";
import { readPem } from "./pem.ts";

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
export function randomBelow(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Field = "payload" | "bytes" | "signature" | "certificate" | "chain" | "rekorBundle" | "timestamp";

type Fields = Readonly<Partial<Record<Field, Uint8Array | string>>>;

export function fieldsOf({ envelope }: FoundSignature): readonly (readonly [Field, Buffer])[] {
  return Object.entries(envelope as unknown as Fields)
    .filter(([name]) => name !== "kind")
    .map(([name, value]) => [name as Field, typeof value === "string" ? Buffer.from(value) : Buffer.from(value ?? "")]);
}

/** The same with other bytes in one field. A text of broken UTF-8 is read as a registry's client reads it. */
export function withField(found: FoundSignature, field: Field, bytes: Buffer): FoundSignature {
  const old = (found.envelope as unknown as Fields)[field];
  const value = typeof old === "string" ? bytes.toString("utf8") : bytes;
  return { ...found, envelope: { ...found.envelope, [field]: value } };
}

const USUAL = Buffer.from('{}[]",:0123456789abcdefABCDEF+/=-_\\ntu\n\r ');

/** One change of one field: a bit, a byte, some bytes taken out, doubled, put in or exchanged with others. */
export function mutate(found: FoundSignature, below: (bound: number) => number): FoundSignature {
  const fields = fieldsOf(found).filter(([, bytes]) => bytes.length > 0);
  const total = fields.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  let at = below(total);
  for (const [field, bytes] of fields) {
    if (at < bytes.length) return withField(found, field, mutateBytes(bytes, at, below));
    at -= bytes.length;
  }
  return found;
}

function mutateBytes(bytes: Buffer, start: number, below: (bound: number) => number): Buffer {
  const end = Math.min(bytes.length, start + 1 + below(below(4) === 0 ? 200 : 4));
  const [before, chosen, after] = [bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)];
  const usual = () => USUAL.subarray(below(USUAL.length)).subarray(0, 1);
  switch (below(8)) {
    case 0:
    case 1: {
      const flipped = Buffer.from(bytes);
      flipped[start] = (flipped[start] ?? 0) ^ (1 << below(8));
      return flipped;
    }
    case 2:
      return Buffer.concat([before, usual(), bytes.subarray(start + 1)]);
    case 3:
      return Buffer.concat([before, Buffer.from([below(256)]), bytes.subarray(start + 1)]);
    case 4:
      return Buffer.concat([before, after]);
    case 5:
      return Buffer.concat([before, chosen, chosen, after]);
    case 6:
      return Buffer.concat([before, usual(), chosen, after]);
    default: {
      const other = below(bytes.length);
      const swapped = Buffer.from(bytes);
      chosen.copy(swapped, Math.min(other, bytes.length - chosen.length));
      return swapped;
    }
  }
}

/**
 * What is left of a signature where the ways to write it are taken away: JSON in one order and without spaces, PEM as its
 * bytes, all else as it is. Two that verify must be equal in it.
 */
export function meaningOf(found: FoundSignature): string {
  return JSON.stringify(
    fieldsOf(found).map(([field, bytes]) => {
      if (field === "rekorBundle" || field === "timestamp" || field === "bytes") {
        return canonical(JSON.parse(bytes.toString("utf8")));
      }
      if (field === "signature") return (decodeBase64(bytes.toString("utf8")) ?? bytes).toString("hex");
      if (field !== "certificate" && field !== "chain") return bytes.toString("hex");
      return (readPem(bytes.toString("utf8"), "CERTIFICATE", 10) ?? [bytes]).map((der) => der.toString("hex"));
    }),
  );
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, canonical(item)]),
  );
}
