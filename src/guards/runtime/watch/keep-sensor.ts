/** A sensor that is there as long as it is wanted: one that ends is followed by another, and what it kept unseen is told. */
import { setTimeout as delay } from "node:timers/promises";
import { isEvidenceProblem, type Problem } from "../../../core/problem.ts";
import type { SensorNotices } from "../../../engines/events/frames/notices.ts";
import type { SyscallSink } from "../../../engines/events/sink.ts";
import type { Sensor } from "../model.ts";

export interface KeepSensorOptions {
  /** Starts or finds one, and tells it its hooks. @throws Problem `runtime.sensor` */
  open(sink: SyscallSink, notices: SensorNotices): Promise<Sensor>;
  readonly notices: SensorNotices;
  begin(): SyscallSink;
  /** @param reason - undefined: it was asked to end */
  end(reason: string | undefined): void;
  /** Another one could not be started, or is there again. */
  onEvent(text: string): void;
  /** Milliseconds before the first try for another one, doubled each time up to the most. */
  readonly again?: { readonly first: number; readonly most: number };
}

export interface KeptSensor {
  /** The one that runs; undefined while none does. */
  current(): Sensor | undefined;
  stop(): Promise<void>;
  /** How often another one was started. */
  restarts(): number;
}

const AGAIN = { first: 500, most: 60_000 } as const;

/** @throws Problem `runtime.sensor` where the first does not run */
export async function keepSensor(options: KeepSensorOptions): Promise<KeptSensor> {
  const { begin, end, onEvent, again = AGAIN } = options;
  const stopping = new AbortController();
  let current: Sensor | undefined;
  let restarts = 0;

  async function open(): Promise<Sensor> {
    const sensor = await options.open(begin(), options.notices);
    current = sensor;
    return sensor;
  }

  async function reopened(): Promise<Sensor | undefined> {
    for (let wait: number = again.first; ; wait = Math.min(2 * wait, again.most)) {
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return undefined;
      try {
        const sensor = await open();
        if (stopping.signal.aborted) {
          await sensor.stop();
          end(undefined);
          return undefined;
        }
        restarts += 1;
        onEvent("the sensor is there again");
        return sensor;
      } catch (error) {
        if (!isEvidenceProblem(error)) throw error;
        end((error as Problem).message);
        onEvent(`${(error as Problem).line()} (tried again in ${Math.min(2 * wait, again.most) / 1_000} s)`);
      }
    }
  }

  async function follow(first: Sensor): Promise<void> {
    for (let sensor: Sensor | undefined = first; sensor !== undefined; sensor = await reopened()) {
      const reason = await sensor.ended;
      current = undefined;
      if (stopping.signal.aborted) return end(undefined);
      end(reason ?? "the sensor ended");
      onEvent(`the sensor has ended: ${reason ?? "without a reason"}`);
    }
  }

  const first = await open();
  const following = follow(first);
  return {
    current: () => current,
    restarts: () => restarts,
    async stop() {
      stopping.abort();
      await current?.stop();
      await following;
    },
  };
}
