/** Made-up archives: every format of tar there is, and the places where readers of them part. */
import type { Random } from "../random.ts";

const BLOCK = 512;

export function archiveFrom(random: Random): Buffer {
  const parts: Buffer[] = [];
  const entries = 1 + random.below(4);
  for (let i = 0; i < entries; i++) {
    while (random.once(3)) parts.push(extendedHeader(random));
    parts.push(random.once(40) ? oddBlock(random) : plainEntry(random));
  }
  if (!random.once(6)) parts.push(Buffer.alloc(random.once(8) ? BLOCK : 2 * BLOCK));
  if (random.once(10)) parts.push(plainEntry(random));
  let archive = Buffer.concat(parts);
  if (random.once(30)) archive = archive.subarray(0, random.below(archive.length + 1));
  if (random.once(30) && archive.length > 0) archive[random.below(archive.length)] = random.below(256);
  return archive;
}

const names = [
  "a",
  "etc/passwd",
  "var/lib/dpkg/status",
  "./x",
  "/abs",
  "../up",
  "d/",
  "d/.wh.x",
  "ä",
  "\xff",
  "\ufffd",
  "a b",
  "",
];

function nameFrom(random: Random): Buffer {
  if (random.once(12)) return random.bytes(1 + random.below(6));
  if (random.once(12)) return Buffer.from("n".repeat(95 + random.below(80)));
  return Buffer.from(random.pick(names), random.once(4) ? "latin1" : "utf8");
}

interface Fields {
  readonly flag: number;
  readonly content: Buffer;
  readonly name: Buffer;
  readonly size?: number;
}

const flags = "00000000\0\0\0\x31\x32\x33\x34\x35\x35\x36\x37SVMADNI9";

function plainEntry(random: Random): Buffer {
  const flag = random.pick([...flags]).charCodeAt(0);
  // Links, folders and devices have none, whatever size they state.
  const bare = /[1-6]/.test(String.fromCharCode(flag)) && !random.once(12);
  const content = bare ? Buffer.alloc(0) : random.bytes(random.pick([0, 0, 3, 5, 511, 512, 513]));
  const size = random.once(bare ? 4 : 30) ? random.pick([0, 1, 512, 1024, content.length + 1]) : content.length;
  const block = header(random, { flag, content, name: nameFrom(random), size });
  const extensions: Buffer[] = [];
  if (flag === 0x53 && block[482] !== 0) {
    while (random.once(2)) extensions.push(sparseBlock(random, 1));
    extensions.push(sparseBlock(random, 0));
  }
  return Buffer.concat([block, ...extensions, padded(content, random)]);
}

function sparseBlock(random: Random, more: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (random.once(2)) block.write("00000000000\x0000000000000", 0, "latin1");
  block[504] = more === 0 ? 0 : random.pick([1, 1, 2, 0x31]);
  return block;
}

function padded(content: Buffer, random: Random): Buffer {
  const padding = (BLOCK - (content.length % BLOCK)) % BLOCK;
  return Buffer.concat([content, random.once(20) ? random.bytes(padding) : Buffer.alloc(padding)]);
}

/** A block that may be no header at all. */
function oddBlock(random: Random): Buffer {
  if (random.once(3)) return Buffer.alloc(BLOCK);
  const block = header(random, { flag: 0x30, content: Buffer.alloc(0), name: nameFrom(random) });
  for (let i = 0; i < 3; i++) block[random.below(BLOCK)] = random.below(256);
  return random.once(4) ? block : withSum(block, random);
}

const magics = ["ustar\x0000", "ustar\x0000", "ustar\x0000", "ustar  \0", "ustar  \0", "\0\0\0\0\0\0\0\0"];
const oddMagics = [
  "ustar 00",
  "ustar\0  ",
  "ustar\0\0\0",
  "USTAR\x0000",
  "ustxr\x0000",
  "usXar\x0000",
  "ustar  0",
  "ustar\x01\0\0",
];

