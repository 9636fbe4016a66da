/** A release's tree for tests: `scripts/test` builds one for all of them, which takes seconds of processor time. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BundledPackage, buildPackage } from "../../scripts/published-build.ts";

const root = join(import.meta.dirname, "..", "..");
/** As `scripts/test` names it. */
export const REPOSITORY = "https://github.com/acme/bulkhead";

/** @returns the packages that have a part in it */
export async function releaseTree(outdir: string): Promise<readonly BundledPackage[]> {
  const { BUILT_RELEASE } = process.env;
  if (BUILT_RELEASE === undefined) return await buildPackage(root, outdir, { repository: REPOSITORY });
  cpSync(BUILT_RELEASE, outdir, { recursive: true });
  const notices = readFileSync(join(outdir, "THIRD_PARTY_NOTICES"), "utf8");
  return [...notices.matchAll(/^={80}\n(\S+) (\S+) \((.*)\)\n={80}$/gm)].map(
    ([, name = "", version = "", license = ""]) => ({
      ...{ name, version },
      ...(license === "" ? {} : { license }),
    }),
  );
}
