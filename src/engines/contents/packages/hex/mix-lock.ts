import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { brokenLockfile, lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin } from "../origin.ts";
import { unreadEntries } from "../unread.ts";
import { hexRepository } from "./repository.ts";
import { itemsOfTerm, readTerms, type Term, textOfTerm } from "./terms.ts";

/**
 * mix.lock (Elixir's Mix and Hex's `Hex.SCM`): one map, application → `{:hex, package, version, checksum of the
 * contents, managers, dependencies, repository, checksum of the tarball}`, the last two since Hex 0.20; or `{:git, url,
 * revision, options}`, where the revision stands for a version. What is direct stands in mix.exs alone.
 */
export const mixLock = lockfile({
  id: "mix-lock",
  version: 2,
  basenames: ["mix.lock"],
  read,
});

function read(text: string): FileFacts {
  const terms = readTerms(text, "elixir");
  const [map] = terms;
  if (terms.length !== 1 || typeof map !== "object" || map.kind !== "map") {
    throw brokenLockfile("the file", "not a map");
  }
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const byApplication = new Map<string, string>();
  const needing: { readonly reference: string; readonly dependencies: readonly Term[] }[] = [];
  for (const [index, entry] of map.items.entries()) {
    if (typeof entry === "string" || entry.kind !== "pair") {
      unread.add(`entry ${index + 1} has no key`);
      continue;
    }
    const [scm, name, version, ...rest] = itemsOfTerm(entry.value).map((item) => textOfTerm(item));
    if (scm !== "hex" && scm !== "git") {
      unread.add(`entry ${index + 1} comes from neither Hex nor git`);
      continue;
    }
    const identity = identityOf(scm === "hex" ? name : entry.key, version);
    if ("fault" in identity) {
      unread.add(`entry ${index + 1} ${identity.fault}`);
      continue;
    }
    const reference = graph.add({
      type: "hex",
      ...identity,
      licenses: [],
      ...(scm === "hex" ? hexHash("sha256", rest[4]) : {}),
      ...(scm === "hex" ? fetchedFrom(hexRepository(rest[3])) : fetchedFrom(gitOrigin(name ?? "", version))),
    });
    byApplication.set(entry.key, reference);
    if (scm === "hex") needing.push({ reference, dependencies: itemsOfTerm(itemsOfTerm(entry.value)[5]) });
  }
  for (const { reference, dependencies } of needing) {
    for (const dependency of dependencies) {
      const to = byApplication.get(textOfTerm(itemsOfTerm(dependency)[0]) ?? "");
      if (to !== undefined) graph.connect(reference, to);
    }
  }
  return { kind: "packages", packages: graph.records(unread), unread: unread.sentences() };
}
