import { type Executable, type Mapping, mappedAt } from "./executable.ts";

const SIGNATURE = 0x00004550;
const PE32 = 0x10b;
const PE32_PLUS = 0x20b;
const SECTION_BYTES = 40;
/** IMAGE_SCN_CNT_INITIALIZED_DATA, IMAGE_SCN_MEM_READ, IMAGE_SCN_MEM_WRITE, and not executable. */
const DATA_FLAGS = 0xc0000040;
const DATA_MASK = 0xe0000060;

interface Section extends Mapping {
  readonly name: string;
  readonly whole: boolean;
  readonly isData: boolean;
}

/** Portable Executable, Microsoft's "PE Format": the section table and the preferred load address. */
export function readPe(bytes: Buffer): Executable | undefined {
  if (bytes.length < 64 || bytes[0] !== 0x4d || bytes[1] !== 0x5a) return undefined;
  const header = bytes.readUInt32LE(60);
  if (header + 24 + 32 > bytes.length || bytes.readUInt32LE(header) !== SIGNATURE) return undefined;
  const count = bytes.readUInt16LE(header + 6);
  const optionalBytes = bytes.readUInt16LE(header + 20);
  const optional = header + 24;
  const magic = bytes.readUInt16LE(optional);
  if (magic !== PE32 && magic !== PE32_PLUS) return undefined;
  const base = magic === PE32 ? bytes.readUInt32LE(optional + 28) : Number(bytes.readBigUInt64LE(optional + 24));
  const sections: Section[] = [];
  for (let index = 0; index < count; index++) {
    const at = optional + optionalBytes + index * SECTION_BYTES;
    if (at + SECTION_BYTES > bytes.length) break;
    const end = bytes.subarray(at, at + 8).indexOf(0);
    const virtualBytes = bytes.readUInt32LE(at + 8);
    const rawBytes = bytes.readUInt32LE(at + 16);
    const offset = bytes.readUInt32LE(at + 20);
    // What is on the disk is padded to whole blocks.
    const size = virtualBytes === 0 ? rawBytes : Math.min(virtualBytes, rawBytes);
    sections.push({
      name: bytes.toString("latin1", at, at + (end < 0 ? 8 : end)),
      address: base + bytes.readUInt32LE(at + 12),
      content: bytes.subarray(offset, offset + size),
      whole: offset + size <= bytes.length,
      isData: (bytes.readUInt32LE(at + 36) & DATA_MASK) >>> 0 === DATA_FLAGS,
    });
  }
  return {
    section: (name) => sections.find((section) => section.name === name && section.whole)?.content,
    data: () => sections.find(({ isData }) => isData)?.content,
    at: (address) => mappedAt(sections, address),
  };
}
