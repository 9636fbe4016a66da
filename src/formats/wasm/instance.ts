/** A module with its memory, where the runtime has WebAssembly. */

/** What a runtime has of it, which may be nothing (`--jitless`). */
interface Runtime {
  readonly Memory: new <Of extends object>(
    size: Of,
  ) => {
    readonly buffer: Of extends { shared: true } ? SharedArrayBuffer : ArrayBuffer;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const PAGE = 0x10000;

export interface Opened<Functions> {
  readonly memory: Buffer;
  readonly functions: Functions;
}

/** Memory that modules of several threads work on; it can be sent to them. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

function runtimeOf(): Runtime | undefined {
  return (globalThis as { WebAssembly?: Runtime }).WebAssembly;
}

/**
 * @param bytes - of a module that imports `host.memory`
 * @param size - of its memory, in bytes
 * @returns undefined where the runtime has no WebAssembly, or no memory for it
 */
export function openModule<Functions>(bytes: Uint8Array, size: number): Opened<Functions> | undefined {
  const runtime = runtimeOf();
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

/**
 * @param size - bytes at least
 * @returns undefined where the runtime has no WebAssembly, or no memory for it
 */
export function createSharedMemory(size: number): SharedMemory | undefined {
  const runtime = runtimeOf();
  const pages = Math.ceil(size / PAGE);
  try {
    return runtime && new runtime.Memory({ initial: pages, maximum: pages, shared: true } as const);
  } catch {
    return undefined;
  }
}

/** As {@link openModule}, in such memory. @param bytes - of the module for memory of as many pages */
export function openModuleIn<Functions>(
  bytes: (pages: number) => Uint8Array,
  memory: SharedMemory,
): Opened<Functions> | undefined {
  const runtime = runtimeOf();
  if (runtime === undefined) return undefined;
  try {
    const module = new runtime.Module(bytes(memory.buffer.byteLength / PAGE));
    const { exports } = new runtime.Instance(module, { host: { memory } });
    return { memory: Buffer.from(memory.buffer), functions: exports as Functions };
  } catch {
    return undefined;
  }
}
