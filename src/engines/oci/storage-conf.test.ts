import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { parseStorageName, storagePlace } from "./storage-conf.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-storage-conf-"));
after(() => rmSync(root, { recursive: true, force: true }));
let files = 0;

function conf(text: string): string {
  files += 1;
  const path = join(root, `${files}.conf`);
  writeFileSync(path, text);
  return path;
}

const of = async (text: string, isRoot = true, more: Record<string, string> = {}) =>
  await storagePlace(
    { CONTAINERS_STORAGE_CONF: conf(text), HOME: "/home/ann", XDG_DATA_HOME: "/data", ...more },
    isRoot,
  );

test("what storage.conf says counts: folder, driver, an image store apart and further stores", async () => {
  const place = await of(
    `[storage]\ndriver = "vfs"\ngraphroot = "/srv/images"\nrunroot = "/run/x"\nimagestore = "/srv/apart"\n` +
      `[storage.options]\nadditionalimagestores = ["/mnt/shared", "relative"]\n[storage.options.overlay]\nmountopt = "nodev"\n`,
  );
  assert.deepEqual(place, { roots: ["/srv/images", "/srv/apart", "/mnt/shared"], driver: "vfs" });
});

test("without one, or where it says nothing, the places are the usual ones", async () => {
  assert.deepEqual(await of("# nothing\n"), { roots: ["/var/lib/containers/storage"] });
  assert.deepEqual(await of("", false), { roots: ["/data/containers/storage"] });
  assert.deepEqual(await of("", false, { XDG_DATA_HOME: "" }), {
    roots: ["/home/ann/.local/share/containers/storage"],
  });
  const none = { HOME: root, CONTAINERS_STORAGE_CONF: "" };
  assert.deepEqual((await storagePlace(none, false)).roots, [join(root, ".local/share/containers/storage")]);
  mkdirSync(join(root, ".config/containers"), { recursive: true });
  writeFileSync(join(root, ".config/containers/storage.conf"), '[storage]\ngraphroot = "$HOME/mine"\n');
  assert.deepEqual((await storagePlace(none, false)).roots, [join(root, "mine")]);
});

test("STORAGE_DRIVER counts over the file; a user's own folder may be named by root's file", async () => {
  assert.equal((await of('[storage]\ndriver = "overlay"\n', true, { STORAGE_DRIVER: "vfs" })).driver, "vfs");
  const place = await of('[storage]\ngraphroot = "/root-s"\nrootless_storage_path = "/srv/$USER/x"\n', false, {
    USER: "ann",
  });
  assert.deepEqual(place.roots, ["/srv/ann/x"]);
});

test("a file that is named and cannot be read is told, and one that is no TOML", async () => {
  const named = { CONTAINERS_STORAGE_CONF: join(root, "missing.conf") };
  await assert.rejects(storagePlace(named, true), { kind: "usage", code: "storage.conf" });
  await assert.rejects(of("[storage\ngraphroot"), { kind: "usage", code: "storage.conf" });
});

test("names with their store, as skopeo and podman write them", () => {
  const cases: [string, ReturnType<typeof parseStorageName>][] = [
    ["web:1", { name: "web:1" }],
    ["[/g]web:1", { name: "web:1", root: "/g", more: [] }],
    ["[vfs@/g]web:1", { name: "web:1", driver: "vfs", root: "/g", more: [] }],
    ["[vfs@/g+/r]localhost/web:1", { name: "localhost/web:1", driver: "vfs", root: "/g", more: [] }],
    ["[overlay@/g+/r:overlay.mountopt=nodev]web", { name: "web", driver: "overlay", root: "/g", more: [] }],
    ["[overlay@/g+/r:a=b,overlay.imagestore=/s]web", { name: "web", driver: "overlay", root: "/g", more: ["/s"] }],
    ["[/g+/r]@abc", { name: "abc", root: "/g", more: [] }],
  ];
  for (const [written, expected] of cases) assert.deepEqual(parseStorageName(written), expected, written);
  for (const written of ["[web", "[]web", "[@/g]web", "[vfs@]web", "[vfs@+/r]web"]) {
    assert.throws(() => parseStorageName(written), { kind: "usage", code: "oci.reference" }, written);
  }
});

test("any text is a name, or refused with a Problem", () => {
  const part = fc.constantFrom("[", "]", "@", "+", ":", ",", "=", "vfs", "/g", "web", "imagestore");
  fc.assert(
    fc.property(
      fc.array(part).map((parts) => parts.join("")),
      (written) => {
        try {
          assert.equal(typeof parseStorageName(written).name, "string");
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      },
    ),
  );
});
