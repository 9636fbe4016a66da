import assert from "node:assert/strict";
import { isIP, SocketAddress } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatAddress, parseAddress } from "../../core/ip-address.ts";
import { type AddressRange, covers, formatRange, overlap, parseCidr, subtract, union } from "./addresses.ts";

describe("addresses", () => {
  test("are read as Node reads them, save zones and leading zeros", () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.stringMatching(/^[0-9a-f:.]{0,20}$/),
      fc.constantFrom(
        "::",
        "::1",
        "1::",
        "::ffff:1.2.3.4",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4",
        "01.2.3.4",
        "1.2.3",
        "",
      ),
    );
    fc.assert(
      fc.property(text, (one) => {
        const parsed = parseAddress(one);
        assert.equal(parsed !== undefined, isIP(one) !== 0, one);
        if (parsed === undefined) return;
        assert.deepEqual(parseAddress(formatAddress(parsed)), parsed);
        const family = parsed.family === 4 ? "ipv4" : "ipv6";
        // An address of IPv4 in one of IPv6 is that of IPv4 here.
        if (isIP(one) === parsed.family && !one.includes(".")) {
          const written = new SocketAddress({ address: one, family }).address;
          // Node writes the last 32 bits of some as IPv4.
          if (!written.includes(":") || !written.includes(".")) assert.equal(formatAddress(parsed), written);
          else assert.deepEqual(parseAddress(written), parsed);
        }
      }),
      { examples: [["::102:304"]] },
    );
  });

  test("of a CIDR are those with its prefix", () => {
    const cases: readonly [string, string | undefined][] = [
      ["10.0.0.0/8", "10.0.0.0/8"],
      ["10.1.2.3/8", "10.0.0.0/8"],
      ["10.1.2.3", "10.1.2.3"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["fd00::1/8", "fd00::/8"],
      ["10.0.0.0/33", undefined],
      ["10.0.0.0/08", undefined],
      ["10.0.0.0/", undefined],
      ["10.0.0.0/8/8", undefined],
      ["fd00::/129", undefined],
    ];
    for (const [text, expected] of cases) {
      const range = parseCidr(text);
      assert.equal(range === undefined ? undefined : formatRange(range), expected, text);
    }
  });
});

/** Small numbers, so that ranges meet. */
const range = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
  .map(([family, a, b]): AddressRange => ({ family, first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) }));
const ranges = fc.array(range, { maxLength: 6 });
const every = [4, 6].flatMap((family) =>
  Array.from({ length: 23 }, (_, value) => ({ family: family as 4 | 6, first: BigInt(value), last: BigInt(value) })),
);
const isIn = (one: AddressRange, list: readonly AddressRange[]) => list.some((each) => covers(each, one));

describe("ranges of addresses", () => {
  test("are united and subtracted address by address", () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [united, rest] = [union([...a, ...b]), subtract(a, b)];
        for (const one of every) {
          assert.equal(isIn(one, united), isIn(one, a) || isIn(one, b));
          assert.equal(isIn(one, rest), isIn(one, a) && !isIn(one, b));
        }
        for (const [index, one] of united.entries()) {
          const next = united[index + 1];
          if (next?.family === one.family) assert.ok(one.last + 1n < next.first, "united ranges do not touch");
        }
      }),
    );
  });

  test("overlap where an address is in both", () => {
    fc.assert(
      fc.property(range, range, (a, b) => {
        assert.equal(
          overlap(a, b),
          every.some((one) => covers(a, one) && covers(b, one)),
        );
      }),
    );
  });
});
