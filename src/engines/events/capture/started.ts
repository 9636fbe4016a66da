/** Starts of system calls that wait for their ends, one a thread: a thread is in one call at a time. */
import { bounds } from "../bounds.ts";
import type { SyscallEvent } from "../event.ts";

/** Room for what most starts have: a path and some numbers. */
const USUAL_BYTES = 256;

export class Started {
  code = 0;
  parameters = 0;
  bytes: Buffer = Buffer.allocUnsafeSlow(USUAL_BYTES);
  readonly starts = new Int32Array(16);
  readonly lengths = new Int32Array(16);
}

export class StartedCalls {
  private readonly byThread = new Map<number, Started>();
  /** Of the buffers of all. */
  private bytes = 0;
  /** How many were forgotten over the bound: their ends lack what only the start told. */
  evicted = 0;

  /** Remembers what the event tells until its thread starts another; the event's bytes may go. */
  keep(event: SyscallEvent): void {
    let started = this.byThread.get(event.tid);
    if (started === undefined) {
      if (this.byThread.size >= bounds.startedCalls) this.evict();
      started = new Started();
      this.byThread.set(event.tid, started);
      this.bytes += USUAL_BYTES;
    }
    started.code = event.code;
    started.parameters = Math.min(event.parameters, started.starts.length);
    let at = 0;
    for (let index = 0; index < started.parameters; index++) at += Math.max(0, event.lengths[index] as number);
    if (at > started.bytes.length) {
      this.bytes += at - started.bytes.length;
      started.bytes = Buffer.allocUnsafeSlow(at);
      while (this.bytes > bounds.startedBytes && this.byThread.size > 1) this.evict(event.tid);
    }
    at = 0;
    for (let index = 0; index < started.parameters; index++) {
      const length = event.lengths[index] as number;
      const from = event.starts[index] as number;
      started.starts[index] = at;
      started.lengths[index] = length;
      if (length > 48) event.bytes.copy(started.bytes, at, from, from + length);
      else for (let i = 0; i < length; i++) started.bytes[at + i] = event.bytes[from + i] as number;
      at += Math.max(0, length);
    }
  }

  /** The start of the call that ends by `code`, once; undefined where it was another or was not seen. */
  take(tid: number, code: number): Started | undefined {
    const started = this.byThread.get(tid);
    if (started === undefined || started.code !== code - 1) return undefined;
    started.code = 0;
    return started;
  }

  /** A thread that ended: its number may be another's next. */
  forget(tid: number): void {
    const started = this.byThread.get(tid);
    if (started === undefined) return;
    this.bytes -= started.bytes.length;
    this.byThread.delete(tid);
  }

  /** The oldest but the one in hand. One whose call ended is no loss. */
  private evict(but = -1): void {
    for (const [tid, { code }] of this.byThread) {
      if (tid === but) continue;
      this.forget(tid);
      if (code !== 0) this.evicted++;
      return;
    }
  }
}
