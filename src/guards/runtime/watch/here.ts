/** Watching in this process: where it has no rights to give away, or the sensor is somebody else's. */

import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import { followContainers, type HostContainersOptions } from "../../../scan/runtime-containers.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import type { SensorPlace } from "../model.ts";
import { responseRequestOf } from "../response/request.ts";
import { openSensor } from "../sensor/open.ts";
import { createResponding } from "./responding.ts";
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
  /** Where the record of responses is kept. */
  readonly journal: string;
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
export async function startHere(options: StartOptions): Promise<Started> {
  const { settings, place, containers, onEvent, now, lines, journal } = options;
  let running: RunningWatch | undefined;
  const responding = createResponding({
    journal,
    policy: settings.lookedFor.policy,
    ...(settings.hostname === undefined ? {} : { hostname: settings.hostname }),
    ...(containers === undefined ? {} : { containers }),
    own: () => [process.pid],
    ...(place === undefined ? {} : { tell: async (command: string) => await running?.tell(command) }),
    onRecord: (record) => running?.record(record),
    onEvent,
  });
  let sensors = 0;
  const following =
    containers === undefined
      ? undefined
      : await followContainers({
          ...containers,
          onFacts(facts, settled) {
            responding.known(facts);
            running?.known(facts, settled);
          },
          onProblem: (problem) => onEvent(problem.line()),
        });
  try {
    running = await runWatch(settings, {
      now,
      lines,
      onEvent,
      onMatch: (alert) => responding.respond(responseRequestOf(alert)),
      ...(place === undefined
        ? {}
        : {
            async openSensor(hooks, sink, notices) {
              const sensor = await openSensor({ place: withOwn(place), hooks, sink, notices });
              sensors += 1;
              // It is the current one from the next turn on.
              if (sensors > 1) setImmediate(() => responding.sensorBegan());
              return sensor;
            },
          }),
      ...(following === undefined ? {} : { containerSeen: (facts) => following.ask(facts) }),
    });
  } catch (error) {
    await following?.close();
    await responding.close();
    throw error;
  }
  const { ports, renew, reopen, stop } = running;
  return {
    ports,
    async renew(renewed) {
      await renew(renewed);
      responding.adopt(renewed.lookedFor.policy);
    },
    reopen,
    failed: new Promise(() => undefined),
    async stop() {
      const streams = await stop();
      await responding.close();
      await following?.close();
      return streams;
    },
  };
}

/** What this process does is no event. */
function withOwn(place: SensorPlace): SensorPlace {
  return place.kind === "socket" ? place : { ...place, words: [...place.words, "--own", String(process.pid)] };
}
