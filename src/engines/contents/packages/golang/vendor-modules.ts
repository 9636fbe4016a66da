import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { lockfile } from "../lockfile.ts";
import { textLines } from "../text-lines.ts";
import { unreadEntries } from "../unread.ts";

/**
 * vendor/modules.txt (Go Modules Reference, "Vendoring"): `# path version`, with `=> path version` where it is replaced,
 * then the packages of that module, one a line. Unlike go.mod it does not tell what is needed indirectly.
 */
export const goVendorModules = lockfile({
  id: "go-vendor-modules",
  version: 1,
  basenames: ["modules.txt"],
  wants: (path) => path === "vendor/modules.txt" || path.endsWith("/vendor/modules.txt"),
  read,
});

function read(source: string): FileFacts {
  const unread = unreadEntries();
  const list = packageList();
  for (const { number, text } of textLines(source)) {
    if (!text.startsWith("# ")) continue;
    const words = text.split(" ").slice(1);
    const arrow = words.indexOf("=>");
    const original = arrow < 0 ? words : words.slice(0, arrow);
    // Without a version of its own it is a replacement that the build does not use, or one of all versions: said above.
    if (original.length === 1 && arrow >= 0) continue;
    const module = arrow < 0 ? original : words.slice(arrow + 1);
    if (arrow >= 0 && module.length === 1) continue;
    const identity = identityOf(module[0], module[1]);
    if ("fault" in identity || module.length !== 2) {
      unread.add(`line ${number} ${"fault" in identity ? identity.fault : "is not a module and its version"}`);
    } else {
      list.add({ type: "golang", ...identity, licenses: [] });
    }
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}
