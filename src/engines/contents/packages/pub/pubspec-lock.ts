import { isMap, placedYamlDocuments, type YamlValue } from "../../../../formats/yaml/texts.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { lineOf, repeatedName } from "../json-lines.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin, originOf } from "../origin.ts";
import { unreadEntries } from "../unread.ts";

/**
 * pubspec.lock (Dart's pub, `lock_file.dart`). Hosted packages and those of git repositories count; those of a local
 * path are the project's own code, and those of an SDK (flutter) have no version but the SDK's. There is no graph.
 */
export const pubspecLock = lockfile({ id: "pubspec-lock", version: 3, basenames: ["pubspec.lock"], read });

function read(text: string): FileFacts {
  const { documents, places } = placedYamlDocuments(text, brokenAt);
  const [document] = documents;
  const packages = document?.get("packages");
  // Without any package, pub writes the key alone or an empty map.
  if (packages === undefined || !(isMap(packages) || packages === "")) {
    throw brokenLockfile("the file", "no map of packages");
  }
  const unread = unreadEntries();
  const list = packageList();
  for (const { name, line } of places.repeated) unread.add(repeatedName(name, line));
  for (const [name, stated] of isMap(packages) ? packages : []) {
    const source = field(stated, "source");
    if (source === "path" || source === "sdk") continue;
    const identity = identityOf(name, field(stated, "version"));
    if ("fault" in identity) {
      unread.add(`a package ${identity.fault}`);
      continue;
    }
    const dependency = field(stated, "dependency") ?? "";
    list.add({
      type: "pub",
      ...identity,
      licenses: [],
      ...(dependency === "direct dev" ? { usage: "development" } : {}),
      ...(dependency === "" ? {} : { direct: dependency.startsWith("direct ") }),
      ...hexHash("sha256", field(isMap(stated) ? stated.get("description") : undefined, "sha256")),
      ...originIn(source, isMap(stated) ? stated.get("description") : undefined),
      ...lineOf(isMap(stated) ? places.lineOf(stated) : undefined),
    });
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}

/** `url` is of the server that hosts it, or of the repository, whose commit is `resolved-ref`. */
function originIn(source: string | undefined, description: YamlValue | undefined): Pick<PackageRecord, "fetchedFrom"> {
  const url = field(description, "url");
  if (source === "hosted") return fetchedFrom(originOf("registry", url));
  return fetchedFrom(url === undefined ? undefined : gitOrigin(url, field(description, "resolved-ref")));
}

function field(value: YamlValue | undefined, name: string): string | undefined {
  const text = isMap(value) ? value.get(name) : undefined;
  return typeof text === "string" ? text : undefined;
}
