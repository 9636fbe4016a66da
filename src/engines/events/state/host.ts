/** What fields ask the state for beyond the event's own thread and descriptor; `state/machine.ts` answers. */
import type { GroupFacts, UserFacts } from "../users.ts";
import type { Thread } from "./thread.ts";

export interface Host {
  /** A byte string; undefined where no source told it. */
  readonly hostname: string | undefined;
  /** When the first event of the stream happened, in nanoseconds since 1970; 0n before it. */
  readonly firstTime: bigint;
  /**
   * A user as the container has it, or the host.
   *
   * @param container - its id as the thread's facts have it, undefined for the host's own
   */
  userOf(id: number, container: string | undefined): UserFacts | undefined;
  groupOf(id: number, container: string | undefined): GroupFacts | undefined;
  /** A thread by its id on the host; never a placeholder made for the question. */
  threadOf(tid: number): Thread | undefined;
}
