/** What a first run says: no advisory database found, what is unknown for it, and what each way to one costs. */
import { counted } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";

/** One note; none where the database is there, or nothing in the run goes by it. */
export function missingDatabaseNotes(evaluations: Iterable<Evaluation>): string[] {
  const assets = new Set<string>();
  for (const { asset, verdict, gaps } of evaluations) {
    if (verdict === "unknown" && gaps.some(({ code }) => code === "database.missing")) assets.add(asset.id);
  }
  if (assets.size === 0) return [];
  return [
    `no advisory database: the vulnerabilities of ${counted(assets.size, "asset")} are unknown. ` +
      "`bulkhead db update` downloads one (network; the first time several hundred MB and some minutes, later only changes; " +
      "--ecosystem NAME for less), and --update does so before a scan; `bulkhead db import PATH` makes one of OSV records or a bundle " +
      "(no network; seconds)",
  ];
}
