/** Suite `images`: real images, real advisories and a fixed time, and images made to escape. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { importAdvisories } from "../src/engines/vulnerability/database/import.ts";
import { openAdvisoryDatabase } from "../src/engines/vulnerability/database/open.ts";
import { alpineCases } from "./images/alpine.ts";
import { confinementCases } from "./images/confinement.ts";
import { rpmCases } from "./images/rpm.ts";
import { sampleCases } from "./images/sample.ts";
import { NOW } from "./images/scan.ts";
import type { Suite } from "./suite.ts";

export const images: Suite = {
  about: "scans of real images against 75,604 advisories, and of images made to escape",
  needs: [
    "advisories",
    "images/sample-alpine310-node-vuln.oci.tar",
    "images/sample-alpine310-node-vuln.expected-npm.json",
    "images/alpine-310.tar.gz",
    "images/alpine-311.tar.gz",
    "images/osv-scalibr-image-fixtures.tar.zst",
    "images/rpmdb-fixtures.tar.zst",
  ],
  async *cases({ data, temporary }) {
    // What the program spools goes where the last case can look whether it was removed.
    const spools = join(temporary, "spools");
    mkdirSync(spools);
    process.env.TMPDIR = spools;
    const file = join(temporary, "advisories.db");
    await importAdvisories({ database: file, sources: [join(data, "advisories")], now: NOW });
    const advisories = openAdvisoryDatabase(file);
    try {
      const context = { data, temporary, advisories, spools };
      yield* sampleCases(context);
      yield* alpineCases(context);
      yield* rpmCases(context);
      yield* confinementCases(context);
    } finally {
      advisories.close();
    }
  },
};
