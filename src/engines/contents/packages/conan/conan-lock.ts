import { isObject } from "../../../../core/untyped.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { dependencyGraph, type PackageStatement, packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { fieldsOf, itemsOf, type JsonObject, textIn } from "../json.ts";
import { packageFacts } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile } from "../lockfile.ts";
import { type Unread, unreadEntries } from "../unread.ts";

/**
 * conan.lock (Conan docs, "Lockfiles"). Conan 1 (0.4) writes a graph whose nodes have a `ref`; the node of the project
 * has a `path` and is no package. Conan 2 (0.5) writes lists of references without edges. Tools that the build alone
 * needs, and the Python modules of recipes, are for development.
 */
export const conanLock = lockfile({
  id: "conan-lock",
  version: 2,
  basenames: ["conan.lock"],
  read,
});

function read(text: string): FileFacts {
  const lock = jsonObject(text);
  const unread = unreadEntries();
  let packages: PackageRecord[];
  if (isObject(lock.graph_lock) && isObject(lock.graph_lock.nodes)) {
    packages = packagesOfGraph(lock.graph_lock.nodes, unread);
  } else if (LISTS.some(([list]) => Array.isArray(lock[list]))) {
    packages = packagesOfLists(lock, unread);
  } else {
    throw brokenLockfile("the file", "neither a graph nor requirements");
  }
  return packageFacts(packages, unread.sentences(), lock.version);
}

function packagesOfGraph(nodes: JsonObject, unread: Unread): PackageRecord[] {
  const graph = dependencyGraph();
  /** Node → reference; undefined for the project. */
  const references = new Map<string, string | undefined>();
  for (const [key, node] of fieldsOf(nodes)) {
    if (!isObject(node)) {
      unread.add(`node ${key.slice(0, 40)} is not an object`);
      continue;
    }
    if (node.path !== undefined || node.ref === undefined || node.ref === null) {
      references.set(key, undefined);
      continue;
    }
    const identity = identityIn(node.ref);
    if ("fault" in identity) unread.add(`node ${key.slice(0, 40)} ${identity.fault}`);
    else references.set(key, graph.add(statementOf(identity, node.context === "build", node.ref)));
  }
  for (const [key, node] of fieldsOf(nodes)) {
    if (!references.has(key) || !isObject(node)) continue;
    const needed = [...itemsOf(node.requires), ...itemsOf(node.build_requires)]
      .map((need) => references.get(textIn(need) ?? ""))
      .filter((to) => to !== undefined);
    const reference = references.get(key);
    if (reference === undefined) graph.connectProject(needed);
    else for (const to of needed) graph.connect(reference, to);
  }
  return graph.records(unread);
}

/** List of a Conan 2 lockfile, and whether it is of tools. */
const LISTS: readonly (readonly [list: string, tools: boolean])[] = [
  ["requires", false],
  ["build_requires", true],
  ["python_requires", true],
  ["config_requires", true],
];

function packagesOfLists(lock: JsonObject, unread: Unread): PackageRecord[] {
  const packages = packageList();
  for (const [list, tools] of LISTS) {
    for (const [index, item] of itemsOf(lock[list]).entries()) {
      const identity = identityIn(item);
      if ("fault" in identity) unread.add(`item ${index + 1} of ${list} ${identity.fault}`);
      else packages.add(statementOf(identity, tools, item));
    }
  }
  return packages.records(unread);
}

function statementOf(
  identity: { readonly name: string; readonly version: string },
  tool: boolean,
  reference: unknown,
): PackageStatement {
  return {
    type: "conan",
    ...identity,
    licenses: [],
    ...(tool ? { usage: "development" } : {}),
    ...recipeOf(textIn(reference) ?? ""),
  };
}

/** The recipe's revision, which is a hash of it, or of its commit where the recipe says so ("Revisions"). */
function recipeOf(reference: string): Pick<PackageStatement, "files"> {
  const revision = /#([0-9a-f]{32}|[0-9a-f]{40})(?:%|$)/.exec(reference)?.[1];
  if (revision === undefined) return {};
  return { files: { recipe: `${revision.length === 32 ? "md5" : "sha1"}:${revision}` } };
}

/** `name/version@user/channel#recipe-revision%time`, of which all but name and version may be absent. */
function identityIn(reference: unknown): ReturnType<typeof identityOf> {
  const text = (textIn(reference) ?? "").split(/[#%@]/, 1)[0] as string;
  const slash = text.indexOf("/");
  return slash < 0 ? identityOf(text, undefined) : identityOf(text.slice(0, slash), text.slice(slash + 1));
}
