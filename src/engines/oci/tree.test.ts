import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { cleanPath } from "./path.ts";
import type { TarEntryType } from "./tar.ts";
import { createMergedTree, type MergedTree, type TreeEntry } from "./tree.ts";

type Layer = readonly TreeEntry<string>[];

function file(path: string, payload?: string): TreeEntry<string> {
  return { type: "file", path, link: "", ...(payload === undefined ? {} : { payload }) };
}
function folder(path: string): TreeEntry<string> {
  return { type: "directory", path, link: "" };
}
function symlink(path: string, link: string): TreeEntry<string> {
  return { type: "symlink", path, link };
}
function hardlink(path: string, link: string): TreeEntry<string> {
  return { type: "hardlink", path, link };
}

function merge(...layers: Layer[]): MergedTree<string> {
  const tree = createMergedTree<string>(() => true);
  for (const [i, layer] of layers.entries()) for (const entry of layer) tree.apply(i, entry);
  return tree;
}

/** path=payload of what survives. */
function survivors(...layers: Layer[]): string[] {
  return merge(...layers)
    .files()
    .map(({ path, payload }) => `${path}=${payload}`);
}

test("a higher layer's file replaces the lower one and keeps it as its previous version", () => {
  const [only] = merge([file("a", "1")], [file("a", "2")], [file("a", "3")]).files();
  assert.deepEqual([only?.payload, only?.layer], ["3", 2]);
  assert.deepEqual([only?.previous?.payload, only?.previous?.previous?.payload], ["2", "1"]);
});

test("a whiteout removes files and whole folders of lower layers, and cuts the history", () => {
  assert.deepEqual(survivors([file("a/x", "1"), file("b", "1")], [file("a/.wh.x")]), ["b=1"]);
  assert.deepEqual(survivors([file("a/x/y", "1"), file("a/z", "1")], [file("a/.wh.x")]), ["a/z=1"]);
  const [back] = merge([file("a", "1")], [file(".wh.a")], [file("a", "1")]).files();
  assert.deepEqual([back?.layer, back?.previous], [2, undefined]);
});

test("whiteouts touch lower layers only, whatever the order in the archive", () => {
  const lower = [file("a/old", "1")];
  assert.deepEqual(survivors(lower, [file("a/new", "2"), file(".wh.a")]), ["a/new=2"]);
  assert.deepEqual(survivors(lower, [file(".wh.a"), file("a/new", "2")]), ["a/new=2"]);
  assert.deepEqual(survivors(lower, [file("a/.wh..wh..opq"), file("a/new", "2")]), ["a/new=2"]);
  assert.deepEqual(survivors(lower, [file("a/new", "2"), file("a/.wh..wh..opq")]), ["a/new=2"]);
});

test("a re-added file survives the whiteout of its own layer", () => {
  assert.deepEqual(survivors([file("a", "1")], [file(".wh.a"), file("a", "2")]), ["a=2"]);
  assert.deepEqual(survivors([file("a", "1")], [file("a", "2"), file(".wh.a")]), ["a=2"]);
});

test("an opaque folder hides everything below, however deep", () => {
  assert.deepEqual(survivors([file("a/b/c", "1"), file("d", "1")], [file("a/.wh..wh..opq")]), ["d=1"]);
});

test("a folder replaced by a file loses its subtree without any whiteout", () => {
  assert.deepEqual(survivors([file("a/b", "1")], [file("a")]), []);
  assert.deepEqual(survivors([file("a/b", "1")], [symlink("a", "elsewhere")]), []);
  assert.deepEqual(survivors([file("a", "1")], [file("a/b", "2")]), ["a/b=2"]);
  assert.deepEqual(survivors([file("a/b", "1")], [folder("a")]), ["a/b=1"]);
});

test("entries below a symlinked folder land where the link leads", () => {
  assert.deepEqual(survivors([folder("usr/lib"), symlink("lib", "usr/lib")], [file("lib/db", "1")]), ["usr/lib/db=1"]);
  assert.deepEqual(survivors([file("usr/lib/db", "1"), symlink("lib", "/usr/lib")], [file("lib/.wh.db")]), []);
  assert.deepEqual(survivors([symlink("lib", "usr/lib"), folder("lib")], [file("lib/db", "1")]), ["lib/db=1"]);
});

test("symlinks never leave the root", () => {
  assert.deepEqual(survivors([symlink("out", "../../../../etc")], [file("out/passwd", "1")]), ["etc/passwd=1"]);
  const tree = merge([symlink("etc/os-release", "../../../usr/lib/os-release"), file("usr/lib/os-release", "1")]);
  assert.equal(tree.resolve("etc/os-release"), "usr/lib/os-release");
});

