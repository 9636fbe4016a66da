import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMergedTree, type TreeEntry } from "../../oci/tree.ts";
import { createMergedPermissions } from "./merged.ts";
import type { StatedPermissions } from "./model.ts";

type Entry = readonly [path: string, mode?: number | undefined, more?: Partial<TreeEntry<string>>];

function statedOf(mode: number | undefined, type: string): StatedPermissions | undefined {
  return mode === undefined ? undefined : { type: type === "directory" ? "directory" : "file", mode };
}

/** `path mode@layer`, and `-removedIn` of what is gone. */
function merged(...layers: readonly (readonly Entry[])[]): string[] {
  const tree = createMergedTree<string>(() => false);
  const permissions = createMergedPermissions((path) => tree.resolve(path));
  for (const [layer, entries] of layers.entries()) {
    for (const [path, mode, more] of entries) {
      const entry = { type: "file", path, link: "", ...more } as const;
      if (tree.apply(layer, entry)) permissions.apply(layer, entry, statedOf(mode, entry.type));
    }
  }
  return permissions
    .finish()
    .map(
      ({ path, mode, layer, removedIn }) =>
        `${path} ${mode.toString(8)}@${layer}${removedIn === undefined ? "" : `-${removedIn}`}`,
    );
}

const folder = { type: "directory" } as const;
const link = (to: string) => ({ type: "symlink", link: to }) as const;
const hard = (to: string) => ({ type: "hardlink", link: to }) as const;

test("what a layer states is there until a higher one says otherwise", () => {
  assert.deepEqual(merged([["usr/bin/su", 0o4755]]), ["usr/bin/su 4755@0"]);
  assert.deepEqual(merged([["usr/bin/su", 0o4755]], [["usr/bin/su"]]), ["usr/bin/su 4755@0-1"]);
  assert.deepEqual(merged([["usr/bin/su", 0o4755]], [["usr/bin/su", 0o4711]]), [
    "usr/bin/su 4755@0-1",
    "usr/bin/su 4711@1",
  ]);
});

test("whiteouts, opaque folders, and what stands in the place of a folder take away what is below", () => {
  const lower: Entry[] = [["a/b/su", 0o4755]];
  for (const path of [
    "a/b/.wh.su",
    "a/.wh.b",
    ".wh.a",
    "a/b/.wh..wh..opq",
    "a/.wh..wh..opq",
    ".wh..wh..opq",
    "a/b",
    "a",
  ]) {
    assert.deepEqual(merged(lower, [[path]]), ["a/b/su 4755@0-1"], path);
  }
  assert.deepEqual(merged(lower, [["a", undefined, link("c")]]), ["a/b/su 4755@0-1"]);
  for (const path of ["a/b/.wh.s", "a/.wh.su", ".wh.b", "b", "a/b/su/.wh.x"]) {
    assert.deepEqual(merged(lower, [[path]]), ["a/b/su 4755@0"], path);
  }
  assert.deepEqual(merged(lower, [["a/b", undefined, folder]]), ["a/b/su 4755@0"]);
});

test("a whiteout takes away what lower layers hold, and not what its own brings", () => {
  const own: Entry[] = [["a/su", 0o4755], ["a/.wh..wh..opq"], [".wh.a"]];
  assert.deepEqual(merged(own), ["a/su 4755@0"]);
  assert.deepEqual(merged([["a/x", 0o4711]], own), ["a/su 4755@1", "a/x 4711@0-1"]);
});

test("of one layer the later entry counts, and the earlier was never there", () => {
  assert.deepEqual(merged([["su", 0o4755], ["su"]]), []);
  assert.deepEqual(merged([["su"], ["su", 0o4755]]), ["su 4755@0"]);
});

test("a folder that everybody may write keeps what is in it, and a layer that closes it says nothing of that", () => {
  const open: Entry[] = [
    ["d", 0o777, folder],
    ["d/f", 0o666],
  ];
  assert.deepEqual(merged(open), ["d 777@0", "d/f 666@0"]);
  assert.deepEqual(merged(open, [["d", undefined, folder]]), ["d/f 666@0"]);
  assert.deepEqual(merged(open, [[".wh.d"]]), [], "what is no program is forgotten");
});

