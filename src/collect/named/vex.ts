/** VEX documents that the caller names. */

import { counted } from "../../core/counted.ts";
import { bounds as vulnerabilityBounds } from "../../engines/vulnerability/bounds.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { readVex } from "../../engines/vulnerability/vex/read.ts";
import { readNamedText } from "./named-text.ts";

/**
 * Files, or `git:REF:PATH`. None is looked for in the tree under review: it loosens what is judged, so only who calls
 * may bring it.
 *
 * @param root - whose repository `git:` means
 * @throws Problem where one cannot be read or is broken
 */
export async function readVexDocuments(flags: readonly string[], root: string): Promise<VexDocument[]> {
  const kind = { code: "vex", option: "--vex", example: "openvex.json", bytes: vulnerabilityBounds.vexBytes } as const;
  const documents: VexDocument[] = [];
  for (const flag of flags) documents.push(readVex(Buffer.from(await readNamedText(flag, root, kind)), flag));
  return documents;
}

/** One sentence for each document: what the verdicts rest on beside the advisories. */
export function vexNotes(documents: readonly VexDocument[]): string[] {
  return documents.map(({ path, author, format, statements: { length } }) => {
    return `VEX: ${path}, ${format} by ${author}, ${counted(length, "statement")}`;
  });
}
