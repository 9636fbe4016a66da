/** What `bulkhead registry status` and the metrics tell of the queue and of what was scanned. */
import type { ImageKey, Store, StoreCounts } from "../../../store/model.ts";
import { bounds } from "./bounds.ts";

export interface ScanStatus {
  readonly counts: StoreCounts;
  /** Images that were judged, by the advisory database: its day and the first characters of its fingerprint. */
  readonly databases: readonly { readonly database: string; readonly images: number }[];
  /** When the image that was judged longest ago was. */
  readonly oldestScan?: Date;
  /** Images that do not pass, worst first, so many at most. */
  readonly failing: readonly FailingImage[];
}

export interface FailingImage {
  readonly repository: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly failing: number;
  readonly unknown: number;
}

/** @throws Problem where the store fails */
export async function scanStatus(store: Pick<Store, "images" | "counts">, shown = 10): Promise<ScanStatus> {
  const counts = await store.counts();
  const databases = new Map<string, number>();
  let oldest: Date | undefined;
  let failing: FailingImage[] = [];
  for (let after: ImageKey | undefined; ; ) {
    const page = await store.images.list({
      ...(after === undefined ? {} : { after }),
      limit: bounds.page,
    });
    for (const { scannedAt, databaseDigest } of page) {
      if (scannedAt === undefined || databaseDigest === undefined) continue;
      const name = databaseName(databaseDigest);
      databases.set(name, (databases.get(name) ?? 0) + 1);
      if (oldest === undefined || scannedAt < oldest) oldest = scannedAt;
    }
    const worst = page.filter((image) => image.failing + image.unknown > 0 && image.scannedAt !== undefined);
    failing = [...failing, ...worst]
      .sort((a, b) => b.failing - a.failing || b.unknown - a.unknown)
      .slice(0, shown)
      .map(({ repository, digest, tags, failing, unknown }) => ({ repository, digest, tags, failing, unknown }));
    const last = page.at(-1);
    if (last === undefined || page.length < bounds.page) break;
    after = last;
  }
  return {
    counts,
    databases: [...databases].sort(([a], [b]) => (a < b ? 1 : -1)).map(([database, images]) => ({ database, images })),
    ...(oldest === undefined ? {} : { oldestScan: oldest }),
    failing,
  };
}

/** `2026-11-27 5f0c1e…`, `none` */
function databaseName(stamp: string): string {
  const [date = "", fingerprint = ""] = stamp.split(" ");
  return stamp === "" ? "none" : `${date.slice(0, 10)} ${fingerprint.slice(0, 12)}`;
}
