import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArtifact, pushBundle } from "../../collect/advisories/artifact.ts";
import { printable } from "../../core/printable.ts";
import { usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { exportBundle } from "../../engines/vulnerability/bundle/export.ts";
import { signingKey } from "../../engines/vulnerability/bundle/keys.ts";
import { openAdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { defaultDatabase } from "../paths.ts";
import { type ReachingOptions, registryOptions } from "../reaching.ts";

interface PushOptions extends ReachingOptions {
  readonly db?: string;
  readonly key?: string;
}

/** `bulkhead db push oci://REGISTRY/REPOSITORY:TAG --key FILE`: the database as a signed bundle. */
export async function dbPush(written: string, options: PushOptions): Promise<ExitCode> {
  const reference = parseArtifact(written);
  if (options.key === undefined) {
    throw usageProblem(written, "no signing key given", "use --key FILE");
  }
  if (reference.digest !== undefined) {
    throw usageProblem(written, "cannot push to a digest", "use a tag");
  }
  const signer = signingKey(options.key);
  const path = options.db ?? defaultDatabase();
  const database = openAdvisoryDatabase(path);
  const { importedAt } = database.outline();
  database.close();
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-push-"));
  try {
    const file = join(folder, "advisories.bundle");
    const { advisories } = await exportBundle(path, file, signer);
    const pushed = await pushBundle(reference, file, importedAt, registryOptions(options));
    const size = (pushed.size / 1e6).toFixed(1);
    process.stdout.write(`${printable(`${advisories} advisories, ${size} MB, signed: ${pushed.reference}`)}\n`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
