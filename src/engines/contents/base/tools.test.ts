import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMergedTree } from "../../oci/tree.ts";
import { toolAt, toolsOf } from "./tools.ts";

function paths(...layers: readonly (readonly string[])[]): string[] {
  return toolsOf(layers).map(({ path, layer }) => `${path}@${layer}`);
}

test("shells and package managers are found by their paths, links among them", () => {
  const layer = ["Dbin", "Fbin/busybox", "Sbin/sh\0/bin/busybox", "Hbin/ash\0bin/busybox", "Fsbin/apk", "Fbin/other"];
  assert.deepEqual(
    toolsOf([layer]).map(({ kind, path }) => `${kind} ${path}`),
    ["shell bin/ash", "shell bin/busybox", "shell bin/sh", "package-manager sbin/apk"],
  );
  assert.deepEqual(paths(["Fopt/bin/sh", "Fbin/sh/x", "Dbin/sh", "Fshell"]), []);
  assert.deepEqual([toolAt("usr/bin/dnf5"), toolAt("usr/bin/perl")], ["package-manager", undefined]);
});

test("loaders of dynamically linked programs are found where programs name them", () => {
  assert.deepEqual(
    paths(["Slib64/ld-linux-x86-64.so.2\0../lib/x", "Fusr/lib/ld-musl-aarch64.so.1", "Flib/libc.so.6"]),
    ["lib64/ld-linux-x86-64.so.2@0", "usr/lib/ld-musl-aarch64.so.1@0"],
  );
});

test("whiteouts take away what lower layers brought, whatever the order", () => {
  const lower = ["Fbin/sh", "Fusr/bin/apt"];
  assert.deepEqual(paths(lower, ["Fbin/.wh.sh"]), ["usr/bin/apt@0"]);
  assert.deepEqual(paths(lower, ["Fusr/bin/.wh..wh..opq"]), ["bin/sh@0"]);
  assert.deepEqual(paths(lower, ["F.wh.usr"]), ["bin/sh@0"]);
  assert.deepEqual(paths(lower, ["F.wh..wh..opq"]), []);
  assert.deepEqual(paths(lower, ["Sbin\0usr/bin"]), ["usr/bin/apt@0"]);
  assert.deepEqual(paths(lower, ["Dbin/sh"]), ["usr/bin/apt@0"]);
  assert.deepEqual(paths(lower, ["Fbin/sh", "Fbin/.wh.sh"]), ["bin/sh@1", "usr/bin/apt@0"]);
});

test("a newer file is the tool of the layer that brought it first", () => {
  assert.deepEqual(paths(["Fbin/sh"], ["Fbin/sh"]), ["bin/sh@0"]);
});

test("property: the same as in the merged tree, where no symlink leads elsewhere", () => {
  const tools = ["bin/sh", "bin/bash", "usr/bin/apt", "usr/local/bin/zsh"];
  const entry = fc.constantFrom(
    ...tools.flatMap((path) => [`F${path}`, `D${path}`]),
    ...["F.wh.bin", "F.wh.usr", "Fbin/.wh.sh", "Fbin/.wh..wh..opq", "Fusr/.wh.bin", "Fusr/.wh..wh..opq"],
    ...["F.wh..wh..opq", "Dbin", "Dusr", "Dusr/bin", "Fbin", "Fusr/local", "Fusr/bin/.wh.apt"],
  );
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 6 }), { maxLength: 5 }), (layers) => {
      const tree = createMergedTree<string>(() => true);
      for (const [layer, entries] of layers.entries()) {
        for (const text of entries) {
          const path = text.slice(1);
          const payload = text[0] === "F" && tools.includes(path) ? { payload: path } : {};
          tree.apply(layer, { type: text[0] === "D" ? "directory" : "file", path, link: "", ...payload });
        }
      }
      assert.deepEqual(
        toolsOf(layers).map(({ path }) => path),
        tree.files().map(({ path }) => path),
      );
    }),
  );
});

test("property: no entries make it fail", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string())), (layers) => {
      assert.ok(Array.isArray(toolsOf(layers)));
    }),
  );
});
