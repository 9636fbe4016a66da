/** A module with its memory, where the runtime has WebAssembly. */

/** What a runtime has of it, which may be nothing (`--jitless`). */
interface Runtime {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const PAGE = 0x10000;

export interface Opened<Functions> {
  readonly memory: Buffer;
  readonly functions: Functions;
}

/**
 * @param bytes - of a module that imports `host.memory`
 * @param size - of its memory, in bytes
 * @returns undefined where the runtime has no WebAssembly, or no memory for it
 */
export function openModule<Functions>(bytes: Uint8Array, size: number): Opened<Functions> | undefined {
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: Runtime };
  if (runtime === undefined) return undefined;
  try {
    const memory = new runtime.Memory({ initial: Math.ceil(size / PAGE) });
    const { exports } = new runtime.Instance(new runtime.Module(bytes), { host: { memory } });
    return { memory: Buffer.from(memory.buffer), functions: exports as Functions };
  } catch {
    // Address space may be bounded, and code refused.
    return undefined;
  }
}
