/** The sensor as guards speak to it: a program of this host, or one that listens on a socket. */
import type { SensorNotices } from "../../engines/events/frames/notices.ts";
import type { SyscallSink } from "../../engines/events/sink.ts";

/** Where the sensor is. */
export type SensorPlace =
  /** Started by us: the file of `bulkhead-sensor`, and what it is given beside the hooks. */
  | { readonly kind: "program"; readonly file: string; readonly words: readonly string[] }
  /** Started by somebody else: the path of its socket. */
  | { readonly kind: "socket"; readonly path: string };

export interface SensorOptions {
  readonly place: SensorPlace;
  /** What rules and learning need: names of system calls and kernel events. */
  readonly hooks: readonly string[];
  readonly sink: SyscallSink;
  readonly notices: SensorNotices;
}

/** One that runs. */
export interface Sensor {
  /**
   * Tells it one command (docs/sensor-control.md), without its number: `hooks execve,openat`.
   *
   * @throws Problem `runtime.sensor` with why it was not done, or where no answer comes within 10 seconds
   */
  tell(command: string): Promise<void>;
  /** When it has ended, with why where nobody asked it to. */
  readonly ended: Promise<string | undefined>;
  /** Ends it, once what it has left was read. */
  stop(): Promise<void>;
}

/** What starts or finds a sensor. @throws Problem `runtime.sensor` with why it does not run here */
export type OpenSensor = (options: SensorOptions) => Promise<Sensor>;
