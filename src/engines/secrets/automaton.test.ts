import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createAutomaton } from "./automaton.ts";

const keyword = fc.string({ unit: fc.constantFrom("a", "b", "C", "-", "1"), minLength: 1, maxLength: 5 });
const text = fc.string({ unit: fc.constantFrom("a", "A", "b", "B", "c", "-", "1", "x", "\xc1"), maxLength: 200 });

/** With lanes from the first byte on, and without. */
const ways = { "in lanes": 0, "without them": Number.POSITIVE_INFINITY } as const;

/** In the order in which they are told: start and number. */
function told(keywords: readonly string[], lanesAfter: number, bytes: Buffer, from = 0, to = bytes.length): string[] {
  const hits: string[] = [];
  createAutomaton(keywords, lanesAfter).find(bytes, from, to, (number, start) => hits.push(`${start} ${number}`));
  return hits;
}

/** As anyone would look for them: by the end, the longest first. */
function expected(keywords: readonly string[], bytes: Buffer, from: number, to: number): string[] {
  const lower = bytes.toString("latin1").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const hits: { start: number; end: number; number: number }[] = [];
  for (const [number, each] of keywords.entries()) {
    for (let at = lower.indexOf(each.toLowerCase()); at >= 0; at = lower.indexOf(each.toLowerCase(), at + 1)) {
      const end = at + each.length;
      if (end > from && end <= to) hits.push({ start: at, end, number });
    }
  }
  return hits
    .sort((a, b) => a.end - b.end || a.start - b.start || a.number - b.number)
    .map(({ start, number }) => `${start} ${number}`);
}

/** The text again and again, up to a length. */
function filled(of: string, length: number): Buffer {
  return Buffer.from(of.padEnd(8, "ab").repeat(Math.ceil(length / Math.max(8, of.length))), "latin1").subarray(
    0,
    length,
  );
}

for (const [way, lanesAfter] of Object.entries(ways)) {
  test(`finds every keyword that ends in the stretch, whatever its case, ${way}`, () => {
    fc.assert(
      fc.property(
        fc.array(keyword, { minLength: 1, maxLength: 6 }),
        text,
        fc.nat(200),
        fc.nat(200),
        (keywords, of, a, b) => {
          const bytes = Buffer.from(of, "latin1");
          const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
          assert.deepEqual(told(keywords, lanesAfter, bytes, from, to), expected(keywords, bytes, from, to));
        },
      ),
    );
  });

  test(`many readers find what one finds, in order, ${way}`, () => {
    fc.assert(
      fc.property(
        fc.array(keyword, { minLength: 1, maxLength: 6 }),
        text,
        fc.constantFrom(2_048, 6_000, 65_536, 66_000),
        fc.nat(9),
        fc.nat(300),
        (keywords, of, length, odd, from) => {
          const bytes = filled(of, length + odd);
          assert.deepEqual(
            told(keywords, lanesAfter, bytes, from, bytes.length - odd),
            expected(keywords, bytes, from, bytes.length - odd),
          );
        },
      ),
      runs(30),
    );
  });

  test(`whatever the bytes are, ${way}`, () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 20 }),
        fc.uint8Array({ minLength: 1, maxLength: 4_000 }),
        fc.infiniteStream(fc.nat(3_999)),
        (keywords, noise, places) => {
          const bytes = filled(Buffer.from(noise).toString("latin1"), 9_000);
          for (const each of keywords) bytes.write(each, (places.next().value as number) * 2, "latin1");
          assert.deepEqual(told(keywords, lanesAfter, bytes), expected(keywords, bytes, 0, bytes.length));
        },
      ),
      runs(30),
    );
  });

  test(`what is found while hits are told does not change them, ${way}`, () => {
    const { find } = createAutomaton(["outer", "inner", "now"], lanesAfter);
    const inner = Buffer.from("inner ".repeat(2_000));
    // The first half asks for more while hits of the second half wait.
    const bytes = Buffer.from(`${" ".repeat(5_000)}now${" ".repeat(4_997)}${"outer ".repeat(800)}`.padEnd(20_000));
    const hits: string[] = [];
    find(bytes, 0, bytes.length, (number, start) => {
      hits.push(`${number} ${start}`);
      if (number === 2) find(inner, 0, inner.length, () => {});
    });
    assert.deepEqual(hits, ["2 5000", ...Array.from({ length: 800 }, (_, at) => `0 ${10_000 + 6 * at}`)]);
  });
}

