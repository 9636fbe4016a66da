import type { FileFacts } from "../../model.ts";
import { lockedPackages } from "../locked.ts";
import { lockfile } from "../lockfile.ts";
import type { Usage } from "../usage.ts";
import { normalizedName } from "./name.ts";
import { pinnedVersion, requirementOf } from "./requirement.ts";
import { onlyHash } from "./toml-fields.ts";

/**
 * pip's requirements files ("Requirements File Format"): `requirements*.txt`, `*requirements.txt`, and what lies in a
 * folder `requirements`. Requirements that are pinned with `==` or `===` are packages, whatever their markers; what is
 * not pinned is counted as unread, since nobody can tell what it brings. Included files (`-r`, `-c`) are files of their
 * own; a local path is the project's own code.
 */
export const requirements = lockfile({ id: "requirements", version: 1, extensions: [".txt"], wants, read });

function wants(path: string): boolean {
  const parts = path.toLowerCase().split("/");
  const file = parts.at(-1) ?? "";
  if (!file.endsWith(".txt")) return false;
  return file.startsWith("requirements") || file.endsWith("requirements.txt") || parts.at(-2) === "requirements";
}

function read(text: string, path: string): FileFacts {
  const locked = lockedPackages("pypi");
  const usage = usageOf(path);
  let notPinned = 0;
  for (const { line, content } of logicalLines(text)) {
    if (content.startsWith("-")) {
      if (EDITABLE.test(content) && content.includes("://")) notPinned += 1;
      continue;
    }
    const [specifier = "", ...options] = content.split(/\s--/);
    const requirement = requirementOf(specifier);
    if (requirement === undefined) {
      // A URL names a package whose version is unknown.
      if (content.includes("://")) notPinned += 1;
      else if (!isLocal(content)) locked.unread(`line ${line} is no requirement`);
      continue;
    }
    const version = pinnedVersion(requirement.clauses);
    if (version === undefined) {
      if (!isLocal(content)) notPinned += 1;
      continue;
    }
    const hashes = options.map(hashIn).filter((hash) => hash !== undefined);
    locked.add(`${normalizedName(requirement.name)} ${line}`, {
      name: requirement.name,
      version,
      usage,
      hashes: onlyHash(hashes),
    });
  }
  if (notPinned > 0) locked.unread(`${notPinned} of its requirements are not pinned to one version`);
  return locked.facts();
}

const EDITABLE = /^(?:-e|--editable)[\s=]/;

/** `hash=sha256:…` of `--hash=sha256:…` */
function hashIn(option: string): string | undefined {
  return option.startsWith("hash=") ? option.slice("hash=".length).trim() : undefined;
}

function isLocal(content: string): boolean {
  if (content.includes("://")) return false;
  return /^[./~]/.test(content) || /^[^\s<>=!~;@[]*[/\\]/.test(content) || /\.(?:whl|zip|tar\.gz)$/i.test(content);
}

/** Lines that end in a backslash are joined with the next; comments and blank lines are left out. */
function* logicalLines(text: string): Generator<{ readonly line: number; readonly content: string }> {
  let line = 0;
  let start = 0;
  let joined: string[] = [];
  let from = 1;
  while (start < text.length) {
    line += 1;
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const physical = text.slice(start, end).trimEnd();
    start = end + 1;
    if (joined.length === 0) from = line;
    const isComment = physical.trimStart().startsWith("#");
    if (physical.endsWith("\\") && !isComment && start < text.length) {
      joined.push(physical.slice(0, -1));
      continue;
    }
    joined.push(isComment ? "" : physical);
    // pip wants white space before a comment; no requirement with a version has the mark anywhere.
    const content = joined.join(" ").split(/\s#/, 1)[0]?.trim() ?? "";
    joined = [];
    if (content !== "")
      yield { line: from, content: content.includes("://") ? content : (content.split("#", 1)[0] ?? "").trim() };
  }
}

/** A file for development says so in its name: `requirements-dev.txt`, `requirements/test.txt`. */
function usageOf(path: string): Usage | undefined {
  const file = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const words = file.split(/[^a-z]+/);
  return words.some((word) => DEVELOPMENT.has(word)) ? "development" : undefined;
}

const DEVELOPMENT: ReadonlySet<string> = new Set(["dev", "develop", "development", "test", "tests", "testing"]);
