/** `runtime learn` without a recording: this host, until it is told to end. */
import { readClock } from "../../core/clock.ts";
import { usageProblem } from "../../core/problem.ts";
import type { Learned } from "../../engines/events/learn/model.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { learnHere } from "../../guards/runtime/learn/run.ts";
import type { SensorPlace } from "../../guards/runtime/model.ts";
import { openSensor } from "../../guards/runtime/sensor/open.ts";
import { tell } from "../serving.ts";
import { type PodOptions, podsOf } from "./pods-of.ts";
import { namedSensor } from "./sensor-place.ts";

export interface LearnHereCommandOptions extends PodOptions {
  readonly sensor?: string;
  readonly root: string;
  readonly for?: string;
  readonly output?: string;
  readonly format: string;
}

/** Milliseconds after which the file is written anew: what a day brought is not lost with the process. */
const EVERY = 10 * 60_000;

export interface LearnedHere {
  readonly learned: Learned;
  /** False where the sensor ended before it was asked to. */
  readonly whole: boolean;
}

/** @throws Problem (usage), `runtime.sensor` */
export async function learnThisHost(options: LearnHereCommandOptions, hours: number): Promise<LearnedHere> {
  const place = placeOf(options.sensor);
  const time = options.for === undefined ? undefined : millisecondsOf(options.for);
  const pods = podsOf(options);
  const learning = await learnHere({
    ...{
      place,
      openSensor,
      containers: { root: options.root, ...(pods === undefined ? {} : { pods }) },
      hours,
      now: () => readClock().getTime(),
    },
    onMissing: (what, why) => tell(`not seen: ${what}${why === "" ? "" : ` (${why})`}`),
    onProblem: (problem) => tell(problem.line()),
  });
  tell("learns until SIGINT or SIGTERM");
  const { output } = options;
  const write = async () => {
    if (output !== undefined && options.format === "json") writeWhole(output, text(await learning.learned()));
  };
  const written = setInterval(() => void write().catch((error: Error) => tell(error.message)), EVERY);
  const why = await Promise.race([learning.broke, asked(time)]);
  clearInterval(written);
  if (why !== undefined) tell(`the sensor ended: ${why}`);
  return { learned: await learning.stop(), whole: why === undefined };
}

function text(learned: Learned): string {
  return `${JSON.stringify(learned, null, 2)}\n`;
}

/** A signal, or the end of the time. */
function asked(milliseconds: number | undefined): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds);
  function end(): void {
    clearTimeout(timer);
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.off(signal, end);
    resolve(undefined);
  }
  // As the first process of a container this one ended at once until now.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeAllListeners(signal).on(signal, end);
  return promise;
}

function placeOf(sensor: string | undefined): SensorPlace {
  return namedSensor(sensor, {
    words: ["--containers", "--own", String(process.pid)],
    missing: {
      place: "runtime learn",
      cause: "the sensor is not built",
      remedy: "build it with `make -C sensor`, or name recordings",
    },
  });
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function millisecondsOf(text: string): number {
  const [, count = "", unit = "s"] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(count) * units[unit as keyof typeof units];
  // What a timer of Node can wait for.
  if (count === "" || milliseconds === 0 || milliseconds > 2 ** 31 - 1)
    throw usageProblem(`--for ${text}`, "not a time", "write --for 90s, 30m, 24h or 7d (at most 24d)");
  return milliseconds;
}
