import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, itemsOf, type JsonObject, textIn } from "../json.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";

/**
 * renv.lock (renv docs, "Lockfiles"), versions 1 and 2: package → its fields; what it needs is in `Requirements`, or in
 * the fields of its DESCRIPTION. Packages of a local source are the project's own code. Those of Bioconductor are in
 * another ecosystem than CRAN's, which is not looked at.
 */
export const renvLock = lockfile({
  id: "renv-lock",
  version: 1,
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
  const references = new Map<string, { readonly reference: string; readonly stated: JsonObject }>();
  for (const [key, stated] of fieldsOf(lock.Packages)) {
    const fields = isObject(stated) ? stated : {};
    const identity = identityOf(textIn(fields.Package) ?? key, textIn(fields.Version));
    if ("fault" in identity) {
      unread.add(`a package ${identity.fault}`);
    } else if (fields.Source === "Bioconductor") {
      unread.add(`${identity.name} comes from Bioconductor, which is not read`);
    } else if (fields.Source !== "Local") {
      const reference = graph.add({ type: "cran", ...identity, licenses: [] });
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
