import { append } from "../../../../core/append.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts, PackageRecord, PackageType } from "../../model.ts";
import { unreadEntries } from "../unread.ts";
import { readElf } from "./elf.ts";
import { type Executable, looksExecutable } from "./executable.ts";
import { goPackages, readGoBuildInfo } from "./go.ts";
import { readMachO } from "./macho.ts";
import { readPe } from "./pe.ts";
import { programNames, recogniseProgram } from "./programs.ts";
import { rustPackages } from "./rust.ts";

/**
 * What programs say of themselves: the modules of Go programs, the crates of auditable Rust programs, and the version
 * of well-known ones. Nearly all others are told apart by two looks at the table of their sections' names.
 */
export const binary: Analyser = {
  id: "binary",
  version: 1,
  evidence: "installed",
  basenames: programNames,
  executables: true,
  maxBytes: bounds.wantedFileBytes,
  wants: (path) => !isScript(path),
  startsRight: looksExecutable,
  analyse,
};

/** Scripts have execute bits as well; their endings spare most of them a look at their content. */
function isScript(path: string): boolean {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") && SCRIPTS.has(path.slice(dot));
}

const SCRIPTS: ReadonlySet<string> = new Set([
  ...[".sh", ".bash", ".py", ".pl", ".pm", ".rb", ".js", ".mjs", ".cjs", ".ts", ".php", ".lua", ".awk", ".tcl"],
  ...[".json", ".txt", ".md", ".html", ".css", ".yaml", ".yml", ".xml", ".conf", ".h", ".c", ".hpp", ".cpp"],
]);

function analyse({ path, bytes }: AnalysedFile): FileFacts | undefined {
  const basename = path.slice(path.lastIndexOf("/") + 1);
  const packages: PackageRecord[] = [];
  const unread = unreadEntries();
  let concerns: PackageType | undefined;
  for (const executable of readExecutables(bytes)) {
    const info = readGoBuildInfo(executable);
    if (info !== undefined && "fault" in info) {
      return { kind: "unreadable", code: "contents.go-build-info-broken", reason: info.fault, concerns: "golang" };
    }
    if (info !== undefined) {
      concerns = "golang";
      append(packages, goPackages(info, unread));
    } else {
      const crates = rustPackages(executable, unread);
      if (unread.sentences().length > 0) concerns = "cargo";
      append(packages, crates);
    }
    const program = recogniseProgram(basename, executable, bytes);
    if (program !== undefined) packages.push({ type: "generic", ...program, licenses: [] });
    // The slices of a universal file are one program, built for several architectures.
    if (packages.length > 0) break;
  }
  const sentences = unread.sentences();
  if (packages.length === 0 && sentences.length === 0) return undefined;
  return { kind: "packages", packages, unread: sentences, ...(concerns === undefined ? {} : { concerns }) };
}

/** The programs in a file: one, or one for each architecture in a universal file of macOS. */
function readExecutables(bytes: Buffer): readonly Executable[] {
  const single = readElf(bytes) ?? readPe(bytes);
  return single === undefined ? readMachO(bytes) : [single];
}
