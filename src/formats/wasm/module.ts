/** As much of WebAssembly's binary format as functions over one memory take (WebAssembly core specification 2.0, chapter 5). */

/** Instructions, nested as they were put together. An operand is the code that leaves it on the stack. */
export type Code = number | readonly Code[];

export interface WasmFunction {
  /** All are integers of 32 bits. */
  readonly parameters: number;
  /** Numbered behind the parameters, and 0 at first: of 32 bits, and behind them of 64 and of 128. */
  readonly locals?: number;
  readonly longs?: number;
  readonly vectors?: number;
  /** It returns an integer of 32 bits. */
  readonly returns?: true;
  readonly code: Code;
}

const [I32, I64, V128] = [0x7f, 0x7e, 0x7b];
const NO_RESULT = 0x40;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const isLast = rest >> 6 === 0 || rest >> 6 === -1;
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

type Binary = (left: Code, right: Code) => Code;
type Unary = (value: Code) => Code;
/** @param offset - is added to the address */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const binary =
  (...opcode: number[]): Binary =>
  (left, right) => [left, right, opcode];
const unary =
  (...opcode: number[]): Unary =>
  (value) => [value, opcode];
const load =
  (...opcode: number[]): Load =>
  (address, offset = 0) => [address, opcode, 0, unsigned(offset)];
const store =
  (...opcode: number[]): Store =>
  (address, value, offset = 0) => [address, value, opcode, 0, unsigned(offset)];

export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
export const tee = (local: number, value: Code): Code => [value, 0x22, unsigned(local)];

/** Integers of 32 bits; all without a sign. */
export const i32 = {
  of: (value: number): Code => [0x41, signed(value)],
  load: load(0x28),
  load8: load(0x2d),
  load16: load(0x2f),
  store: store(0x36),
  store8: store(0x3a),
  store16: store(0x3b),
  isZero: unary(0x45),
  isEqual: binary(0x46),
  isLess: binary(0x49),
  isGreater: binary(0x4b),
  isAtLeast: binary(0x4f),
  leadingZeros: unary(0x67),
  trailingZeros: unary(0x68),
  add: binary(0x6a),
  subtract: binary(0x6b),
  multiply: binary(0x6c),
  remainder: binary(0x70),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shiftLeft: binary(0x74),
  shiftRight: binary(0x76),
  /** The lower half of one of 64 bits. */
  lowOf: unary(0xa7),
} as const;

/** Integers of 64 bits. */
export const i64 = {
  of: (value: number): Code => [0x42, signed(value)],
  load: load(0x29),
  load8: load(0x31),
  store: store(0x37),
  /** An integer of 32 bits. */
  isZero: unary(0x50),
  leadingZeros: unary(0x79),
  trailingZeros: unary(0x7a),
  multiply: binary(0x7e),
  and: binary(0x83),
  or: binary(0x84),
  xor: binary(0x85),
  shiftLeft: binary(0x86),
  shiftRight: binary(0x88),
  /** Of one of 32 bits. */
  from: unary(0xad),
} as const;

/** Vectors of 128 bits. */
export const v128 = {
  load: load(0xfd, 0),
  store: store(0xfd, 0x0b),
  /** Sixteen times the lowest byte. */
  splat: unary(0xfd, 0x0f),
  of: (...bytes: readonly number[]): Code => [0xfd, 0x0c, bytes],
  /** Sums of neighbours, without a sign: of sixteen bytes, of eight numbers of 16 bits. */
  pairsOfBytes: unary(0xfd, 0x7d),
  pairsOfHalves: unary(0xfd, 0x7f),
  lowBytes: unary(0xfd, 0x89, 0x01),
  highBytes: unary(0xfd, 0x8a, 0x01),
  /** Eight products of numbers of 16 bits, summed by twos. */
  products: binary(0xfd, 0xba, 0x01),
  add: binary(0xfd, 0xae, 0x01),
  /** Bytes that are the same become 255, others 0. */
  isEqual: binary(0xfd, 0x23),
  /** The highest bit of each byte, the first one's lowest: of 32 bits. */
  bits: unary(0xfd, 0x64),
  lane: (value: Code, lane: number): Code => [value, 0xfd, 0x1b, lane],
} as const;

