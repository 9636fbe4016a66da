/** A release's tree for tests: `scripts/test-all` builds one for all of them, which takes seconds of processor time. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { buildPackage } from "../../scripts/published-build.ts";

export async function releaseTree(outdir: string): Promise<void> {
  const { BUILT_RELEASE } = process.env;
  if (BUILT_RELEASE === undefined) await buildPackage(join(import.meta.dirname, "..", ".."), outdir);
  else cpSync(BUILT_RELEASE, outdir, { recursive: true });
}
