import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { identityOf, isDeclaredText } from "../identity.ts";
import { textLines } from "../text-lines.ts";

/**
 * Installed gems: `specifications/NAME-VERSION.gemspec` and `specifications/default/…` of a gem folder, as RubyGems
 * writes them (`Gem::Specification#to_ruby`). They are programs, but their literals are read and nothing is run: name,
 * version and licences are one assignment each, and the `# stub:` line repeats name and version.
 */
export const gemspec: Analyser = {
  id: "gemspec",
  version: 1,
  evidence: "installed",
  extensions: [".gemspec"],
  maxBytes: bounds.smallFileBytes,
  wants: isInstalled,
  analyse,
};

function isInstalled(path: string): boolean {
  if (!path.endsWith(".gemspec")) return false;
  const folders = path.split("/").slice(0, -1);
  if (folders.at(-1) === "default") folders.pop();
  return folders.at(-1) === "specifications";
}

const STUB = "# stub: ";

function analyse({ bytes }: AnalysedFile): FileFacts {
  let stub: readonly string[] = [];
  let receiver: string | undefined;
  let name: string | undefined;
  let version: string | undefined;
  let licenses: readonly string[] = [];
  for (const { text } of textLines(bytes.toString("utf8"))) {
    if (text.length > bounds.manifestLineLength) continue;
    if (text.startsWith(STUB)) {
      stub = text.slice(STUB.length).split(" ");
      continue;
    }
    receiver ??= /Gem::Specification\.new do \|([a-z_]{1,32})\|/.exec(text)?.[1];
    if (receiver === undefined) continue;
    const line = text.trimStart();
    if (!line.startsWith(`${receiver}.`)) continue;
    const equals = line.indexOf("=");
    if (equals < 0) continue;
    const attribute = line.slice(receiver.length + 1, equals).trim();
    const value = line.slice(equals + 1);
    if (attribute === "name") name ??= stringsOf(value)[0];
    else if (attribute === "version") version ??= stringsOf(value)[0];
    else if (attribute === "licenses" || attribute === "license") licenses = stringsOf(value);
  }
  const identity = identityOf(name ?? stub[0], version ?? stub[1]);
  if ("fault" in identity) {
    return { kind: "unreadable", code: "contents.gemspec-broken", reason: `it ${identity.fault}` };
  }
  return {
    kind: "packages",
    packages: [{ type: "gem", ...identity, licenses: licenses.filter(isDeclaredText).slice(0, MOST_LICENSES) }],
    unread: [],
  };
}

/** Of one gem; a list longer than that is no declaration. */
const MOST_LICENSES = 32;

/** Ruby's string literals as RubyGems writes them, of old and today: `"a"`, `'a'`, `%q{a}`; without escapes. */
const STRING = /"([^"\\#]*)"|'([^'\\]*)'|%q\{([^{}\\]*)\}/g;

/** The string literals of one expression; what is computed (`Foo::VERSION`) has none. */
function stringsOf(expression: string): string[] {
  return [...expression.matchAll(STRING)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}
