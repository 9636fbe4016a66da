/** Forms that YAML 1.2 and the readers of Kubernetes take otherwise: as those take them, or told. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cutDocuments, foreignLineBreak, readDocument } from "./documents.ts";
import { plainValue } from "./value.ts";

/** The values of a stream, and the codes of what is told of it. */
function stream(text: string): { readonly values: unknown[]; readonly told: string[] } {
  const { text: cut, faults } = cutDocuments("x", text, 100);
  const told: string[] = faults.map(({ code }) => code);
  const values = cut.documents.flatMap((range) => {
    const reading = readDocument(text, range);
    const own = [...reading.faults];
    const value = reading.node == null ? reading.node : plainValue(reading.node, own);
    told.push(...own.map(({ code }) => code));
    return value === null ? [] : [value];
  });
  return { values, told };
}

describe("documents are cut where kubectl cuts them", () => {
  for (const line of ["---", "---#x: |", "---# x: |", "--- # x", "---\t", "---\r", "---\u00a0"]) {
    test(`${JSON.stringify(line)} ends a document`, () => {
      assert.deepEqual(stream(`a: 1\n${line}\nb: 2\n`), { values: [{ a: 1 }, { b: 2 }], told: [] });
    });
  }
  for (const line of ["--- {a: b}", "--- x", "---x: |", "----", "-----BEGIN"]) {
    test(`${JSON.stringify(line)} is an error to it, and told`, () => {
      assert.ok(stream(`a: 1\n${line}\n`).told.includes("separator"));
    });
  }
  test("---# with no line before it is a text to it, and told", () => {
    assert.ok(stream("---#x: |\n  a: b\n").told.includes("separator"));
    assert.ok(stream("a: 1\n---\n---#x: |\n  a: b\n").told.includes("separator"));
  });
  test("what stands behind three dots is not read by it, and told", () => {
    assert.deepEqual(stream("a: 1\n...\n# c\n\n---\nb: 2\n...\n"), { values: [{ a: 1 }, { b: 2 }], told: [] });
    assert.deepEqual(stream("a: 1\n...\nb: 2\n").told, ["separator"]);
  });
});

describe("merge keys", () => {
  for (const key of ["<<", "! <<", '! "<<"', "!!merge <<", '!!merge "<<"', "! '<<'"]) {
    test(`${key} merges`, () => {
      assert.deepEqual(stream(`spec:\n  ${key}: {hostPID: true}\n  a: b\n`), {
        values: [{ spec: { hostPID: true, a: "b" } }],
        told: [],
      });
    });
  }
  for (const key of ["!!merge hostPID", "!!binary aG9zdFBJRA==", "!x hostPID", "!!str <<"]) {
    test(`a key with another tag is no key to rely on: ${key}`, () => {
      assert.deepEqual(stream(`spec:\n  ${key}: {hostPID: true}\n`), {
        values: [undefined],
        told: ["yaml"],
      });
    });
  }
  test("a tag of no name makes a text of all else", () => {
    assert.deepEqual(stream('! hostPID: ! "yes"\n! 1: ! yes\n'), {
      values: [{ hostPID: "yes", 1: "yes" }],
      told: [],
    });
  });
  test("in flow style too", () => {
    assert.deepEqual(stream("x: &x {a: 1}\nz: {<<: *x, b: 2}\n").values, [{ x: { a: 1 }, z: { a: 1, b: 2 } }]);
    assert.deepEqual(stream("z: {<<: {a: 1}}\n").values, [{ z: { a: 1 } }]);
  });
  test("in quotes it is a key like others", () => {
    assert.deepEqual(stream('z: {"<<": {a: 1}}\n').values, [{ z: { "<<": { a: 1 } } }]);
  });
  test("what is merged states a key itself in place of what it merges", () => {
    const text = "w: &w {a: 1}\nx: &x {<<: *w, a: 2}\nz:\n  <<: *x\n";
    assert.deepEqual(stream(text), { values: [{ w: { a: 1 }, x: { a: 2 }, z: { a: 2 } }], told: [] });
  });
  test("a key twice in what is merged is told", () => {
    assert.deepEqual(stream("z:\n  <<: {a: 1, a: 2}\n"), {
      values: [{ z: { a: 2 } }],
      told: ["duplicate-key"],
    });
  });
});

describe("anchors", () => {
  test("an alias within what is aliased stands for what had the name at its own place", () => {
    const text = "a: [&p SYS_ADMIN]\nb: &c [*p]\nd: &p NET_BIND_SERVICE\ne: *c\nf: *p\n";
    assert.deepEqual(stream(text).values, [
      {
        a: ["SYS_ADMIN"],
        b: ["SYS_ADMIN"],
        d: "NET_BIND_SERVICE",
        e: ["SYS_ADMIN"],
        f: "NET_BIND_SERVICE",
      },
    ]);
  });
  test("a name that is given within what has it too is the later one's", () => {
    assert.deepEqual(stream("a: &x [&x 1, *x]\nb: *x\n").values, [{ a: [1, 1], b: 1 }]);
  });
  test("names of other characters, and keys by them, are told", () => {
    for (const text of ["a: &é 1\n", "&x a: 1\n", "a: &x b\n*x : 1\n"]) {
      assert.deepEqual(stream(text).told, ["yaml"], text);
    }
  });
});

