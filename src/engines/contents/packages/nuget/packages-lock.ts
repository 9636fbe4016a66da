import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { base64Hash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, textIn } from "../json.ts";
import { entriesAt, jsonLines, lineOf } from "../json-lines.ts";
import { packageFacts } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";
import { idSpelling } from "./package-ids.ts";

/**
 * NuGet's packages.lock.json, versions 1 and 2 (NuGet docs, "Locking dependencies"): target framework, or framework and
 * runtime → package. A package that several frameworks resolve alike is one. Entries of type `Project` are the
 * project's own code.
 */
export const nugetPackagesLock = lockfile({
  id: "nuget-packages-lock",
  version: 2,
  basenames: ["packages.lock.json"],
  read,
});

function read(text: string): FileFacts {
  const lock = jsonObject(text);
  if (!isObject(lock.dependencies)) {
    throw brokenLockfile("the file", "no dependencies");
  }
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const spelled = idSpelling();
  const lines = jsonLines(text, entriesAt("dependencies", "*"), unread.add);
  /** Target → lower-case id → reference. Runtimes list only what differs from their framework. */
  const targets = new Map<string, Map<string, string>>();
  const needing: { readonly target: string; readonly reference: string; readonly dependencies: unknown }[] = [];

  for (const [target, entries] of fieldsOf(lock.dependencies)) {
    const resolved = new Map<string, string>();
    targets.set(target, resolved);
    for (const [id, entry] of fieldsOf(entries)) {
      const { type, resolved: version, contentHash, dependencies } = isObject(entry) ? entry : {};
      if (typeof type === "string" && type.toLowerCase() === "project") continue;
      const identity = identityOf(spelled(id), textIn(version));
      if ("fault" in identity) {
        unread.add(`an entry of ${target} ${identity.fault}`);
        continue;
      }
      const reference = graph.add({
        type: "nuget",
        ...identity,
        licenses: [],
        direct: type === "Direct",
        ...base64Hash("sha512", textIn(contentHash)),
        ...lineOf(lines.at("dependencies", target, id)),
      });
      resolved.set(id.toLowerCase(), reference);
      needing.push({ target, reference, dependencies });
    }
  }
  for (const { target, reference, dependencies } of needing) {
    const framework = target.split("/", 1)[0] as string;
    for (const [needed] of fieldsOf(dependencies)) {
      const id = needed.toLowerCase();
      const to = targets.get(target)?.get(id) ?? targets.get(framework)?.get(id);
      if (to !== undefined) graph.connect(reference, to);
    }
  }
  return packageFacts(graph.records(unread), unread.sentences(), lock.version);
}
