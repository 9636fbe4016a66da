/** Watching in this process: where it has no rights to give away, or the sensor is somebody else's. */

import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import { followContainers, type HostContainersOptions } from "../../../scan/runtime-containers.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import type { SensorPlace } from "../model.ts";
import { openSensor } from "../sensor/open.ts";
import { type Renewed, type RunningWatch, type RunSettings, runWatch } from "./run.ts";

export interface StartOptions {
  readonly settings: RunSettings;
  /** Absent: only audit events are evaluated. */
  readonly place?: SensorPlace;
  /** Whom to ask for containers; absent: nobody. */
  readonly containers?: HostContainersOptions;
  readonly now: () => Date;
  /** It is always the same time, as for tests. */
  readonly isFixed?: boolean;
  lines(path: string, fileBytes: number | undefined): LineSink;
  onEvent(text: string): void;
}

export interface Started {
  readonly ports: RunningWatch["ports"];
  renew(renewed: Renewed): Promise<void>;
  reopen(): void;
  /** When it cannot go on: why. */
  readonly failed: Promise<string>;
  stop(): Promise<readonly DetectedStream[]>;
}

/** @throws Problem where a sensor, an output or a server cannot begin */
export async function startHere({ settings, place, containers, isFixed: _, ...links }: StartOptions): Promise<Started> {
  const { onEvent } = links;
  let running: RunningWatch | undefined;
  const following =
    containers === undefined
      ? undefined
      : await followContainers({
          ...containers,
          onFacts: (facts, settled) => running?.known(facts, settled),
          onProblem: (problem) => onEvent(problem.line()),
        });
  try {
    running = await runWatch(settings, {
      ...links,
      ...(place === undefined
        ? {}
        : { openSensor: (hooks, sink, notices) => openSensor({ place, hooks, sink, notices }) }),
      ...(following === undefined ? {} : { containerSeen: (facts) => following.ask(facts) }),
    });
  } catch (error) {
    await following?.close();
    throw error;
  }
  const { ports, renew, reopen, stop } = running;
  return {
    ports,
    renew,
    reopen,
    failed: new Promise(() => undefined),
    async stop() {
      const streams = await stop();
      await following?.close();
      return streams;
    },
  };
}
