/**
 * Files of events, told by their content: captures and frames of system calls, audit events of an API server, alerts of other
 * detectors; gzipped or not. Read piece by piece, in memory that does not grow with them.
 */
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { type AlertSink, detectorOf, readAlerts } from "../../engines/events/alerts/read.ts";
import { type AuditSink, createAuditDocuments, isAuditDocument } from "../../engines/events/audit/read.ts";
import { isCapture } from "../../engines/events/capture/read.ts";
import { createDocumentReader } from "../../engines/events/documents/documents.ts";
import type { SensorNotices } from "../../engines/events/frames/notices.ts";
import { EventLines, isEventLine } from "../../engines/events/lines/read.ts";
import type { SyscallSink } from "../../engines/events/sink.ts";
import { readerOf } from "../../engines/events/stream.ts";
import { bounds } from "./bounds.ts";

/** Bytes at once: at zlib's default of 16 KiB, gunzip runs at half its speed. */
const CHUNK = 256 * 1024;

/** What is asked for once it is clear what a file holds, so that nothing is set up for what it does not. */
export interface EventSinks {
  syscalls(): SyscallSink;
  /** What a sensor says beside its events. */
  readonly notices?: SensorNotices;
  audits(): AuditSink;
  alerts(): AlertSink;
}

/** What a stream turned out to hold. */
export type EventKind = "syscalls" | "documents";

/**
 * Reads one to its end. What could not be read after something was is told to the sink as lost.
 *
 * @param name - a path, or `-` for standard input
 * @throws Problem where there is no such file (usage), and where nothing of it is known or could be read
 */
export async function readEventFile(
  name: string,
  sinks: EventSinks,
  onProgress?: (bytes: number, total: number | undefined) => void,
): Promise<EventKind> {
  const place = name === "-" ? "standard input" : name;
  let kind: EventKind | undefined;
  try {
    const source = name === "-" ? process.stdin : createReadStream(name, { highWaterMark: CHUNK });
    const total = name === "-" ? undefined : statSync(name, { throwIfNoEntry: false })?.size;
    const told = (bytes: number) => onProgress?.(bytes, total);
    await readStream(counted(source as AsyncIterable<Buffer>, told), place, sinks, (found) => {
      kind = found;
    });
  } catch (error) {
    throw problemOf(error, place);
  }
  if (kind === undefined) throw broken(place, "the file is empty");
  return kind;
}

async function* counted(chunks: AsyncIterable<Buffer>, onProgress: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    onProgress(bytes);
    yield chunk;
  }
}

/** Told by its first bytes. */
async function readStream(
  chunks: AsyncIterable<Buffer>,
  place: string,
  sinks: EventSinks,
  onKind: (kind: EventKind) => void,
): Promise<void> {
  const { start, all } = await peek(chunks);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    await readPlain(start, all, place, sinks, onKind);
    return;
  }
  await pipeline(Readable.from(all), createGunzip({ chunkSize: CHUNK }), async (plain: AsyncIterable<Buffer>) => {
    const inner = await peek(plain);
    await readPlain(inner.start, inner.all, place, sinks, onKind);
  });
}

async function readPlain(
  start: Buffer,
  chunks: AsyncIterable<Buffer>,
  place: string,
  sinks: EventSinks,
  onKind: (kind: EventKind) => void,
): Promise<void> {
  if (start.length === 0) return;
  const isText = looksLikeJson(start);
  if (isText) onKind("documents");
  else onKind("syscalls");
  const reader = isText ? documentReader(place, sinks) : readerOf(start, place, sinks.syscalls(), sinks.notices);
  for await (const chunk of chunks) reader.push(chunk);
  reader.end();
}

/** Of the documents of one file each is what it is: a line of events, an audit event, an alert of whichever detector. */
function documentReader(place: string, sinks: EventSinks): { push(chunk: Buffer): void; end(): void } {
  let audits: ReturnType<typeof createAuditDocuments> | undefined;
  let alerts: AlertSink | undefined;
  let lines: EventLines | undefined;
  let lost = 0;
  let known = 0;
  let first: { readonly reason: string; readonly at: string } | undefined;
  const unknown = (reason: string, at: string) => {
    first ??= { reason, at };
    lost++;
  };
  const documents = createDocumentReader(place, {
    document(document, at) {
      if (isAuditDocument(document)) {
        audits ??= createAuditDocuments(sinks.audits());
        audits.read(document, at);
      } else if (detectorOf(document) !== undefined) {
        alerts ??= sinks.alerts();
        readAlerts(document, at, alerts);
      } else if (isEventLine(document)) {
        lines ??= new EventLines(sinks.syscalls());
        try {
          lines.read(document, at);
        } catch (error) {
          if (!isEvidenceProblem(error)) throw error;
          unknown(error.message, at);
          return;
        }
      } else {
        unknown("neither an event nor an alert of a detector that is known", at);
        return;
      }
      known++;
    },
    broken: (reason, at) => unknown(reason, at),
  });
  return {
    push: (chunk) => documents.write(chunk),
    end() {
      documents.end();
      if (known === 0) throw broken(first?.at ?? place, first?.reason ?? "no events");
      if (lost === 0 || first === undefined) return;
      // Of which kind they were nobody knows: whatever else is in the file is not all.
      if (lines !== undefined) sinks.syscalls().lost(first.reason, lost);
      else if (audits !== undefined) sinks.audits().lost(first.reason, lost, first.at);
      else sinks.alerts().lost(first.reason, lost, first.at);
    },
  };
}

function looksLikeJson(start: Buffer): boolean {
  if (isCapture(start)) return false;
  const text = start.toString("latin1").replace(/^\xef\xbb\xbf/, "");
  return /^\s*(?:[{[]|$)/.test(text);
}

/** The first bytes, and all of it. */
async function peek(chunks: AsyncIterable<Buffer>): Promise<{ start: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  while (size < bounds.kindBytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* first;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  }
  return { start: Buffer.concat(first).subarray(0, bounds.kindBytes), all: all() };
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "events.broken", place, cause });
}

/** What the file system or zlib says is a problem of the file. */
function problemOf(error: unknown, place: string): unknown {
  if (error instanceof Problem || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  if (code.startsWith("Z_"))
    return new Problem({ kind: "input", code: "events.broken", place, cause: `gunzip: ${error.message}` });
  if (!("syscall" in error)) return error;
  const kind = code === "ENOENT" || code === "EISDIR" ? "usage" : "unavailable";
  return new Problem({ kind, code: "events.unreadable", place, cause: systemCause(error) }, { cause: error });
}
