/**
 * Old events made today's: those that were recorded as a start and an end become one end with all parameters, and parameters
 * that a program did not know yet are absent.
 *
 * A line of `conversion-lines.ts` is `CODE/PARAMETERS ACTION INSTRUCTION…`. Actions: `keep` holds a start for its end, `pass`
 * leaves the event as it is, `add` appends a parameter an instruction, `to CODE` makes an event of another code of them.
 * Instructions: `oN` the event's own parameter N; `dN` parameter N of its start, or that type's zero without one; `eN` the
 * same, absent without one; `0` the type's zero; `-` absent; `json` what a container was, as JSON. It goes on until the event
 * has the parameters of the table.
 */
import type { SyscallEvent } from "../event.ts";
import { sizeOf } from "../types/parameters.ts";
import { eventTypes, type ParameterType } from "../types/table.ts";
import { containerJson } from "./container-json.ts";
import { conversionLines } from "./conversion-lines.ts";
import { StartedCalls } from "./started.ts";

/** `ready`: today's event; `dropped`: it was a start or stands for nothing; `unknown`: parameters that no version has. */
export type Converted = "ready" | "dropped" | "unknown";

type Instruction =
  | { readonly from: "own" | "start-or-zero" | "start-or-absent"; readonly index: number }
  | { readonly from: "zero" | "absent" | "json" };

interface Conversion {
  readonly action: "keep" | "pass" | "add" | "to";
  readonly code: number;
  readonly instructions: readonly Instruction[];
}

function instruction(word: string): Instruction {
  if (word === "0") return { from: "zero" };
  if (word === "-") return { from: "absent" };
  if (word === "json") return { from: "json" };
  const from = { o: "own", d: "start-or-zero", e: "start-or-absent" } as const;
  return { from: from[word[0] as "o" | "d" | "e"], index: Number(word.slice(1)) };
}

const conversions: (Conversion | undefined)[][] = eventTypes.map(() => []);
for (const line of conversionLines.trim().split("\n")) {
  const [key = "", action = "", ...rest] = line.split(" ");
  const [code = -1, count = -1] = key.split("/").map(Number);
  const target = action === "to" ? Number(rest.shift()) : code;
  const held = action.startsWith("keep") ? "keep" : (action as "pass" | "add" | "to");
  const row = conversions[code];
  if (row !== undefined) row[count] = { action: held, code: target, instructions: rest.map(instruction) };
}

/** Longest chain of conversions: execve of 2016 takes nine. */
const MOST_STEPS = 20;

/** Bytes before the parameters in a converter's buffer: zeros, then ones, for parameters that are made up. */
const ZEROS = 0;
const ONES = 8;
const MADE_UP = 16;

export class Converter {
  readonly started = new StartedCalls();
  /** Of parameters that come from two events; used again for each. */
  private buffer = Buffer.alloc(64 * 1024);
  private end = 0;
  private readonly starts = new Int32Array(64);
  private readonly lengths = new Int32Array(64);

  constructor() {
    this.buffer.fill(0xff, ONES, MADE_UP);
  }

  /** Makes the event today's, in place. */
  convert(event: SyscallEvent): Converted {
    this.end = 0;
    for (let step = 0; step < MOST_STEPS; step++) {
      const type = eventTypes[event.code];
      if (type === undefined || type.unused) return "dropped";
      const managed = conversions[event.code] as (Conversion | undefined)[];
      const isCurrent = type.exit && !type.old && event.parameters === type.parameters.length;
      if (isCurrent) return this.finish(event);
      if (managed.length === 0) return type.old ? "dropped" : "ready";
      if (type.exit && event.parameters > type.parameters.length) return "unknown";
      if (
        !type.exit &&
        !type.old &&
        event.parameters === type.parameters.length &&
        managed[event.parameters] === undefined
      )
        return "ready";
      const conversion = managed[event.parameters];
      if (conversion === undefined) return "unknown";
      if (conversion.action === "keep" || conversion.action === "pass") {
        // Starts that later programs still wrote: what they tell is taken where their ends lack it, and rules see ends.
        this.started.keep(event);
        return "dropped";
      }
      if (!this.apply(event, conversion)) return "unknown";
    }
    return "unknown";
  }

  /** An end without the path that its start has (the program was gone, a page was not there) takes it from there. */
  private finish(event: SyscallEvent): Converted {
    const pairs = fallbacks[event.code];
    if (pairs === undefined) return "ready";
    const start = this.started.take(event.tid, event.code);
    if (start === undefined) return "ready";
    for (const [index, from] of pairs) {
      if ((event.lengths[index] as number) > 0 || from >= start.parameters) continue;
      const length = start.lengths[from] as number;
      if (length <= 0) continue;
      event.starts[index] = this.append(event, start.bytes, start.starts[from] as number, length);
      event.lengths[index] = length;
    }
    return "ready";
  }

