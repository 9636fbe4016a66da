import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { hexHash } from "../hashes.ts";
import { identityOf } from "../identity.ts";
import { brokenLockfile, lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin } from "../origin.ts";
import { unreadEntries } from "../unread.ts";
import { itemsOfTerm, readTerms, type Term, textOfTerm } from "./terms.ts";

/**
 * rebar.lock (rebar3's `rebar_config:write_lock_file/2`): a list of `{name, {pkg, package, version}, level}`, alone or
 * in a tuple with the format's version, then hashes. Packages from elsewhere have `{git, url, {ref, revision}}`, where
 * the revision stands for a version. Level 0 is what the project names; there are no edges.
 */
export const rebarLock = lockfile({
  id: "rebar-lock",
  version: 2,
  basenames: ["rebar.lock"],
  read,
});

function read(text: string): FileFacts {
  const [first, second] = readTerms(text, "erlang");
  const locks = typeof first === "object" && first.kind === "tuple" ? first.items[1] : first;
  if (typeof locks !== "object" || locks.kind !== "list") {
    throw brokenLockfile("the file", "not a list of packages");
  }
  const unread = unreadEntries();
  const list = packageList();
  const tarballs = tarballHashesIn(second);
  for (const [index, lock] of locks.items.entries()) {
    const [application, source, level] = itemsOfTerm(lock);
    const [scm, name, version] = itemsOfTerm(source);
    const isPackage = scm === "pkg";
    const identity = isPackage
      ? identityOf(textOfTerm(name), textOfTerm(version))
      : identityOf(textOfTerm(application), textOfTerm(itemsOfTerm(version)[1]));
    if ("fault" in identity) {
      unread.add(`entry ${index + 1} ${identity.fault}`);
      continue;
    }
    list.add({
      type: "hex",
      ...identity,
      licenses: [],
      ...(level === undefined ? {} : { direct: level === "0" }),
      ...(isPackage ? hexHash("sha256", tarballs.get(textOfTerm(application) ?? "")) : {}),
      ...(isPackage ? {} : fetchedFrom(gitOrigin(textOfTerm(name) ?? "", textOfTerm(itemsOfTerm(version)[1])))),
    });
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}

/** Application → checksum of its tarball (`pkg_hash_ext`); `pkg_hash` is of the contents alone. */
function tarballHashesIn(term: Term | undefined): ReadonlyMap<string, string> {
  const table = itemsOfTerm(term).find((item) => itemsOfTerm(item)[0] === "pkg_hash_ext");
  return new Map(
    itemsOfTerm(itemsOfTerm(table)[1]).map((item) => {
      const [application, hash] = itemsOfTerm(item);
      return [textOfTerm(application) ?? "", textOfTerm(hash) ?? ""];
    }),
  );
}
