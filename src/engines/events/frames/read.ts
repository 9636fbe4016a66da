/**
 * Reads the sensor's frames (docs/sensor-frames.md), chunk by chunk. A part that is broken is passed over up to the next mark
 * and counted as lost; events stay where they are in the chunk, and nothing is kept of them.
 */
import { Problem } from "../../../core/problem.ts";
import { bounds } from "../bounds.ts";
import { SyscallEvent } from "../event.ts";
import { Pieces } from "../pieces.ts";
import type { SyscallSink } from "../sink.ts";
import type { Architecture } from "../types/syscalls.ts";
import { eventTypes } from "../types/table.ts";
import { readTime, wordAt } from "../types/time.ts";
import { readFacts } from "./facts.ts";
import {
  ABSENT,
  architectures,
  EVENT_HEADER,
  kinds,
  MAGIC,
  MAJOR_VERSION,
  RECORD_HEADER,
  STATE_ONLY,
  STREAM_HEADER,
} from "./format.ts";
import type { SensorNotices } from "./notices.ts";

/** Bytes of a mark: header, magic, count of the records before it. */
export const MARK_BYTES = RECORD_HEADER + 16;

/** True for what starts as frames do. */
export function isFrames(start: Uint8Array): boolean {
  return start.length >= MAGIC.length && MAGIC.equals(start.subarray(0, MAGIC.length));
}

function architectureOf(number: number | undefined): Architecture | undefined {
  return (Object.keys(architectures) as Architecture[]).find((each) => architectures[each] === number);
}

export class FrameReader {
  private readonly event = new SyscallEvent();
  private readonly pieces = new Pieces();
  private readonly place: string;
  private readonly sink: SyscallSink;
  private readonly notices: SensorNotices;
  private offset = 0;
  private started = false;
  private ended = false;
  /** Looking for the next mark, since so many bytes. */
  private searched = -1;
  private records = 0;
  private number = 0;

  /** @param place - how the stream is named to the user */
  constructor(place: string, sink: SyscallSink, notices: SensorNotices = {}) {
    this.place = place;
    this.sink = sink;
    this.notices = notices;
  }

  /**
   * The next bytes, which are the reader's from then on.
   *
   * @throws Problem `events.broken` where it is no such stream or no mark follows a broken part, `events.unsupported`
   */
  push(chunk: Buffer): void {
    const bytes = this.pieces.add(chunk);
    if (bytes === undefined) return;
    let at = 0;
    if (!this.started) {
      if (bytes.length < STREAM_HEADER) {
        this.pieces.keep(bytes, 0, STREAM_HEADER);
        return;
      }
      this.header(bytes);
      at = STREAM_HEADER;
    }
    let needed: number = RECORD_HEADER;
    const start = this.offset - at;
    while (at + RECORD_HEADER <= bytes.length) {
      this.offset = start + at;
      if (this.searched >= 0) {
        const mark = this.search(bytes, at);
        if (mark === undefined) {
          // A mark may start in what is left.
          at = Math.max(at, bytes.length - MARK_BYTES + 1);
          needed = MARK_BYTES;
          break;
        }
        at = mark;
      }
      const length = wordAt(bytes, at);
      if (length < RECORD_HEADER || length % 8 !== 0 || length > bounds.frameBytes) {
        this.searched = 0;
        at += 1;
        continue;
      }
      needed = length;
      if (at + length > bytes.length) break;
      this.record(bytes, at, length);
      at += length;
      needed = RECORD_HEADER;
    }
    this.offset = start + at;
    this.pieces.keep(bytes, at, needed);
  }

  /** @throws Problem `events.broken` where the stream has no end */
  end(): void {
    if (!this.started) throw this.broken("the stream is empty");
    if (!this.ended) throw this.broken("the stream ended before its sensor did");
  }

  private broken(cause: string): Problem {
    return new Problem({ kind: "input", code: "events.broken", place: `${this.place}, byte ${this.offset}`, cause });
  }

