/** The record of responses, in a file of JSON lines: what `runtime respond list` shows and `undo` takes back. */
import { closeSync, constants, fstatSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { isObject } from "../../../core/untyped.ts";
import { makePrivateFolder } from "../../../engines/files/write.ts";
import type { ResponseRecord } from "./model.ts";

export interface Journal {
  /** Written before the promise resolves. @throws Problem `response.journal` */
  append(record: ResponseRecord): Promise<void>;
}

/** Bytes after which the file becomes the older one, in the place of the one that was. */
const FILE_BYTES = 8 * 1024 * 1024;
const MODE = 0o600;

/** Makes its folder. @throws Problem (usage) `response.journal` where nothing can be written there */
export function openJournal(path: string): Journal {
  try {
    makePrivateFolder(dirname(path));
    closeSync(opened(path));
  } catch (error) {
    throw unwritten(path, error, "usage");
  }
  return {
    async append(record) {
      try {
        let descriptor = opened(path);
        try {
          if (fstatSync(descriptor).size > FILE_BYTES) {
            renameSync(path, older(path));
            closeSync(descriptor);
            descriptor = opened(path);
          }
          // In one piece: several may write, and a reader sees no half of a line.
          writeSync(descriptor, `${JSON.stringify(record)}\n`);
        } finally {
          closeSync(descriptor);
        }
      } catch (error) {
        throw unwritten(path, error, "unavailable");
      }
    },
  };
}

export interface ReadRecords {
  /** The oldest first. */
  readonly records: readonly ResponseRecord[];
  /** Lines that are no records. */
  readonly broken: number;
}

/** @throws Problem (usage) `response.journal` where there is none */
export function readJournal(path: string): ReadRecords {
  const records: ResponseRecord[] = [];
  let broken = 0;
  for (const file of [older(path), path]) {
    for (const line of linesOf(file, file === path)) {
      const record = recordOf(line);
      if (record === undefined) broken += 1;
      else records.push(record);
    }
  }
  return { records, broken };
}

function linesOf(path: string, isNeeded: boolean): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (!isNeeded && (error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new Problem(
      {
        kind: "usage",
        code: "response.journal",
        place: path,
        cause: `no record of responses: ${systemCause(error)}`,
        remedy: "name the one of `runtime watch` with --journal",
      },
      { cause: error },
    );
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, 2 * FILE_BYTES));
    const read = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes
      .toString("utf8", 0, read)
      .split("\n")
      .filter((line) => line !== "");
  } finally {
    closeSync(descriptor);
  }
}

const TEXTS = ["id", "time", "node", "rule", "priority", "workload", "action", "target", "outcome"] as const;

function recordOf(line: string): ResponseRecord | undefined {
  let read: unknown;
  try {
    read = parseJson(line);
  } catch {
    return undefined;
  }
  if (!isObject(read) || !TEXTS.every((name) => typeof read[name] === "string")) return undefined;
  return /^r-[0-9a-f]{16}$/.test(String(read.id)) ? (read as unknown as ResponseRecord) : undefined;
}

function opened(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY, O_NONBLOCK } = constants;
  return openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY | O_NONBLOCK, MODE);
}

function older(path: string): string {
  return `${path}.1`;
}

function unwritten(path: string, error: unknown, kind: "usage" | "unavailable"): Problem {
  if (error instanceof Problem) return error;
  const cause = `the record of responses cannot be written: ${systemCause(error)}`;
  return new Problem({ kind, code: "response.journal", place: path, cause }, { cause: error });
}
