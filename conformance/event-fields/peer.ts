/** Falco's own library: what it shows of a capture's events. */
import { spawnSync } from "node:child_process";

/** Fields of one event as texts, by name; what is absent is `<NA>`. */
export interface ShownEvent {
  /** Seconds, nanoseconds, thread and name: enough to find the same event again. */
  readonly key: string;
  readonly values: ReadonlyMap<string, string>;
}

export interface ShownCapture {
  /** Fields that were known. */
  readonly fields: readonly string[];
  readonly events: readonly ShownEvent[];
}

/** @throws Error where it cannot read the capture */
export function shownByPeer(program: string, capture: string, fields: readonly string[]): ShownCapture {
  const run = spawnSync(program, [capture, ...fields], { encoding: "latin1", maxBuffer: 1024 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`libsinsp: ${run.stderr}`);
  const [head = "", ...lines] = run.stdout.split("\n").filter((line) => line !== "");
  const known = head.split("\t");
  return {
    fields: known,
    events: lines.map((line) => {
      const [seconds, nanoseconds, thread, name, ...values] = line.split("\t");
      return {
        key: `${seconds}.${nanoseconds} ${thread} ${name}`,
        values: new Map(known.map((field, index) => [field, values[index] ?? ""])),
      };
    }),
  };
}