test("a block whose indentation is stated and that ends in a line of spaces is told", () => {
  for (const end of ["   ", "   \n", "\n   "])
    assert.deepEqual(stream(`a: |2\n   x\n${end}`).told, ["yaml"], JSON.stringify(end));
  assert.deepEqual(stream("a: |2\n   x\n"), { values: [{ a: " x\n" }], told: [] });
});

describe("single values", () => {
  const cases: readonly [string, unknown][] = [
    [".5_1", 0.51],
    ["._5", "._5"],
    [".1E400", ".1E400"],
    ["0b-11", -3],
    ["0xFFFFFFFFFFFFFFFF", 2 ** 64],
    ["0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"],
    ["-0xFFFFFFFFFFFFFFFF", "-0xFFFFFFFFFFFFFFFF"],
    ["!!str yes", "yes"],
    ['!!bool "true"', true],
    ["!!int 7", 7],
    ["[-, -]", ["-", "-"]],
    ["'''\n0: i'", "' 0: i"],
  ];
  for (const [text, value] of cases) {
    test(text, () => assert.deepEqual(stream(`a: ${text}\n`), { values: [{ a: value }], told: [] }));
  }
  for (const text of [
    "!",
    "[!, a]",
    "[!!str, a]",
    "!!binary aGk=",
    "!!int x",
    "!!set {a: b}",
    "{a:}",
    "{?3}",
    "[a?b]",
  ]) {
    test(`${text} is told`, () => assert.deepEqual(stream(`a: ${text}\n`).told, ["yaml"]));
  }
  test("numbers as keys are written as Kubernetes writes them, or told", () => {
    assert.deepEqual(stream("1: a\n1.5: b\n0x10: c\nyes: d\n").values, [{ 1: "a", 1.5: "b", 16: "c", true: "d" }]);
    for (const key of [".5_1", "1e3", "~", "1.23456789", "18446744073709551615"]) {
      assert.deepEqual(stream(`${key}: a\n`).told, ["yaml"], key);
    }
  });
});

test("quoted texts and brackets go on in lines that are indented as they like, beside anchors too", () => {
  const rule = "- rule: 'self.all(p1, p1.kind\n  == '''')'\n  args: [a,\nb, {c: \"d\ne\"}\n]\n  next: f\n";
  const read = { rule: "self.all(p1, p1.kind == '')", args: ["a", "b", { c: "d e" }], next: "f" };
  assert.deepEqual(stream(`x:\n${rule}`), { values: [{ x: [read] }], told: [] });
  assert.deepEqual(stream(`z: &z 1\nx:\n${rule}`), { values: [{ z: 1, x: [read] }], told: [] });
  for (const text of ["a: 'b\n  c': d\n", "a: [b,\nc: d\n", "a: 'b\n---\nc'\n"]) {
    assert.ok(stream(text).told.includes("yaml"), text);
  }
});

describe("blocks and breaks", () => {
  test("the last line ends with a line break, whether it is there or not", () => {
    assert.deepEqual(stream("a: |\n  b").values, [{ a: "b\n" }]);
  });
  test("blank lines before a block of a stated indentation are its own", () => {
    const text = "x:\n  a: |2-\n\n\n      b\n  c: |2\n\n      d\n\n  e: f\n";
    assert.deepEqual(stream(text), { values: [{ x: { a: "\n\n  b", c: "\n  d\n", e: "f" } }], told: [] });
  });
  test("blank lines that readers end differently are told", () => {
    for (const text of ['a: "\\\n\n  b"\n', "a: |2\n   \nb: c\n", "| # c\nb\n"]) {
      assert.deepEqual(stream(text).told, ["yaml"], JSON.stringify(text));
    }
  });
  test("a mark of byte order behind a line break, and line breaks of YAML 1.1", () => {
    for (const text of ["a: 1\n\ufeffb: 2\n", "a: 1 # \u2028b: 2\n", "a: 1 # \u0085b: 2\n", "a: 1 # \rb: 2\n"]) {
      assert.notEqual(foreignLineBreak(text), undefined, JSON.stringify(text));
    }
    // A text that begins with a brace is JSON to kubectl, to which most of these are characters like others.
    assert.equal(foreignLineBreak(' {"a": "\u2028"}'), undefined);
    assert.notEqual(foreignLineBreak('{"a":\r1}'), undefined);
    assert.notEqual(foreignLineBreak('["\u2028"]'), undefined);
    assert.equal(foreignLineBreak("\ufeffa: b\r\nc: \ufeff\n"), undefined);
  });
});
