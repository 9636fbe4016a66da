import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleOf, op } from "./wasm-module.ts";

interface Runtime {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly run: (...values: number[]) => void } };
}

const { WebAssembly: runtime } = globalThis as unknown as { WebAssembly: Runtime };

/** What a function leaves in the memory's first words. */
function words(count: number, code: readonly number[], locals = 0, ...values: number[]): number[] {
  const memory = new runtime.Memory({ initial: 1 });
  const module = new runtime.Module(moduleOf({ parameters: values.length, locals, code }));
  new runtime.Instance(module, { host: { memory } }).exports.run(...values);
  return [...new Int32Array(memory.buffer, 0, count)];
}

test("numbers of every length are written as they are read", () => {
  const values = [0, 1, 63, 64, 127, 128, 8_191, 8_192, 1_048_576, 2 ** 31 - 1, -1, -64, -65, -8_192, -(2 ** 31)];
  const code = values.flatMap((value, at) => [...op.constant(4 * at), ...op.constant(value), ...op.store(0)]);
  assert.deepEqual(words(values.length, code), values);
});

test("a loop ends when its condition holds, which is looked at first", () => {
  const [limit, at, sum] = [0, 1, 2];
  const code = [
    ...op.until(
      [...op.get(at), ...op.get(limit), ...op.isAtLeast],
      [...op.get(sum), ...op.get(at), ...op.add, ...op.set(sum)],
      [...op.get(at), ...op.constant(1), ...op.add, ...op.set(at)],
    ),
    ...[...op.constant(0), ...op.get(sum), ...op.store(0)],
  ];
  assert.deepEqual(words(1, code, 2, 5), [10]);
  assert.deepEqual(words(1, code, 2, 0), [0]);
});

test("bytes and halves of words are read without a sign", () => {
  const code = [
    ...[...op.constant(0), ...op.constant(-1), ...op.store(0)],
    ...[...op.constant(4), ...op.constant(0), ...op.load8(1), ...op.store(0)],
    ...[...op.constant(8), ...op.constant(0), ...op.load16(2), ...op.store(0)],
    ...op.when([...op.constant(12), ...op.constant(7), ...op.store(0)]).toSpliced(0, 0, ...op.constant(1)),
  ];
  assert.deepEqual(words(4, code), [-1, 0xff, 0xffff, 7]);
});
