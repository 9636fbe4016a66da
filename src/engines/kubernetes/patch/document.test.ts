import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FieldPatch } from "../../../core/finding.ts";
import { POD } from "./document.fixture.ts";
import { patchDocument } from "./document.ts";

const set = (path: FieldPatch["path"], value: unknown): FieldPatch => ({ path, op: "set", value });
const add = (path: FieldPatch["path"], value: unknown): FieldPatch => ({ path, op: "add", value });
const remove = (path: FieldPatch["path"]): FieldPatch => ({ path, op: "remove" });

function becomes(before: string, patches: FieldPatch[], after: string): void {
  assert.deepEqual(patchDocument(before, patches), { text: after });
}

function refusal(before: string, ...patches: FieldPatch[]): string | undefined {
  const made = patchDocument(before, patches);
  return "refused" in made ? made.refused : undefined;
}

const web = ["spec", "containers", 0];
const side = ["spec", "containers", 1];

describe("an item that goes", () => {
  test("waits for patches of those behind it that touch it, or wait themselves", () => {
    becomes('{"c":[0,null]}', [set(["c", 1, "a"], 1), remove(["c", 0])], '{"c":[{"a":1}]}');
    becomes('{"c":[0,{}]}', [set(["c", 1, "a"], 1), set(["c", 1, "a"], 2), remove(["c", 0])], '{"c":[{"a":2}]}');
  });

  test("is no longer counted by what comes later", () =>
    becomes("c:\n- 0\n- 1\n- 2\n", [remove(["c", 0]), set(["c", 0], 5), remove(["c", 1])], "c:\n- 5\n"));
});

describe("a field is set", () => {
  test("in the place of another one", () =>
    becomes(
      POD,
      [set([...web, "securityContext", "privileged"], false)],
      POD.replace("privileged: true", "privileged: false"),
    ));

  test("in the quotes of the one before", () => {
    becomes(POD, [set([...web, "image"], "shop/web:2")], POD.replace("web:1", "web:2"));
    becomes(POD, [set([...side, "image"], "it's")], POD.replace("shop/side:1", "it''s"));
  });

  test("with the steps that it lacks, as the file is indented", () =>
    becomes(
      POD,
      [
        set([...web, "securityContext", "seccompProfile", "type"], "RuntimeDefault"),
        set(["spec", "securityContext", "runAsNonRoot"], true),
      ],
      POD.replace(
        "# for the old driver\n",
        "# for the old driver\n            seccompProfile:\n                type: RuntimeDefault\n",
      ).replace("'shop/side:1'}\n", "'shop/side:1'}\n    securityContext:\n        runAsNonRoot: true\n"),
    ));

  test("in braces", () =>
    becomes(
      POD,
      [set([...side, "securityContext", "privileged"], false)],
      POD.replace("'shop/side:1'}", "'shop/side:1', securityContext: {privileged: false}}"),
    ));

  test("by the alphabet, where keys are", () =>
    becomes(
      "a: 1\nc: 3 # c\nd:\n  x: y\n",
      [set(["b"], { z: [1] })],
      "a: 1\nb:\n  z:\n    - 1\nc: 3 # c\nd:\n  x: y\n",
    ));

  test("where nothing is written, or null, or an empty map", () => {
    becomes("a:\nb: 1\n", [set(["a", "x"], 1)], "a:\n  x: 1\nb: 1\n");
    becomes("a: # why\nb: 1\n", [set(["a"], "x")], "a: x # why\nb: 1\n");
    becomes("a: ~\nb: 1\n", [set(["a", "x"], 1)], "a:\n  x: 1\nb: 1\n");
    becomes("a: {} # why\nb: 1", [set(["a", "x", "z"], 1)], "a: # why\n  x:\n    z: 1\nb: 1");
  });

  test("with the line ends of the file", () =>
    becomes("a:\r\n  b: 1\r\n", [set(["a", "c", "d"], "e")], "a:\r\n  b: 1\r\n  c:\r\n    d: e\r\n"));

  test("behind the last line, which has no line end", () =>
    becomes("a:\n- b: 1", [set(["a", 0, "c"], 2)], "a:\n- b: 1\n  c: 2"));

  test("behind a block of text", () => {
    becomes("b: |\n  x\n  y\n\n", [set(["c"], 1)], "b: |\n  x\n  y\nc: 1\n\n");
    becomes("b: 1\na: |+\n  x\n\n", [set(["c"], 1)], "b: 1\nc: 1\na: |+\n  x\n\n");
  });

  test("so that it is a text to every reader", () =>
    becomes(
      "a: 1\n",
      [set(["b"], "yes"), set(["c"], "1e3"), set(["d"], ""), set(["no"], "a: b")],
      'a: 1\nb: "yes"\nc: "1e3"\nd: ""\n"no": "a: b"\n',
    ));
});

