import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldType } from "../../fields/field.ts";
import type { Operator } from "../model.ts";
import { bytesOfAddress } from "./made.fixture.ts";
import { compileOperator, type Single } from "./operators.ts";

type Case = readonly [
  type: FieldType,
  operator: Operator,
  texts: string | readonly string[],
  yes: readonly Single[],
  no: readonly Single[],
];

const ip = bytesOfAddress;

const cases: readonly Case[] = [
  ["text", "=", "cat", ["cat"], ["Cat", "cat ", ""]],
  ["text", "==", "", [""], ["a"]],
  ["text", "!=", "cat", ["dog", ""], ["cat"]],
  ["text", "<", "b", ["a", "", "a\xff"], ["b", "ba"]],
  ["text", ">=", "\x80", ["\x80", "\xff"], ["z"]],
  ["text", "contains", "pass", ["/etc/passwd"], ["PASS", ""]],
  ["text", "contains", "", ["", "a"], []],
  ["text", "icontains", "PaSs", ["/etc/passwd", "PASS"], ["pas", ""]],
  ["text", "icontains", "\xc9", ["\xc9"], ["\xe9"]],
  ["text", "startswith", "/etc", ["/etc", "/etcetera"], ["/et", " /etc"]],
  ["text", "endswith", ".so", ["a.so"], ["a.so.1"]],
  ["text", "in", ["cat", "dog"], ["cat", "dog"], ["ca", ""]],
  ["text", "in", [], [], ["", "a"]],
  ["text", "intersects", ["cat"], ["cat"], ["dog"]],
  // `*` crosses directories; `?` is one byte.
  ["path", "glob", "/etc/*", ["/etc/", "/etc/a/b"], ["/etc"]],
  ["path", "glob", "*.conf", [".conf", "/a/b.conf"], ["a.confx"]],
  ["path", "glob", "/?/[a-c]*[!0-9]", ["/x/bz", "/x/a_"], ["/x/b9", "/xx/bz", "/x/dz"]],
  ["path", "glob", "a[]-]b", ["a]b", "a-b"], ["axb"]],
  ["path", "glob", "a[[:digit:]_]b", ["a1b", "a_b"], ["axb"]],
  ["path", "glob", "a\\*b", ["a*b"], ["axb", "a\\*b"]],
  ["path", "glob", "[a", ["[a"], ["a"]],
  ["path", "glob", "a\\", [], ["a", "a\\"]],
  ["path", "glob", "[[:nope:]]", [], ["n", "[[:nope:]]"]],
  ["path", "glob", "", [""], ["a"]],
  ["path", "glob", "CAT", ["CAT"], ["cat"]],
  ["path", "iglob", "C[A-B]T*", ["cat", "CbTx"], ["cct"]],
  // Whole components; empty ones count nowhere.
  [
    "path",
    "pmatch",
    ["/etc", "/var/run"],
    ["/etc", "/etc/passwd", "//etc//x", "/var/run/docker"],
    ["/etcetera", "/var", "/", ""],
  ],
  ["path", "pmatch", ["/"], ["/", "", "/a"], []],
  ["path", "pmatch", ["/home/*/.ssh"], ["/home/a/.ssh/id", "/home/a/.ssh"], ["/home/a/b/.ssh", "/home/.ssh"]],
  ["path", "pmatch", ["/a/b", "/a"], ["/a/c"], ["/b"]],
  ["path", "pmatch", ["/a", "/a/b"], ["/a/c"], ["/b"]],
  // Anchored at both ends.
  ["text", "regex", "c.t", ["cat"], ["cats", "xcat", "c\nt"]],
  ["text", "regex", "a|bc", ["a", "bc"], ["abc"]],
  ["text", "regex", "^cat$", ["cat"], ["cat\n"]],
  ["text", "regex", "a$\n^b", ["a\nb"], ["ab"]],
  ["text", "regex", "caf.", ["caf\xc3\xa9"], ["caf\xc3\xa9\xc3\xa9"]],
  ["text", "regex", "a.b", ["a\xffb"], ["a\xff\xffb"]],
  ["text", "regex", ".*[/]secret", ["/a/secret"], ["/a/secrets"]],
  ["bytes", "bcontains", "00ff", ["a\x00\xffb"], ["\x00a\xff"]],
  ["bytes", "bstartswith", "7F454c46", ["\x7fELF\x02"], ["ELF", "x\x7fELF"]],
  ["bytes", "=", "a\x00b", ["a\x00b"], ["a"]],
  ["bytes", "contains", "b", ["abc"], ["ac"]],
  ["number", "=", "10", [10, 10n], [11, 1]],
  ["number", "!=", "10", [11], [10, 10n]],
  ["number", "<", "-1", [-2], [-1, 0]],
  ["number", ">=", " 3", [3, 4n], [2]],
  ["number", "in", ["1", "2"], [1, 2n], [3]],
  ["big", "=", "9007199254740993", [9007199254740993n], [9007199254740992n]],
  ["big", ">", "18446744073709551614", [18446744073709551615n], [1n]],
  ["fraction", ">", "0.5", [0.75], [0.5]],
  ["boolean", "=", "true", [true], [false]],
  ["boolean", "!=", "true", [false], [true]],
  ["port", "=", "https", [443], [80]],
  ["port", "in", ["22", "ssh", "80"], [22, 80], [443]],
  ["port", "=", "", [0], [1]],
  ["address", "=", "10.0.0.1", [ip("10.0.0.1")], [ip("10.0.0.2"), ip("::1")]],
  // Another family is another address.
  ["address", "!=", "10.0.0.1", [ip("10.0.0.2"), ip("::1")], [ip("10.0.0.1")]],
  ["address", "in", ["::1", "10.0.0.1"], [ip("::1"), ip("10.0.0.1")], [ip("::2")]],
  ["network", "=", "10.0.0.0/9", [ip("10.127.255.255")], [ip("10.128.0.0"), ip("::1")]],
  ["network", "!=", "10.0.0.0/8", [ip("11.0.0.0"), ip("::1")], [ip("10.0.0.0")]],
  [
    "network",
    "in",
    ["fe80::/10", "192.168.0.0/16"],
    [ip("fe80::1"), ip("febf::1"), ip("192.168.9.9")],
    [ip("fec0::1")],
  ],
  ["network", "=", "0.0.0.0/0", [ip("1.2.3.4")], [ip("::1")]],
];

