import { ELF_MAGIC, type Executable, type Mapping, mappedAt } from "./executable.ts";

/** ELF as the System V gABI lays it out ("Object Files"): 32 and 64 bits, both byte orders. */
export function readElf(bytes: Buffer): Executable | undefined {
  if (bytes.length < 52 || bytes.readUInt32BE(0) !== ELF_MAGIC) return undefined;
  const wide = bytes[4] === 2;
  if (!wide && bytes[4] !== 1) return undefined;
  if (wide && bytes.length < 64) return undefined;
  const big = bytes[5] === 2;
  if (!big && bytes[5] !== 1) return undefined;
  const layout: Layout = {
    bytes,
    wide,
    uint16: (at) => (big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)),
    uint32: (at) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)),
    // Beyond 2^53 digits are lost, but no file is that long.
    word(at) {
      if (!wide) return big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
      return Number(big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
    },
  };
  const sections = sectionTable(layout);
  let loaded: readonly Segment[] | undefined;
  const segments = () => {
    loaded ??= loadSegments(layout);
    return loaded;
  };
  return {
    section: (name) => sections?.find(name)?.content,
    loaded(name) {
      const found = sections?.find(name);
      return found === undefined ? undefined : mappedAt(segments(), found.address)?.subarray(0, found.size);
    },
    data: () => segments().find(({ writable }) => writable)?.content,
    at: (address) => mappedAt(segments(), address),
  };
}

interface Layout {
  readonly bytes: Buffer;
  readonly wide: boolean;
  uint16(at: number): number;
  uint32(at: number): number;
  /** An address, offset or size: 4 or 8 bytes. */
  word(at: number): number;
}

const STRTAB_INDEX_ELSEWHERE = 0xffff;
const NO_BITS = 8;

interface Section {
  /** In the file; undefined where it has none there, or says that it lies outside of it. */
  readonly content: Buffer | undefined;
  readonly address: number;
  readonly size: number;
}

function sectionTable(layout: Layout): { find(name: string): Section | undefined } | undefined {
  const { bytes, wide } = layout;
  const table = layout.word(wide ? 40 : 32);
  const entryBytes = layout.uint16(wide ? 58 : 46);
  const least = wide ? 64 : 40;
  if (table === 0 || entryBytes < least || table + entryBytes > bytes.length) return undefined;
  // What does not fit the header stands in the otherwise unused first section.
  const count = layout.uint16(wide ? 60 : 48) || layout.word(table + (wide ? 32 : 20));
  const namesIndex = layout.uint16(wide ? 62 : 50);
  const names = namesIndex === STRTAB_INDEX_ELSEWHERE ? layout.uint32(table + (wide ? 40 : 24)) : namesIndex;
  if (names >= count || table + count * entryBytes > bytes.length) return undefined;

  const section = (index: number): Section => {
    const at = table + index * entryBytes;
    const offset = layout.word(at + (wide ? 24 : 16));
    const size = layout.word(at + (wide ? 32 : 20));
    const isThere = layout.uint32(at + 4) !== NO_BITS && offset + size <= bytes.length;
    const content = isThere ? bytes.subarray(offset, offset + size) : undefined;
    return { content, address: layout.word(at + (wide ? 16 : 12)), size };
  };
  const text = section(names).content;
  if (text === undefined) return undefined;
  return {
    find(name) {
      // One look in the table of names settles it for nearly every file. A name may be there twice, or end another one.
      const wanted = Buffer.from(`${name}\0`, "latin1");
      if (!text.includes(wanted)) return undefined;
      for (let index = 0; index < count; index++) {
        const nameAt = layout.uint32(table + index * entryBytes);
        if (text.subarray(nameAt, nameAt + wanted.length).equals(wanted)) return section(index);
      }
      return undefined;
    },
  };
}

interface Segment extends Mapping {
  readonly writable: boolean;
}

const LOAD = 1;
const WRITABLE = 2;
const EXECUTABLE = 1;

function loadSegments(layout: Layout): Segment[] {
  const { bytes, wide } = layout;
  const table = layout.word(wide ? 32 : 28);
  const entryBytes = layout.uint16(wide ? 54 : 42);
  const count = layout.uint16(wide ? 56 : 44);
  if (entryBytes < (wide ? 56 : 32)) return [];
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const at = table + index * entryBytes;
    if (at + entryBytes > bytes.length) break;
    if (layout.uint32(at) !== LOAD) continue;
    const flags = layout.uint32(at + (wide ? 4 : 24));
    const offset = layout.word(at + (wide ? 8 : 4));
    segments.push({
      address: layout.word(at + (wide ? 16 : 8)),
      content: bytes.subarray(offset, offset + layout.word(at + (wide ? 32 : 16))),
      writable: (flags & (WRITABLE | EXECUTABLE)) === WRITABLE,
    });
  }
  return segments;
}
