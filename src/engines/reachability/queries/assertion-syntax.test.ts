import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { parseAssertions, splitPorts } from "./assertion-syntax.ts";
import { bounds } from "./bounds.ts";
import { matchesPattern } from "./peer-syntax.ts";

const kindsOf = (text: string) => {
  const { assertions, mistakes } = parseAssertions(text);
  assert.deepEqual(mistakes, [], text);
  return assertions.map(({ verb, from, to, ports, line }) => ({
    verb,
    from: from.map(({ kind }) => kind),
    to: to.map(({ kind }) => kind),
    ports: ports?.ports,
    protocol: ports?.protocol,
    line,
  }));
};

const mistakeIn = (text: string): string => {
  const { mistakes } = parseAssertions(text);
  assert.equal(mistakes.length, 1, text);
  const [{ line, cause } = { line: 0, cause: "" }] = mistakes;
  return `${line}: ${cause}`;
};

test("the forms of a line", () => {
  const lines = [
    ["allow shop/web -> shop/api:8080", "named", "named", [{ first: 8080, last: 8080 }], "TCP"],
    ["allow shop/web → shop/api:8080/udp", "named", "named", [{ first: 8080, last: 8080 }], "UDP"],
    ["deny * -> 169.254.169.254", "pods", "addresses", undefined, undefined],
    ["deny shop/* -> internet  # none of it", "named", "scope", undefined, undefined],
    ["deny any -> shop/Deployment/api:8000-8010", "everything", "named", [{ first: 8000, last: 8010 }], "TCP"],
    ["allow node -> shop/api:http", "node", "named", [{ name: "http" }], "TCP"],
    ["allow node/a.b-c->shop/api:*/SCTP", "node", "named", [{ first: 0, last: 65_535 }], "SCTP"],
    ["deny shop/web -> fd00:ec2::254", "named", "addresses", undefined, undefined],
    ["deny shop/web -> [fd00::/8]:443", "named", "addresses", [{ first: 443, last: 443 }], "TCP"],
    [
      "allow shop/web -> api.example.com:443,8443",
      "named",
      "domain",
      [
        { first: 443, last: 443 },
        { first: 8443, last: 8443 },
      ],
      "TCP",
    ],
    ["deny shop/web -> 10.0.0.0/8:8/ICMP", "named", "addresses", [{ first: 8, last: 8 }], "ICMP"],
  ] as const;
  for (const [text, from, to, ports, protocol] of lines) {
    assert.deepEqual(
      kindsOf(text),
      [{ verb: text.split(" ")[0], from: [from], to: [to], ports, protocol, line: 1 }],
      text,
    );
  }
});

test("sets, comments, empty lines and line ends of every kind", () => {
  const text =
    "\ufeff# first\r\n\r\nallow { shop/web , shop/api } -> {internet,10.0.0.0/8}:443\r\n   deny a/b -> c/d   \n";
  assert.deepEqual(
    kindsOf(text).map(({ line, from, to }) => [line, from.length, to.length]),
    [
      [3, 2, 2],
      [4, 1, 1],
    ],
  );
});

test("a mistake is told with its line and how it is written right", () => {
  assert.equal(mistakeIn("\nalow a/b -> c/d"), '2: "alow" is neither allow nor deny');
  assert.equal(mistakeIn("allow a/b c/d"), "1: no arrow");
  assert.equal(mistakeIn("allow a/b -> c/d -> e/f"), "1: more than one arrow");
  assert.equal(mistakeIn("allow web -> c/d"), '1: "web" is not a name');
  assert.equal(mistakeIn("allow {a/b -> c/d"), "1: a brace is not closed");
  assert.equal(mistakeIn("allow -> c/d"), "1: a name is missing");
  assert.equal(mistakeIn("allow a/b -> c/d:99999"), '1: "99999" is not a port');
  assert.equal(mistakeIn("allow a/b -> c/d:0"), '1: "0" is not a port');
  assert.equal(mistakeIn("allow a/b -> c/d:20-10"), "1: the range 20-10 ends before it begins");
  assert.equal(mistakeIn("allow a/b -> c/d:80/quic"), '1: unknown protocol "quic"');
  assert.equal(mistakeIn("allow a/b -> 10.0.0.0/33"), '1: "10.0.0.0/33" is not a name');
  assert.equal(mistakeIn(`deny * -> ${"a".repeat(bounds.lineLength)}`), `1: more than ${bounds.lineLength} characters`);
});

test("assertions and mistakes have their bounds", () => {
  const many = parseAssertions("deny * -> internet\n".repeat(bounds.assertions + 5));
  assert.equal(many.assertions.length, bounds.assertions);
  assert.equal(many.mistakes[0]?.line, bounds.assertions + 1);
  assert.equal(parseAssertions("x\n".repeat(500)).mistakes.length, bounds.mistakes);
});

test("whatever a file holds, it is read or refused with its line", () => {
  const part = fc.constantFrom(
    "allow",
    "deny",
    " ",
    "->",
    "→",
    "shop/web",
    "*",
    "{",
    "}",
    ",",
    ":",
    "/",
    "8080",
    "-",
    "#",
    "\n",
    "[",
    "]",
    "::1",
    "10.0.0.0/8",
    "internet",
    "node",
    "\u0000",
    "é",
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 40 }).map((parts) => parts.join("")),
    fc.string({ unit: codePoint }),
  );
  fc.assert(
    fc.property(text, (written) => {
      const { assertions, mistakes } = parseAssertions(written);
      const lines = written.split(/\r\n|\n|\r/).length;
      for (const { line } of [...assertions, ...mistakes]) assert.ok(line >= 1 && line <= lines);
      for (const { from, to } of assertions) assert.ok(from.length > 0 && to.length > 0);
    }),
    runs(2_000),
  );
});

test("what an assertion was read as is what its parts say when they are written anew", () => {
  const peer = fc.constantFrom(
    "shop/web",
    "shop/Deployment/web",
    "*",
    "any",
    "internet",
    "10.0.0.0/8",
    "fd00::1",
    "node",
  );
  const port = fc.constantFrom("80", "80-90", "http", "*", "80,443");
  fc.assert(
    fc.property(peer, fc.array(peer, { minLength: 1, maxLength: 3 }), port, (from, to, ports) => {
      const written = `deny ${from} -> {${to.join(", ")}}:${ports}`;
      const { assertions } = parseAssertions(written);
      assert.deepEqual(
        assertions[0]?.to.map(({ text }) => text),
        to,
      );
      assert.equal(assertions[0]?.ports?.text, ports);
    }),
  );
});

test("a port behind an address of IPv6 takes brackets", () => {
  assert.deepEqual(splitPorts("fd00::1"), { peers: "fd00::1" });
  assert.deepEqual(splitPorts("[fd00::1]:80"), { peers: "fd00::1", ports: "80" });
  assert.deepEqual(splitPorts("[fd00::1]"), { peers: "fd00::1" });
});

test("a pattern takes what its parts begin, hold and end", () => {
  const part = fc.constantFrom("a", "b", "*", "ab");
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.array(fc.constantFrom("a", "b"), { maxLength: 8 }),
      (pattern, text) => {
        const expression = new RegExp(`^${pattern.join("").replaceAll("*", ".*")}$`);
        assert.equal(matchesPattern(pattern.join(""), text.join("")), expression.test(text.join("")));
      },
    ),
  );
});
