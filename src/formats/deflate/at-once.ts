/**
 * Deflated bytes (RFC 1950 to 1952) whose size is known, one after the other through one handle of node:zlib: its functions make
 * and free one for each call, which costs more than to inflate a few hundred bytes. Node does not document the handle. Where
 * it is not there, as after anything unusual, nothing is returned, and the caller asks node:zlib as usual.
 */
import { constants, createGunzip, createInflate, createInflateRaw, type Gunzip, type Inflate } from "node:zlib";
import { handleOf, type OpenHandle } from "./handle.ts";

/** More than this is worth a handle of its own: what is claimed of hostile bytes is not reserved. */
const MOST = 1024 * 1024;

/**
 * Returns exactly `size` bytes, of a stream that is whole; undefined for all else.
 *
 * @param into - memory for them, where it has room for one byte more; absent: new memory
 */
export type InflateAtOnce = (deflated: Uint8Array, size: number, into?: Buffer) => Buffer | undefined;

/** `raw`: without a header and a checksum. */
type Form = "zlib" | "gzip" | "raw";

export function createInflateAtOnce(form: Form): InflateAtOnce {
  let open: ({ readonly stream: Inflate | Gunzip } & OpenHandle) | undefined;
  let isMissing = false;
  return (deflated, size, into) => {
    if (isMissing || size > MOST) return undefined;
    open ??= openHandle(form);
    if (open === undefined) {
      isMissing = true;
      return undefined;
    }
    const { stream, handle, state } = open;
    // One byte more: node:zlib reports a stream that is not whole only where room is left.
    const bytes = into === undefined || into.length <= size ? Buffer.allocUnsafe(size + 1) : into.subarray(0, size + 1);
    handle.reset();
    handle.writeSync(constants.Z_FINISH, deflated, 0, deflated.length, bytes, 0, bytes.length);
    // What is broken destroys the stream with its handle.
    if (stream.destroyed) {
      open = undefined;
      return undefined;
    }
    return state[0] === 1 ? bytes.subarray(0, size) : undefined;
  };
}

const streams = { zlib: createInflate, gzip: createGunzip, raw: createInflateRaw } as const;

function openHandle(form: Form) {
  const stream = streams[form]();
  // It is told by `destroyed`.
  stream.on("error", () => {});
  const opened = handleOf(stream);
  return opened === undefined ? undefined : { stream, ...opened };
}
