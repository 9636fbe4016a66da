import { withoutLogCommands } from "../../../core/log-commands.ts";
import { cycloneDxDocument } from "./cyclonedx/write.ts";
import { withDocumentId } from "./document-id.ts";
import { documentPieces } from "./document-text.ts";
import type { Sbom, SbomFormat, SbomWriteOptions } from "./sbom.ts";
import { spdxDocument } from "./spdx/write.ts";
import { type Checked, checkedCycloneDx, checkedSpdx } from "./structure.ts";

/**
 * Writes a bill of materials and checks its structure.
 *
 * @returns JSON, indented, with a newline at its end; the same bytes for the same input
 * @throws Error where the document has a fault, which is a bug
 */
export function writeSbom(sbom: Sbom, format: SbomFormat, options: SbomWriteOptions): string {
  switch (format) {
    case "cyclonedx":
      return textOf(checkedCycloneDx(cycloneDxDocument(sbom, options)));
    case "spdx":
      return textOf(checkedSpdx(spdxDocument(sbom, options)));
  }
}

function textOf({ document, faults }: Checked<object>): string {
  const pieces = withDocumentId([...documentPieces(document)]);
  if (faults.length > 0) throw new Error(`the SBOM is not sound: ${faults.join("; ")}`);
  // Pieces end between values, and so within no text that a log would act on.
  return [...pieces.map(withoutLogCommands), "\n"].join("");
}