test("what lies in the memory of the lanes is walked there, whatever lay there before and lies behind it", () => {
  fc.assert(
    fc.property(
      fc.array(keyword, { minLength: 1, maxLength: 6 }),
      text,
      fc.constantFrom(300, 2_048, 66_048, 66_100, 140_000),
      fc.constantFrom("file", "inflated"),
      fc.nat(40),
      fc.nat(300),
      (keywords, of, length, name, offset, from) => {
        const automaton = createAutomaton(keywords, 0);
        automaton.find(Buffer.alloc(256), 0, 256, () => {});
        const room = automaton.room(name);
        assert.ok(room !== undefined);
        room.fill(Buffer.from(keywords.join(""), "latin1"), 0, length + 200);
        // Behind other bytes nothing of them counts.
        const bytes = room.subarray(offset % 3 === 0 ? 0 : offset, offset + length);
        filled(of, bytes.length).copy(bytes);
        const hits: string[] = [];
        automaton.find(bytes, from, bytes.length, (number, start) => hits.push(`${start} ${number}`));
        assert.deepEqual(hits, expected(keywords, bytes, from, bytes.length));
      },
    ),
    runs(60),
  );
});

test("lanes are opened on the way, and what is found stays the same", () => {
  const { find } = createAutomaton(["ab", "bc"], 10_000);
  const bytes = filled("abc-", 6_000);
  const counts = Array.from({ length: 4 }, () => {
    let count = 0;
    find(bytes, 0, bytes.length, () => {
      count += 1;
    });
    return count;
  });
  assert.deepEqual(counts, [3_000, 3_000, 3_000, 3_000]);
});

test("finds the same where the runtime has no WebAssembly, or no memory for it", () => {
  const given = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly");
  const bytes = filled("one two", 5_000);
  const all = told(["one", "two"], Number.POSITIVE_INFINITY, bytes);
  const refused = {
    Memory: function refuse() {
      throw new RangeError("could not allocate memory");
    },
  };
  try {
    for (const value of [undefined, refused]) {
      Object.defineProperty(globalThis, "WebAssembly", { value, configurable: true, writable: true });
      assert.deepEqual(told(["one", "two"], 0, bytes), all);
    }
  } finally {
    Object.defineProperty(globalThis, "WebAssembly", given as PropertyDescriptor);
  }
});

test("keywords for which lanes have no room, and more of them than a table of 16 bits can tell apart", () => {
  const long = ["x".repeat(300), "y"];
  const bytes = filled(`${"x".repeat(301)}y`, 4_000);
  assert.deepEqual(told(long, 0, bytes), expected(long, bytes, 0, bytes.length));
  const many = Array.from({ length: 300 }, (_, at) => `K${at}-${"z".repeat(230)}`);
  const some = Buffer.from(`${many[7]}${many[299]?.toLowerCase()} ${many[0]?.slice(1)}`);
  assert.deepEqual(told(many, 0, some), ["0 7", `${many[7]?.length} 299`]);
});

test("a keyword with characters beyond ASCII does not hang its automaton, nor hide the others", () => {
  const found: number[] = [];
  const bytes = Buffer.from("an abc here");
  createAutomaton(["\u65e5\u672ctoken", "abc"]).find(bytes, 0, bytes.length, (keyword, start) =>
    found.push(keyword, start),
  );
  assert.deepEqual(found, [1, 3]);
});
