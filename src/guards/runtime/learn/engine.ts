/** Podman or docker, started as a program. */
import { execFile } from "node:child_process";
import { systemCause } from "../../../core/system-cause.ts";

export interface EngineAnswer {
  /** -1 where it did not start or was ended for its time. */
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** @param words - without what names the engine: `run`, `--rm`… */
export type Engine = (words: readonly string[]) => Promise<EngineAnswer>;

const MILLISECONDS = 60_000;
const BYTES = 4 * 1024 * 1024;

/** @param runtime - the low-level one that runs containers: `runc` */
export function engineProgram(name: "podman" | "docker", runtime: string | undefined): Engine {
  return async ([command = "", ...words]) => {
    const ofRuntime = runtime === undefined ? [] : ["--runtime", runtime];
    const all =
      name === "podman"
        ? [...ofRuntime, command, ...words]
        : [command, ...(command === "run" ? ofRuntime : []), ...words];
    const { promise, resolve } = Promise.withResolvers<EngineAnswer>();
    execFile(name, all, { timeout: MILLISECONDS, maxBuffer: BYTES }, (error, out, said) => {
      const failed = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code: failed, out, error: failed === -1 && error !== null ? `${systemCause(error)} ${said}` : said });
    });
    return await promise;
  };
}