function header(random: Random, { flag, content, name, size = content.length }: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0, 0, 100);
  numberInto(block, 100, 8, random.pick([0o644, 0o755, 0o4755, 0o2711, 0o100644]), random);
  numberInto(block, 108, 8, random.pick([0, 0, 1000, 0o7777777]), random);
  numberInto(block, 116, 8, random.pick([0, 100]), random);
  numberInto(block, 124, 12, size, random);
  numberInto(block, 136, 12, 0o14000000000, random);
  block[156] = flag;
  if (flag === 0x31 || flag === 0x32 || random.once(10)) nameFrom(random).copy(block, 157, 0, 100);
  const magic = random.once(8) ? random.pick(oddMagics) : random.pick(magics);
  block.write(magic, 257, "latin1");
  if (magic.startsWith("ustar") && random.once(3)) {
    numberInto(block, 329, 8, random.below(8), random);
    numberInto(block, 337, 8, random.below(8), random);
  }
  if (random.once(3)) prefixInto(block, random);
  if (random.once(12)) block.write("tar\0", 508, "latin1");
  if (random.once(15)) block.write("00000000000\x0000000000000\0", 476, "latin1");
  if (flag === 0x53) {
    block.write(`${"0".repeat(10)}4\0`, 483, "latin1");
    if (random.once(2)) block.write(`${"0".repeat(11)}\x00${"0".repeat(10)}4`, 386, "latin1");
    block[482] = random.once(2) ? 0 : random.pick([1, 1, 2, 0x31]);
  }
  return withSum(block, random);
}

function prefixInto(block: Buffer, random: Random): void {
  const prefix = random.pick([
    "p",
    "usr/share",
    "00000000000\0",
    "12345670123",
    "\x80\0\0\0",
    "ü",
    "p\0q",
    "x".repeat(140),
  ]);
  block.write(prefix, random.once(8) ? 357 : 345, 155, random.once(2) ? "utf8" : "latin1");
}

function numberInto(block: Buffer, at: number, length: number, value: number, random: Random): void {
  const digits = value.toString(8);
  if (!random.once(100)) {
    block.write(`${digits.padStart(length - 1, "0")}`, at, length, "latin1");
    return;
  }
  switch (random.below(10)) {
    case 0:
      block.write(`${digits} `.padStart(length, " "), at, length, "latin1");
      break;
    case 1:
      block.write(digits.padStart(length, "\0"), at, length, "latin1");
      break;
    case 2:
      block.write(`${digits}\0`.padEnd(length, "9"), at, length, "latin1");
      break;
    case 3:
      block.write(`${digits} `.padEnd(length, random.pick([" ", "\0", "1", " \0"])), at, length, "latin1");
      break;
    case 4:
      block.fill(0, at, at + length);
      block.writeUIntBE(value, at + length - 6, 6);
      block[at] = 0x80;
      break;
    case 5:
      block.fill(0xff, at, at + length);
      block[at + length - 1] = random.below(256);
      break;
    case 6:
      random.bytes(length).copy(block, at);
      block[at] = random.pick([0x80, 0xff, 0xc0, 0xbf, 0x81]);
      break;
    case 7:
      block.write(random.pick(["8", "-1", "+7", "0x1", "1_0", "0o7", " ", "1 1", "\0 7 \0"]), at, length, "latin1");
      break;
    case 8:
      block.write(digits.padStart(length, "0"), at, length, "latin1");
      break;
    default:
      block.write(`\0 ${digits}`, at, length, "latin1");
  }
}

function withSum(block: Buffer, random: Random): Buffer {
  block.fill(0x20, 148, 156);
  let sum = 0;
  const signed = random.once(6);
  for (const byte of block) sum += signed && byte > 127 ? byte - 256 : byte;
  if (random.once(60)) sum += 1;
  block.fill(0, 148, 156);
  const digits = Math.abs(sum).toString(8);
  const form = random.once(10) ? random.below(5) : 0;
  if (form === 0) block.write(`${digits.padStart(6, "0")}\0 `, 148, "latin1");
  else if (form === 1) block.write(digits.padStart(8, " "), 148, "latin1");
  else if (form === 2) block.write(digits.padStart(8, "\0"), 148, "latin1");
  else if (form === 3) {
    block.writeUInt32BE(sum >>> 0, 152);
    block[148] = 0x80;
  } else block.write(`${digits}\0xx`, 148, 8, "latin1");
  return block;
}

