/**
 * Lines to a file or to standard output that never hold up who writes them: what the disk or the reader does not take in time is
 * dropped, and counted.
 */
import { closeSync, constants, fstatSync, openSync, renameSync, write } from "node:fs";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds } from "./bounds.ts";

export interface LineSink {
  /** @param line - without a line break */
  write(line: string): void;
  /** Lines that were dropped so far. */
  dropped(): number;
  /** Opens the file anew, as after another program has moved it away. */
  reopen(): void;
  /** After what waits is written, or could not be. */
  close(): Promise<void>;
}

export interface SinkOptions {
  /** A path, or `-` for standard output. */
  readonly path: string;
  readonly waitingBytes?: number;
  readonly fileBytes?: number;
  /** What cannot be written is told here, once for each cause. */
  onProblem(problem: Problem): void;
}

/** Written by its owner alone: who may read names of images and users is for that owner to say. */
const MODE = 0o600;
const STANDARD_OUTPUT = 1;

/** @throws Problem (usage) where the file cannot be opened */
export function openLineSink(options: SinkOptions): LineSink {
  const { path, waitingBytes = bounds.logBytes, fileBytes = bounds.logFileBytes, onProblem } = options;
  const isFile = path !== "-";
  let descriptor = isFile ? opened(path) : STANDARD_OUTPUT;
  let size = isFile ? fstatSync(descriptor).size : 0;
  let waiting: string[] = [];
  let waitingSize = 0;
  let dropped = 0;
  let isWriting = false;
  let isStale = false;
  let told = "";
  let idle = Promise.resolve();

  function tell(error: unknown): void {
    const cause = systemCause(error);
    if (cause === told) return;
    told = cause;
    onProblem(new Problem({ kind: "unavailable", code: "serve.log", place: path, cause }, { cause: error }));
  }

  /** Another file for what comes: the old one is full, or was moved away. */
  function renew(): void {
    if (!isFile || !(isStale || size >= fileBytes)) return;
    try {
      if (!isStale) renameSync(path, `${path}.1`);
      const next = opened(path);
      closeSync(descriptor);
      descriptor = next;
      size = fstatSync(descriptor).size;
      isStale = false;
    } catch (error) {
      tell(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      renew();
      const lines = waiting;
      const bytes = Buffer.from(`${lines.join("\n")}\n`, "utf8");
      waiting = [];
      waitingSize = 0;
      try {
        await writeAll(descriptor, bytes);
        size += bytes.length;
        told = "";
      } catch (error) {
        dropped += lines.length;
        tell(error);
      }
    }
    isWriting = false;
  }

  return {
    write(line) {
      if (waitingSize + line.length > waitingBytes) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      waitingSize += line.length;
      if (isWriting) return;
      isWriting = true;
      idle = drain();
    },
    dropped: () => dropped,
    reopen() {
      isStale = true;
    },
    async close() {
      await idle;
      if (isFile) closeSync(descriptor);
    },
  };
}

/** @throws Problem (usage) */
function opened(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY, O_NONBLOCK } = constants;
  try {
    const descriptor = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY | O_NONBLOCK, MODE);
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
  } catch (error) {
    throw new Problem({ kind: "usage", code: "serve.log", place: path, cause: systemCause(error) }, { cause: error });
  }
  throw new Problem({ kind: "usage", code: "serve.log", place: path, cause: "not a regular file" });
}

/** A pipe whose reader is slow takes some bytes, or none for now. */
const AGAIN_MILLISECONDS = 20;

async function writeAll(descriptor: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    write(descriptor, bytes, at, bytes.length - at, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === "EAGAIN") setTimeout(resolve, AGAIN_MILLISECONDS, 0);
      else reject(error);
    });
    at += await promise;
  }
}
