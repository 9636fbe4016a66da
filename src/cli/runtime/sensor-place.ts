/** `--sensor`: a program, or a socket where one listens. */
import { usageProblem } from "../../core/problem.ts";
import type { SensorPlace } from "../../guards/runtime/model.ts";
import { ownSensor } from "../../guards/runtime/sensor/program.ts";

export interface SensorWords {
  /** That a program is started with. */
  readonly words: readonly string[];
  /** What is said where none is named and none was built: what of, and what to do. */
  readonly missing: { readonly place: string; readonly cause: string; readonly remedy: string };
}

/** @throws Problem (usage) for a socket by no absolute path, and where no sensor is named or built */
export function namedSensor(sensor: string | undefined, { words, missing }: SensorWords): SensorPlace {
  if (sensor?.startsWith("unix:") === true) {
    const path = sensor.slice("unix:".length);
    if (!path.startsWith("/"))
      throw usageProblem(`--sensor ${sensor}`, "not an absolute path", "unix:/run/sensor.sock");
    return { kind: "socket", path };
  }
  const file = sensor ?? ownSensor();
  if (file === undefined) throw usageProblem(missing.place, missing.cause, missing.remedy);
  return { kind: "program", file, words };
}