test("through a symlink the file is where it really is, and is told when it goes", () => {
  const lower: Entry[] = [
    ["usr/bin", undefined, folder],
    ["bin", undefined, link("usr/bin")],
    ["bin/su", 0o4755],
  ];
  assert.deepEqual(merged(lower), ["usr/bin/su 4755@0"]);
  assert.deepEqual(merged(lower, [["usr/bin/.wh.su"]]), ["usr/bin/su 4755@0-1"]);
  // The link alone goes: the file stays where it is.
  assert.deepEqual(merged(lower, [[".wh.bin"]]), ["usr/bin/su 4755@0"]);
});

test("another name of a setuid file is setuid, whatever its own entry says", () => {
  assert.deepEqual(merged([["su", 0o4755]], [["x", undefined, hard("su")]]), ["su 4755@0", "x 4755@1"]);
  assert.deepEqual(
    merged([
      ["su", 0o4755],
      ["x", 0o4755, hard("su")],
    ]),
    ["su 4755@0", "x 4755@0"],
  );
  assert.deepEqual(merged([["d", 0o777, folder]], [["x", undefined, hard("d")]]), ["d 777@0"]);
  // What the link replaces is gone, also where it is the file itself.
  assert.deepEqual(merged([["su", 0o4755]], [["su", undefined, hard("su")]]), ["su 4755@0-1", "su 4755@1"]);
});

test("whiteouts are no files, whatever mode they have", () => {
  assert.deepEqual(
    merged([
      [".wh.x", 0o4777],
      ["a/.wh..wh..opq", 0o666],
    ]),
    [],
  );
});

test("property: what is there is what the merged tree holds, where no symlink leads elsewhere", () => {
  const entry = fc.tuple(
    fc.constantFrom(
      "a",
      "b",
      "a/a",
      "a/b",
      "b/a",
      "a/a/a",
      ".wh.a",
      ".wh.b",
      "a/.wh.a",
      ".wh..wh..opq",
      "a/.wh..wh..opq",
    ),
    fc.constantFrom(undefined, 0o4755),
    fc.constantFrom({}, folder),
  );
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 4 }), (layers) => {
      const tree = createMergedTree<string>(() => true);
      for (const [layer, entries] of layers.entries()) {
        for (const [path, mode, more] of entries) {
          const payload = mode === undefined || "type" in more ? {} : { payload: "setuid" };
          // A whiteout that runtimes read in different ways is a gap: what is told then is the more of the two.
          fc.pre(tree.apply(layer, { type: "file", path, link: "", ...more, ...payload }));
        }
      }
      const files: Entry[][] = layers.map((own) =>
        own.map(([path, mode, more]) => ("type" in more ? [path, undefined, more] : [path, mode, more])),
      );
      assert.deepEqual(
        merged(...files).filter((text) => !text.includes("-")),
        tree.files().map(({ path, layer }) => `${path} 4755@${layer}`),
      );
    }),
  );
});

test("property: no entries make it fail, and each is in one place at most", () => {
  const path = fc.array(fc.constantFrom("a", "b", ".wh.a", ".wh..wh..opq", "..", "c d", "é"), {
    minLength: 1,
    maxLength: 4,
  });
  const entry = fc.tuple(
    path.map((names) => names.join("/")),
    fc.option(fc.nat(0o7777), { nil: undefined }),
    fc.constantFrom({}, folder, link("a"), link("/b/../a"), hard("a/b")),
  );
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 8 }), { maxLength: 4 }), (layers) => {
      const there = merged(...layers).filter((text) => !/-\d+$/.test(text));
      const paths = there.map((text) => text.slice(0, text.lastIndexOf(" ")));
      assert.equal(new Set(paths).size, paths.length);
    }),
  );
});
