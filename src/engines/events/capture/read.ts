/**
 * Reads captures of sysdig and Falco (.scap, all versions), chunk by chunk as they come, raw or gunzipped before.
 *
 * What was there before (the machine, users, processes with their descriptors) goes to the sink as it is; events are made
 * today's (`convert.ts`) first. Nothing is kept but what a block needs and the calls that have started.
 */
import { Problem } from "../../../core/problem.ts";
import { bounds } from "../bounds.ts";
import { SyscallEvent } from "../event.ts";
import { Pieces } from "../pieces.ts";
import type { SyscallSink } from "../sink.ts";
import { codes } from "../types/codes.ts";
import { textAt } from "../types/parameters.ts";
import {
  type BlockContent,
  blockTypes,
  HEADER_BYTES,
  SECTION,
  SECTION_MAGIC,
  SECTION_MAGIC_BIG_ENDIAN,
  TRAILER_BYTES,
} from "./blocks.ts";
import { containerFacts } from "./container-json.ts";
import { Converter } from "./convert.ts";
import { brokenCapture, Cursor } from "./cursor.ts";
import { readDescriptors } from "./descriptors.ts";
import { readEvent } from "./event.ts";
import { readInterfaces, readMachine, readUsers } from "./host.ts";
import { readProcesses } from "./processes.ts";

type EventBlock = Extract<BlockContent, { kind: "event" }>;

/** True for what starts as a capture does; gzip must be undone before. */
export function isCapture(start: Uint8Array): boolean {
  return start.length >= 4 && start[0] === 0x0a && start[1] === 0x0d && start[2] === 0x0d && start[3] === 0x0a;
}

export class CaptureReader {
  private readonly event = new SyscallEvent();
  private readonly converter = new Converter();
  private readonly place: string;
  private readonly sink: SyscallSink;
  private readonly pieces = new Pieces();
  private offset = 0;
  private number = 0;
  private started = false;
  private hostname: string | undefined;
  private bootTime: bigint | undefined;
  private addresses: string[] = [];
  private reportedEvictions = 0;

  /** @param place - how the capture is named to the user */
  constructor(place: string, sink: SyscallSink) {
    this.place = place;
    this.sink = sink;
  }

