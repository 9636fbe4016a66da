/**
 * The event of the source `syscall` in hand: one object for a whole stream, that each event overwrites, so that millions a
 * second leave no garbage. Parameters are decoded when somebody asks.
 *
 * Type codes and parameters are those of the event table (`types/`), whatever the event was read from: a capture, the sensor's
 * frames or JSON lines. Captures are converted to today's parameters before.
 */
import type { Host } from "./state/host.ts";
import type { Descriptor, Thread } from "./state/thread.ts";

/** Most parameters that an event of the table has, with room. */
const MOST_PARAMETERS = 64;

export class SyscallEvent {
  /** Counted from 1 in its stream. */
  number = 0;
  /** Code in the event table; exit events are odd. */
  code = 0;
  cpu = 0;
  /** Time: whole seconds since 1970, and nanoseconds in that second. A bigint for each event costs too much. */
  seconds = 0;
  nanoseconds = 0;
  /** The thread that did it, as its host numbers it. */
  tid = 0;
  /** The recording left it out and kept it for what it changes: the state sees it, rules do not. */
  stateOnly = false;
  /** Where the parameters are; valid until the next event. */
  bytes: Buffer = Buffer.alloc(0);
  parameters = 0;
  /** Offset in `bytes` and length of each parameter; a length of -1: absent. */
  readonly starts = new Int32Array(MOST_PARAMETERS);
  readonly lengths = new Int32Array(MOST_PARAMETERS);

  // Set by the state, before rules see the event.
  thread: Thread | undefined = undefined;
  /** Whom fields ask for users, groups and other threads. */
  host: Host | undefined = undefined;
  /** What the event's descriptor is: of its parameter, or the one that it opened. */
  descriptor: Descriptor | undefined = undefined;
  /** That descriptor's number; -1 where there is none. */
  fd = -1;
  /** The result (`res`, or the descriptor that came of it): undefined where the event has none, a bigint where it needs one. */
  result: number | bigint | undefined = undefined;

  /** Changes with each event: what is remembered for one event holds while this stays. */
  stamp = 0;
}
