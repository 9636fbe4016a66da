import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { readXz } from "./xz.ts";

const TEXT =
  "Package: a\nVersion: 1\n\n".repeat(40) +
  Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + ((i * 7) % 26))).join("");
/** What xz 5.8 makes of it. */
const PACKED = Buffer.from(
  "/Td6WFoAAATm1rRGBMBGxAkhARYAAAAAAAAAADrUcDLgBMMAPl0AKBhIZtvaMIX+Ft6u5fBLRjCJY0p9ywtrBc4dhaNynkrFrjBWtxOvlN6lhFPbWVWvT0G+yJrWUjB/oU7+IAAAAADIZKwVLQW4mQABYsQJAAAAHXv057HEZ/sCAAAAAARZWg==",
  "base64",
);

function faultOf(bytes: Buffer, limit = 1 << 20): string {
  const read = readXz(bytes, limit);
  return Buffer.isBuffer(read) ? "none" : read.fault;
}

/** A file of one block with these chunks. */
function fileOf(...chunks: readonly Buffer[]): Buffer {
  const header = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0, 0, 0, 0, 0]);
  const block = Buffer.from([2, 0, 0x21, 1, 0x16, 0, 0, 0, 0, 0, 0, 0]);
  const data = Buffer.concat([...chunks, Buffer.from([0])]);
  return Buffer.concat([header, block, data, Buffer.alloc((4 - (data.length % 4)) % 4), Buffer.alloc(24)]);
}

function stored(text: string, control = 1): Buffer {
  const size = Buffer.byteLength(text) - 1;
  return Buffer.concat([Buffer.from([control, size >> 8, size & 0xff]), Buffer.from(text)]);
}

test("reads what xz wrote, compressed and stored", () => {
  assert.equal(readXz(PACKED, TEXT.length).toString(), TEXT);
  assert.equal(readXz(fileOf(stored("ab"), stored("c", 2)), 3).toString(), "abc");
  assert.equal(readXz(fileOf(), 0).toString(), "");
});

test("reads every stream of a file, with zeros between them", () => {
  assert.equal(readXz(Buffer.concat([PACKED, PACKED]), TEXT.length * 2).toString(), TEXT + TEXT);
  assert.equal(readXz(Buffer.concat([PACKED, Buffer.alloc(8), PACKED]), TEXT.length * 2).toString(), TEXT + TEXT);
  assert.match(faultOf(Buffer.concat([PACKED, Buffer.from("junk")])), /no .xz/);
  assert.match(faultOf(Buffer.concat([PACKED, Buffer.alloc(2)])), /no .xz/);
  assert.match(faultOf(PACKED.subarray(0, PACKED.length - 4)), /cut off/);
});

test("refuses what is over its limit, cut off, or of another kind", () => {
  assert.match(faultOf(PACKED, TEXT.length - 1), /more than it may/);
  assert.match(faultOf(fileOf(stored("abc")), 2), /more than it may/);
  assert.match(faultOf(PACKED.subarray(0, 60)), /broken or cut off/);
  assert.match(faultOf(Buffer.from("no xz at all")), /no .xz/);
  assert.match(faultOf(Buffer.alloc(0)), /no .xz/);
  assert.match(faultOf(fileOf(stored("a", 3))), /no known kind/);
  // A match before there is anything to match.
  assert.match(
    faultOf(fileOf(Buffer.from([0xe0, 0, 9, 0, 8, 0x5d, 0, 255, 255, 255, 255, 255, 255, 255, 255]))),
    /broken/,
  );
  const otherFilter = fileOf();
  otherFilter[14] = 4;
  assert.match(faultOf(otherFilter), /filter other than/);
});

test("whatever the bytes, an answer within the limit", () => {
  fc.assert(
    fc.property(mutatedBytes(PACKED), (bytes) => {
      const read = readXz(bytes, 4096);
      assert.ok(!Buffer.isBuffer(read) || read.length <= 4096);
    }),
    runs(500),
  );
});

const hasXz = spawnSync("xz", ["--version"]).status === 0;

describe("against xz", { skip: hasXz ? false : "xz is not installed" }, () => {
  const pack = (bytes: Buffer, ...options: string[]) => spawnSync("xz", ["-c", ...options], { input: bytes }).stdout;

  test("every content, every setting", () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc
        .array(fc.constantFrom("Package: ", "Version: 1", "\n", "abcabcabc", "\u0000"), { maxLength: 400 })
        .map((words) => Uint8Array.from(Buffer.from(words.join("")))),
    );
    const options = fc.constantFrom(
      ["-0"],
      ["-9e", "--check=sha256"],
      ["--check=none", "--block-size=1000"],
      ["--lzma2=lc=0,lp=4,pb=0"],
      ["--lzma2=lc=4,lp=0,pb=4,dict=4KiB"],
    );
    fc.assert(
      fc.property(content, options, (bytes, settings) => {
        assert.deepEqual(readXz(pack(Buffer.from(bytes), ...settings), bytes.length), Buffer.from(bytes));
      }),
      runs(40),
    );
  });

  test("more than one chunk, with and without a pattern", () => {
    const long = Buffer.alloc(5_000_000);
    for (let i = 0; i < long.length; i++) long[i] = (i * 31 + (i >> 9) * 7) % (i % 65_536 < 30_000 ? 251 : 7);
    assert.ok(long.equals(readXz(pack(long, "-1"), long.length) as Buffer));
  });
});
