import { type Executable, type Mapping, mappedAt, UNIVERSAL_MAGIC, UNIVERSAL_MOST_SLICES } from "./executable.ts";

/** Mach-O as Apple's <mach-o/loader.h> and <mach-o/fat.h> lay it out; universal files are always big-endian. */
export function readMachO(bytes: Buffer): Executable[] {
  if (bytes.length < 28) return [];
  if (bytes.readUInt32BE(0) !== UNIVERSAL_MAGIC) {
    const single = readSlice(bytes);
    return single === undefined ? [] : [single];
  }
  const count = bytes.readUInt32BE(4);
  const slices: Executable[] = [];
  if (count > UNIVERSAL_MOST_SLICES) return slices;
  for (let index = 0; index < count; index++) {
    const at = 8 + index * UNIVERSAL_SLICE_BYTES;
    if (at + UNIVERSAL_SLICE_BYTES > bytes.length) break;
    const offset = bytes.readUInt32BE(at + 8);
    const slice = readSlice(bytes.subarray(offset, offset + bytes.readUInt32BE(at + 12)));
    if (slice !== undefined) slices.push(slice);
  }
  return slices;
}

const UNIVERSAL_SLICE_BYTES = 20;
/** Load commands of one program that are looked at; real ones have a few KiB. */
const MOST_COMMAND_BYTES = 1024 * 1024;
const MAGIC_32 = 0xfeedface;
const MAGIC_64 = 0xfeedfacf;
const SEGMENT_32 = 0x1;
const SEGMENT_64 = 0x19;
const WRITABLE = 2;
/** Section types that occupy no place in the file: S_ZEROFILL, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL. */
const ZERO_FILLED: ReadonlySet<number> = new Set([0x1, 0xc, 0x12]);

interface Segment extends Mapping {
  readonly writable: boolean;
}

function readSlice(bytes: Buffer): Executable | undefined {
  if (bytes.length < 32) return undefined;
  const little = bytes.readUInt32LE(0);
  const big = little !== MAGIC_32 && little !== MAGIC_64;
  const magic = big ? bytes.readUInt32BE(0) : little;
  if (magic !== MAGIC_32 && magic !== MAGIC_64) return undefined;
  const wide = magic === MAGIC_64;
  const uint32 = (at: number) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const word = (at: number) => {
    if (!wide) return uint32(at);
    return Number(big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
  };

  const segments: Segment[] = [];
  const sections = new Map<string, Buffer>();
  const commands = uint32(16);
  let at = wide ? 32 : 28;
  const end = Math.min(bytes.length, at + Math.min(uint32(20), MOST_COMMAND_BYTES));
  for (let index = 0; index < commands && at + 8 <= end; index++) {
    const size = uint32(at + 4);
    if (size < 8 || at + size > end) break;
    if (uint32(at) === (wide ? SEGMENT_64 : SEGMENT_32) && size >= (wide ? 72 : 56)) readSegment(at, size);
    at += size;
  }

  /** LC_SEGMENT: name[16], address, size, offset and size in the file, protections, number of sections, flags. */
  function readSegment(command: number, size: number): void {
    const field = wide ? 8 : 4;
    const words = command + 24;
    const offset = word(words + 2 * field);
    const numbers = words + 4 * field;
    segments.push({
      address: word(words),
      content: bytes.subarray(offset, offset + word(words + 3 * field)),
      writable: (uint32(numbers + 4) & WRITABLE) !== 0,
    });
    const sectionBytes = wide ? 80 : 68;
    const first = numbers + 16;
    const room = Math.floor((command + size - first) / sectionBytes);
    for (let index = 0; index < Math.min(uint32(numbers + 8), room); index++) {
      const section = first + index * sectionBytes;
      const name = bytes.toString("latin1", section, section + 16).split("\0", 1)[0] ?? "";
      const contentBytes = word(section + 32 + field);
      const contentAt = uint32(section + 32 + 2 * field);
      const type = uint32(section + 32 + 2 * field + 16) & 0xff;
      if (sections.has(name) || ZERO_FILLED.has(type) || contentAt + contentBytes > bytes.length) continue;
      sections.set(name, bytes.subarray(contentAt, contentAt + contentBytes));
    }
  }

  return {
    section: (name) => sections.get(name),
    data: () => segments.find(({ writable, content }) => writable && content.length > 0)?.content,
    at: (address) => mappedAt(segments, address),
  };
}
