/** Programs as linkers make them, of sections that a test gives. */

export interface MadeSection {
  readonly name: string;
  readonly type?: number;
  /** 4: its bytes are code. */
  readonly flags?: number;
  readonly bytes: Buffer;
}

export interface MadeElf {
  readonly bits?: 32 | 64;
  readonly little?: boolean;
  /** What stands behind the last section, as payloads do. */
  readonly behind?: Buffer;
}

export function makeElf(
  sections: readonly MadeSection[],
  { bits = 64, little = true, behind = Buffer.alloc(0) }: MadeElf = {},
): Buffer {
  const wide = bits === 64;
  const [header, entry] = wide ? [64, 64] : [52, 40];
  const all = [{ name: "", type: 0, flags: 0, bytes: Buffer.alloc(0) }, ...sections];
  const names = Buffer.from([...all.map(({ name }) => name), ".shstrtab"].map((name) => `${name}\0`).join(""));
  const placed: { name: number; type: number; flags: number; at: number; length: number }[] = [];
  let at = header;
  let nameAt = 0;
  const put = ({ name, type = 1, flags = 0, bytes }: MadeSection): void => {
    placed.push({ name: nameAt, type, flags, at, length: bytes.length });
    at += bytes.length;
    nameAt += name.length + 1;
  };
  for (const section of all) put(section);
  put({ name: ".shstrtab", type: 3, bytes: names });
  const table = Buffer.alloc(entry * placed.length);
  const start = Buffer.alloc(header);
  const u16 = (bytes: Buffer, value: number, to: number) =>
    little ? bytes.writeUInt16LE(value, to) : bytes.writeUInt16BE(value, to);
  const u32 = (bytes: Buffer, value: number, to: number) =>
    little ? bytes.writeUInt32LE(value, to) : bytes.writeUInt32BE(value, to);
  const long = (bytes: Buffer, value: number, to: number) => {
    if (!wide) u32(bytes, value, to);
    else if (little) bytes.writeBigUInt64LE(BigInt(value), to);
    else bytes.writeBigUInt64BE(BigInt(value), to);
  };
  for (const [number, { name, type, flags, at: from, length }] of placed.entries()) {
    const to = number * entry;
    u32(table, name, to);
    u32(table, type, to + 4);
    long(table, flags, to + 8);
    long(table, from, to + (wide ? 0x18 : 0x10));
    long(table, length, to + (wide ? 0x20 : 0x14));
  }
  start.write("\x7fELF", "latin1");
  start[4] = wide ? 2 : 1;
  start[5] = little ? 1 : 2;
  long(start, at, wide ? 0x28 : 0x20);
  for (const [number, value] of [entry, placed.length, placed.length - 1].entries()) {
    u16(start, value, (wide ? 0x3a : 0x2e) + number * 2);
  }
  return Buffer.concat([start, ...all.map(({ bytes }) => bytes), names, table, behind]);
}