  /**
   * The next bytes, which are the reader's from then on.
   *
   * @throws Problem `events.broken`, `events.unsupported`, `events.over-bound`; the reader is of no use after
   */
  push(chunk: Buffer): void {
    const bytes = this.pieces.add(chunk);
    if (bytes === undefined) return;
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      const needed = left < HEADER_BYTES ? HEADER_BYTES : this.blockLength(bytes, at);
      if (left < needed) {
        this.pieces.keep(bytes, at, needed);
        return;
      }
      this.block(bytes, at, needed);
      at += needed;
      this.offset += needed;
    }
  }

  /** @throws Problem `events.broken` where the capture ends within a block or has none */
  end(): void {
    const { pending } = this.pieces;
    if (pending > 0) throw brokenCapture(this.where(), `the capture is cut: ${pending} bytes of a block are left`);
    if (!this.started) throw brokenCapture(this.place, "the capture is empty");
    this.lostStarts();
  }

  private where(): string {
    return `${this.place}, byte ${this.offset}`;
  }

  private overBound(cause: string): Problem {
    return new Problem({ kind: "input", code: "events.over-bound", place: this.where(), cause });
  }

  private blockLength(bytes: Buffer, at: number): number {
    const type = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    if (!this.started && type !== SECTION) throw brokenCapture(this.place, "it does not start as a capture does");
    if (length < HEADER_BYTES + TRAILER_BYTES) throw brokenCapture(this.where(), `a block of ${length} bytes`);
    const most = blockTypes.get(type)?.kind === "event" ? bounds.captureEventBytes : bounds.captureBlockBytes;
    if (length > most) throw this.overBound(`a block of ${length} bytes is over the bound of ${most}`);
    if (this.offset + length > bounds.captureBytes)
      throw this.overBound(`the capture is over the bound of ${bounds.captureBytes} bytes`);
    return length;
  }

  private block(bytes: Buffer, at: number, length: number): void {
    const end = at + length - TRAILER_BYTES;
    if (bytes.readUInt32LE(end) !== length) throw brokenCapture(this.where(), "a block's two lengths differ");
    const content = blockTypes.get(bytes.readUInt32LE(at));
    if (content === undefined) return;
    if (content.kind === "event") this.eventBlock(bytes, at + HEADER_BYTES, end, content);
    else this.list(new Cursor(bytes.subarray(at + HEADER_BYTES, end), this.where()), content);
  }

  private list(cursor: Cursor, content: Exclude<BlockContent, EventBlock>): void {
    switch (content.kind) {
      case "section":
        this.section(cursor);
        break;
      case "machine": {
        const { hostname, bootTime } = readMachine(cursor);
        this.hostname = hostname;
        this.bootTime = bootTime === 0n ? undefined : bootTime;
        this.machine();
        break;
      }
      case "interfaces":
        this.addresses = readInterfaces(cursor, content.entryLengths);
        this.machine();
        break;
      case "users":
        readUsers(
          cursor,
          content.entryLengths,
          (user) => this.sink.user(user),
          (group) => this.sink.group(group),
        );
        break;
      case "processes":
        readProcesses(cursor, content.version, (thread) => this.sink.thread(thread));
        break;
      case "descriptors":
        readDescriptors(cursor, content.entryLengths, (tid, fd, descriptor) =>
          this.sink.descriptor(tid, fd, descriptor),
        );
        break;
    }
  }

  private section(cursor: Cursor): void {
    const magic = cursor.u32();
    const unsupported = (cause: string, remedy: string): Problem =>
      new Problem({ kind: "input", code: "events.unsupported", place: this.place, cause, remedy });
    if (magic === SECTION_MAGIC_BIG_ENDIAN)
      throw unsupported("the capture is of a big-endian machine", "only little-endian captures are read");
    if (magic !== SECTION_MAGIC) throw cursor.broken("the byte order is none");
    const major = cursor.u16();
    if (major > 1) throw unsupported(`captures of version ${major} are not known`, "captures of version 1 are read");
    this.started = true;
  }

  private machine(): void {
    this.sink.machine({
      addresses: this.addresses,
      ...(this.hostname === undefined ? {} : { hostname: this.hostname }),
      ...(this.bootTime === undefined ? {} : { bootTime: this.bootTime }),
    });
  }

  private eventBlock(bytes: Buffer, at: number, end: number, content: EventBlock): void {
    const { event } = this;
    const header = content.flags ? 6 : 2;
    if (end - at < header) throw brokenCapture(this.where(), "an event's block is cut");
    event.cpu = bytes.readUInt16LE(at);
    event.stateOnly = content.flags && (bytes.readUInt32LE(at + 2) & 1) === 1;
    const wrong = readEvent(event, bytes, at + header, end, content.counted);
    if (wrong === "newer") {
      this.sink.lost("events of a type that is newer than this version", 1);
      return;
    }
    if (wrong !== undefined) throw brokenCapture(this.where(), `an event is broken: ${wrong}`);
    const converted = this.converter.convert(event);
    if (converted === "unknown") this.sink.lost("events with parameters of no known version", 1);
    else if (converted === "ready") this.emit(event);
  }

  private emit(event: SyscallEvent): void {
    if (event.code === codes.procexit) this.converter.started.forget(event.tid);
    else if (event.code === codes.container) {
      const facts = containerFacts(textAt(event, 0) ?? "");
      if (facts !== undefined) this.sink.container(facts);
    } else if (event.code === codes.asyncevent) {
      const facts = textAt(event, 1) === "container_added" ? containerFacts(textAt(event, 2) ?? "") : undefined;
      if (facts !== undefined) this.sink.container(facts);
    }
    event.number = ++this.number;
    this.sink.event(event);
  }

  private lostStarts(): void {
    const evicted = this.converter.started.evicted - this.reportedEvictions;
    if (evicted === 0) return;
    this.reportedEvictions += evicted;
    this.sink.lost("starts of calls that were forgotten before their ends", evicted);
  }
}
