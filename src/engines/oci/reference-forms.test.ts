import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isReferenceScheme, type ReferenceScheme, referenceForms } from "./reference-forms.ts";
import { parseStorageName } from "./storage-conf.ts";
import { type Target, targetOf } from "./target.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-forms-"));
after(() => rmSync(root, { recursive: true, force: true }));
const layout = join(root, "layout");
mkdirSync(layout);
const archive = join(root, "web.tar");
writeFileSync(archive, Buffer.alloc(1024));
const copied = join(root, "copied");
mkdirSync(copied);
writeFileSync(join(copied, "version"), "Directory Transport Version: 1.1\n");
writeFileSync(join(copied, "manifest.json"), "{}");

/** Each part that its form says may be left out, with it and without. */
const examples: Readonly<Record<ReferenceScheme, readonly (readonly [string, Target])[]>> = {
  docker: [["docker://shop.example/web:1", { scheme: "registry", at: "shop.example/web:1" }]],
  registry: [["registry:shop.example/web:1", { scheme: "registry", at: "shop.example/web:1" }]],
  oci: [
    [`oci:${layout}`, { scheme: "oci", at: layout }],
    [`oci:${layout}:web`, { scheme: "oci", at: layout, pick: "web" }],
  ],
  "oci-archive": [
    [`oci-archive:${archive}`, { scheme: "oci-archive", at: archive }],
    [`oci-archive:${archive}:web`, { scheme: "oci-archive", at: archive, pick: "web" }],
  ],
  "docker-archive": [
    [`docker-archive:${archive}`, { scheme: "docker-archive", at: archive }],
    [`docker-archive:${archive}:web`, { scheme: "docker-archive", at: archive, pick: "web" }],
  ],
  "docker-daemon": [["docker-daemon:web:1", { scheme: "docker-daemon", at: "web:1" }]],
  podman: [["podman:web:1", { scheme: "podman", at: "web:1" }]],
  "containers-storage": [
    ["containers-storage:web", { scheme: "containers-storage", at: "web" }],
    ["containers-storage:[overlay@/store+/run]web", { scheme: "containers-storage", at: "[overlay@/store+/run]web" }],
  ],
  dir: [[`dir:${copied}`, { scheme: "dir", at: copied }]],
  // Read by `image scan` before any image is looked for.
  sbom: [["sbom:web.cdx.json", { scheme: "registry", at: "sbom:web.cdx.json" }]],
};

test("the parser reads every form that is listed", () => {
  for (const [scheme, cases] of Object.entries(examples)) {
    assert.ok(isReferenceScheme(scheme));
    assert.ok(referenceForms[scheme].startsWith(`${scheme}:`));
    for (const [written, target] of cases) assert.deepEqual(targetOf(written), target, written);
  }
  for (const word of ["constructor", "docker-dir", "ostree", "OCI", ""]) assert.equal(isReferenceScheme(word), false);
});

test("of a store all but its root may be left out", () => {
  const whole = { name: "web", root: "/store", more: [], driver: "overlay" };
  const { driver: _, ...rootAlone } = whole;
  for (const [written, expected] of [
    ["[overlay@/store+/run:mount_program=/usr/bin/fuse-overlayfs]web", whole],
    ["[overlay@/store+/run]web", whole],
    ["[overlay@/store]web", whole],
    ["[/store+/run]web", rootAlone],
    ["[/store]web", rootAlone],
    ["web", { name: "web" }],
  ] as const) {
    assert.deepEqual(parseStorageName(written), expected, written);
  }
});
