import { bounds } from "./bounds.ts";
import { readNamedText } from "./named-text.ts";

/**
 * The text of a report that the caller names: a file, or `git:REF:PATH`.
 *
 * @param root - whose repository `git:` means
 * @throws Problem (usage) where it cannot be read
 */
export async function readReportText(flag: string, root: string): Promise<string> {
  const kind = { code: "report", option: "--report", example: "report.json", bytes: bounds.reportBytes } as const;
  return await readNamedText(flag, root, kind);
}
