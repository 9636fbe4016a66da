/** One deflated block of codes that are chosen (RFC 1951, 3.2.7), for tests: of other lengths than any compressor gives them. */
import fc from "fast-check";

const LONGEST = 15;
const END = 256;

interface Bits {
  put(value: number, count: number): void;
  bytes(): Buffer;
}

function bitWriter(): Bits {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  return {
    put(value, more) {
      for (let at = 0; at < more; at++) {
        held |= ((value >> at) & 1) << count++;
        if (count < 8) continue;
        bytes.push(held);
        held = count = 0;
      }
    },
    bytes: () => Buffer.from(count === 0 ? bytes : [...bytes, held]),
  };
}

/** Lengths of `symbols`' codes, which are complete: any tree of so many leaves. @param choices - which leaf is split next */
function completeCode(symbols: readonly number[], choices: readonly number[]): Map<number, number> {
  const leaves = [1, 1];
  for (let n = 0; leaves.length < symbols.length; n++) {
    const open = leaves.flatMap((length, at) => (length < LONGEST ? [at] : []));
    // The deepest ones stand last, and are chosen most.
    const chosen = choices[n % choices.length] as number;
    const at = open[
      chosen % 4 === 0 ? chosen % open.length : open.length - 1 - (chosen % Math.min(3, open.length))
    ] as number;
    const [length] = leaves.splice(at, 1) as [number];
    leaves.push(length + 1, length + 1);
  }
  return new Map(symbols.map((symbol, at) => [symbol, leaves[at] as number]));
}

/** Canonical codes (3.2.2), their first bit lowest. */
function codesOf(lengths: ReadonlyMap<number, number>): Map<number, readonly [code: number, length: number]> {
  const codes = new Map<number, readonly [number, number]>();
  let code = 0;
  for (let length = 1; length <= LONGEST; length++, code <<= 1) {
    const ofLength = [...lengths].filter(([, its]) => its === length).map(([symbol]) => symbol);
    for (const symbol of ofLength.sort((a, b) => a - b)) {
      const bits = Array.from({ length }, (_, at) => ((code >> (length - 1 - at)) & 1) << at);
      codes.set(symbol, [bits.reduce((sum, bit) => sum | bit, 0), length]);
      code += 1;
    }
  }
  return codes;
}

/** Bits behind a length's code and a distance's (3.2.5). */
const lengthExtra = (symbol: number): number => (symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2);
const distanceExtra = (symbol: number): number => (symbol < 4 ? 0 : (symbol >> 1) - 1);
const distanceBase = (symbol: number): number =>
  symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << distanceExtra(symbol)) + 1;

interface Choices {
  readonly literals: readonly number[];
  readonly lengths: readonly number[];
  readonly distances: readonly number[];
  readonly splits: readonly number[];
  readonly order: readonly number[];
}

function blockOf({ literals, lengths, distances, splits, order }: Choices): Buffer {
  const symbols = [...literals, ...lengths, END];
  const [own, far] = [completeCode(symbols, splits), completeCode(distances, splits.toReversed())];
  const [codes, distanceCodes] = [codesOf(own), codesOf(far)];
  const { put, bytes } = bitWriter();
  const write = (from: ReadonlyMap<number, readonly [number, number]>, symbol: number): void =>
    put(...(from.get(symbol) as [number, number]));
  put(1 | (2 << 1) | (29 << 3) | (29 << 8) | (15 << 13), 17);
  // Lengths of 0 to 15 in four bits each: their codes are what they say, from the highest bit on.
  for (let n = 0; n < 19; n++) put(n < 3 ? 0 : 4, 3);
  const fourBits = codesOf(new Map(Array.from({ length: 16 }, (_, length) => [length, 4])));
  for (let symbol = 0; symbol < 286; symbol++) write(fourBits, own.get(symbol) ?? 0);
  for (let symbol = 0; symbol < 30; symbol++) write(fourBits, far.get(symbol) ?? 0);
  let written = 0;
  for (const choice of order) {
    const symbol = symbols[choice % (symbols.length - 1)] as number;
    if (symbol < END) {
      write(codes, symbol);
      written += 1;
      continue;
    }
    const near = distances.filter((one) => distanceBase(one) <= written);
    if (near.length === 0) continue;
    write(codes, symbol);
    put(0, lengthExtra(symbol));
    const distance = near[choice % near.length] as number;
    write(distanceCodes, distance);
    put(0, distanceExtra(distance));
    // At least.
    written += 3;
  }
  write(codes, END);
  return bytes();
}

const some = (from: number, to: number, minLength: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: from, max: to }), { minLength, maxLength: to - from + 1 });

export const codedBlock: fc.Arbitrary<Buffer> = fc
  .record({
    literals: some(0, 255, 1),
    lengths: some(257, 285, 0),
    distances: some(0, 29, 2),
    splits: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 50 }),
    order: fc.array(fc.nat(1_000_000), { maxLength: 2_000 }),
  })
  .map(blockOf);
