import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { textIn } from "../json.ts";
import { entriesAt, jsonLines, lineOf } from "../json-lines.ts";
import { packageFacts } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin, originOf } from "../origin.ts";
import { unreadEntries } from "../unread.ts";

/**
 * Package.resolved of Swift's package manager, versions 1 to 3 (`PinsStore`/`ResolvedPackagesStore`): pins with
 * repository and state. A package is named for its repository, `github.com/owner/name`, or by its identity where it
 * comes from a registry. One that is pinned to a branch or revision has the revision for a version. Packages of a local
 * path are the project's own code.
 */
export const swiftPackageResolved = lockfile({
  id: "swift-package-resolved",
  version: 2,
  basenames: ["Package.resolved"],
  read,
});

function read(text: string): FileFacts {
  const resolved = jsonObject(text);
  const pins = isObject(resolved.object) ? resolved.object.pins : resolved.pins;
  if (!Array.isArray(pins)) {
    throw brokenLockfile("the file", "no pins");
  }
  const unread = unreadEntries();
  const list = packageList();
  const way = isObject(resolved.object) ? ["object", "pins"] : ["pins"];
  const lines = jsonLines(text, entriesAt(...way), unread.add);
  for (const [index, pin] of (pins as readonly unknown[]).entries()) {
    if (!isObject(pin)) {
      unread.add(`pin ${index + 1} is not an object`);
      continue;
    }
    const { kind, identity, location, repositoryURL, state } = pin;
    if (kind === "localSourceControl" || kind === "fileSystem") continue;
    const url = textIn(location ?? repositoryURL) ?? "";
    if (url.startsWith("/") || url.startsWith("file:")) continue;
    const { version, revision } = isObject(state) ? state : {};
    const read = identityOf(
      kind === "registry" ? textIn(identity) : repositoryPath(url),
      textIn(version) ?? textIn(revision),
    );
    if ("fault" in read) unread.add(`pin ${index + 1} ${read.fault}`);
    else {
      const origin = kind === "registry" ? originOf("registry", url) : gitOrigin(url, textIn(revision));
      list.add({
        type: "swift",
        ...read,
        licenses: [],
        ...fetchedFrom(origin),
        ...lineOf(lines.at(...way, index)),
      });
    }
  }
  return packageFacts(list.records(unread), unread.sentences(), resolved.version);
}

/** `https://GitHub.com/owner/name.git`, `git@github.com:owner/name` → `github.com/owner/name`. */
function repositoryPath(url: string): string | undefined {
  const scheme = url.indexOf("://");
  let rest = scheme < 0 ? url : url.slice(scheme + 3);
  const slash = rest.indexOf("/");
  const at = rest.indexOf("@");
  if (at >= 0 && (slash < 0 || at < slash)) rest = rest.slice(at + 1);
  // The short form of ssh has a colon where a URL has its path; a URL may have a port there.
  if (scheme < 0) rest = rest.replace(":", "/");
  const parts = rest.split("/").filter((part) => part !== "");
  if (parts.length < 2) return undefined;
  const [host = "", ...path] = parts;
  return `${host.toLowerCase().split(":", 1)[0]}/${path.join("/")}`.replace(/\.git$/, "");
}
