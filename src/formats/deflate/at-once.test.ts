import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { createInflateAtOnce } from "./at-once.ts";

const forms = [
  { form: "zlib", deflate: deflateSync, inflate: inflateSync },
  { form: "gzip", deflate: gzipSync, inflate: gunzipSync },
  { form: "raw", deflate: deflateRawSync, inflate: inflateRawSync },
] as const;

for (const { form, deflate, inflate } of forms) {
  test(`${form}: one after another as node:zlib inflates each, and nothing where bytes or size do not hold`, () => {
    const inflateAtOnce = createInflateAtOnce(form);
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(40_000).map((length) => new Uint8Array(length)),
    );
    const flaw = fc.record({ at: fc.nat(400), flip: fc.constantFrom(0, 0, 1, 0x80), cut: fc.constantFrom(0, 0, 1, 5) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(content, flaw, fc.constantFrom(0, 0, 0, -1, 1, 900_000)), { maxLength: 8 }),
        (all) => {
          for (const [bytes, { at, flip, cut }, more] of all) {
            const deflated = deflate(bytes);
            const place = at % deflated.length;
            deflated[place] = (deflated[place] as number) ^ flip;
            const given = deflated.subarray(0, deflated.length - cut);
            const size = Math.max(0, bytes.length + more);
            let expected: Buffer | undefined;
            try {
              expected = inflate(given, { maxOutputLength: 1024 * 1024 });
            } catch {
              expected = undefined;
            }
            assert.deepEqual(inflateAtOnce(given, size), expected?.length === size ? expected : undefined);
          }
        },
      ),
    );
  });

  test(`${form}: is what Node offers here`, () => {
    const bytes = Buffer.from("some text");
    assert.deepEqual(createInflateAtOnce(form)(deflate(bytes), bytes.length), bytes);
  });

  test(`${form}: a claim of much is left to others`, () => {
    const bytes = Buffer.alloc(2 * 1024 * 1024);
    assert.equal(createInflateAtOnce(form)(deflate(bytes), bytes.length), undefined);
  });
}
