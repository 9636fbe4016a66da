import { type Baseline, parseBaseline } from "../../core/baseline.ts";
import { bounds } from "./bounds.ts";
import { readNamedText } from "./named-text.ts";

/**
 * The baseline that the caller names, or the JSON report of an earlier run: a file, or `git:REF:PATH`. It is never looked for in the tree under review: it
 * loosens what is judged, so only who calls may bring it.
 *
 * @param root - whose repository `git:` means
 * @throws Problem (usage) where it cannot be read or is no baseline
 */
export async function readBaseline(flag: string, root: string): Promise<Baseline> {
  const kind = {
    code: "baseline",
    option: "--baseline",
    example: "bulkhead-baseline.json",
    bytes: bounds.reportBytes,
  } as const;
  return parseBaseline(await readNamedText(flag, root, kind), flag);
}
