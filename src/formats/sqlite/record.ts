/** Records of SQLite: the columns of a row, or the keys of an index's entry (sqlite.org/fileformat2.html#record_format). */

/** So many types of columns have room in a header whose length one byte tells. */
const COLUMNS = 14;

/** Copied byte by byte in less time than the call of a copying function takes. */
const SHORT = 48;

const NULL = 0;
const ZERO = 8;
const ONE = 9;
const TEXT = 13;
const GREATEST_INTEGER = 8;

/** One record after the other: its columns are told, and then it is written to where it goes. */
export class RecordBuilder {
  /** Bytes of the record, once it is finished. */
  length = 0;
  #header = 0;
  #body = 0;
  readonly #types = new Float64Array(COLUMNS);
  #columns = 0;
  /** The body is put together of these: where each lies in its bytes. */
  readonly #from: Uint8Array[] = [];
  readonly #starts = new Float64Array(2 * COLUMNS);
  readonly #ends = new Float64Array(2 * COLUMNS);
  #parts = 0;
  readonly #integers = new Uint8Array(COLUMNS * GREATEST_INTEGER);
  #integersEnd = 0;

  begin(): void {
    this.#columns = 0;
    this.#parts = 0;
    this.#body = 0;
    this.#integersEnd = 0;
  }

  null(): void {
    this.#types[this.#columns++] = NULL;
  }

  /** @param value - a safe integer */
  integer(value: number): void {
    if (value === 0 || value === 1) {
      this.#types[this.#columns++] = value === 0 ? ZERO : ONE;
      return;
    }
    const size = integerBytes(value);
    this.#types[this.#columns++] = integerType(size);
    const start = this.#integersEnd;
    writeInteger(this.#integers, start, value, size);
    this.#integersEnd = start + size;
    this.append(this.#integers, start, start + size);
  }

  /** A text in UTF-8. The bytes stay as they are until the record is written. */
  bytes(from: Uint8Array, start: number, end: number): void {
    this.text(end - start);
    this.append(from, start, end);
  }

  /** A text whose bytes {@link append} puts in, together with those of the ones beside it. */
  text(length: number): void {
    this.#types[this.#columns++] = TEXT + 2 * length;
  }

  append(from: Uint8Array, start: number, end: number): void {
    const part = this.#parts++;
    this.#from[part] = from;
    this.#starts[part] = start;
    this.#ends[part] = end;
    this.#body += end - start;
  }

  finish(): void {
    let size = 1;
    for (let nth = 0; nth < this.#columns; nth++) size += varintBytes(this.#types[nth] as number);
    this.#header = size;
    this.length = size + this.#body;
  }

  write(to: Uint8Array, start: number): void {
    to[start] = this.#header;
    let at = start + 1;
    for (let nth = 0; nth < this.#columns; nth++) at = writeVarint(to, at, this.#types[nth] as number);
    for (let part = 0; part < this.#parts; part++) {
      const from = this.#from[part] as Uint8Array;
      const first = this.#starts[part] as number;
      const end = this.#ends[part] as number;
      if (end - first > SHORT) to.set(from.subarray(first, end), at);
      else for (let next = first, place = at; next < end; ) to[place++] = from[next++] as number;
      at += end - first;
    }
  }
}

/** Bytes of an integer in a record; it has no 5 and no 7. 0 and 1 are told by their type there. */
export function integerBytes(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value;
  if (magnitude < 0x80) return 1;
  if (magnitude < 0x8000) return 2;
  if (magnitude < 0x80_0000) return 3;
  if (magnitude < 0x8000_0000) return 4;
  return magnitude < 0x8000_0000_0000 ? 6 : GREATEST_INTEGER;
}

/** @param size - of {@link integerBytes} */
export function integerType(size: number): number {
  return size === GREATEST_INTEGER ? 6 : size === 6 ? 5 : size;
}

/** Big-endian, in two's complement. */
export function writeInteger(bytes: Uint8Array, at: number, value: number, size: number): void {
  if (size <= 4) {
    for (let last = at + size - 1, rest = value; last >= at; rest >>= 8) bytes[last--] = rest & 0xff;
    return;
  }
  let rest = value;
  for (let last = at + size - 1; last >= at; last--) {
    const low = ((rest % 256) + 256) % 256;
    bytes[last] = low;
    rest = (rest - low) / 256;
  }
}

/** Bytes of a safe integer from 0 on as SQLite's variable-length integer. */
export function varintBytes(value: number): number {
  if (value < 0x4000) return value < 0x80 ? 1 : 2;
  let size = 1;
  for (let rest = value; rest >= 0x80; rest /= 0x80) size++;
  return size;
}

/** @returns where the next byte goes */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    bytes[at] = value;
    return at + 1;
  }
  if (value < 0x4000) {
    bytes[at] = 0x80 | (value >>> 7);
    bytes[at + 1] = value & 0x7f;
    return at + 2;
  }
  const end = at + varintBytes(value);
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    const low = rest % 0x80;
    bytes[place] = place === end - 1 ? low : 0x80 | low;
    rest = (rest - low) / 0x80;
  }
  return end;
}
