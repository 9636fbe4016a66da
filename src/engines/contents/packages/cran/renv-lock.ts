import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, itemsOf, type JsonObject, textIn } from "../json.ts";
import { entriesAt, jsonLines, lineOf } from "../json-lines.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { fetchedFrom, gitOrigin, originOf } from "../origin.ts";
import { unreadEntries } from "../unread.ts";

/**
 * renv.lock (renv docs, "Lockfiles"), versions 1 and 2: package → its fields; what it needs is in `Requirements`, or in
 * the fields of its DESCRIPTION. Packages of a local source are the project's own code. Those of Bioconductor are in
 * another ecosystem than CRAN's, which is not looked at.
 */
export const renvLock = lockfile({
  id: "renv-lock",
  version: 2,
  basenames: ["renv.lock"],
  read,
});

const NEEDS = ["Requirements", "Depends", "Imports", "LinkingTo"] as const;

function read(text: string): FileFacts {
  const lock = jsonObject(text);
  if (!isObject(lock.Packages)) {
    throw brokenLockfile("the file", "no Packages");
  }
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const lines = jsonLines(text, entriesAt("Packages"), unread.add);
  const repositories = repositoriesIn(lock.R);
  const references = new Map<string, { readonly reference: string; readonly stated: JsonObject }>();
  for (const [key, stated] of fieldsOf(lock.Packages)) {
    const fields = isObject(stated) ? stated : {};
    const identity = identityOf(textIn(fields.Package) ?? key, textIn(fields.Version));
    if ("fault" in identity) {
      unread.add(`a package ${identity.fault}`);
    } else if (fields.Source === "Bioconductor") {
      unread.add(`${identity.name} comes from Bioconductor, which is not read`);
    } else if (fields.Source !== "Local") {
      const reference = graph.add({
        ...{ type: "cran", ...identity, licenses: [] },
        ...originIn(fields, repositories),
        ...lineOf(lines.at("Packages", key)),
      });
      references.set(identity.name, { reference, stated: fields });
    }
  }
  for (const { reference, stated } of references.values()) {
    for (const field of NEEDS) {
      for (const need of itemsOf(stated[field])) {
        // `rlang (>= 1.1.0)`
        const to = references.get((textIn(need) ?? "").split(/[\s(]/, 1)[0] as string);
        if (to !== undefined) graph.connect(reference, to.reference);
      }
    }
  }
  return { kind: "packages", packages: graph.records(unread), unread: unread.sentences() };
}

/** Name → address. */
function repositoriesIn(r: unknown): ReadonlyMap<string, string> {
  const repositories = new Map<string, string>();
  for (const repository of itemsOf(isObject(r) ? r.Repositories : undefined)) {
    const { Name: name, URL: url } = isObject(repository) ? repository : {};
    if (typeof name === "string" && typeof url === "string") repositories.set(name, url);
  }
  return repositories;
}

/** A repository by its name or address, or what `Remote*` say of a repository of git. */
function originIn(fields: JsonObject, repositories: ReadonlyMap<string, string>): Pick<PackageRecord, "fetchedFrom"> {
  const repository = textIn(fields.Repository);
  if (fields.Source === "Repository") {
    const url = repositories.get(repository ?? "") ?? (repository?.includes("://") === true ? repository : undefined);
    return fetchedFrom(originOf("registry", url));
  }
  const [host, owner, name] = [fields.RemoteHost, fields.RemoteUsername, fields.RemoteRepo].map(textIn);
  const url =
    textIn(fields.RemoteUrl) ??
    (owner === undefined || name === undefined ? undefined : `https://${hostOf(host)}/${owner}/${name}`);
  return fetchedFrom(url === undefined ? undefined : gitOrigin(url, textIn(fields.RemoteSha) ?? ""));
}

/** GitHub's interface has an address of its own. */
function hostOf(host: string | undefined): string {
  return host === undefined || host === "api.github.com" ? "github.com" : host;
}
