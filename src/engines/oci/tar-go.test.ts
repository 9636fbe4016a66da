/** Archives that readers take differently: each is held to what Go's archive/tar makes of the same bytes. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { paxEntry, tarEntry, tarOf } from "./image.fixture.ts";
import { createTarWalker } from "./tar.ts";

/** `type name [-> link] [= content]` of each entry. */
function listed(archive: Buffer): string[] {
  const lines: string[] = [];
  const walker = createTarWalker("layer 2 of test", {
    entry({ type, name, link, sparse }) {
      lines.push(`${type} ${name}${link === "" ? "" : ` -> ${link}`}${sparse ? " sparse" : ""}`);
      return true;
    },
    content: (_entry, bytes) => lines.push(`${lines.pop()} = ${bytes}`),
  });
  walker.write(archive);
  walker.end();
  return lines;
}

function refusal(archive: Buffer): string {
  try {
    listed(archive);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, "oci.tar");
    return `${error.place}: ${error.message}`;
  }
  throw new Error("the archive was accepted");
}

/** A header with some of its bytes written over, and its sum put right. */
function changed(entry: Parameters<typeof tarEntry>[0], changes: Readonly<Record<number, string>>): Buffer {
  const bytes = tarEntry(entry);
  for (const [at, text] of Object.entries(changes)) bytes.write(text, Number(at), "latin1");
  bytes.fill(0x20, 148, 156);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

const longName = (name: string) => ({ name: "././@LongLink", flag: "L", content: `${name}\0` });
const status = { name: "var/lib/dpkg/status", content: "x" };

suite("entries about which readers differ are refused, with the layer and the entry named", () => {
  const cases: Readonly<Record<string, readonly [Buffer, RegExp]>> = {
    "a pax path with a GNU long name": [
      tarOf([paxEntry({ path: "decoy" }), longName("var/lib/dpkg/status"), { name: "x" }]),
      /layer 2 of test, byte \d+: the entry "var\/lib\/dpkg\/status": two names/,
    ],
    "a pax link target with a GNU long one": [
      tarOf([paxEntry({ linkpath: "decoy" }), { name: "k", flag: "K", content: "real\0" }, { name: "x", flag: "2" }]),
      /the entry "x": two link targets/,
    ],
    "a pax path with the name of a sparse file": [
      tarOf([
        paxEntry({ path: "decoy", "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "real" }),
        { name: "x", content: "1\n" },
      ]),
      /the entry "real": two names/,
    ],
    "two pax headers": [tarOf([paxEntry({ path: "a" }), paxEntry({ uid: "1" }), status]), /two extended headers/],
    "two long names": [tarOf([longName("a"), longName("b"), status]), /the entry "b": two extended headers/],
    "a global header after an extended one": [
      tarOf([paxEntry({ path: "decoy" }), { ...paxEntry({ comment: "c" }), flag: "g" }, status]),
      /the entry "decoy": a global header stands between it and its extended header/,
    ],
    "a global header after a long name": [
      tarOf([longName("decoy"), { ...paxEntry({ comment: "c" }), flag: "g" }, status]),
      /a global header stands between/,
    ],
    "an empty pax path": [tarOf([paxEntry({ path: "" }), status]), /the entry "var\/lib\/dpkg\/status": .* empty path/],
    "an empty pax link target": [tarOf([paxEntry({ linkpath: "" }), { ...status, flag: "2" }]), /empty linkpath/],
    "an empty pax size": [tarOf([paxEntry({ size: "" }), status]), /empty size/],
    "an empty path of a global header": [
      tarOf([{ ...paxEntry({ path: "" }), flag: "g" }, status]),
      /the global header "PaxHeaders\/x": its records have an empty path/,
    ],
    "an empty long name": [tarOf([longName(""), status]), /empty long name/],
  };
  for (const [what, [archive, expected]] of Object.entries(cases)) {
    test(what, () => assert.match(refusal(archive), expected));
  }
});

suite("what Go takes from a header", () => {
  const one = (...blocks: Buffer[]): string[] => listed(Buffer.concat([...blocks, Buffer.alloc(1024)]));

  test("NUL bytes and blanks may stand before the digits of a size", () => {
    assert.deepEqual(one(changed(status, { 124: "\0\0\0\0\0\0\0\0\x001\0\0" })), ["file var/lib/dpkg/status = x"]);
    assert.deepEqual(one(changed(status, { 124: " \0 \0 \0     1" }).subarray(0, 1024)), [
      "file var/lib/dpkg/status = x",
    ]);
  });
  test("digits after a blank, and other signs, are no number", () => {
    for (const size of [
      "1 1\0\0\0\0\0\0\0\0\0",
      "+1\0\0\0\0\0\0\0\0\0\0",
      "0x1\0\0\0\0\0\0\0\0\0",
      "8\0\0\0\0\0\0\0\0\0\0\0",
    ]) {
      assert.match(refusal(changed(status, { 124: size })), /broken number/);
    }
  });
  test("numbers in base 256 are in two's complement", () => {
    assert.deepEqual(one(changed(status, { 124: "\x80\0\0\0\0\0\0\0\0\0\0\x01" })), ["file var/lib/dpkg/status = x"]);
    assert.match(refusal(changed(status, { 124: "\xff".repeat(12) })), /negative/);
    assert.match(refusal(changed(status, { 124: "\x80\x7f" })), /negative|broken number/);
  });
  test("a prefix belongs to ustar and star, each with its own length", () => {
    assert.deepEqual(one(changed({ name: "b" }, { 345: "a" })), ["file a/b = "]);
    const prefix = "p".repeat(140);
    assert.deepEqual(one(changed({ name: "b" }, { 345: prefix })), [`file ${prefix}/b = `]);
    const star = { 345: `${"p".repeat(131)}`, 476: "00000000000\x0000000000000\0", 508: "tar\0" };
    assert.deepEqual(one(changed({ name: "b" }, star)), [`file ${"p".repeat(131)}/b = `]);
  });
  test("with GNU's magic a prefix counts where it cannot be the times and is ASCII", () => {
    assert.deepEqual(one(changed({ name: "status" }, { 257: "ustar  \0", 345: "var/lib/dpkg" })), [
      "file var/lib/dpkg/status = ",
    ]);
    assert.deepEqual(one(changed({ name: "b" }, { 257: "ustar  \0", 345: "12345670123\0" })), ["file b = "]);
    assert.deepEqual(one(changed({ name: "b" }, { 257: "ustar  \0", 345: "a\xff" })), ["file b = "]);
  });
  test("with any other magic there is no prefix", () => {
    for (const magic of ["ustxr\x0000", "usXar\x0000", "ustar 00", "USTAR\x0000"]) {
      assert.deepEqual(one(changed({ name: "b" }, { 257: magic, 345: "a" })), ["file b = "]);
    }
  });
  test("the name of a sparse file counts for a sparse file alone", () => {
    assert.deepEqual(listed(tarOf([paxEntry({ "GNU.sparse.name": "decoy" }), status])), [
      "file var/lib/dpkg/status = x",
    ]);
  });
  test("a type that nobody knows has its content passed over, and takes what was said before it", () => {
    assert.deepEqual(listed(tarOf([paxEntry({ path: "label" }), { name: "V", flag: "V", content: "abc" }, status])), [
      "other label",
      "file var/lib/dpkg/status = x",
    ]);
  });
  test("a link or folder has no content, whatever size it states", () => {
    const folder = tarEntry({ name: "d", flag: "5", size: 1024 });
    assert.deepEqual(one(folder, tarEntry(status)), ["directory d", "file var/lib/dpkg/status = x"]);
  });
  test("of records with one key the last counts, of headers that are global none", () => {
    const twice = paxEntry({ path: "first" }).content as string;
    const again = paxEntry({ path: "second" }).content as string;
    assert.deepEqual(listed(tarOf([{ name: "x", flag: "x", content: twice + again }, { name: "n" }])), [
      "file second = ",
    ]);
    assert.deepEqual(listed(tarOf([{ ...paxEntry({ path: "evil" }), flag: "g" }, { name: "good" }])), [
      "other evil",
      "file good = ",
    ]);
  });
  test("the content of an extended header is records to its end", () => {
    const padded = `${paxEntry({ path: "a" }).content}\0\0`;
    assert.match(refusal(tarOf([{ name: "x", flag: "x", content: padded }, status])), /record has no length/);
  });
  test("two names that differ in bytes that are no UTF-8 stay two", () => {
    const names = [Buffer.from("app/\xff", "latin1"), Buffer.from("app/\xfe", "latin1"), Buffer.from("app/\ufffd")];
    const lines = one(...names.map((name) => changed({ name: "" }, { 0: name.toString("latin1") })));
    assert.equal(new Set(lines).size, 3);
    assert.deepEqual(one(changed({ name: "ü" }, {})), ["file ü = "]);
  });
});