function extendedHeader(random: Random): Buffer {
  const flag = random.pick([..."xxxxxLLKg"]).charCodeAt(0);
  const content =
    flag === 0x4c || flag === 0x4b
      ? Buffer.concat([nameFrom(random), Buffer.from(random.pick(["\0", "\0", "", "\0rest"]))])
      : records(random);
  return Buffer.concat([header(random, { flag, content, name: Buffer.from("header") }), padded(content, random)]);
}

const keys: readonly (readonly [string, readonly string[]])[] = [
  ["path", ["p", "etc/shadow", "d/", "", "a\0b", "ü"]],
  ["linkpath", ["l", "", "a\0b"]],
  ["size", ["0", "3", "5", "512", "", "-1", "+3", "03", "x", "9223372036854775808"]],
  ["uid", ["0", "7", "-7", "", "x", "99999999999"]],
  ["gid", ["0", "x"]],
  ["mtime", ["1", "1.5", "1.", "-1.5", ".5", "x", "1.x"]],
  ["uname", ["root", "", "a\0b"]],
  ["comment", ["", "x\0y", "k=v"]],
  ["SCHILY.xattr.user.a", ["v", ""]],
  ["GNU.sparse.name", ["real", ""]],
];
const oddKeys: typeof keys = [
  ["", ["v"]],
  ["k\0", ["v"]],
];
const sparseKeys: readonly (readonly [string, string])[][] = [
  [
    ["GNU.sparse.major", "1"],
    ["GNU.sparse.minor", "0"],
    ["GNU.sparse.name", "s"],
    ["GNU.sparse.realsize", "3"],
  ],
  [
    ["GNU.sparse.major", "0"],
    ["GNU.sparse.minor", "1"],
    ["GNU.sparse.map", "0,3"],
    ["GNU.sparse.numblocks", "1"],
    ["GNU.sparse.size", "3"],
  ],
  [
    ["GNU.sparse.size", "3"],
    ["GNU.sparse.numblocks", "1"],
    ["GNU.sparse.offset", "0"],
    ["GNU.sparse.numbytes", "3"],
  ],
  [
    ["GNU.sparse.map", "0,3"],
    ["GNU.sparse.numblocks", "1"],
    ["GNU.sparse.name", "s"],
  ],
  [
    ["GNU.sparse.major", "2"],
    ["GNU.sparse.minor", "0"],
    ["GNU.sparse.name", "s"],
  ],
  [
    ["GNU.sparse.numbytes", "3"],
    ["GNU.sparse.offset", "0"],
  ],
];

function records(random: Random): Buffer {
  const chosen: (readonly [string, string])[] = random.once(10) ? [...random.pick(sparseKeys)] : [];
  while (random.once(2) || chosen.length === 0) {
    const [key, values] = random.once(60)
      ? random.pick(oddKeys)
      : random.once(2)
        ? (keys[0] as (typeof keys)[number])
        : random.pick(keys);
    // The first value is the plain one.
    chosen.push([key, random.once(8) ? random.pick(values) : (values[0] as string)]);
  }
  const written = Buffer.concat(chosen.map(([key, value]) => record(key, value, random)));
  return random.once(30) ? Buffer.concat([written, Buffer.alloc(3)]) : written;
}

function record(key: string, value: string, random: Random): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
  let stated = String(length);
  if (random.once(40))
    stated = random.pick([`0${length + 1}`, `+${length + 1}`, String(length + 1), String(length - 1), "", "4", "-9"]);
  return Buffer.from(stated + rest);
}
