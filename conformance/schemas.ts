/** Suite `schemas`: reports and bills of materials; what is written is valid by the official schemas, the same twice, and judged as what it is of. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { importAdvisories } from "../src/engines/vulnerability/database/import.ts";
import { openAdvisoryDatabase } from "../src/engines/vulnerability/database/open.ts";
import { NOW } from "./images/scan.ts";
import { sarifCases } from "./schemas/sarif.ts";
import { sbomCases } from "./schemas/sbom.ts";
import type { Suite } from "./suite.ts";

export const schemas: Suite = {
  about: "SARIF and bills of materials by their official schemas, byte for byte twice, and judged as their images",
  needs: [
    "advisories",
    "images/sample-alpine310-node-vuln.oci.tar",
    ...["sarif-2.1.0", "cyclonedx-1.6", "cyclonedx-jsf-0.82", "cyclonedx-spdx-licenses", "spdx-2.3"].map(
      (name) => `schemas/${name}.json`,
    ),
  ],
  async *cases({ data, temporary }) {
    yield* sarifCases({ data });
    const spools = join(temporary, "spools");
    mkdirSync(spools);
    process.env.TMPDIR = spools;
    const file = join(temporary, "advisories.db");
    await importAdvisories({ database: file, sources: [join(data, "advisories")], now: NOW });
    const advisories = openAdvisoryDatabase(file);
    try {
      yield* sbomCases({ data, temporary, advisories });
    } finally {
      advisories.close();
    }
  },
};
