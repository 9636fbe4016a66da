/**
 * The Go module proxy (go.dev/ref/mod, "GOPROXY protocol"). The time of a version is that of its commit, which its author
 * writes: it was published then or later. What is deprecated or retracted, the go.mod of the latest version says.
 */
import { bounds } from "./bounds.ts";
import type { VersionEntry } from "./document.ts";
import { encoded, objectOf, textIn, timeIn } from "./fields.ts";

/** A path as the proxy takes it: capital letters become `!` and the small one (golang.org/x/mod/module, "Escaped Paths"). */
export function escapedPath(path: string): string {
  const escaped = path.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
  return escaped.split("/").map(encoded).join("/").replaceAll("%21", "!");
}

/** `@v/VERSION.info` and `@latest`. @throws Problem `packages.answer` */
export function readVersionInfo(bytes: Buffer, place: string): { version: string; at?: string } {
  const root = objectOf(bytes, place);
  const at = timeIn(root, "Time");
  return { version: textIn(root, "Version") ?? "", ...(at === undefined ? {} : { at }) };
}

/** `@v/list`: a version a line. */
export function readVersionList(bytes: Buffer): string[] {
  const lines = bytes.toString("utf8").split("\n", bounds.versions);
  return lines.map((line) => line.trim().split(" ", 1)[0] ?? "").filter((line) => /^v\d[\w.+-]{0,200}$/.test(line));
}

/** What a module says of itself in its latest go.mod. */
export interface ModuleStanding {
  readonly deprecated?: string;
  readonly retracted: readonly { readonly from: string; readonly to: string; readonly reason?: string }[];
}

/** `// Deprecated:` before `module`, and `retract` with one version, a range, or a block of them. */
export function readModuleStanding(bytes: Buffer): ModuleStanding {
  const retracted: { from: string; to: string; reason?: string }[] = [];
  let deprecated: string | undefined;
  let comment: string[] = [];
  let inBlock = false;
  for (const line of bytes.toString("utf8").split("\n", 10_000)) {
    const text = line.trim();
    if (text.startsWith("//")) {
      comment.push(text.slice(2).trim());
      continue;
    }
    const [code = "", trailing] = splitComment(text);
    if (code.startsWith("module "))
      deprecated = deprecationIn([...comment, ...(trailing === undefined ? [] : [trailing])]);
    const stated = inBlock ? code : code.startsWith("retract") ? code.slice("retract".length).trim() : undefined;
    if (stated === "(") inBlock = true;
    else if (code === ")") inBlock = false;
    else if (stated !== undefined) {
      const reason = trailing ?? comment.join(" ");
      const range = rangeOf(stated);
      if (range !== undefined)
        retracted.push({ ...range, ...(reason === "" ? {} : { reason: reason.slice(0, bounds.textLength) }) });
    }
    comment = [];
  }
  return { ...(deprecated === undefined ? {} : { deprecated }), retracted };
}

function splitComment(line: string): [code: string, comment?: string] {
  const at = line.indexOf("//");
  return at < 0 ? [line] : [line.slice(0, at).trim(), line.slice(at + 2).trim()];
}

function deprecationIn(comment: readonly string[]): string | undefined {
  const first = comment.findIndex((line) => line.startsWith("Deprecated:"));
  if (first < 0) return undefined;
  const text = comment.slice(first).join(" ").slice("Deprecated:".length).trim();
  return (text === "" ? "deprecated" : text).slice(0, bounds.textLength);
}

function rangeOf(stated: string): { from: string; to: string } | undefined {
  const plain = stated.replaceAll(/["`]/g, "");
  if (!plain.startsWith("[")) return /^v\d/.test(plain) ? { from: plain, to: plain } : undefined;
  const [from = "", to = ""] = plain
    .replaceAll(/[[\]]/g, "")
    .split(",")
    .map((one) => one.trim());
  return /^v\d/.test(from) && /^v\d/.test(to) ? { from, to } : undefined;
}

/** @param isBetween - whether the version is within a range, by Go's order */
export function standingEntry(
  { deprecated, retracted }: ModuleStanding,
  isBetween: (range: { from: string; to: string }) => boolean,
): Pick<VersionEntry, "deprecated" | "yanked"> {
  const own = retracted.find(isBetween);
  const reason = own?.reason ?? deprecated;
  return { yanked: own !== undefined, ...(reason === undefined ? {} : { deprecated: reason }) };
}