test("what each operator comes to, type by type", () => {
  for (const [type, operator, texts, yes, no] of cases) {
    const predicate = compileOperator(type, operator, undefined, typeof texts === "string" ? [texts] : texts);
    for (const value of yes) assert.equal(predicate(value), true, `${type} ${String(value)} ${operator} ${texts}`);
    for (const value of no) assert.equal(predicate(value), false, `${type} ${String(value)} ${operator} ${texts}`);
  }
});

test("oneof, anyof and allof count the constants that a comparison holds of", () => {
  const one = compileOperator("text", "contains", "oneof", ["a", "b"]);
  assert.deepEqual(["a", "b", "ab", "c"].map(one), [true, true, false, false]);
  const any = compileOperator("text", "startswith", "anyof", ["a", "b"]);
  assert.deepEqual(["ax", "bx", "c"].map(any), [true, true, false]);
  const all = compileOperator("text", "!=", "allof", ["a", "b"]);
  assert.deepEqual(["a", "b", "c"].map(all), [false, false, true]);
  for (const modifier of ["oneof", "anyof", "allof"] as const)
    assert.equal(compileOperator("text", "=", modifier, [])("a"), false);
});

test("a constant that is none of its type is refused", () => {
  const refused: readonly (readonly [FieldType, Operator, string, RegExp])[] = [
    ["number", "=", "ten", /ten is not a valid number/],
    ["number", "=", "1x", /not a valid number/],
    ["number", "=", "", /not a valid number/],
    ["number", "=", "99999999999999999999999", /not a valid number/],
    ["boolean", "=", "yes", /unrecognized boolean value yes/],
    ["port", "=", "nope", /unrecognized protocol nope/],
    ["port", "=", "70000", /unrecognized protocol/],
    ["address", "=", "10.0.0", /unrecognized IPv4 address 10\.0\.0/],
    ["address", "=", "x", /unrecognized IPv6 address x/],
    ["network", "=", "10.0.0.1", /unrecognized IP network/],
    ["network", "=", "10.0.0.0/33", /invalid netmask 33/],
    ["text", "=", "a\0b", /NUL/],
    ["text", "regex", "(", /invalid regex pattern/],
    ["bytes", "bcontains", "abc", /hex strings only/],
  ];
  for (const [type, operator, text, message] of refused)
    assert.throws(() => compileOperator(type, operator, undefined, [text]), message, `${type} ${text}`);
});