test("loops of symlinks are refused and end", () => {
  const tree = merge([symlink("a", "b"), symlink("b", "a"), symlink("self", "self/self/self")]);
  assert.equal(tree.apply(0, file("a/x", "1")), false);
  assert.equal(tree.apply(0, file("self/x", "1")), false);
  assert.equal(tree.resolve("a"), undefined);
  assert.deepEqual(tree.files(), []);
});

test("a hard link carries its target's content, also when the target goes", () => {
  assert.deepEqual(survivors([file("a", "1"), hardlink("b", "a")], [file(".wh.a")]), ["b=1"]);
});

test("a hard link to content that nobody read is listed until it is filled or gone", () => {
  const tree = merge(
    [file("store/x"), hardlink("a", "store/x"), hardlink("b", "a")],
    [hardlink("c", "store/x"), file(".wh.b")],
  );
  assert.deepEqual(
    tree.unreadLinks().map(({ path, target, layer }) => [path, target, layer]),
    [
      ["a", "store/x", 0],
      ["c", "store/x", 1],
    ],
  );
  for (const link of tree.unreadLinks()) tree.fill(link, "content");
  assert.deepEqual(
    tree.files().map(({ path, payload }) => `${path}=${payload}`),
    ["a=content", "c=content"],
  );
  assert.deepEqual(tree.unreadLinks(), []);
});

test("ten thousand levels are refused, and so are paths that are none", () => {
  assert.equal(cleanPath(`${"d/".repeat(10_000)}f`), undefined);
  assert.equal(cleanPath(`${"d/".repeat(bounds.pathDepth)}f`), undefined);
  assert.equal(cleanPath("a\0b"), undefined);
  for (const [written, clean] of [
    ["/etc/passwd", "etc/passwd"],
    ["./a//b/./c/", "a/b/c"],
    ["../../etc/passwd", "etc/passwd"],
    ["a/../../b", "b"],
    [".", ""],
    ["/", ""],
    ["..", ""],
    ["a..b", "a..b"],
    [".hidden", ".hidden"],
  ] as const) {
    assert.equal(cleanPath(written), clean);
  }
});

/**
 * The specification as plainly as it can be written, for layers without links: each layer first removes what its
 * whiteouts name from what is below, then adds its own entries.
 */
function reference(layers: readonly Layer[]): string[] {
  const files = new Map<string, string | undefined>();
  const remove = (path: string, itself: boolean) => {
    for (const key of [...files.keys()]) if ((itself && key === path) || key.startsWith(`${path}/`)) files.delete(key);
  };
  for (const layer of layers) {
    for (const { path } of layer) {
      const slash = path.lastIndexOf("/");
      const parent = path.slice(0, Math.max(0, slash));
      const name = path.slice(slash + 1);
      if (name === ".wh..wh..opq") {
        if (parent === "") files.clear();
        else remove(parent, false);
      } else if (name.startsWith(".wh.")) remove(parent === "" ? name.slice(4) : `${parent}/${name.slice(4)}`, true);
    }
    for (const { path, type, payload } of layer) {
      if (path.slice(path.lastIndexOf("/") + 1).startsWith(".wh.")) continue;
      for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) files.delete(path.slice(0, at));
      if (type === "directory") files.delete(path);
      else {
        remove(path, true);
        files.set(path, payload);
      }
    }
  }
  return [...files].flatMap(([path, payload]) => (payload === undefined ? [] : [`${path}=${payload}`])).sort();
}

test("agrees with the plain reading of the specification on random layers", () => {
  const component = fc.constantFrom("a", "b", "c");
  const path = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const whiteout = path.map((at) => {
    const slash = at.lastIndexOf("/") + 1;
    return file(`${at.slice(0, slash)}.wh.${at.slice(slash)}`);
  });
  const opaque = path.map((at) => file(`${at}/.wh..wh..opq`));
  const entry = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(path, fc.constantFrom("1", "2", undefined)).map(([at, payload]) => file(at, payload)),
    },
    { weight: 1, arbitrary: path.map(folder) },
    { weight: 2, arbitrary: whiteout },
    { weight: 1, arbitrary: opaque },
  );
  // An archive that has a path twice, or a path below its own file, depends on order: no engine writes one.
  const layer = fc.uniqueArray(entry, { maxLength: 8, selector: ({ path: at }) => at }).filter((entries) => {
    const files = entries
      .filter(({ type, path: at }) => type === "file" && !at.includes(".wh."))
      .map(({ path: at }) => at);
    return !entries.some(({ path: at }) => files.some((other) => at.startsWith(`${other}/`)));
  });
  fc.assert(
    fc.property(fc.array(layer, { maxLength: 4 }), (layers) => {
      assert.deepEqual(survivors(...layers), reference(layers));
    }),
    runs(1000),
  );
});

