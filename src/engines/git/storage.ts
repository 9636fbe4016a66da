import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { readConfiguration } from "./configuration.ts";
import { readWhole } from "./files.ts";
import type { ObjectFormat } from "./model.ts";

/** Extensions that change nothing of what is read here (git-config(1), `extensions.*`). */
const HARMLESS = new Set([
  "noop",
  "noop-v1",
  "preciousobjects",
  "worktreeconfig",
  "relativeworktrees",
  "compatobjectformat",
]);

/** How a repository says that it is stored. @throws {Problem} where it is in a way that is not read here */
export function readStorage(commonFolder: string): { readonly format: ObjectFormat; readonly partial: boolean } {
  const path = join(commonFolder, "config");
  const settings = readConfiguration(readWhole(path, bounds.gitFileBytes)?.toString("utf8") ?? "");
  const refuse = (code: string, cause: string): Problem => new Problem({ kind: "input", code, place: path, cause });
  const version = settings.get("core.repositoryformatversion") ?? "0";
  if (version !== "0" && version !== "1") throw refuse("git.extension-unknown", `format version ${version} is unknown`);
  let format: ObjectFormat = "sha1";
  let partial = false;
  for (const [name, value] of settings) {
    if (!name.startsWith("extensions.")) continue;
    const extension = name.slice("extensions.".length);
    if (extension === "objectformat" && (value === "sha1" || value === "sha256")) format = value;
    else if (extension === "partialclone") partial = true;
    else if (extension === "refstorage" && value !== "files") {
      throw refuse("git.reftable", `its refs are stored as ${value.slice(0, 64)}, which is not read yet`);
    } else if (extension !== "refstorage" && !HARMLESS.has(extension) && version === "1") {
      throw refuse("git.extension-unknown", `its extension ${extension.slice(0, 64)} is unknown`);
    }
  }
  return { format, partial };
}

/** Commits whose parents a shallow clone left out (gitrepository-layout, `shallow`). */
export function readShallow(commonFolder: string): string[] {
  const text = readWhole(join(commonFolder, "shallow"), bounds.gitFileBytes)?.toString("latin1") ?? "";
  return text.split("\n").filter((line) => line !== "");
}
