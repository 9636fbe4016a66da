/** For tests: program files with as much of their headers as the readers look at. */

export interface ElfOptions {
  readonly bits?: 32 | 64;
  readonly order?: "little" | "big";
  /** False leaves the table of sections out, as some strippers do. */
  readonly sectionTable?: boolean;
}

/** Where the content of the fixtures is loaded: file offset plus this. */
export const LOADED_AT = 0x400000;

const PROGRAM_DATA = 1;
const STRING_TABLE = 3;

/** One writable segment over the whole file, and a section for each name. */
export function elfFile(sections: Readonly<Record<string, Buffer>>, options: ElfOptions = {}): Buffer {
  const { bits = 64, order = "little", sectionTable = true } = options;
  const wide = bits === 64;
  const names = Buffer.from(`\0${[...Object.keys(sections), ".shstrtab"].map((name) => `${name}\0`).join("")}`);
  const contents = [...Object.entries(sections), [".shstrtab", names] as const];
  const put = writer(order);
  const header = Buffer.alloc(wide ? 64 : 52);
  header.write("\x7fELF", 0, "latin1");
  header[4] = wide ? 2 : 1;
  header[5] = order === "little" ? 1 : 2;
  const segment = Buffer.alloc(wide ? 56 : 32);
  const entryBytes = wide ? 64 : 40;
  const table = Buffer.alloc(sectionTable ? entryBytes * (contents.length + 1) : 0);
  const parts: Buffer[] = [header, segment, table];
  let offset = header.length + segment.length + table.length;
  for (const [index, [name, content]] of contents.entries()) {
    const padding = Buffer.alloc(-offset & 15);
    offset += padding.length;
    parts.push(padding, content);
    if (sectionTable) {
      const at = entryBytes * (index + 1);
      put.uint32(table, names.indexOf(`\0${name}\0`) + 1, at);
      put.uint32(table, content === names ? STRING_TABLE : PROGRAM_DATA, at + 4);
      put.word(table, wide, LOADED_AT + offset, at + (wide ? 16 : 12));
      put.word(table, wide, offset, at + (wide ? 24 : 16));
      put.word(table, wide, content.length, at + (wide ? 32 : 20));
    }
    offset += content.length;
  }
  put.word(header, wide, header.length, wide ? 32 : 28);
  put.uint16(header, segment.length, wide ? 54 : 42);
  put.uint16(header, 1, wide ? 56 : 44);
  put.uint32(segment, 1, 0);
  put.uint32(segment, 6, wide ? 4 : 24);
  put.word(segment, wide, LOADED_AT, wide ? 16 : 8);
  put.word(segment, wide, offset, wide ? 32 : 16);
  if (sectionTable) {
    put.word(header, wide, header.length + segment.length, wide ? 40 : 32);
    put.uint16(header, entryBytes, wide ? 58 : 46);
    put.uint16(header, contents.length + 1, wide ? 60 : 48);
    put.uint16(header, contents.length, wide ? 62 : 50);
  }
  return Buffer.concat(parts);
}

