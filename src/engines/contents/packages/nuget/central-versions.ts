import { xmlEvents } from "../../../../formats/xml/events.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { brokenLockfile, lockfile, lockfileXml } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";

/**
 * Directory.Packages.props (NuGet docs, "Central Package Management"): the versions that all projects below it take.
 * Versions that this file settles count: literal ones, and by its own properties. What the packages need in turn is
 * settled by a restore alone, which packages.lock.json records; `unread` says so.
 */
export const nugetCentralVersions = lockfile({
  id: "nuget-central-versions",
  version: 1,
  basenames: ["Directory.Packages.props"],
  read,
});

interface Stated {
  readonly name: string | undefined;
  version: string | undefined;
}

const ITEMS: ReadonlySet<string> = new Set(["PackageVersion", "GlobalPackageReference"]);

function read(text: string): FileFacts {
  const unread = unreadEntries();
  const properties = new Map<string, string>();
  const stated: Stated[] = [];
  const path: string[] = [];
  let content = "";
  let imports = 0;
  for (const event of xmlEvents(text, lockfileXml)) {
    if (event.kind === "text") {
      content += event.text;
      continue;
    }
    const item = stated.at(-1);
    if (event.kind === "start") {
      path.push(event.name);
      content = "";
      if (path.length === 1 && event.name !== "Project") throw brokenLockfile("the file", "not a project");
      if (event.name === "Import") imports += 1;
      if (path.at(-2) !== "ItemGroup" || !ITEMS.has(event.name)) continue;
      if (stated.length >= bounds.packages) throw brokenLockfile("the file", `over ${bounds.packages} versions`);
      const { attributes } = event;
      stated.push({ name: attributes.get("Include") ?? attributes.get("Update"), version: attributes.get("Version") });
      continue;
    }
    path.pop();
    if (path.at(-1) === "PropertyGroup" && properties.size < bounds.packages)
      properties.set(event.name, content.trim());
    if (event.name === "Version" && ITEMS.has(path.at(-1) ?? "") && item !== undefined) item.version = content.trim();
    content = "";
  }
  if (imports > 0) unread.add("its imports are not read");
  const list = packageList();
  for (const [index, { name, version }] of stated.entries()) {
    const settled = exactVersion(version, properties);
    if (name !== undefined && version !== undefined && settled === undefined) {
      unread.add(`the version of ${name.slice(0, SHOWN)} is not settled by this file`);
      continue;
    }
    const identity = identityOf(name, settled);
    if ("fault" in identity) unread.add(`item ${index + 1} ${identity.fault}`);
    else list.add({ type: "nuget", ...identity, licenses: [], direct: true });
  }
  if (stated.length > 0) unread.add("transitive packages are only known to a restore");
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}

const SHOWN = 120;
/** Properties within properties. */
const DEEPEST = 8;

/**
 * What a restore takes of a requirement ("Package versioning"): of `1.0` and `[1.0]` that version. A range and a
 * floating version mean none.
 */
function exactVersion(requirement: string | undefined, properties: ReadonlyMap<string, string>): string | undefined {
  let text = requirement ?? "";
  for (let depth = 0; depth < DEEPEST && text.includes("$("); depth++) {
    text = text.replace(/\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string) => properties.get(name) ?? whole);
    if (text.length > bounds.versionLength) return undefined;
  }
  const single = /^\[([^,[\]()]+)\]$/.exec(text)?.[1]?.trim();
  const version = single ?? text.trim();
  return version === "" || /[,[\]()*$]/.test(version) ? undefined : version;
}
