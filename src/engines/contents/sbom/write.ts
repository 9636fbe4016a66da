import { withoutLogCommands } from "../../../core/log-commands.ts";
import { cycloneDxDocument } from "./cyclonedx/write.ts";
import { withDocumentId } from "./document-id.ts";
import type { Sbom, SbomFormat, SbomWriteOptions } from "./sbom.ts";
import { spdxDocument } from "./spdx/write.ts";
import { cycloneDxFaults, spdxFaults } from "./structure.ts";

/**
 * Writes a bill of materials and checks its structure.
 *
 * @returns JSON, indented, with a newline at its end; the same bytes for the same input
 * @throws Error where the document has a fault, which is a bug
 */
export function writeSbom(sbom: Sbom, format: SbomFormat, options: SbomWriteOptions): string {
  switch (format) {
    case "cyclonedx": {
      const document = cycloneDxDocument(sbom, options);
      return checked(document, cycloneDxFaults(document));
    }
    case "spdx": {
      const document = spdxDocument(sbom, options);
      return checked(document, spdxFaults(document));
    }
  }
}

function checked(document: object, faults: readonly string[]): string {
  if (faults.length > 0) throw new Error(`the SBOM is not sound: ${faults.join("; ")}`);
  return `${withoutLogCommands(withDocumentId(JSON.stringify(document, undefined, 2)))}\n`;
}
