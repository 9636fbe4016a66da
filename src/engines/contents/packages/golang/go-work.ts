import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";
import { readDirectives } from "./directives.ts";

/**
 * go.work (Go Modules Reference, "go.work files"): its modules have a go.mod of their own each, and what it replaces is
 * built in place of what these require. A local folder is the project's own code.
 */
export const goWork = lockfile({ id: "go-work", version: 1, basenames: ["go.work"], read });

const KNOWN: ReadonlySet<string> = new Set(["go", "toolchain", "godebug", "use", "replace"]);

function read(text: string): FileFacts {
  const unread = unreadEntries();
  const list = packageList();
  for (const { verb, words, line, fault } of readDirectives(text)) {
    if (fault !== undefined) unread.add(`line ${line} ${fault}`);
    else if (!KNOWN.has(verb)) unread.add(`line ${line} has the unknown directive ${verb.slice(0, 40)}`);
    else if (verb === "replace") {
      const arrow = words.indexOf("=>");
      const by = words.slice(arrow + 1);
      if (arrow >= 1 && by.length === 1) continue;
      const identity = identityOf(by[0], by[1]);
      if (arrow < 1 || "fault" in identity) unread.add(`the replace in line ${line} says not by what`);
      else list.add({ type: "golang", ...identity, licenses: [], direct: true });
    }
  }
  return { kind: "packages", packages: list.records(unread), unread: unread.sentences() };
}
