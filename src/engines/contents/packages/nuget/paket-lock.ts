import type { FileFacts } from "../../model.ts";
import { dependencyGraph } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { brokenLockfile, lockfile } from "../lockfile.ts";
import { fetchedFrom, originOf } from "../origin.ts";
import { indentOf, textLines } from "../text-lines.ts";
import { unreadEntries } from "../unread.ts";
import { idSpelling } from "./package-ids.ts";

/**
 * paket.lock (Paket docs, "The paket.lock file"): the NUGET sections of each group, packages indented by four spaces
 * and what they need by six. Files of the GITHUB, GIT, GIST and HTTP sections are no packages.
 */
export const paketLock = lockfile({
  id: "paket-lock",
  version: 2,
  basenames: ["paket.lock"],
  read,
});

const REMOTES: ReadonlySet<string> = new Set(["NUGET", "GITHUB", "GIT", "GIST", "HTTP"]);

/** `Name (1.2.3) - restriction: …`; of a dependency, the parentheses hold what it asks for. */
const ENTRY = /^ +([^ ()]+)(?: \(([^()]*)\))?/;

function read(source: string): FileFacts {
  const unread = unreadEntries();
  const graph = dependencyGraph();
  const spelled = idSpelling();
  const needing: { readonly group: number; readonly reference: string; readonly id: string }[] = [];
  const resolved = new Map<string, string>();
  let group = 0;
  let section = "";
  let remotes = 0;
  let current: string | undefined;
  let feed: string | undefined;
  for (const { number, text } of textLines(source)) {
    if (text.trim() === "") continue;
    const indent = indentOf(text);
    if (indent === 0) {
      section = text.trimEnd();
      current = undefined;
      feed = undefined;
      if (section.startsWith("GROUP ")) group += 1;
      if (REMOTES.has(section)) remotes += 1;
      continue;
    }
    if (section === "NUGET" && indent === 2) {
      const [key, url] = text.trim().split(": ", 2);
      if (key === "remote") feed = url;
      continue;
    }
    if (section !== "NUGET" || (indent !== 4 && indent !== 6)) continue;
    const entry = ENTRY.exec(text);
    if (entry === null) {
      unread.add(`line ${number} is not a package`);
      continue;
    }
    const id = spelled(entry[1] as string);
    if (indent === 6) {
      if (current !== undefined) needing.push({ group, reference: current, id });
      continue;
    }
    const identity = identityOf(id, entry[2]);
    current = undefined;
    if ("fault" in identity) {
      unread.add(`the package in line ${number} ${identity.fault}`);
      continue;
    }
    current = graph.add({
      type: "nuget",
      ...identity,
      licenses: [],
      ...fetchedFrom(originOf("registry", feed)),
      line: number,
    });
    resolved.set(`${group} ${id}`, current);
  }
  if (remotes === 0 && source !== "") {
    throw brokenLockfile("the file", "no section of a lockfile");
  }
  for (const { group: of, reference, id } of needing) {
    const to = resolved.get(`${of} ${id}`);
    if (to !== undefined) graph.connect(reference, to);
  }
  return { kind: "packages", packages: graph.records(unread), unread: unread.sentences() };
}