  private apply(event: SyscallEvent, conversion: Conversion): boolean {
    const { code, instructions } = conversion;
    const target = eventTypes[code];
    if (target === undefined) return false;
    const first = conversion.action === "add" ? event.parameters : 0;
    if (first + instructions.length > target.parameters.length) return false;
    const start = instructions.some(takesStart) ? this.started.take(event.tid, event.code) : undefined;
    for (const [step, each] of instructions.entries()) {
      const at = first + step;
      const type = (target.parameters[at] as { type: ParameterType }).type;
      let length = 0;
      let offset = 0;
      switch (each.from) {
        case "own":
          if (each.index >= event.parameters) return false;
          offset = event.starts[each.index] as number;
          length = event.lengths[each.index] as number;
          break;
        case "start-or-zero":
        case "start-or-absent":
          if (start !== undefined && each.index < start.parameters) {
            length = start.lengths[each.index] as number;
            offset = length <= 0 ? 0 : this.append(event, start.bytes, start.starts[each.index] as number, length);
          } else if (each.from === "start-or-zero") {
            length = sizeOf(type);
            offset = this.madeUp(event, type);
          }
          break;
        case "zero":
          length = sizeOf(type);
          offset = this.madeUp(event, type);
          break;
        case "json": {
          const json = containerJson(event);
          length = json.length;
          offset = this.append(event, json, 0, length);
          break;
        }
        case "absent":
          break;
      }
      const size = sizeOf(type);
      this.starts[at] = offset;
      this.lengths[at] = size !== 0 && length > size ? size : length;
    }
    // `append` may have moved the event's own parameters: those that stay as they are are moved with it.
    if (conversion.action === "to") this.rebase(event, instructions);
    for (let at = first; at < first + instructions.length; at++) {
      event.starts[at] = this.starts[at] as number;
      event.lengths[at] = this.lengths[at] as number;
    }
    event.code = code;
    event.parameters = first + instructions.length;
    return true;
  }

  /** Own parameters that were noted before the event's bytes moved. */
  private rebase(event: SyscallEvent, instructions: readonly Instruction[]): void {
    for (const [at, each] of instructions.entries())
      if (each.from === "own") this.starts[at] = event.starts[each.index] as number;
  }

  private madeUp(event: SyscallEvent, type: ParameterType): number {
    this.adopt(event, 0);
    return type === "uid" || type === "gid" ? ONES : ZEROS;
  }

  private append(event: SyscallEvent, bytes: Buffer, from: number, length: number): number {
    this.adopt(event, length);
    const at = this.end;
    if (length > 48) bytes.copy(this.buffer, at, from, from + length);
    else for (let i = 0; i < length; i++) this.buffer[at + i] = bytes[from + i] as number;
    this.end = at + length;
    return at;
  }

  /** Makes the converter's buffer the event's, with room for `more` bytes. */
  private adopt(event: SyscallEvent, more: number): void {
    if (this.end !== 0) {
      if (this.end + more > this.buffer.length) this.grow(event, this.end + more);
      return;
    }
    let low = 0x7fff_ffff;
    let high = 0;
    for (let index = 0; index < event.parameters; index++) {
      const length = event.lengths[index] as number;
      if (length <= 0) continue;
      const start = event.starts[index] as number;
      if (start < low) low = start;
      if (start + length > high) high = start + length;
    }
    const own = high > low ? high - low : 0;
    if (MADE_UP + own + more > this.buffer.length) this.grow(undefined, MADE_UP + own + more);
    if (own > 48) event.bytes.copy(this.buffer, MADE_UP, low, high);
    else for (let i = 0; i < own; i++) this.buffer[MADE_UP + i] = event.bytes[low + i] as number;
    for (let index = 0; index < event.parameters; index++)
      event.starts[index] = (event.starts[index] as number) - low + MADE_UP;
    event.bytes = this.buffer;
    this.end = MADE_UP + own;
  }

  private grow(event: SyscallEvent | undefined, size: number): void {
    const larger = Buffer.alloc(2 * size);
    this.buffer.copy(larger, 0, 0, Math.max(this.end, MADE_UP));
    this.buffer = larger;
    if (event !== undefined) event.bytes = larger;
  }
}

function takesStart(each: Instruction): boolean {
  return each.from === "start-or-zero" || each.from === "start-or-absent";
}

/** By code of an end: which parameter, where it is absent, is which of its start. */
const fallbacks: (readonly (readonly [index: number, start: number])[] | undefined)[] = eventTypes.map((type) => {
  const start = eventTypes[type.code - 1];
  if (!type.exit || type.old || start === undefined || start.old !== type.old) return undefined;
  const pairs = start.parameters.flatMap(({ name }, from): [number, number][] => {
    const index = type.parameters.findIndex((parameter) => parameter.name === name);
    return index === -1 ? [] : [[index, from]];
  });
  return pairs.length === 0 ? undefined : pairs;
});
