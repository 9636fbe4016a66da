import assert from "node:assert/strict";
import { test } from "node:test";
import type { Package } from "../model.ts";
import { dependencyIndexes, heldBy } from "./graph.ts";
import { packageOf } from "./sbom.fixture.ts";

function graphOf(packages: readonly Package[]): Record<string, string[] | undefined> {
  const nameOf = (index: number) => packages[index]?.path.replace("/package.json", "") ?? "";
  return Object.fromEntries(
    dependencyIndexes(packages).map((indexes, i) => [nameOf(i), indexes?.map((index) => nameOf(index))]),
  );
}

test("npm: a module needs the one that Node finds, next to it before further out", () => {
  const at = (path: string, needs?: string) =>
    packageOf({
      ...{ type: "npm", name: "x", version: "1", path: `${path}/package.json` },
      ...(needs === undefined ? {} : { needs }),
    });
  assert.deepEqual(
    graphOf([
      at("app/node_modules/a", "@s/c b gone"),
      at("app/node_modules/a/node_modules/b", "a"),
      at("app/node_modules/b"),
      at("app/node_modules/@s/c", "b"),
      at("other/node_modules/d", "a"),
    ]),
    {
      "app/node_modules/a": ["app/node_modules/@s/c", "app/node_modules/a/node_modules/b"],
      "app/node_modules/a/node_modules/b": ["app/node_modules/a"],
      "app/node_modules/b": [],
      "app/node_modules/@s/c": ["app/node_modules/b"],
      "other/node_modules/d": [],
    },
  );
});

test("deb: by name, of its own architecture, the first alternative that is there; nothing of what was removed", () => {
  const deb = (name: string, architecture: string, more: Partial<Package> = {}) =>
    packageOf({ type: "deb", name, version: "1", architecture, path: `${name}:${architecture}`, ...more });
  assert.deepEqual(
    graphOf([
      deb("a", "amd64", { needs: "gone|c libc6" }),
      deb("a", "i386", { needs: "libc6" }),
      deb("libc6", "i386"),
      deb("libc6", "amd64"),
      deb("c", "amd64", { removedIn: 1 }),
    ]),
    {
      "a:amd64": ["libc6:amd64"],
      "a:i386": ["libc6:i386"],
      "libc6:i386": [],
      "libc6:amd64": [],
      "c:amd64": undefined,
    },
  );
});

test("rings are held by the root through one of them", () => {
  const packages = ["a", "b", "c"].map((name) => packageOf({ type: "cargo", name, version: "1" }));
  assert.deepEqual(heldBy(packages, [[1], [0], undefined], false), { root: [2, 0], distribution: [] });
});
