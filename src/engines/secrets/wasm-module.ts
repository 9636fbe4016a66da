/** As much of WebAssembly's binary format as one function over a memory takes (WebAssembly core specification 2.0, chapter 5). */

type Code = readonly number[];

const I32 = 0x7f;
const NO_RESULT = 0x40;

function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const isLast = rest >> 6 === 0 || rest >> 6 === -1;
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

/** Instructions; what has an `at` takes an address from the stack and adds it. */
export const op = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  constant: (value: number): Code => [0x41, ...signed(value)],
  load: (at: number): Code => [0x28, 2, ...unsigned(at)],
  load8: (at: number): Code => [0x2d, 0, ...unsigned(at)],
  load16: (at: number): Code => [0x2f, 1, ...unsigned(at)],
  store: (at: number): Code => [0x36, 2, ...unsigned(at)],
  add: [0x6a],
  or: [0x72],
  shiftLeft: [0x74],
  isAtLeast: [0x4f],
  when: (...then: Code[]): Code => [0x04, NO_RESULT, ...then.flat(), 0x0b],
  /** Again and again until the condition, which is looked at first, holds. */
  until: (condition: Code, ...body: Code[]): Code =>
    // A branch over one level leaves the block, over none begins the loop anew.
    [0x02, NO_RESULT, 0x03, NO_RESULT, ...condition, 0x0d, 1, ...body.flat(), 0x0c, 0, 0x0b, 0x0b],
} as const;

interface WasmFunction {
  readonly parameters: number;
  /** Beside the parameters, numbered behind them; all are integers of 32 bits, and 0 at first. */
  readonly locals: number;
  readonly code: Code;
}

/** A module that exports one function, `run`, and imports the memory that it works on as `host.memory`. */
export function moduleOf({ parameters, locals, code }: WasmFunction): Uint8Array {
  const body = [1, ...unsigned(locals), I32, ...code, 0x0b];
  return Uint8Array.from([
    ...[0x00, ...text("asm").slice(1), 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...unsigned(parameters), ...Array.from({ length: parameters }, () => I32), 0]),
    ...section(2, [1, ...text("host"), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("run"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): Code {
  return [...unsigned(value.length), ...Buffer.from(value, "latin1")];
}
