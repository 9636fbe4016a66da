import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { canDeclare } from "../ownership.ts";

const LISTS = "var/lib/dpkg/info";
const STATUS_PARTS = "var/lib/dpkg/status.d";
const LIST = ".list";
const DIGESTS = ".md5sums";

/**
 * Which files dpkg's packages own: `info/NAME.list` or `info/NAME:ARCHITECTURE.list`, a path a line, folders too
 * (dpkg(1), "Files"). Distroless images have `status.d/PART.md5sums` instead, beside the stanza of the package, with
 * a digest before each path.
 */
export const dpkgFiles: Analyser = {
  id: "dpkg-files",
  version: 1,
  evidence: "installed",
  directories: [LISTS, STATUS_PARTS],
  maxBytes: bounds.smallFileBytes,
  wants: (path) =>
    path.startsWith(`${LISTS}/`) ? path.endsWith(LIST) : path.startsWith(`${STATUS_PARTS}/`) && path.endsWith(DIGESTS),
  analyse,
};

function analyse({ path, bytes }: AnalysedFile): FileFacts | undefined {
  const owns: string[] = [];
  const lines = bytes.toString("utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    // Absolute in lists, relative behind a digest and two blanks in the others.
    const file = line.startsWith("/") ? line.slice(1) : line.slice(line.indexOf("  ") + 2);
    // Folders stand in lists as well, right before what is in them.
    if (file === "" || file === "." || lines[index + 1]?.startsWith(`${line}/`) === true) continue;
    if (canDeclare(file, mayBeExecutable(file))) owns.push(file);
  }
  if (owns.length === 0) return undefined;
  return { kind: "ownership", owner: ownerOf(path), owns: [...new Set(owns)].sort() };
}

function ownerOf(path: string): { readonly name: string; readonly architecture?: string } | { readonly path: string } {
  if (path.endsWith(DIGESTS)) return { path: path.slice(0, -DIGESTS.length) };
  const [name = "", architecture] = path.slice(LISTS.length + 1, -LIST.length).split(":", 2);
  return architecture === undefined ? { name } : { name, architecture };
}

/** Lists have no modes. Programs lie in folders for programs, or without an ending in a folder of their package. */
function mayBeExecutable(path: string): boolean {
  if (/(?:^|\/)(?:s?bin|libexec|games)\//.test(path)) return true;
  return /^(?:usr\/lib|lib|opt)/.test(path) && !path.includes(".", path.lastIndexOf("/") + 1);
}
