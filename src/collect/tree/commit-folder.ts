/** A directory of manifests as a commit has it, laid into a directory of its own. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { makeFolders } from "../../engines/files/folders.ts";
import { readFolderAt } from "../../engines/git/folder-at.ts";
import { isComposeFile } from "../../engines/kubernetes/compose/name.ts";
import { isKustomization } from "../kubernetes/kustomization-name.ts";
import { mayHoldManifests } from "../kubernetes/manifest-names.ts";
import { bounds } from "./bounds.ts";

export interface CommitFolder extends AsyncDisposable {
  /** Absolute; it is removed when this is disposed of. */
  readonly path: string;
}

/**
 * Lays the files that may be manifests, or are read beside them, into a new directory, so that they are read as any
 * directory's are. Links are laid as they are: whoever reads follows none that leads out.
 *
 * @param written - `git:REF:PATH`
 * @param folder - in the work tree of the repository
 * @throws Problem (usage) where there is no such commit or directory
 */
export async function openCommitFolder(written: string, folder: string): Promise<CommitFolder> {
  const [ref = "", ...rest] = written.slice("git:".length).split(":");
  const path = rest
    .join(":")
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .join("/");
  if (ref === "" || rest.length === 0) {
    const remedy = "write git:REF:PATH, as git:origin/main:deploy; git:REF:. for all of it";
    throw usage("git.name", written, "a commit or a path is missing", remedy);
  }
  const root = mkdtempSync(join(tmpdir(), "bulkhead-commit-"));
  const dispose = () => rmSync(root, { recursive: true, force: true });
  try {
    const limits = { files: bounds.commitFiles, bytes: bounds.commitBytes };
    for (const file of readFolderAt(folder, ref, path, isWanted, limits)) {
      const target = join(root, file.path);
      makeFolders(dirname(target));
      if (file.kind === "file") writeFileSync(target, file.bytes, { flag: "wx" });
      else symlinkSync(file.bytes.toString("utf8"), target);
    }
  } catch (error) {
    dispose();
    if (!isEvidenceProblem(error)) throw error;
    throw usage(error.code, written, `${error.place}: ${error.message}`, error.remedy);
  }
  return { path: root, [Symbol.asyncDispose]: async () => dispose() };
}

/** By name, as `discover` takes them, and what is read beside them. */
function isWanted(path: string): boolean {
  const name = basename(path);
  return (
    mayHoldManifests(name) || isKustomization(name) || isComposeFile(path) || name === ".env" || name === "Chart.yaml"
  );
}

function usage(code: string, place: string, cause: string, remedy: string | undefined): Problem {
  return new Problem({ kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
