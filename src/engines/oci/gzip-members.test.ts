import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { deflateRawSync, gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createGzipInflater } from "./gzip-members.ts";

/** In chunks of these lengths, the last of them for the rest; as a caller that waits where it is asked to. */
async function inflate(bytes: Buffer, lengths: readonly number[] = [64 * 1024]): Promise<Buffer> {
  const inflater = createGzipInflater(4_096);
  const chunks: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  inflater.on("data", (chunk: Buffer) => chunks.push(chunk));
  inflater.on("error", reject);
  inflater.on("end", resolve);
  let waits = false;
  void (async () => {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const length = Math.max(1, lengths[Math.min(i, lengths.length - 1)] as number);
      const chunk = Buffer.from(bytes.subarray(at, at + length));
      at += length;
      const full = !inflater.write(chunk, () => chunk.fill(0xee));
      if (!full) continue;
      waits = true;
      await new Promise<void>((drained) => inflater.once("drain", drained));
    }
    inflater.end();
  })();
  try {
    await promise;
  } finally {
    inflater.destroy();
  }
  assert.ok(bytes.length < 100_000 || waits, "a large input makes the caller wait");
  return Buffer.concat(chunks);
}

const text = Buffer.from("layers of text, ".repeat(20_000));
const noise = randomBytes(200_000);
const members = Buffer.concat([gzipSync(text), gzipSync(noise), gzipSync(Buffer.alloc(0)), gzipSync(text)]);

test("one member, several, empty ones: as node:zlib, however the bytes come", async () => {
  const inputs = [gzipSync(text), gzipSync(noise, { level: 0 }), gzipSync(Buffer.alloc(0)), members];
  for (const bytes of inputs) {
    for (const lengths of [[64 * 1024], [1_000], [9, 1, 7, 50_000], [bytes.length]]) {
      assert.ok((await inflate(bytes, lengths)).equals(gunzipSync(bytes)), `${bytes.length} by ${lengths}`);
    }
  }
  const small = Buffer.concat([gzipSync(Buffer.from("one")), gzipSync(Buffer.from("two"))]);
  assert.equal((await inflate(small, [1])).toString(), "onetwo");
});

test("padding behind the last member is ignored, and anything else is refused", async () => {
  for (const more of [Buffer.alloc(1), Buffer.alloc(100_000)]) {
    for (const length of [777, 1 << 20]) {
      assert.ok((await inflate(Buffer.concat([gzipSync(text), more]), [length])).equals(text));
    }
  }
  for (const more of ["no member", "\x1f", "\x1f\x8b"]) {
    const bytes = Buffer.concat([gzipSync(text), Buffer.from(more, "latin1")]);
    for (const length of [777, 1 << 20])
      await assert.rejects(inflate(bytes, [length]), /incorrect header|unexpected end/);
  }
});

test("a header with all that it may have is read, also in pieces", async () => {
  const content = Buffer.from("content");
  const length = Buffer.alloc(8);
  length.writeUInt32LE(content.length, 4);
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 0x1f, 1, 2, 3, 4, 0, 3, 5, 0]),
    Buffer.from("extraname\0comment\0"),
    Buffer.from([0xab, 0xcd]),
  ]);
  const bytes = Buffer.concat([header, deflateRawSync(content), length]);
  for (const lengths of [[1], [bytes.length], [12, 3, 1]]) {
    assert.ok((await inflate(bytes, lengths)).equals(content));
  }
});

test("what is cut off anywhere, or no gzip, is refused", async () => {
  const whole = gzipSync(Buffer.from("some content of a layer"));
  for (let end = 1; end < whole.length; end++) {
    await assert.rejects(inflate(whole.subarray(0, end)), /unexpected end of file/, `${end}`);
  }
  const other = (at: number, value: number) => {
    const bytes = Buffer.from(whole);
    bytes[at] = value;
    return bytes;
  };
  await assert.rejects(inflate(other(1, 0)), /incorrect header check/);
  await assert.rejects(inflate(other(2, 7)), /unknown compression method/);
  await assert.rejects(inflate(other(3, 0x80)), /unknown header flags/);
  await assert.rejects(inflate(other(whole.length - 1, 9)), /incorrect length check/);
  await assert.rejects(
    inflate(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0]), Buffer.alloc(200_000, 97)])),
    /header/,
  );
  await assert.rejects(inflate(members.subarray(0, members.length - 10)), /unexpected end of file/);
});

test("of changed bytes it makes what node:zlib makes, or one of both refuses them", async () => {
  const whole = gzipSync(Buffer.concat([text.subarray(0, 3_000), noise.subarray(0, 500)]));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.nat(255),
      fc.integer({ min: 1, max: 900 }),
      async (at, value, length) => {
        const bytes = Buffer.from(whole);
        bytes[at] = value;
        const expected = attempt(() => gunzipSync(bytes));
        const found = await inflate(bytes, [length]).catch(() => undefined);
        if (expected !== undefined) assert.ok(found?.equals(expected));
      },
    ),
    runs(300),
  );
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
