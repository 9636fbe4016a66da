/** Learns from this host while it runs: the sensor's events, with what the runtimes tell of containers. */
import type { Problem } from "../../../core/problem.ts";
import { createLearning, learnHooks } from "../../../engines/events/learn/collect.ts";
import type { Learned } from "../../../engines/events/learn/model.ts";
import { followContainers, type HostContainersOptions } from "../../../scan/runtime-containers.ts";
import type { OpenSensor, Sensor, SensorPlace } from "../model.ts";
import { stateHooks } from "../sensor/hooks.ts";

export interface LearnHereOptions {
  readonly place: SensorPlace;
  readonly openSensor: OpenSensor;
  /** Whom to ask for containers; absent: nobody. */
  readonly containers?: HostContainersOptions;
  /** Hours that a workload is to be watched for. */
  readonly hours: number;
  readonly now: () => number;
  /** It is told that something is not seen, or cannot be asked. */
  onMissing(what: string, why: string): void;
  onProblem(problem: Problem): void;
}

export interface LearningHere {
  /** What was learned so far; the sensor is asked for what was used first. */
  learned(): Promise<Learned>;
  /** When the sensor ended before it was asked to: why. */
  readonly broke: Promise<string>;
  /** Ends the sensor, and what was learned. */
  stop(): Promise<Learned>;
}

/** @throws Problem `runtime.sensor` where it does not run here */
export async function learnHere(options: LearnHereOptions): Promise<LearningHere> {
  const { place, containers, hours, now, onProblem } = options;
  let ask: Parameters<typeof createLearning>[0]["containerSeen"];
  const learning = createLearning({ hours, containerSeen: (facts) => ask?.(facts) });
  const watch =
    containers === undefined
      ? undefined
      : await followContainers({ ...containers, onFacts: (facts) => learning.sink.container(facts), onProblem });
  await watch?.begun;
  ask = watch?.ask;
  let opened: Sensor | undefined;
  let sensor: Sensor;
  try {
    opened = sensor = await options.openSensor({
      place,
      hooks: [...new Set([...stateHooks, ...learnHooks])],
      sink: learning.sink,
      notices: { ...learning.notices, missing: options.onMissing },
    });
    await sensor.tell("scope containers");
    await sensor.tell("learn on");
  } catch (error) {
    await opened?.stop();
    await watch?.close();
    throw error;
  }
  const broke = Promise.withResolvers<string>();
  void sensor.ended.then((why) => {
    if (why === undefined) return;
    learning.sink.lost("the sensor ended: what followed was not seen", 1);
    broke.resolve(why);
  });
  const asked = async () => {
    // One that has ended tells nothing more.
    await sensor.tell("used").catch(() => undefined);
    return learning.finish(now());
  };
  return {
    learned: asked,
    broke: broke.promise,
    async stop() {
      await asked();
      await sensor.stop();
      await watch?.close();
      return learning.finish(now());
    },
  };
}
