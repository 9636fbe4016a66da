/**
 * Suite `programs`: servers and a Go program from Debian's own packages, each copied alone into an image of nothing else.
 * Needs Debian and its packages; installs nothing.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { smallImage } from "../bench/large-image.ts";
import { inventoryOfImage } from "../src/collect/image/inventory.ts";
import type { Inventory } from "../src/engines/contents/model.ts";
import { openImage } from "../src/engines/oci/open.ts";
import { NOW } from "./images/scan.ts";
import type { Suite } from "./suite.ts";

interface Program {
  /** Debian's package. */
  readonly package: string;
  readonly path: string;
  /** What it must be recognised as. */
  readonly name: string;
  /** Of the version that Debian's package states: `1:9.4.1-2` is `9.4.1`. Absent where it is the compiler's. */
  readonly version?: RegExp;
}

const UPSTREAM = /^(?:\d+:)?(\d+(?:\.\d+)*)/;

const PROGRAMS: readonly Program[] = [
  { package: "nginx", path: "usr/sbin/nginx", name: "nginx", version: UPSTREAM },
  { package: "redis-tools", path: "usr/bin/redis-check-rdb", name: "redis", version: UPSTREAM },
  { package: "docker-registry", path: "usr/bin/docker-registry", name: "stdlib" },
];

export const programs: Suite = {
  about: "an nginx, a redis and a Go program of Debian's packages, alone in an image (needs apt-get)",
  needs: [],
  async *cases({ temporary }) {
    for (const program of PROGRAMS) {
      yield {
        name: `${program.path} of ${program.package}`,
        async run() {
          const folder = join(temporary, program.package);
          mkdirSync(folder);
          // apt's own user cannot write here; it says so and goes on as root.
          execFileSync("apt-get", ["download", "-qq", program.package], {
            cwd: folder,
            stdio: ["ignore", "pipe", "pipe"],
          });
          const archive = join(folder, String(readdirSync(folder)[0]));
          execFileSync("dpkg-deb", ["-x", archive, join(folder, "root")]);
          const debian = execFileSync("dpkg-deb", ["-f", archive, "Version"], { encoding: "utf8" }).trim();
          const layout = join(folder, "image");
          const source = join(folder, "root", program.path);
          await smallImage(layout, [{ path: basename(program.path), mode: 0o755, kind: { type: "file", source } }]);
          const { packages } = await inventoryOf(layout);
          const found = packages.find(({ name }) => name === program.name);
          const all = packages.map(({ purl }) => purl).join(", ");
          assert.ok(found !== undefined, `found ${all || "nothing"}`);
          const expected = program.version?.exec(debian)?.[1];
          if (expected !== undefined) assert.equal(found.version, expected, `found ${all}`);
          else assert.match(found.version, /^\d+\.\d+/);
        },
      };
    }
  },
};

/** Debian builds Go programs without modules: that they are not recorded is a gap, and no failure here. */
async function inventoryOf(layout: string): Promise<Inventory> {
  const { image } = await openImage(`oci:${layout}`);
  try {
    const evidence = await inventoryOfImage(image, { now: NOW });
    if (evidence.state === "absent") throw new Error(evidence.gaps[0].reason);
    return evidence.facts;
  } finally {
    await image.store.close();
  }
}