describe("an item is added", () => {
  test("to a list that is missing, in braces or in lines", () => {
    becomes("a: 1\n", [add(["b", "c"], "ALL")], "a: 1\nb:\n  c:\n    - ALL\n");
    becomes("a: [x]\n", [add(["a"], "ALL")], "a: [x, ALL]\n");
    becomes("a: []\n", [add(["a"], "ALL")], "a:\n  - ALL\n");
    becomes("a:\n- x # one\n", [add(["a"], { b: 1, c: [2] })], "a:\n- x # one\n- b: 1\n  c:\n  - 2\n");
  });
  test("once", () => becomes("a: [x]\n", [add(["a"], "x")], "a: [x]\n"));
});

describe("a field is removed", () => {
  test("with its line", () => becomes("a: 1\nb:\n  c: 2 # c\n# d\nd: 3\n", [remove(["b"])], "a: 1\n# d\nd: 3\n"));
  test("from the beginning of an item", () =>
    becomes(POD, [remove([...web, "ports", 0, "hostPort"])], POD.replace("hostPort: 80\n            ", "")));
  test("and nothing is left but the empty map", () =>
    becomes(
      POD,
      [remove([...web, "securityContext", "privileged"])],
      POD.replace("securityContext:\n            privileged: true", "securityContext: {}"),
    ));
  test("in braces", () => {
    becomes(POD, [remove([...side, "image"])], POD.replace(", image: 'shop/side:1'", ""));
    becomes(POD, [remove([...side, "name"])], POD.replace("name: side, ", ""));
  });
  test("with its dash", () => {
    becomes("a:\n- 1\n- 2 # b\n- 3\n", [remove(["a", 1])], "a:\n- 1\n- 3\n");
    becomes("a:\n- 1\n- 2", [remove(["a", 1])], "a:\n- 1");
    becomes("a: [1, 2]\n", [remove(["a", 1]), remove(["a", 0])], "a: []\n");
  });
  test("where not found, nothing changes", () => becomes(POD, [remove(["metadata", "name"])], POD));
});

describe("JSON stays JSON", () => {
  test("over several lines", () => {
    const value = { spec: { containers: [{ name: "web", securityContext: {} }], list: ["a"] } };
    const patches = [
      set(["spec", "containers", 0, "securityContext", "capabilities", "drop"], ["ALL"]),
      set(["spec", "x"], { y: 1 }),
      add(["spec", "list"], { z: 1 }),
    ];
    const after = {
      spec: {
        containers: [{ name: "web", securityContext: { capabilities: { drop: ["ALL"] } } }],
        list: ["a", { z: 1 }],
        x: { y: 1 },
      },
    };
    for (const indent of ["  ", "\t", "    "]) {
      becomes(JSON.stringify(value, undefined, indent), patches, JSON.stringify(after, undefined, indent));
    }
  });
  test("in one line", () =>
    becomes('{"a":{"b":1},"c":[]}', [set(["a", "d", "e"], "x"), add(["c"], 1)], '{"a":{"b":1,"d":{"e":"x"}},"c":[1]}'));
});

describe("it is refused", () => {
  test("where a value stands for several places", () => {
    const shared = /anchor/;
    assert.match(refusal("a: &x {b: 1}\nc: *x\n", set(["a", "b"], 2)) ?? "", shared);
    assert.match(refusal("a: &x {b: 1}\nc: *x\n", set(["c", "b"], 2)) ?? "", shared);
    assert.match(refusal("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2\n", set(["c", "b"], 2)) ?? "", shared);
    assert.match(refusal("a:\n- &x\n  b: 1\n- *x\n", set(["a", 1, "b"], 2)) ?? "", shared);
    assert.match(refusal("a: &x # why\n  b: 1\nc: *x\n", set(["a", "d"], 2)) ?? "", shared);
    assert.match(refusal("a: {b: &x 1}\nc: *x\n", remove(["a"])) ?? "", shared);
  });
  test("beside one it is made", () =>
    becomes("a: &x {b: 1}\nc: *x\nd: 1\n", [set(["d"], 2)], "a: &x {b: 1}\nc: *x\nd: 2\n"));
  test("where the values are of another form", () => {
    assert.equal(refusal("a: 1\n", set(["a", "b"], 2)), "a single value has no fields");
    assert.equal(refusal("a: [1]\n", set(["a", "b"], 2)), "a list has no fields");
    assert.equal(refusal("a: [1]\n", set(["a", 1], 2)), "no such item");
    assert.equal(refusal("a: 1\n", add(["a"], 2)), "not a list");
    assert.equal(refusal("a: 1\n", set(["__proto__", "b"], 2)), "a field of that name is not written");
    assert.equal(refusal("a: 1\n", remove([])), "the whole object");
  });
  test("where it is no document", () => {
    assert.equal(refusal("{{- if .Values.a }}\na: 1\n{{- end }}\n", set(["a"], 2)), "a template");
    assert.equal(refusal("a: [\n", set(["a"], 2)), "cannot be read");
  });
  test("where a key is there twice", () => assert.notEqual(refusal("a: 1\na: 2\n", remove(["a"])), undefined));
});