/** PE32+ (or PE32) with a section for each name, all of them initialised data. */
export function peFile(sections: Readonly<Record<string, Buffer>>, bits: 32 | 64 = 64): Buffer {
  const header = Buffer.alloc(64 + 24 + 112 + 40 * Object.keys(sections).length);
  header.write("MZ", 0, "latin1");
  header.writeUInt32LE(64, 60);
  header.write("PE", 64, "latin1");
  header.writeUInt16LE(Object.keys(sections).length, 64 + 6);
  header.writeUInt16LE(112, 64 + 20);
  const optional = 64 + 24;
  header.writeUInt16LE(bits === 64 ? 0x20b : 0x10b, optional);
  if (bits === 64) header.writeBigUInt64LE(BigInt(LOADED_AT), optional + 24);
  else header.writeUInt32LE(LOADED_AT, optional + 28);
  const parts: Buffer[] = [header];
  let offset = header.length;
  for (const [index, [name, content]] of Object.entries(sections).entries()) {
    const padding = Buffer.alloc(-offset & 15);
    offset += padding.length;
    const at = optional + 112 + 40 * index;
    header.write(name, at, "latin1");
    header.writeUInt32LE(content.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    header.writeUInt32LE(content.length, at + 16);
    header.writeUInt32LE(offset, at + 20);
    header.writeUInt32LE(0xc0000040, at + 36);
    parts.push(padding, content);
    offset += content.length;
  }
  return Buffer.concat(parts);
}

/** One writable segment over the whole file, with a section for each name. */
export function machoFile(sections: Readonly<Record<string, Buffer>>, options: Omit<ElfOptions, "sectionTable"> = {}) {
  const { bits = 64, order = "little" } = options;
  const wide = bits === 64;
  const put = writer(order);
  const field = wide ? 8 : 4;
  const sectionBytes = wide ? 80 : 68;
  const header = Buffer.alloc(wide ? 32 : 28);
  const command = Buffer.alloc((wide ? 72 : 56) + sectionBytes * Object.keys(sections).length);
  put.uint32(header, wide ? 0xfeedfacf : 0xfeedface, 0);
  put.uint32(header, 1, 16);
  put.uint32(header, command.length, 20);
  put.uint32(command, wide ? 0x19 : 1, 0);
  put.uint32(command, command.length, 4);
  command.write("__DATA", 8, "latin1");
  const parts: Buffer[] = [header, command];
  let offset = header.length + command.length;
  for (const [index, [name, content]] of Object.entries(sections).entries()) {
    const padding = Buffer.alloc(-offset & 15);
    offset += padding.length;
    const at = (wide ? 72 : 56) + sectionBytes * index;
    command.write(name, at, "latin1");
    put.word(command, wide, content.length, at + 32 + field);
    put.uint32(command, offset, at + 32 + 2 * field);
    parts.push(padding, content);
    offset += content.length;
  }
  put.word(command, wide, LOADED_AT, 24);
  put.word(command, wide, offset, 24 + 3 * field);
  put.uint32(command, 3, 24 + 4 * field + 4);
  put.uint32(command, Object.keys(sections).length, 24 + 4 * field + 8);
  return Buffer.concat(parts);
}

export function universalFile(...slices: Buffer[]): Buffer {
  const header = Buffer.alloc(8 + 20 * slices.length);
  header.writeUInt32BE(0xcafebabe, 0);
  header.writeUInt32BE(slices.length, 4);
  let offset = header.length;
  for (const [index, slice] of slices.entries()) {
    header.writeUInt32BE(offset, 8 + 20 * index + 8);
    header.writeUInt32BE(slice.length, 8 + 20 * index + 12);
    offset += slice.length;
  }
  return Buffer.concat([header, ...slices]);
}

function writer(order: "little" | "big") {
  const little = order === "little";
  const uint16 = (to: Buffer, value: number, at: number) =>
    little ? to.writeUInt16LE(value, at) : to.writeUInt16BE(value, at);
  const uint32 = (to: Buffer, value: number, at: number) =>
    little ? to.writeUInt32LE(value, at) : to.writeUInt32BE(value, at);
  return {
    uint16,
    uint32,
    word(to: Buffer, wide: boolean, value: number, at: number) {
      if (!wide) return uint32(to, value, at);
      return little ? to.writeBigUInt64LE(BigInt(value), at) : to.writeBigUInt64BE(BigInt(value), at);
    },
  };
}

/** Go's build information with its strings behind it, as since Go 1.18. */
export function goBuildInfo(toolchain: string, modules: readonly string[]): Buffer {
  const header = Buffer.alloc(32);
  header.write("\xff Go buildinf:", 0, "latin1");
  header[14] = 8;
  header[15] = 2;
  const marked =
    modules.length === 0 ? "" : `${"0".repeat(16)}${modules.map((line) => `${line}\n`).join("")}${"1".repeat(16)}`;
  return Buffer.concat([header, counted(toolchain), counted(marked)]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) length.push((rest % 128) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/**
 * The same before Go 1.18, with addresses: to be placed at the start of a section whose own address is given, since
 * the strings stand in it too.
 */
export function goBuildInfoWithAddresses(
  address: number,
  toolchain: string,
  modules: readonly string[],
  options: Omit<ElfOptions, "sectionTable"> = {},
): Buffer {
  const { bits = 64, order = "little" } = options;
  const put = writer(order);
  const size = bits / 8;
  const wide = bits === 64;
  const marked = Buffer.from(`${"0".repeat(16)}${modules.map((line) => `${line}\n`).join("")}${"1".repeat(16)}`);
  const name = Buffer.from(toolchain);
  const header = Buffer.alloc(32 + 4 * size);
  header.write("\xff Go buildinf:", 0, "latin1");
  header[14] = size;
  header[15] = order === "big" ? 1 : 0;
  put.word(header, wide, address + 32, 16);
  put.word(header, wide, address + 32 + 2 * size, 16 + size);
  put.word(header, wide, address + header.length, 32);
  put.word(header, wide, name.length, 32 + size);
  put.word(header, wide, address + header.length + name.length, 32 + 2 * size);
  put.word(header, wide, marked.length, 32 + 3 * size);
  return Buffer.concat([header, name, marked]);
}