/** Of bytes that may overlap. */
export const copyMemory = (to: Code, from: Code, count: Code): Code => [to, from, count, 0xfc, 0x0a, 0, 0];

/** Adds to a local of 32 bits. */
export const increase = (local: number, by: Code): Code => set(local, i32.add(get(local), by));

export const when = (condition: Code, ...then: Code[]): Code => [condition, 0x04, NO_RESULT, then, 0x0b];
export const either = (condition: Code, then: Code, otherwise: Code): Code => [
  ...[condition, 0x04, NO_RESULT, then],
  ...[0x05, otherwise, 0x0b],
];
/** Again and again until the condition, which is looked at first, holds. */
export const until = (condition: Code, ...body: Code[]): Code =>
  // A branch over one level leaves the block, over none begins the loop anew.
  [0x02, NO_RESULT, 0x03, NO_RESULT, condition, 0x0d, 1, body, 0x0c, 0, 0x0b, 0x0b];
/** Again and again until {@link leave}, or a return. */
export const forever = (...body: Code[]): Code => [0x02, NO_RESULT, 0x03, NO_RESULT, body, 0x0c, 0, 0x0b, 0x0b];
/** Begins the loop anew, or leaves it. @param within - how many conditions within the loop it stands in */
export const again = (within: number): Code => [0x0c, unsigned(within)];
export const leave = (within: number): Code => [0x0c, unsigned(within + 1)];
export const giveBack = (value: Code): Code => [value, 0x0f];
/** @param index - of a function of the module */
export const call = (index: number, ...values: Code[]): Code => [values, 0x10, unsigned(index)];

/**
 * A module that exports its functions by their names, and imports the memory that they work on as `host.memory`.
 *
 * @param shared - pages of memory that threads share; absent: it is of one thread
 */
export function moduleOf(functions: Readonly<Record<string, WasmFunction>>, shared?: number): Uint8Array<ArrayBuffer> {
  const all = Object.values(functions);
  const types = all.map(({ parameters, returns }) => [
    ...[0x60, unsigned(parameters), Array.from({ length: parameters }, () => I32)],
    ...(returns === true ? [1, I32] : [0]),
  ]);
  const names = Object.keys(functions).map((name, index) => [text(name), 0, unsigned(index)]);
  return Uint8Array.from([
    ...[0x00, ...text("asm").slice(1), 1, 0, 0, 0],
    ...section(1, listed(types)),
    ...section(2, [1, text("host"), text("memory"), 2, shared === undefined ? [0, 1] : [3, 1, unsigned(shared)]]),
    ...section(3, listed(all.map((_, index) => unsigned(index)))),
    ...section(7, listed(names)),
    ...section(10, listed(all.map(bodyOf))),
  ]);
}

function bodyOf({ locals = 0, longs = 0, vectors = 0, code }: WasmFunction): Code {
  const kinds = [
    [unsigned(locals), I32],
    [unsigned(longs), I64],
    [unsigned(vectors), V128],
  ];
  const body = flat([listed(kinds), code, 0x0b]);
  return [unsigned(body.length), body];
}

const listed = (items: readonly Code[]): Code => [unsigned(items.length), items];

function section(id: number, content: Code): number[] {
  const bytes = flat(content);
  return [id, ...unsigned(bytes.length), ...bytes];
}

function text(value: string): number[] {
  return [...unsigned(value.length), ...Buffer.from(value, "latin1")];
}

function flat(code: Code, into: number[] = []): number[] {
  if (typeof code === "number") into.push(code);
  else for (const each of code) flat(each, into);
  return into;
}
