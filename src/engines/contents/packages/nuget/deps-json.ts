import { isObject } from "../../../../core/untyped.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { base64Hash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, type JsonObject, jsonObjectIn, textIn } from "../json.ts";
import { unreadEntries } from "../unread.ts";
import { libraryOf } from "./package-ids.ts";

/**
 * APP.deps.json beside a published .NET application (dotnet/sdk, "runtime-configuration-file.md"): the libraries that
 * the runtime loads. Packages count, and in a self-contained application the runtime packs, under the id of the package
 * that each of them is. A package that brings no file (a metapackage, a reference assembly, one that the shared
 * framework replaces) is not installed.
 */
export const dotnetDeps: Analyser = {
  id: "dotnet-deps",
  version: 1,
  evidence: "installed",
  extensions: [".json"],
  maxBytes: bounds.lockfileBytes,
  wants: (path) => path.toLowerCase().endsWith(".deps.json"),
  analyse,
};

/** Fields of a target's library that list files. */
const FILES = ["runtime", "native", "runtimeTargets", "resources"] as const;
const RUNTIME_PACK = "runtimepack.";

function analyse({ bytes }: AnalysedFile): FileFacts {
  const deps = jsonObjectIn(bytes);
  if (deps === undefined || !(isObject(deps.targets) || isObject(deps.libraries))) {
    return { kind: "unreadable", code: "contents.dotnet-deps-broken", reason: "not a JSON object with targets" };
  }
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const target = targetOf(deps);
  /** Library as the file writes it, lower case → reference; undefined for the project's own code. */
  const references = new Map<string, string | undefined>();
  for (const [key, library] of fieldsOf(deps.libraries)) {
    const { type, sha512 } = isObject(library) ? library : {};
    const inTarget = target?.get(key);
    if (type === "project") references.set(key.toLowerCase(), undefined);
    if ((type !== "package" && type !== "runtimepack") || (inTarget !== undefined && !hasFiles(inTarget))) continue;
    const { id, version } = libraryOf(key);
    const name = type === "runtimepack" && id.startsWith(RUNTIME_PACK) ? id.slice(RUNTIME_PACK.length) : id;
    const identity = identityOf(name, version);
    if ("fault" in identity) {
      unread.add(`a library ${identity.fault}`);
      continue;
    }
    const hash = textIn(sha512);
    const reference = graph.add({
      type: "nuget",
      ...identity,
      licenses: [],
      ...base64Hash("sha512", hash?.startsWith("sha512-") === true ? hash.slice("sha512-".length) : hash),
    });
    references.set(key.toLowerCase(), reference);
  }
  for (const [key, entry] of target ?? []) {
    const from = key.toLowerCase();
    if (!references.has(from)) continue;
    const needed = fieldsOf(entry.dependencies)
      .map(([id, version]) => references.get(`${id}/${textIn(version) ?? ""}`.toLowerCase()))
      .filter((to) => to !== undefined);
    const reference = references.get(from);
    if (reference === undefined) graph.connectProject(needed);
    else for (const to of needed) graph.connect(reference, to);
  }
  return { kind: "packages", packages: graph.records(unread), unread: unread.sentences() };
}

/** The libraries of the target that the application runs on; undefined where the file does not have it. */
function targetOf({ runtimeTarget, targets }: JsonObject): ReadonlyMap<string, JsonObject> | undefined {
  const name = isObject(runtimeTarget) ? textIn(runtimeTarget.name) : textIn(runtimeTarget);
  const found = fieldsOf(targets).find(([target]) => target === name)?.[1];
  if (found === undefined) return undefined;
  return new Map(fieldsOf(found).map(([key, entry]) => [key, isObject(entry) ? entry : {}]));
}

function hasFiles(entry: JsonObject): boolean {
  return FILES.some((field) => fieldsOf(entry[field]).length > 0);
}
