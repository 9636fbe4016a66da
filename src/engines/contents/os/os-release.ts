import type { Analyser } from "../analyser.ts";
import { bounds } from "../bounds.ts";
import type { Distribution } from "../model.ts";

/** Where os-release(5) puts it, the file that outranks the other first. */
export const osReleasePaths = ["etc/os-release", "usr/lib/os-release"] as const;

export const osRelease: Analyser = {
  id: "os-release",
  version: 2,
  evidence: "installed",
  basenames: ["os-release"],
  maxBytes: bounds.smallFileBytes,
  wants: (path) => path === osReleasePaths[0] || path === osReleasePaths[1],
  analyse({ bytes }) {
    const distribution = parseOsRelease(bytes.toString("utf8"));
    return distribution === undefined
      ? { kind: "unreadable", code: "contents.os-release-broken", reason: "its ID is not a distribution identifier" }
      : { kind: "distribution", distribution };
  },
};

/** os-release(5), ID: lower-case letters, digits, dot, underscore and dash; capitals are forgiven. */
const IDENTIFIER = /^[a-z0-9._-]{1,64}$/;

/**
 * The keys of os-release(5) that identify a distribution. Without an ID it is `linux`, the manual's default.
 * Undefined where the ID is not one.
 */
export function parseOsRelease(text: string): Distribution | undefined {
  const values = assignments(text);
  const id = (values.get("ID") || "linux").toLowerCase();
  if (!IDENTIFIER.test(id)) return undefined;
  const versionId = values.get("VERSION_ID");
  const versionCodename = values.get("VERSION_CODENAME");
  const prettyName = values.get("PRETTY_NAME");
  const cpeName = values.get("CPE_NAME");
  return {
    id,
    ...(isDeclared(versionId) ? { versionId } : {}),
    ...(isDeclared(versionCodename) ? { versionCodename } : {}),
    idLike: (values.get("ID_LIKE") ?? "")
      .toLowerCase()
      .split(/[ \t]/)
      .filter((word) => IDENTIFIER.test(word)),
    ...(isDeclared(prettyName) ? { prettyName } : {}),
    ...(isDeclared(cpeName) ? { cpeName } : {}),
  };
}

function isDeclared(value: string | undefined): value is string {
  return value !== undefined && value !== "" && value.length <= bounds.declaredTextLength;
}

/** Shell assignments of literal words; as in a shell the last one of a name counts. Other lines are skipped. */
function assignments(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) values.set(line.slice(0, equals).trim(), unquote(line.slice(equals + 1).trim()));
  }
  return values;
}

/** Removes the quotes of one shell word, and the backslashes that count within them. */
function unquote(word: string): string {
  const quote = word[0];
  const body = (quote === '"' || quote === "'") && word.length > 1 && word.endsWith(quote) ? word.slice(1, -1) : word;
  return quote === "'" ? body : body.replace(/\\([\\"'$`])/g, "$1");
}
