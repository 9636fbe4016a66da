/** Falco's own library, from Debian's libfalcosecurity0-dev: programs over it are built where the package is. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const INCLUDE = "/usr/include/falcosecurity";
const LIBRARIES = ["sinsp", "scap", "scap_engine_nodriver", "scap_engine_test_input", "scap_engine_source_plugin"];

/**
 * @param source - of one file
 * @param folder - that the program is put into
 * @returns the program's path
 * @throws Error where it cannot be built, with why
 */
export function buildLibsinsp(source: string, folder: string): string {
  if (!existsSync(join(INCLUDE, "libsinsp/sinsp.h")))
    throw new Error("Debian's package libfalcosecurity0-dev is missing");
  const program = join(folder, "libsinsp");
  const folders = ["", "/libsinsp", "/libscap", "/driver"].map((each) => `-I${INCLUDE}${each}`);
  const others = ["/usr/include/jsoncpp", "/usr/include/tbb"].map((each) => `-I${each}`);
  const libraries = [...LIBRARIES, "jsoncpp", "re2", "tbb", "z"].map((each) => `-l${each}`);
  const options = ["-std=c++17", "-O2", "-w", ...folders, ...others, source, "-o", program, ...libraries];
  const built = spawnSync("g++", options, { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`g++: ${(built.stderr ?? String(built.error)).split("\n")[0]}`);
  return program;
}
