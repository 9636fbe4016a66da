/**
 * What of a large file is looked at: not the machine code of programs, and no format whose bytes are not what somebody wrote.
 * Of a whole file system that is two thirds.
 *
 * Sources: System V ABI, "Object Files" (ELF), and the formats' own signatures.
 */
import { LOOKED_AT } from "./content.ts";

/** Offsets in the file. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface LookedAt {
  /** In order, apart from each other. */
  readonly stretches: readonly Stretch[];
  /** What was left out: `machine code`, `ar archives`; absent: nothing. */
  readonly left?: { readonly what: string; readonly bytes: number };
}

/** Files below this are looked at whole. */
export const SMALL = 64 * 1024;

/** A section below this is no detour worth. */
const LEAST = 16 * 1024;

/** Sections of one file; what states more is looked at whole. */
const SECTIONS = 4_096;

/** Bytes of a section's name with its end; one that is longer is none that is known. */
const NAME = 64;

const signatures: readonly { readonly what: string; readonly bytes: string; readonly at?: number }[] = [
  { what: "Git packs", bytes: "PACK\0\0\0" },
  { what: "Git packs", bytes: "\xfftOc\0\0\0" },
  { what: "ar archives", bytes: "!<arch>\n" },
  { what: "compressed files", bytes: "\xfd7zXZ\0" },
  { what: "compressed files", bytes: "\x28\xb5\x2f\xfd" },
  { what: "compressed files", bytes: "BZh" },
  { what: "compressed files", bytes: "\x04\x22\x4d\x18" },
  { what: "compressed files", bytes: "7z\xbc\xaf\x27\x1c" },
  { what: "compressed files", bytes: "Rar!\x1a\x07" },
  { what: "compressed files", bytes: "\xed\xab\xee\xdb" },
  { what: "compressed files", bytes: "wOF2" },
  { what: "pictures and sound", bytes: "\x89PNG\r\n\x1a\n" },
  { what: "pictures and sound", bytes: "\xff\xd8\xff" },
  { what: "pictures and sound", bytes: "GIF8" },
  { what: "pictures and sound", bytes: "WEBP", at: 8 },
  { what: "pictures and sound", bytes: "OggS" },
  { what: "pictures and sound", bytes: "fLaC" },
  { what: "pictures and sound", bytes: "ID3" },
  { what: "pictures and sound", bytes: "ftyp", at: 4 },
  { what: "pictures and sound", bytes: "\x1a\x45\xdf\xa3" },
].map((each) => ({ at: 0, ...each }));

/**
 * @param start - the first bytes of the file, at least {@link LOOKED_AT} where it has as many
 * @param read - bytes of the file; fewer where it ends before
 */
export function lookedAt(start: Buffer, size: number, read: (from: number, length: number) => Buffer): LookedAt {
  const whole: LookedAt = { stretches: [{ from: 0, to: size }] };
  // A text that begins like a picture is a text.
  if (size < SMALL || !start.subarray(0, LOOKED_AT).includes(0)) return whole;
  const signature = signatures.find(({ bytes, at = 0 }) => start.toString("latin1", at, at + bytes.length) === bytes);
  if (signature !== undefined) return { stretches: [], left: { what: signature.what, bytes: size } };
  const left = start.toString("latin1", 0, 4) === "\x7fELF" ? codeOf(start, size, read) : [];
  return left.length === 0 ? whole : without(left, size);
}

function without(left: readonly Stretch[], size: number): LookedAt {
  const stretches: Stretch[] = [];
  let [from, bytes] = [0, 0];
  for (const one of left) {
    if (one.from > from) stretches.push({ from, to: one.from });
    bytes += Math.max(0, one.to - Math.max(from, one.from));
    from = Math.max(from, one.to);
  }
  if (from < size) stretches.push({ from, to: size });
  return { stretches, left: { what: "machine code and symbols of programs", bytes } };
}

const NOBITS = 8;
const EXECUTABLE = 4n;
/** Tables of symbols, relocations, hashes and versions: numbers alone. */
const tables: ReadonlySet<number> = new Set([2, 4, 5, 9, 11, 0x6ffffff6, 0x6fffffff]);
/** How to unwind a stack, and where code stands in the sources; `.debug_str` and macros hold texts, and are looked at. */
const unwinding = /^\.(?:eh_frame|eh_frame_hdr|gcc_except_table|gopclntab|debug_(?!str$|line_str|macro|macinfo)\w+)$/;

/** Sections of code and of numbers, in order. None of a file whose headers are not whole: it is looked at as it is. */
function codeOf(start: Buffer, size: number, read: (from: number, length: number) => Buffer): Stretch[] {
  const is64 = start[4] === 2;
  const little = start[5] === 1;
  if (!(is64 || start[4] === 1) || !(little || start[5] === 2)) return [];
  const u16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const long = (bytes: Buffer, at: number) => {
    if (!is64) return u32(bytes, at);
    return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  };
  const table = long(start, is64 ? 0x28 : 0x20);
  const [length, count, names] = [0, 2, 4].map((more) => u16(start, (is64 ? 0x3a : 0x2e) + more)) as [
    number,
    number,
    number,
  ];
  if (length !== (is64 ? 64 : 40) || count === 0 || count > SECTIONS || names >= count) return [];
  const headers = whole(table, length * count);
  if (headers === undefined) return [];
  const sections = Array.from({ length: count }, (_, at) => {
    const header = headers.subarray(at * length, (at + 1) * length);
    return {
      name: u32(header, 0),
      type: u32(header, 4),
      flags: BigInt(long(header, 8)),
      from: long(header, is64 ? 0x18 : 0x10),
      length: long(header, is64 ? 0x20 : 0x14),
    };
  });
  const own = sections[names];
  const texts = own === undefined || own.length > 2 ** 20 ? undefined : whole(own.from, own.length);
  if (texts === undefined) return [];
  const nameAt = (at: number) => {
    const name = texts.subarray(at, at + NAME);
    return name.toString("latin1", 0, Math.max(0, name.indexOf(0)));
  };
  return sections
    .filter(({ type, length: bytes, from }) => type !== NOBITS && bytes >= LEAST && from + bytes <= size)
    .filter(
      ({ name, type, flags }) =>
        (flags & EXECUTABLE) !== 0n || tables.has(type) || (name < texts.length && unwinding.test(nameAt(name))),
    )
    .map(({ from, length: bytes }) => ({ from, to: from + bytes }))
    .sort((a, b) => a.from - b.from);

  function whole(from: number, bytes: number): Buffer | undefined {
    if (from < 0 || from + bytes > size) return undefined;
    const found = read(from, bytes);
    return found.length === bytes ? found : undefined;
  }
}
