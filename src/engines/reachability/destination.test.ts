import assert from "node:assert/strict";
import { test } from "node:test";
import { coversDestination, type Destination, parseDestination } from "./destination.ts";

const of = (text: string): Destination => {
  const parsed = parseDestination(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
};

test("names, addresses and blocks, each with a port or without", () => {
  assert.deepEqual(of("API.example.com.:443"), { kind: "domain", pattern: "api.example.com", port: 443 });
  assert.deepEqual(of("*.example.com"), { kind: "domain", pattern: "*.example.com" });
  const block = of("203.0.113.0/24:5432");
  assert.ok(block.kind === "addresses");
  assert.deepEqual([block.ranges[0]?.last, block.port], [0xcb0071ffn, 5432]);
  assert.deepEqual(of("2001:db8::443"), of("[2001:db8::443]"));
  assert.equal(of("[2001:db8::/32]:443").port, 443);
});

test("what is neither is refused: everything, a wrong address, a wrong port, a name in brackets", () => {
  for (const text of [
    "",
    "*",
    "*:443",
    "1.2.3.256",
    "10.0.0.0/33",
    "a.example:0",
    "a.example:65536",
    "a..b",
    "[a.b]",
    "https://a.b",
    "a b",
    "-a.b",
    "a.*.b",
  ]) {
    assert.equal(parseDestination(text), undefined, text);
  }
});

test("one covers another where it names all of it", () => {
  const covers = (one: string, other: string) => coversDestination(of(one), of(other));
  assert.ok(covers("*.example.com", "api.example.com:443"));
  assert.ok(covers("*.example.com", "*.eu.example.com"));
  assert.ok(covers("10.0.0.0/8", "10.1.0.0/16:80"));
  for (const [one, other] of [
    ["api.example.com:443", "api.example.com"],
    ["api.example.com:443", "api.example.com:80"],
    ["*.example.com", "example.com"],
    ["*.example.com", "notexample.com"],
    ["10.1.0.0/16", "10.0.0.0/8"],
    ["10.0.0.0/8", "a.example"],
    ["a.example", "10.0.0.1"],
  ] as const) {
    assert.ok(!covers(one, other), `${one} ${other}`);
  }
});