test("no entry, however odd, breaks the tree or leaves a file outside the root", () => {
  const odd = fc.string({ maxLength: 12, unit: fc.constantFrom("a", "b", "/", ".", ".wh.", "..") });
  const entry = fc
    .record({ type: fc.constantFrom<TarEntryType>("file", "directory", "symlink", "hardlink"), name: odd, link: odd })
    .map(({ type, name, link }) => ({
      type,
      path: cleanPath(name) ?? "",
      link,
      ...(type === "file" ? { payload: "x" } : {}),
    }));
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 8 }), { maxLength: 3 }), (layers) => {
      const tree = merge(...layers);
      for (const { path } of tree.files()) assert.equal(cleanPath(path), path);
    }),
    runs(500),
  );
});

/** Applies `entry` of 0, 1, 2… until the tree has enough of it. */
function refusal(tree: MergedTree<string>, entry: (i: number) => TreeEntry<string>): Problem {
  try {
    for (let i = 0; i < bounds.entries; i++) tree.apply(0, entry(i));
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  throw new Error("it went on to the end");
}

/** A tenth of what an image may take. */
const FEW_STEPS = 5_000_000;

test("entries that each take the longest way through symlinks are refused before they take minutes", () => {
  const tree = createMergedTree<string>(() => true, FEW_STEPS);
  for (let i = 0; i < bounds.symlinks; i++) tree.apply(0, symlink(`l${i}`, `${"./".repeat(2_000)}l${i + 1}`));
  const problem = refusal(tree, (i) => file(i % 2 === 0 ? `l1/${i}` : `other/${i}`));
  assert.deepEqual([problem.kind, problem.code], ["input", "oci.tree"]);
});

test("whiteouts that each look at the whole tree are too", () => {
  const tree = createMergedTree<string>(() => true, FEW_STEPS);
  for (let i = 0; i < 20_000; i++) tree.apply(0, folder(`d/${i}`));
  assert.equal(refusal(tree, () => file("d/.wh..wh..opq")).code, "oci.tree");
});

/** path=payload, the layer that took it away, and how many versions of it there were. */
function taken(...layers: Layer[]): string[] {
  return merge(...layers)
    .removed()
    .map(({ file: { path, payload, previous }, layer }) => {
      const before = previous === undefined ? "" : ` after ${previous.payload}`;
      return `${path}=${payload} in ${layer}${before}`;
    });
}

test("what a whiteout, an opaque folder or another entry takes away is told, with its layer", () => {
  const lower = [file("a/x", "1"), file("a/y", "1")];
  assert.deepEqual(taken(lower, [file("a/.wh.x")]), ["a/x=1 in 1"]);
  assert.deepEqual(taken(lower, [file("a/.wh..wh..opq")]), ["a/x=1 in 1", "a/y=1 in 1"]);
  for (const instead of [file(".wh.a"), file("a"), file("a", "2"), symlink("a", "/b")]) {
    assert.deepEqual(taken(lower, [instead]), ["a/x=1 in 1", "a/y=1 in 1"], JSON.stringify(instead));
  }
  for (const instead of [folder("a/x"), symlink("a/x", "y"), file("a/x"), file("a/x/z", "2")]) {
    assert.deepEqual(taken(lower, [instead]), ["a/x=1 in 1"], JSON.stringify(instead));
  }
  assert.deepEqual(taken([file("a", "1")], [file("a", "2")], [file(".wh.a")]), ["a=2 in 2 after 1"]);
});

test("a file that is replaced, or that its own layer put there, is not taken away", () => {
  assert.deepEqual(taken([file("a", "1")], [file("a", "2")]), []);
  assert.deepEqual(taken([folder("d")], [file("d/a", "1"), file("d/.wh..wh..opq")]), []);
  assert.deepEqual(taken([file("a", "1")], [file("a", "2"), file("a")]), ["a=1 in 1"]);
});

test("property: each payload of each layer is in the tree, in a history, or taken away, and once", () => {
  const names = ["a", "b"];
  const entry = fc.oneof(
    fc.record({ kind: fc.constant("file"), folder: fc.constantFrom(...names), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constant("whiteout"), folder: fc.constantFrom(...names), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constant("opaque"), folder: fc.constantFrom(...names), name: fc.constant("") }),
    fc.record({ kind: fc.constant("none"), folder: fc.constantFrom(...names), name: fc.constant("") }),
  );
  const layersOf = fc.array(
    fc.uniqueArray(entry, { maxLength: 4, selector: ({ folder: at, name }) => `${at}/${name}` }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(layersOf, (layers) => {
      const written: string[] = [];
      const tree = merge(
        ...layers.map((entries, layer) =>
          entries.map(({ kind, folder: at, name }): TreeEntry<string> => {
            if (kind === "whiteout") return file(`${at}/.wh.${name}`);
            if (kind === "opaque") return file(`${at}/.wh..wh..opq`);
            if (kind === "none") return file(`.wh.${at}`);
            written.push(`${at}/${name} of ${layer}`);
            return file(`${at}/${name}`, `${at}/${name} of ${layer}`);
          }),
        ),
      );
      const kept: string[] = [];
      for (const last of [...tree.files(), ...tree.removed().map((each) => each.file)]) {
        for (let at: typeof last | undefined = last; at !== undefined; at = at.previous) kept.push(at.payload);
      }
      assert.deepEqual(kept.sort(), written.sort());
    }),
  );
});

test("a hard link to a symlink is that symlink, read from its new place, as the kernel links it", () => {
  assert.deepEqual(
    survivors([file("x/real", "decoy"), symlink("x/s", "real"), hardlink("db/installed", "x/s"), file("db/real", "1")]),
    ["db/real=1", "x/real=decoy"],
  );
  const tree = merge([symlink("s", "/safe"), hardlink("app", "s")], [file("app/x", "1")]);
  assert.deepEqual(
    tree.files().map(({ path }) => path),
    ["safe/x"],
  );
  // The target's text is cleaned before anything is followed.
  assert.deepEqual(survivors([symlink("a", "b/c"), file("f", "1"), file("b/f", "2")], [hardlink("l", "a/../f")]), [
    "b/f=2",
    "f=1",
    "l=1",
  ]);
});

test("whiteouts that runtimes read in different ways are told apart", () => {
  const taken = (lower: Layer, upper: Layer): boolean[] => {
    const tree = merge(lower);
    return upper.map((entry) => tree.apply(1, entry));
  };
  assert.deepEqual(taken([file("a/f", "1")], [file("a/.wh.f"), file("a/f", "2")]), [true, true]);
  assert.deepEqual(taken([file("a/f", "1")], [file("a/f", "2"), file("a/.wh.f")]), [true, false]);
  assert.deepEqual(taken([file("a/f", "1")], [file("a/g", "2"), file(".wh.a")]), [true, false]);
  for (const name of ["a/.wh.", "a/.wh..", "a/.wh..."])
    assert.deepEqual(taken([file("a/f", "1")], [file(name)]), [false]);
  assert.deepEqual(taken([], [file(".wh..wh.plnk"), file("a/.wh..wh.x")]), [true, true]);
  assert.deepEqual(taken([file("a/.wh.x", "1")], [file("a/.wh..wh.x")]), [true]);

  // What stands before an opaque whiteout stays where the layer lists its folder.
  const opaque = file("a/.wh..wh..opq");
  assert.deepEqual(
    taken([file("a/b/f", "1")], [folder("a"), opaque, folder("a/b"), file("a/b/g", "2")]).includes(false),
    false,
  );
  assert.deepEqual(taken([file("a/b/f", "1")], [folder("a/b"), file("a/b/g", "2"), opaque]), [true, true, true]);
  assert.deepEqual(taken([file("a/b/f", "1")], [file("a/b/g", "2"), opaque]), [true, false]);
});

test("folders keep the payload of their last entry that has one, and lose it with themselves", () => {
  const stated = (path: string, payload: string): TreeEntry<string> => ({ ...folder(path), payload });
  const tree = merge(
    [stated("a", "1"), file("a/b/c", "x"), stated("gone", "1"), stated("new", "1")],
    [stated("a", "2"), folder("a"), symlink("gone", "a"), file(".wh.new"), folder("new")],
  );
  assert.deepEqual(tree.directories(), [
    { path: "a", payload: "2" },
    { path: "a/b", payload: undefined },
    { path: "new", payload: undefined },
  ]);
});
