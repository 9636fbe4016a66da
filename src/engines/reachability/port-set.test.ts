import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createPortSets, formatPorts, hasPort, intervalsOf, type PortInterval, type Protocol } from "./port-set.ts";

const PROTOCOLS: readonly Protocol[] = ["TCP", "UDP", "SCTP", "ICMP", "ICMPv6", "other"];
const LAST = { TCP: 65_535, UDP: 65_535, SCTP: 65_535, ICMP: 255, ICMPv6: 255, other: 0 };

/** Few numbers, so that ends meet. */
const edge = fc.constantFrom(0, 1, 2, 3, 79, 80, 81, 254, 255, 256, 65_534, 65_535, 70_000, -1);
const interval = fc
  .tuple(fc.constantFrom(...PROTOCOLS), edge, edge)
  .map(([protocol, a, b]): PortInterval => ({ protocol, first: Math.min(a, b), last: Math.max(a, b) }));
const intervals = fc.array(interval, { maxLength: 6 });
const places = PROTOCOLS.flatMap((protocol) =>
  [0, 1, 2, 3, 4, 78, 79, 80, 81, 82, 253, 254, 255, 256, 65_533, 65_534, 65_535]
    .filter((port) => port <= LAST[protocol])
    .map((port) => ({ protocol, port })),
);

const holds = (list: readonly PortInterval[], protocol: Protocol, port: number) =>
  list.some((one) => one.protocol === protocol && one.first <= port && port <= one.last);

describe("sets of ports", () => {
  test("hold what their intervals hold, and nothing behind a protocol's last port", () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const set = createPortSets().of(list);
        for (const { protocol, port } of places) {
          assert.equal(hasPort(set, protocol, port), holds(list, protocol, port), `${protocol} ${port}`);
        }
        for (const { protocol, first, last } of intervalsOf(set)) {
          assert.ok(first >= 0 && first <= last && last <= LAST[protocol]);
        }
      }),
    );
  });

  test("are combined port by port", () => {
    fc.assert(
      fc.property(intervals, intervals, (one, other) => {
        const sets = createPortSets();
        const [a, b] = [sets.of(one), sets.of(other)];
        for (const { protocol, port } of places) {
          const [inA, inB] = [holds(one, protocol, port), holds(other, protocol, port)];
          assert.equal(hasPort(sets.union(a, b), protocol, port), inA || inB);
          assert.equal(hasPort(sets.intersect(a, b), protocol, port), inA && inB);
          assert.equal(hasPort(sets.subtract(a, b), protocol, port), inA && !inB);
        }
      }),
    );
  });

  test("that are equal are one object, however they came about", () => {
    fc.assert(
      fc.property(intervals, intervals, (one, other) => {
        const sets = createPortSets();
        const [a, b] = [sets.of(one), sets.of(other)];
        assert.equal(sets.of(one.toReversed()), a);
        assert.equal(sets.union(a, b), sets.union(b, a));
        assert.equal(sets.subtract(sets.union(a, b), b), sets.subtract(a, b));
        assert.equal(sets.union(sets.subtract(a, b), sets.intersect(a, b)), a);
        assert.equal(sets.subtract(a, a), sets.none);
        assert.equal(sets.intersect(a, sets.all), a);
      }),
    );
  });

  test("read as ports are written", () => {
    const sets = createPortSets();
    const tcp = (first: number, last = first): PortInterval => ({ protocol: "TCP", first, last });
    const cases: readonly [PortInterval[], string][] = [
      [[], "none"],
      [[tcp(80)], "TCP 80"],
      [[tcp(80), tcp(8_000, 8_010), { protocol: "UDP", first: 53, last: 53 }], "TCP 80,8000-8010, UDP 53"],
      [[tcp(0, 65_535)], "TCP"],
      [[tcp(1, 65_535)], "TCP"],
      [[{ protocol: "ICMP", first: 8, last: 8 }], "ICMP 8"],
      [[{ protocol: "ICMP", first: 0, last: 255 }], "ICMP"],
      [[{ protocol: "ICMP", first: 1, last: 255 }], "ICMP 1-255"],
    ];
    for (const [list, text] of cases) assert.equal(formatPorts(sets.of(list)), text);
    assert.equal(formatPorts(sets.all), "all ports");
    assert.equal(
      formatPorts(sets.subtract(sets.all, sets.of([tcp(80)]))),
      "TCP 1-79,81-65535, UDP, SCTP, ICMP, ICMPv6, other",
    );
  });
});
