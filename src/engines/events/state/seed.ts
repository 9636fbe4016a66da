/** Fills the state with who is there, before the first event or when a thread is looked up later. */
import type { SyscallSink, ThreadSnapshot } from "../sink.ts";
import type { Descriptor } from "./descriptor.ts";

/** A thread with what it has open, as `/proc` or the kernel's iterators tell it. */
export interface Seed {
  readonly thread: ThreadSnapshot;
  readonly descriptors?: Iterable<readonly [fd: number, descriptor: Descriptor]>;
}

/** In any order: parents may come after their children. */
export function seed(sink: Pick<SyscallSink, "thread" | "descriptor">, seeds: Iterable<Seed>): void {
  for (const { thread, descriptors } of seeds) {
    sink.thread(thread);
    for (const [fd, descriptor] of descriptors ?? []) sink.descriptor(thread.tid, fd, descriptor);
  }
}
