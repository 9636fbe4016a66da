/** Archives as an attacker would write them: valid ones, and each with a few of the places where zip readers part. */
import { crc32, deflateRawSync } from "node:zlib";
import type { Random } from "../random.ts";

const NAMES = [
  "META-INF/MANIFEST.MF",
  "a.txt",
  "b/",
  "b/c.class",
  "ä.txt",
  "META-INF/maven/g/a/pom.properties",
] as const;

export function zipCase(random: Random): Buffer {
  const parts: Buffer[] = [];
  if (random.once(4))
    parts.push(random.pick([Buffer.from("x"), Buffer.from("#!/bin/sh\n"), archive(random), lone(random)]));
  const before = Buffer.concat(parts).length;
  parts.push(archive(random, random.once(2) ? before : 0));
  if (random.once(3)) parts.push(random.pick([Buffer.from("x"), archive(random), lone(random), random.bytes(40)]));
  const bytes = Buffer.concat(parts);
  if (random.once(4)) spoil(bytes, random);
  // A comment that spans what follows: of the first end record, or of any.
  if (random.once(4)) {
    const at = bytes.indexOf("PK\x05\x06", 0, "latin1");
    const length = bytes.length - at - 22 - random.below(2);
    if (at >= 0 && length >= 0 && at + 22 <= bytes.length) bytes.writeUInt16LE(length & 0xffff, at + 20);
  }
  return random.once(20) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** A record without its archive. */
function lone(random: Random): Buffer {
  const record = Buffer.alloc(random.pick([4, 20, 22, 56]));
  record.writeUInt32LE(random.pick([0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50]), 0);
  return record;
}

function archive(random: Random, base = 0): Buffer {
  const wide = random.once(4);
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = base;
  const count = random.below(4);
  for (let index = 0; index < count; index++) {
    const name = Buffer.from(random.pick(NAMES));
    const content = Buffer.from(`content ${random.below(1000)}`);
    const method = random.once(2) ? 0 : 8;
    const packed = method === 0 ? content : deflateRawSync(content);
    const localExtra = random.once(6) ? Buffer.alloc(4 * random.below(3)) : Buffer.alloc(0);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(content.length, 22);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(localExtra.length, 28);
    const extra = wide ? wideField(random, [content.length, packed.length, offset]) : plainExtra(random);
    const comment = Buffer.alloc(random.once(6) ? random.below(100) : 0, "c");
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(random.once(3) ? 0x800 : random.once(30) ? 1 : 0, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(random.once(30) ? 1 : crc32(content), 16);
    entry.writeUInt32LE(wide ? 0xffffffff : packed.length, 20);
    entry.writeUInt32LE(wide ? 0xffffffff : content.length + (random.once(30) ? 1 : 0), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt16LE(comment.length, 32);
    entry.writeUInt32LE(wide ? 0xffffffff : offset + (random.once(30) ? 1 : 0), 42);
    directory.push(entry, name, extra, comment);
    locals.push(local, name, localExtra, packed);
    offset += 30 + name.length + localExtra.length + packed.length;
    if (random.once(10)) {
      locals.push(Buffer.from("between"));
      offset += 7;
    }
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...locals, central, end(random, { wide, count, size: central.length, offset, base })]);
}

/** Extra fields that are none of Zip64's: Java's own marker, and one that runs over. */
function plainExtra(random: Random): Buffer {
  if (!random.once(5)) return Buffer.alloc(0);
  return random.pick([
    Buffer.from([0xfe, 0xca, 0, 0]),
    Buffer.from([0x55, 0x54, 5, 0, 0, 0, 0, 0, 0]),
    Buffer.from([1, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
    Buffer.from([0xfe, 0xca, 9, 0]),
    Buffer.from([1, 0, 0]),
  ]);
}

function wideField(random: Random, values: readonly number[]): Buffer {
  const made = (numbers: readonly number[]) => {
    const field = Buffer.alloc(4 + 8 * numbers.length);
    field.writeUInt16LE(1, 0);
    field.writeUInt16LE(8 * numbers.length, 2);
    for (const [index, value] of numbers.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
    return field;
  };
  const field = made(values);
  if (random.once(8)) return Buffer.concat([field, made([1, 1, random.below(100)])]);
  if (random.once(8)) return made(values.slice(0, random.below(3)));
  return random.once(8) ? Buffer.concat([Buffer.from([0xfe, 0xca, 0, 0]), field]) : field;
}

interface Stated {
  readonly wide: boolean;
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  readonly base: number;
}

/** The end record, with a Zip64 record where values are wide or nothing asks for one, and now and then with a lie. */
function end(random: Random, { wide, count, size, offset }: Stated): Buffer {
  const lie = (value: number): number => Math.max(0, random.once(12) ? value + random.pick([-46, -1, 1, 46]) : value);
  const record = Buffer.alloc(56);
  const locator = Buffer.alloc(20);
  const isWide = wide || random.once(5);
  if (isWide) {
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeBigUInt64LE(BigInt(lie(count)), 24);
    record.writeBigUInt64LE(BigInt(lie(count)), 32);
    record.writeBigUInt64LE(BigInt(lie(size)), 40);
    record.writeBigUInt64LE(BigInt(lie(offset)), 48);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(lie(offset + size)), 8);
    locator.writeUInt32LE(1, 16);
  }
  const leavesOut = () => isWide && random.once(2);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  const stated = leavesOut() ? 0xffff : lie(count) & 0xffff;
  last.writeUInt16LE(stated, 8);
  last.writeUInt16LE(random.once(6) ? random.below(count + 1) : stated, 10);
  last.writeUInt32LE(leavesOut() ? 0xffffffff : lie(size), 12);
  last.writeUInt32LE(leavesOut() ? 0xffffffff : lie(offset), 16);
  const comment = random.once(6) ? Buffer.from("comment PK") : Buffer.alloc(0);
  last.writeUInt16LE(lie(comment.length) & 0xffff, 20);
  return Buffer.concat([
    ...(isWide ? [record, ...(random.once(12) ? [Buffer.from("pad")] : []), locator] : []),
    last,
    comment,
  ]);
}

function spoil(bytes: Buffer, random: Random): void {
  if (bytes.length === 0) return;
  for (let times = 1 + random.below(3); times > 0; times--) {
    // The records at the end are what readers part over.
    const at = random.once(2)
      ? random.below(bytes.length)
      : bytes.length - 1 - random.below(Math.min(150, bytes.length));
    bytes[at] = random.pick([0, 1, 255, random.below(256)]);
  }
}
