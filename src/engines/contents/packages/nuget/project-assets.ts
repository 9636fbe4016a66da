import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { base64Hash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, textIn } from "../json.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";
import { idSpelling, libraryOf } from "./package-ids.ts";

/**
 * obj/project.assets.json (NuGet's `LockFile`), what the last restore of a project resolved: target → `id/version` with
 * what it needs, hashes beside them, and the project with what it names.
 */
export const nugetProjectAssets = lockfile({
  id: "nuget-project-assets",
  version: 1,
  basenames: ["project.assets.json"],
  read,
});

function read(text: string): FileFacts {
  const assets = jsonObject(text);
  if (!isObject(assets.targets)) {
    throw brokenLockfile("the file", "no targets");
  }
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const spelled = idSpelling();
  const hashes = new Map(
    fieldsOf(assets.libraries).map(([key, library]) => [
      key.toLowerCase(),
      isObject(library) ? textIn(library.sha512) : undefined,
    ]),
  );
  const project = isObject(assets.project) ? assets.project : undefined;
  const named = new Set(
    fieldsOf(project?.frameworks).flatMap(([, framework]) =>
      fieldsOf(isObject(framework) ? framework.dependencies : undefined).map(([id]) => id.toLowerCase()),
    ),
  );
  for (const [name, target] of fieldsOf(assets.targets)) {
    const resolved = new Map<string, string>();
    const needing: { readonly reference: string; readonly dependencies: unknown }[] = [];
    for (const [key, entry] of fieldsOf(target)) {
      if (!isObject(entry) || entry.type !== "package") continue;
      const { id, version } = libraryOf(key);
      const identity = identityOf(spelled(id), version);
      if ("fault" in identity) {
        unread.add(`a library of ${name} ${identity.fault}`);
        continue;
      }
      const reference = graph.add({
        type: "nuget",
        ...identity,
        licenses: [],
        ...(project === undefined ? {} : { direct: named.has(id.toLowerCase()) }),
        ...base64Hash("sha512", hashes.get(key.toLowerCase())),
      });
      resolved.set(id.toLowerCase(), reference);
      needing.push({ reference, dependencies: entry.dependencies });
    }
    for (const { reference, dependencies } of needing) {
      for (const [id] of fieldsOf(dependencies)) {
        const to = resolved.get(id.toLowerCase());
        if (to !== undefined) graph.connect(reference, to);
      }
    }
  }
  return { kind: "packages", packages: graph.records(unread), unread: unread.sentences() };
}
