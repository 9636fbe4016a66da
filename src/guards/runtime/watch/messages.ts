/** What the two processes of watching tell each other. */
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { Alert } from "../../../engines/events/model.ts";
import type { ResponseRecord } from "../response/model.ts";
import type { Blind } from "./model.ts";
import type { Renewed, RunningWatch, RunSettings } from "./run.ts";
import type { ReadStream } from "./streams.ts";

/** To the process that evaluates rules; what has rights is believed. */
export type ToWorker =
  | {
      readonly say: "begin";
      readonly settings: RunSettings;
      readonly user: { readonly uid: number; readonly gid: number } | null;
      /** Milliseconds since 1970 that it is taken to be; absent: the clock's. */
      readonly now?: number;
      readonly hasSensor: boolean;
      readonly blind?: Blind;
    }
  /** Its frames come over this socket, to who says the token there first. */
  | { readonly say: "frames"; readonly sensor: number; readonly path: string; readonly token: string }
  | { readonly say: "sensor-ended"; readonly sensor: number; readonly why: string | null; readonly remedy?: string }
  | { readonly say: "known"; readonly facts: ContainerFacts; readonly settled: boolean }
  | { readonly say: "renew"; readonly renewed: Renewed }
  | { readonly say: "record"; readonly record: ResponseRecord }
  | { readonly say: "reopen" }
  | { readonly say: "stop" };

/** From it: read as somebody's words who may have been taken over by what it reads. */
export type FromWorker =
  | { readonly say: "ready"; readonly ports: RunningWatch["ports"] }
  | {
      readonly say: "failed";
      readonly code: string;
      readonly place: string;
      readonly cause: string;
      readonly remedy?: string;
    }
  | { readonly say: "event"; readonly text: string }
  | { readonly say: "open"; readonly sensor: number; readonly hooks: readonly string[] }
  /** A command with its number, for the sensor. */
  | { readonly say: "command"; readonly sensor: number; readonly line: string }
  /** The sensor answers over its frames, commands of the other process too. */
  | {
      readonly say: "answer";
      readonly sensor: number;
      readonly command: number;
      readonly done: boolean;
      readonly why: string;
    }
  | { readonly say: "close"; readonly sensor: number }
  | { readonly say: "ask"; readonly container: ContainerFacts }
  | { readonly say: "line"; readonly output: number; readonly text: string }
  /** For responses (`response/request.ts`). */
  | { readonly say: "respond"; readonly request: string }
  /** What was found, at the end: alerts first, then what was read, then `done`. */
  | { readonly say: "alert"; readonly stream: number; readonly alert: Alert }
  | { readonly say: "stream"; readonly stream: number; readonly read: ReadStream }
  | { readonly say: "done" };
