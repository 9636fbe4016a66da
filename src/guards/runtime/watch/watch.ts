/** Watching in one process: a sensor's events through rules to alerts, until it is told to end. */
import type { Gap } from "../../../core/evidence.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { SensorNotices } from "../../../engines/events/frames/notices.ts";
import type { Alert } from "../../../engines/events/model.ts";
import type { SyscallSink } from "../../../engines/events/sink.ts";
import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import type { Sensor } from "../model.ts";
import { hooksOf } from "../sensor/hooks.ts";
import { createDetecting, type Detecting } from "./detecting.ts";
import { type KeptSensor, keepSensor } from "./keep-sensor.ts";
import { missingGap } from "./missing.ts";
import type { Blind, LiveAlert, WatchedFor } from "./model.ts";

export interface WatchOptions {
  readonly watched: WatchedFor;
  readonly hostname?: string;
  readonly now: () => Date;
  readonly blind?: Blind;
  /** Absent: there is none, and only audit events are evaluated. */
  readonly openSensor?: (hooks: readonly string[], sink: SyscallSink, notices: SensorNotices) => Promise<Sensor>;
  /** Commands that each sensor is told beside its hooks: `denied on`. */
  readonly commands: readonly string[];
  readonly again?: { readonly first: number; readonly most: number };
  /** Beside what is made of them here. */
  readonly notices?: SensorNotices;
  onAlert(alert: LiveAlert): void;
  onMatch?(alert: Alert): void;
  containerSeen?(facts: ContainerFacts): void;
  /** One line for an operator. */
  onEvent(text: string): void;
}

export interface Watching extends Pick<Detecting, "audits" | "known" | "counts" | "rules"> {
  readonly sensor: Pick<KeptSensor, "current" | "restarts">;
  /** Other rules from now on, and hooks for them. @throws Error where they cannot be set up: the old ones stay */
  replace(watched: WatchedFor): Promise<void>;
  /** Ends the sensor, reads what it has left, and tells what was found. */
  stop(): Promise<readonly DetectedStream[]>;
}

/** Milliseconds. */
const TICK = 1_000;

/** @throws Problem `runtime.sensor` where no sensor runs */
export async function startWatching(options: WatchOptions): Promise<Watching> {
  const { openSensor, onEvent, commands } = options;
  let hooks = hooksFor(options.watched);
  const detecting = createDetecting(options);
  const lacks = new Map<string, string>();
  const notices: SensorNotices = {
    ...options.notices,
    missing(what, why) {
      options.notices?.missing?.(what, why);
      lacks.set(what, why);
      onEvent(`not seen on this host: ${what}: ${why}`);
    },
  };
  const kept =
    openSensor === undefined
      ? undefined
      : await keepSensor({
          async open(sink, heard) {
            const sensor = await openSensor(hooks, sink, heard);
            for (const command of commands) await told(sensor, command, onEvent);
            return sensor;
          },
          notices,
          begin: () => detecting.begin(),
          end: (reason) => detecting.end(reason),
          onEvent,
          ...(options.again === undefined ? {} : { again: options.again }),
        });
  const ticking = setInterval(() => detecting.tick(), TICK);

  return {
    audits: detecting.audits,
    known: detecting.known,
    counts: detecting.counts,
    rules: detecting.rules,
    sensor: { current: () => kept?.current(), restarts: () => kept?.restarts() ?? 0 },
    async replace(watched) {
      detecting.replace(watched);
      hooks = hooksFor(watched);
      const sensor = kept?.current();
      if (sensor !== undefined) await told(sensor, `hooks ${hooks.join(",")}`, onEvent);
    },
    async stop() {
      await kept?.stop();
      clearInterval(ticking);
      for (const gap of gapsOf(lacks, hooks)) detecting.gap(gap);
      return detecting.finish();
    },
  };
}

function hooksFor({ rules, policy }: WatchedFor): readonly string[] {
  return hooksOf(rules, new Set(policy.runtime.optional));
}

function gapsOf(lacks: ReadonlyMap<string, string>, hooks: readonly string[]): Gap[] {
  return [...lacks].map(([what, why]) => missingGap(what, why, hooks)).filter((gap) => gap !== undefined);
}

/** A sensor that does not do as it is told goes on; what it then does not see, it says itself. */
async function told(sensor: Sensor, command: string, onEvent: (text: string) => void): Promise<void> {
  try {
    await sensor.tell(command);
  } catch (error) {
    onEvent((error as Error).message);
  }
}
