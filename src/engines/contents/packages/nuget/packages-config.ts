import { xmlEvents } from "../../../../formats/xml/events.ts";
import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { brokenLockfile, lockfile, lockfileXml } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";

/**
 * packages.config of older .NET projects (NuGet docs, "packages.config reference"): every package with its version,
 * named or needed alike.
 */
export const nugetPackagesConfig = lockfile({
  id: "nuget-packages-config",
  version: 1,
  basenames: ["packages.config"],
  read,
});

function read(text: string): FileFacts {
  const unread = unreadEntries();
  const list = packageList();
  let depth = 0;
  let place = 0;
  for (const event of xmlEvents(text, lockfileXml)) {
    if (event.kind === "end") depth -= 1;
    if (event.kind !== "start") continue;
    depth += 1;
    if (depth === 1 && event.name !== "packages") throw brokenLockfile("the file", "not a list of packages");
    if (depth !== 2 || event.name !== "package") continue;
    place += 1;
    const identity = identityOf(event.attributes.get("id"), event.attributes.get("version"));
    if ("fault" in identity) {
      unread.add(`package ${place} ${identity.fault}`);
      continue;
    }
    const development = event.attributes.get("developmentDependency")?.toLowerCase() === "true";
    list.add({ type: "nuget", ...identity, licenses: [], ...(development ? { usage: "development" } : {}) });
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}
