import { createdOfImage, lastChangeIn } from "../../collect/image/created.ts";
import type { InventoryContext } from "../../collect/image/inventory-context.ts";
import { openKnownBases } from "../../collect/image/known-bases.ts";
import { folderOf } from "../../collect/image/named-folder.ts";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import type { Sbom, SbomFormat, SbomWriteOptions } from "../../engines/contents/sbom/sbom.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { openImage } from "../../engines/oci/open.ts";
import { sbomOfFolder, sbomOfImage } from "../../scan/made-sbom.ts";
import { knownWord } from "../known-word.ts";
import { defaultBases } from "../paths.ts";
import { createProgress, progressLine } from "../progress.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "../pulling.ts";
import { openThreads } from "../threads.ts";
import { toolVersion } from "../version.ts";

export interface SbomOptions extends PullingOptions {
  readonly format: string;
  readonly output?: string;
  /** State the time of this run. */
  readonly timestamp: boolean;
  /** Who answers for the document: `Organization: NAME (ADDRESS)`, `Person: …`, or a name alone. */
  readonly author?: string;
}

const FORMATS: readonly SbomFormat[] = ["cyclonedx", "spdx"];

/** `bulkhead image sbom REF`: exit code 3 where something in it could not be read, which the document says too. */
export async function imageSbom(reference: string, options: SbomOptions): Promise<ExitCode> {
  const format = knownWord(options.format, FORMATS, { place: `--format ${options.format}`, what: "format" });
  const created = createdOf(options, process.env.SOURCE_DATE_EPOCH);
  const progress = createProgress(process.stderr, options.quiet);
  const cache = await scanCacheOf(options);
  const threads = openThreads();
  let writer: ReturnType<typeof loadWriter> | undefined;
  const context: InventoryContext = {
    now: readClock(),
    ...(cache === undefined ? {} : { cache }),
    ...(threads === undefined ? {} : { threads }),
    onProgress({ name, done, total, unit }) {
      writer ??= loadWriter();
      progress.update(() => progressLine(name, done, total, unit));
    },
  };
  try {
    const { sbom, imageCreated } = await sbomOf(reference, options, context);
    progress.clear();
    const { writeSbom } = await (writer ?? loadWriter());
    const text = writeSbom(sbom, format, {
      toolVersion: toolVersion(),
      ...(created === undefined ? {} : { created }),
      ...(imageCreated === undefined ? {} : { imageCreated }),
      ...(options.author === undefined ? {} : { author: options.author }),
    });
    if (options.output === undefined) process.stdout.write(text);
    else writeWhole(options.output, text);
    for (const { reason } of sbom.gaps) process.stderr.write(`bulkhead: incomplete: ${printable(reason)}\n`);
    return sbom.gaps.length > 0 ? 3 : 0;
  } finally {
    progress.clear();
    cache?.close();
  }
}

/** While layers are read this thread waits half of the time, and the start of the other threads need not wait for it. */
async function loadWriter() {
  return await import("../../engines/contents/sbom/write.ts");
}

async function sbomOf(
  reference: string,
  options: SbomOptions,
  context: InventoryContext,
): Promise<{ sbom: Sbom; imageCreated?: SbomWriteOptions["imageCreated"] }> {
  const folder = folderOf(reference);
  if (folder !== undefined) {
    const sbom = await sbomOfFolder(folder, reference, context);
    const changed = lastChangeIn(folder, sbom.inventory.packages);
    return { sbom, ...(changed === undefined ? {} : { imageCreated: changed.toISOString() }) };
  }
  const named = await openImage(reference, openOptions(options));
  try {
    const imageCreated = createdOfImage(named.image.config);
    return {
      sbom: await sbomOfImage(named, { ...context, bases: openKnownBases(defaultBases()) }),
      ...(imageCreated === undefined ? {} : { imageCreated }),
    };
  } finally {
    await named.image.store.close();
  }
}

/** The latest that a document may be from: whole seconds of four-digit years. */
const LAST_SECOND = Date.UTC(9999, 11, 31) / 1000;

/**
 * `--timestamp`, or the time that a reproducible build gives all its outputs (reproducible-builds.org,
 * SOURCE_DATE_EPOCH); the latter also where the former is asked for, as that specification wants it.
 */
export function createdOf(
  { timestamp }: Pick<SbomOptions, "timestamp">,
  sourceDateEpoch: string | undefined,
): Date | undefined {
  if (sourceDateEpoch === undefined || sourceDateEpoch === "") return timestamp ? readClock() : undefined;
  const seconds = /^\d{1,12}$/.test(sourceDateEpoch) ? Number(sourceDateEpoch) : Number.NaN;
  if (!(seconds <= LAST_SECOND)) {
    throw usageProblem(`SOURCE_DATE_EPOCH=${sourceDateEpoch}`, "not a valid time", "use seconds since 1970-01-01");
  }
  return new Date(seconds * 1000);
}
