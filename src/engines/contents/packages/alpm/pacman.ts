import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { textLines } from "../text-lines.ts";

/** Pacman's local database (alpm, `be_local.c`): a folder for each package, whose `desc` has `%FIELD%` and its lines. */
export const pacman: Analyser = {
  id: "pacman",
  version: 1,
  evidence: "installed",
  basenames: ["desc"],
  maxBytes: bounds.smallFileBytes,
  wants: (path) => /^var\/lib\/pacman\/local\/[^/]+\/desc$/.test(path),
  analyse: ({ bytes }) => read(bytes.toString("utf8")),
};

function read(text: string): FileFacts {
  const fields = new Map<string, string[]>();
  let lines: string[] = [];
  for (const { text: line } of textLines(text)) {
    const field = /^%([A-Z0-9]{1,32})%$/.exec(line)?.[1];
    if (field !== undefined) {
      lines = [];
      if (!fields.has(field)) fields.set(field, lines);
    } else if (line !== "") lines.push(line);
  }
  const first = (field: string): string | undefined => fields.get(field)?.[0];
  const identity = identityOf(first("NAME"), first("VERSION"));
  if ("fault" in identity) {
    return { kind: "unreadable", code: "contents.pacman-broken", reason: `it ${identity.fault}`, concerns: "alpm" };
  }
  const [architecture, base, supplier] = [first("ARCH"), first("BASE"), first("PACKAGER")];
  const record = {
    type: "alpm" as const,
    ...identity,
    ...(isDeclaredText(architecture) ? { architecture } : {}),
    licenses: (fields.get("LICENSE") ?? []).filter(isDeclaredText).slice(0, MOST_LICENSES),
    source: { name: isDeclaredText(base) ? base : identity.name, version: identity.version },
    ...(isDeclaredText(supplier) ? { supplier } : {}),
  };
  return { kind: "packages", packages: [record], unread: [] };
}

const MOST_LICENSES = 100;
