import assert from "node:assert/strict";
import { test } from "node:test";
import type { Inventory, Package, PackageType, Tool } from "../model.ts";
import { kindOf } from "./kind.ts";

function packages(type: PackageType, ...names: string[]): Package[] {
  return names.map((name) => ({ type, name, version: "1", licenses: [], purl: `pkg:${type}/${name}@1`, path: "db" }));
}

function inventory(id: string | undefined, items: readonly Package[] = [], more: Partial<Inventory> = {}): Inventory {
  return {
    ...(id === undefined ? {} : { distribution: { id, versionId: "1", idLike: [] } }),
    packages: items,
    ...more,
  };
}

const shell: Tool = { kind: "shell", path: "bin/sh" };
const manager: Tool = { kind: "package-manager", path: "usr/bin/pacman" };

test("each kind by its contents", () => {
  const debian = ["libc6", "base-files", "bash", "dash", "dpkg", "apt"];
  const cases: [string, Inventory][] = [
    ["scratch", inventory(undefined, packages("npm", "a"))],
    ["distroless", inventory(undefined, [], { tools: [{ kind: "loader", path: "lib64/ld-linux-x86-64.so.2" }] })],
    ["static", inventory("debian", packages("deb", "base-files", "tzdata"))],
    ["distroless", inventory("debian", packages("deb", "base-files", "libc6"))],
    ["distroless", inventory("wolfi", packages("apk", "wolfi-baselayout", "glibc"))],
    ["distroless", inventory("ubuntu")],
    ["wolfi", inventory("chainguard", packages("apk", "glibc", "busybox", "apk-tools"))],
    ["alpine", inventory("alpine", packages("apk", "musl", "busybox", "apk-tools"))],
    ["slim", inventory("debian", packages("deb", ...debian), { slimmed: true })],
    ["full", inventory("debian", packages("deb", ...debian))],
    ["slim", inventory("rhel", packages("rpm", "bash", "glibc", "microdnf", "rpm"))],
    ["full", inventory("rhel", packages("rpm", "bash", "glibc", "dnf", "rpm"))],
    ["slim", inventory("rhel", packages("rpm", "bash", "glibc"))],
    ["slim", inventory(undefined, [], { tools: [shell] })],
    ["full", inventory("arch", [], { tools: [manager, shell] })],
  ];
  for (const [kind, each] of cases) assert.equal(kindOf(each)?.kind, kind, JSON.stringify(each));
});

test("a derivative is what it is like", () => {
  const like = { distribution: { id: "postmarketos", idLike: ["alpine"] }, packages: packages("apk", "busybox") };
  assert.equal(kindOf(like)?.kind, "alpine");
});

test("what an upper layer removed is still of the base", () => {
  const removed = packages("deb", "bash", "apt");
  assert.equal(kindOf(inventory("debian", packages("deb", "libc6"), { removed }))?.kind, "full");
});

test("a package of a language with a shell's name is no shell", () => {
  assert.equal(kindOf(inventory(undefined, packages("npm", "bash")))?.kind, "scratch");
});

test("a package manager without a distribution tells nothing", () => {
  assert.equal(kindOf(inventory(undefined, [], { tools: [manager] })), undefined);
});

test("it says why", () => {
  assert.equal(
    kindOf(inventory("alpine", packages("apk", "busybox", "apk-tools")))?.why,
    "alpine 1, has busybox and apk-tools",
  );
  assert.match(
    kindOf(inventory("arch", [], { tools: [manager, shell] }))?.why ?? "",
    /has \/bin\/sh and \/usr\/bin\/pacman/,
  );
});
