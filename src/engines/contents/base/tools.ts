/** Shells, package managers and dynamic loaders, found by their paths while layers are applied. */
import type { Tool } from "./model.ts";

const FOLDERS = ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin"];
const SHELLS = ["sh", "bash", "dash", "ash", "busybox", "zsh", "ksh", "fish", "toybox"];
const PACKAGE_MANAGERS = [
  ...["apt", "apt-get", "dpkg", "apk", "rpm", "dnf", "dnf5", "dnf-3", "microdnf", "yum", "tdnf", "zypper", "pacman"],
  ...["opkg", "emerge", "xbps-install", "nix-env", "eopkg", "swupd"],
];

/** Loaders by the path that programs name (System V ABI, PT_INTERP), and where merged folders have them. */
const MULTIARCH = ["x86_64", "aarch64", "riscv64", "s390x", "powerpc64le"].map((machine) => `lib/${machine}-linux-gnu`);
const LOADERS = [
  ...["ld-linux-x86-64.so.2", "ld-linux.so.2", "ld-linux-aarch64.so.1", "ld-linux-armhf.so.3", "ld64.so.1"],
  ...["ld64.so.2", "ld-linux-riscv64-lp64d.so.1", "ld-musl-x86_64.so.1", "ld-musl-aarch64.so.1", "ld-musl-armhf.so.1"],
].flatMap((name) => ["lib", "lib64", ...MULTIARCH].flatMap((folder) => [`${folder}/${name}`, `usr/${folder}/${name}`]));

const TOOLS: ReadonlyMap<string, Tool["kind"]> = new Map([
  ...LOADERS.map((path) => [path, "loader"] as const),
  ...FOLDERS.flatMap((folder) => [
    ...SHELLS.map((name) => [`${folder}/${name}`, "shell"] as const),
    ...PACKAGE_MANAGERS.map((name) => [`${folder}/${name}`, "package-manager"] as const),
  ]),
]);

/** What a path is if it is a tool's. */
export function toolAt(path: string): Tool["kind"] | undefined {
  return TOOLS.get(path);
}

/** Path of an entry → the tools that it takes away from lower layers. */
const REMOVALS: ReadonlyMap<string, readonly string[]> = removals();

function removals(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (entry: string, tool: string) => found.set(entry, [...(found.get(entry) ?? []), tool]);
  for (const tool of TOOLS.keys()) {
    const names = tool.split("/");
    for (const [i, name] of names.entries()) {
      const folder = names
        .slice(0, i)
        .map((part) => `${part}/`)
        .join("");
      add(`${folder}.wh.${name}`, tool);
      add(`${folder}.wh..wh..opq`, tool);
    }
  }
  return found;
}

/** What stands in the place of a folder of tools takes all in it away. */
const REPLACEABLE: ReadonlyMap<string, readonly string[]> = new Map(
  [...FOLDERS, "usr", "usr/local", "lib", "lib64", "usr/lib", "usr/lib64"].map((folder) => [
    folder,
    [...TOOLS.keys()].filter((tool) => tool.startsWith(`${folder}/`)),
  ]),
);

/** Entries with longer paths are about no tool. */
const LONGEST = Math.max(...[...TOOLS.keys(), ...REMOVALS.keys()].map(({ length }) => length));

/**
 * The tools of the merged tree, by path. A whiteout removes those of lower layers alone, whatever the order of the
 * entries (OCI image specification, layer.md). Paths count as they are written: no symlink is followed.
 *
 * @param layers - the lowest first; of each its entries: one letter for the type (D folder, S symlink, F, W, H and O
 *   what else there is), the path, and for links a NUL and the target
 */
export function toolsOf(layers: readonly (readonly string[])[]): Tool[] {
  const present = new Map<string, number>();
  for (const [layer, entries] of layers.entries()) {
    const brought = new Set<string>();
    for (const entry of entries) {
      const end = entry.indexOf("\0");
      const length = (end < 0 ? entry.length : end) - 1;
      if (length > LONGEST) continue;
      const path = entry.slice(1, length + 1);
      const isFolder = entry[0] === "D";
      if (TOOLS.has(path)) {
        if (!isFolder) brought.add(path);
        else {
          brought.delete(path);
          present.delete(path);
        }
      }
      for (const tool of REMOVALS.get(path) ?? []) present.delete(tool);
      for (const tool of isFolder ? [] : (REPLACEABLE.get(path) ?? [])) {
        present.delete(tool);
        brought.delete(tool);
      }
    }
    // A newer file in the same place is still the tool of the layer that brought it first.
    for (const path of brought) if (!present.has(path)) present.set(path, layer);
  }
  return [...present]
    .map(([path, layer]): Tool => ({ kind: TOOLS.get(path) ?? "shell", path, layer }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