  private header(bytes: Buffer): void {
    if (!isFrames(bytes)) throw this.broken("it does not start as frames do");
    const major = bytes.readUInt16LE(8);
    if (major !== MAJOR_VERSION)
      throw new Problem({
        kind: "input",
        code: "events.unsupported",
        place: this.place,
        cause: `frames of version ${major} are not known`,
        remedy: `use a sensor that writes version ${MAJOR_VERSION}`,
      });
    this.started = true;
    this.offset = STREAM_HEADER;
    const architecture = architectureOf(bytes[12]);
    if (architecture !== undefined) this.notices.architecture?.(architecture);
  }

  /** Where the next mark starts; undefined where there is none in these bytes. */
  private search(bytes: Buffer, from: number): number | undefined {
    for (let at = from; ; at++) {
      const magic = bytes.indexOf(MAGIC, at + RECORD_HEADER);
      at = magic === -1 ? bytes.length : magic - RECORD_HEADER;
      const isWhole = magic !== -1 && at + MARK_BYTES <= bytes.length;
      if (isWhole && wordAt(bytes, at) === MARK_BYTES && bytes[at + 4] === kinds.mark) {
        this.searched = -1;
        return at;
      }
      if (!isWhole) break;
    }
    this.searched += Math.max(0, bytes.length - from - MARK_BYTES + 1);
    if (this.searched > bounds.resyncBytes) throw this.broken("a part is broken and no mark follows it");
    return undefined;
  }

  private record(bytes: Buffer, at: number, length: number): void {
    const kind = bytes[at + 4] as number;
    if (kind === kinds.mark) {
      this.mark(bytes, at, length);
      return;
    }
    this.records++;
    if (kind === kinds.event) this.readEvent(bytes, at, length);
    else if (kind === kinds.end) this.ended = true;
    else if (!readFacts(kind, bytes, at + RECORD_HEADER, at + length, this.sink, this.notices))
      this.sink.lost("broken records of the sensor", 1);
  }

  /** Says how many records were written before it. */
  private mark(bytes: Buffer, at: number, length: number): void {
    if (length < MARK_BYTES) return;
    const before = Number(bytes.readBigUInt64LE(at + RECORD_HEADER + MAGIC.length));
    const missing = before - this.records;
    if (!Number.isSafeInteger(before)) return;
    if (missing > 0) this.sink.lost("records in broken parts of the stream", missing);
    this.records = before;
  }

  private readEvent(bytes: Buffer, at: number, length: number): void {
    const { event } = this;
    if (length < EVENT_HEADER) {
      this.sink.lost("broken records of the sensor", 1);
      return;
    }
    const code = (bytes[at + 20] as number) | ((bytes[at + 21] as number) << 8);
    const count = (bytes[at + 22] as number) | ((bytes[at + 23] as number) << 8);
    const type = eventTypes[code];
    if (type === undefined || type.old || type.unused) {
      this.sink.lost("events of a type that is newer than this version", 1);
      return;
    }
    if (count > type.parameters.length) {
      this.sink.lost("events with parameters of no known version", 1);
      return;
    }
    const { starts, lengths } = event;
    const end = at + length;
    let value = at + EVENT_HEADER + 2 * count;
    for (let index = 0; index < count; index++) {
      const lengthAt = at + EVENT_HEADER + 2 * index;
      const size = (bytes[lengthAt] as number) | ((bytes[lengthAt + 1] as number) << 8);
      if (size === ABSENT) {
        lengths[index] = -1;
        continue;
      }
      starts[index] = value;
      lengths[index] = size;
      value += size;
    }
    if (value > end) {
      this.sink.lost("broken records of the sensor", 1);
      return;
    }
    event.bytes = bytes;
    event.code = code;
    event.parameters = count;
    event.stateOnly = ((bytes[at + 5] as number) & STATE_ONLY) !== 0;
    event.cpu = (bytes[at + 6] as number) | ((bytes[at + 7] as number) << 8);
    event.tid = wordAt(bytes, at + 16);
    readTime(event, bytes, at + 8);
    event.number = ++this.number;
    this.sink.event(event);
  }
}
