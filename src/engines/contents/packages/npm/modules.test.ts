import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { modules } from "./modules.ts";

describe("modules", () => {
  test("a name means the nearest folder's, looking outwards", () => {
    const tree = modules();
    const a = tree.place(tree.root, "a", "1");
    const b = a && tree.place(a, "b", "2");
    tree.place(tree.root, "b", "3");
    assert.ok(a && b);
    assert.equal(tree.find(a, "b")?.key, "2");
    assert.equal(tree.find(b, "a")?.key, "1");
    assert.equal(tree.find(tree.root, "b")?.key, "3");
    assert.equal(tree.find(b, "c"), undefined);
    assert.ok(!tree.exhausted());
  });

  test("agrees with Node's rule on any tree", () => {
    const name = fc.constantFrom("a", "b", "c");
    const path = fc.array(name, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(path, { maxLength: 8 }), path, name, (paths, from, wanted) => {
        const tree = modules();
        const keys = new Set<string>();
        for (const parts of [...paths, from]) {
          let place = tree.root;
          for (const [index, part] of parts.entries()) {
            const key = parts.slice(0, index + 1).join("/");
            place = tree.place(place, part, key) ?? assert.fail();
            keys.add(key);
          }
        }
        const start = from.reduce((place, part) => place.below.get(part) ?? assert.fail(), tree.root);
        const candidates = from.map((_, index) => [...from.slice(0, from.length - index), wanted].join("/"));
        const expected = [...candidates, wanted].find((key) => keys.has(key));
        assert.equal(tree.find(start, wanted)?.key, expected);
      }),
    );
  });

  test("depth and looks are bounded", () => {
    const tree = modules();
    let place = tree.root;
    for (let depth = 0; depth < formatsBounds.depth; depth++) place = tree.place(place, "a", "x") ?? assert.fail();
    assert.equal(tree.place(place, "a", "x"), undefined);
    while (!tree.exhausted()) tree.find(place, "b");
    assert.equal(tree.find(place, "a"), undefined);
  });
});
