/** Reports of other scanners that the caller names. */
import { append } from "../../core/append.ts";
import { bounds } from "../../engines/reports/bounds.ts";
import type { ScannerReport } from "../../engines/reports/model.ts";
import { readReport } from "../../engines/reports/read.ts";
import { readNamedText } from "./named-text.ts";

/**
 * Files, or `git:REF:PATH`, one report a tool in each. None is looked for in the tree under review. What they say is not vouched
 * for by being named: it adds findings, and takes none away.
 *
 * @param root - whose repository `git:` means
 * @throws Problem where one cannot be read, is broken, or is of no known tool
 */
export async function readImports(flags: readonly string[], root: string): Promise<ScannerReport[]> {
  const kind = { code: "imports", option: "--import", example: "trivy.json", bytes: bounds.reportBytes } as const;
  const reports: ScannerReport[] = [];
  for (const flag of new Set(flags)) {
    append(reports, readReport(Buffer.from(await readNamedText(flag, root, kind)), flag));
  }
  return reports;
}
