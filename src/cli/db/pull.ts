import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { parseArtifact, pullBundle } from "../../collect/advisories/artifact.ts";
import { printable } from "../../core/printable.ts";
import type { ExitCode } from "../../core/report.ts";
import { makePrivateFolder } from "../../engines/files/write.ts";
import { defaultDatabase } from "../paths.ts";
import { type ReachingOptions, registryOptions } from "../reaching.ts";
import { ageOf, type BundleOptions, takeBundle, trustOf } from "./bundle.ts";

interface PullOptions extends ReachingOptions, BundleOptions {
  readonly db?: string;
  /** Where the bundle is kept. */
  readonly bundle?: string;
}

/** `bulkhead db pull oci://REGISTRY/REPOSITORY:TAG`: fetched where it is not there already, verified in any case. */
export async function dbPull(written: string, options: PullOptions): Promise<ExitCode> {
  const reference = parseArtifact(written);
  const database = options.db ?? defaultDatabase();
  // Before anything is fetched.
  trustOf(written, options);
  ageOf(options);
  makePrivateFolder(dirname(database));
  const file = options.bundle ?? `${database}.${process.pid}.bundle`;
  try {
    const pulled = await pullBundle(reference, file, registryOptions(options));
    process.stdout.write(
      `${printable(`${pulled.reference}${pulled.fetched ? "" : ": unchanged, not fetched again"}`)}\n`,
    );
    await takeBundle(file, database, options);
    return 0;
  } finally {
    if (options.bundle === undefined) rmSync(file, { force: true });
  }
}
