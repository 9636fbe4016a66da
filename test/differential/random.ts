/** Numbers that follow from a seed alone (SplitMix32), so that a run can be repeated. */
export interface Random {
  /** From 0 to below `end`. */
  below(end: number): number;
  /** True once in `times`, on average. */
  once(times: number): boolean;
  pick<Value>(from: readonly [Value, ...Value[]] | readonly Value[]): Value;
  bytes(length: number): Buffer;
}

export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (end: number): number => Math.floor((next() / 2 ** 32) * end);
  return {
    below,
    once: (times) => below(times) === 0,
    pick(from) {
      if (from.length === 0) throw new Error("nothing to pick from");
      return from[below(from.length)] as (typeof from)[number];
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
