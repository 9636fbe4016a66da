import { randomBytes } from "node:crypto";

/**
 * Object ids in one piece of memory, and a hash table over them: id → the number under which it was added first.
 * The hash is a random linear one over all words of an id, so that no index of a hostile pack can make it slow.
 */
export interface Ids {
  /** Numbers given so far: each {@link Ids.add} gives the next one, to a repeated id too. */
  readonly count: number;
  /** @param bytes - holds the id from `at` on, whole */
  add(bytes: Uint8Array, at: number): number;
  /** The number of the id, or -1. */
  find(bytes: Uint8Array, at: number): number;
  /** The number of the first equal id: the number itself unless it repeats another. */
  first(number: number): number;
  hex(number: number): string;
  /** Orders two numbers by their ids. */
  compare(left: number, right: number): number;
  /** What another thread opens the same ids by, once all are added. */
  table(): IdTable;
}

/** In memory that threads share. */
export interface IdTable {
  readonly idBytes: number;
  readonly count: number;
  /** How many of them repeat another. */
  readonly copies: number;
  /** The ids, one after the other. */
  readonly stored: Int32Array<SharedArrayBuffer>;
  /** Slot → number + 1; 0 is free. */
  readonly slots: Int32Array<SharedArrayBuffer>;
  /** Of the hash. */
  readonly keys: Int32Array;
}

/**
 * @param idBytes - 20 or 32
 * @param capacity - how many ids will be added at most
 */
export function createIds(idBytes: number, capacity: number): Ids {
  let slots = 16;
  while (slots < capacity * 2) slots *= 2;
  return openIds({
    idBytes,
    count: 0,
    copies: 0,
    stored: sharedInts((capacity * idBytes) / 4),
    slots: sharedInts(slots),
    keys: new Int32Array(new Uint8Array(randomBytes(32)).buffer).map((key) => key | 1),
  });
}

/** In memory that threads share. */
export function sharedInts(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
}

export function openIds({ idBytes, stored, slots: table, keys, ...given }: IdTable): Ids {
  const words = idBytes / 4;
  const slots = table.length;
  const shift = 32 - Math.log2(slots);
  const wanted = new Int32Array(words);
  let { count, copies } = given;

  const load = (bytes: Uint8Array, at: number): number => {
    let hash = 0;
    for (let word = 0, from = at; word < words; word++, from += 4) {
      const value =
        (bytes[from] as number) |
        ((bytes[from + 1] as number) << 8) |
        ((bytes[from + 2] as number) << 16) |
        ((bytes[from + 3] as number) << 24);
      wanted[word] = value;
      hash = (hash + Math.imul(value, keys[word] as number)) | 0;
    }
    // The low bits of a product know nothing of the high bits of its factors: the high half is folded in.
    return Math.imul(hash ^ (hash >>> 15), keys[7] as number) >>> shift;
  };
  /** The slot that holds the id, or the free one where it belongs. */
  const slotOf = (bytes: Uint8Array, at: number): number => {
    let slot = load(bytes, at);
    for (;;) {
      const number = (table[slot] as number) - 1;
      if (number === -1) return slot;
      let word = 0;
      for (let from = number * words; word < words; word++, from++) if (stored[from] !== wanted[word]) break;
      if (word === words) return slot;
      slot = (slot + 1) & (slots - 1);
    }
  };
  const bytesOf = (number: number): Buffer => {
    const view = Buffer.from(stored.buffer, number * idBytes, idBytes);
    return LITTLE_ENDIAN ? view : Buffer.from(view).swap32();
  };
  return {
    get count() {
      return count;
    },
    add(bytes, at) {
      const slot = slotOf(bytes, at);
      stored.set(wanted, count * words);
      if (table[slot] === 0) table[slot] = count + 1;
      else copies += 1;
      count += 1;
      return count - 1;
    },
    find: (bytes, at) => (table[slotOf(bytes, at)] as number) - 1,
    first: (number) => (copies === 0 ? number : (table[slotOf(bytesOf(number), 0)] as number) - 1),
    hex: (number) => bytesOf(number).toString("hex"),
    compare: (left, right) => bytesOf(left).compare(bytesOf(right)),
    table: () => ({ idBytes, count, copies, stored, slots: table, keys }),
  };
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Reads lower- or upper-case hex into `into`; false where it is none. */
export function readHex(bytes: Uint8Array, at: number, into: Uint8Array): boolean {
  for (let index = 0, from = at; index < into.length; index++, from += 2) {
    const high = nibble(bytes[from]);
    const low = nibble(bytes[from + 1]);
    if (high === -1 || low === -1) return false;
    into[index] = (high << 4) | low;
  }
  return true;
}

function nibble(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
