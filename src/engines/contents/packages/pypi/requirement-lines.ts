import { posix } from "node:path";

/** One line of a requirements file, as pip sees it. */
export type RequirementLine =
  | { readonly kind: "requirement"; readonly line: number; readonly content: string }
  /** `-r` or `-c`: as pip, the target is relative to the folder of the file that names it. */
  | { readonly kind: "requirements" | "constraints"; readonly line: number; readonly target: string }
  | { readonly kind: "editable"; readonly line: number; readonly content: string }
  /** Where packages are looked for: `index-url`, `extra-index-url` or `find-links`. */
  | { readonly kind: "index"; readonly line: number; readonly option: IndexOption; readonly url: string }
  /** One of pip's that brings no package: a hash mode, a kind of file. */
  | { readonly kind: "option"; readonly line: number }
  | { readonly kind: "unknown"; readonly line: number };

export type IndexOption = "index-url" | "extra-index-url" | "find-links";

const INDEX_OPTIONS: Readonly<Record<string, IndexOption>> = {
  i: "index-url",
  f: "find-links",
  "index-url": "index-url",
  "pypi-url": "index-url",
  "extra-index-url": "extra-index-url",
  "find-links": "find-links",
};

/** pip's options in requirements files ("Supported options"); a beginning is enough where it is no other's. */
const OPTIONS: readonly (readonly [name: string, kind: RequirementLine["kind"]])[] = [
  ["requirement", "requirements"],
  ["constraint", "constraints"],
  ["editable", "editable"],
  ...(
    [
      ...["index-url", "extra-index-url", "no-index", "find-links", "no-binary", "only-binary", "prefer-binary"],
      ...["require-hashes", "pre", "trusted-host", "use-feature", "pypi-url", "all-releases", "only-final"],
    ] as const
  ).map((name) => [name, "option"] as const),
];
const SHORT: Readonly<Record<string, RequirementLine["kind"]>> = {
  r: "requirements",
  c: "constraints",
  e: "editable",
  i: "option",
  f: "option",
};

/** The lines of a requirements file ("Requirements File Format"), without comments and empty ones. */
export function* requirementLines(text: string): Generator<RequirementLine> {
  for (const { line, content } of logicalLines(text)) {
    if (!content.startsWith("-")) {
      yield { kind: "requirement", line, content };
      continue;
    }
    const option = optionIn(content);
    if (option === undefined) yield { kind: "unknown", line };
    else if (option.kind === "requirements" || option.kind === "constraints") {
      yield { kind: option.kind, line, target: unquoted(option.value) };
    } else if (option.kind === "editable") yield { kind: "editable", line, content: unquoted(option.value) };
    else {
      const index = INDEX_OPTIONS[option.name];
      if (index === undefined || option.value === "") yield { kind: "option", line };
      else yield { kind: "index", line, option: index, url: unquoted(option.value) };
    }
  }
}

interface Option {
  readonly name: string;
  readonly kind: RequirementLine["kind"];
  readonly value: string;
}

function optionIn(content: string): Option | undefined {
  if (!content.startsWith("--")) {
    const short = content[1] ?? "";
    const kind = SHORT[short];
    return kind === undefined ? undefined : { name: short, kind, value: content.slice(2).trim() };
  }
  const end = content.search(/[\s=]/);
  const name = content.slice(2, end < 0 ? undefined : end);
  const exact = OPTIONS.find(([option]) => option === name);
  const begun = OPTIONS.filter(([option]) => name !== "" && option.startsWith(name));
  const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
  if (found === undefined) return undefined;
  return { name: found[0], kind: found[1], value: end < 0 ? "" : content.slice(end + 1).trim() };
}

/** pip splits options as a shell does; quotes around a path are all that is met. */
function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}

/**
 * A target as a path from the root of the folder that is looked at; undefined where it leads out of that, is an address
 * or has a variable in it.
 */
export function includedPath(target: string, from: string): string | undefined {
  if (target === "" || target.startsWith("/") || target.includes("://") || target.includes("$")) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(from), target.replace(/^file:/, "")));
  return path.startsWith("../") || path === ".." || path.startsWith("/") ? undefined : path;
}

/** Where Python ends a line (str.splitlines): pip reads the file with it, so each of these ends a comment too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
const LINE_ENDS = /\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]/;

/** Lines that end in a backslash are joined with the next; comments and blank lines are left out. */
function* logicalLines(text: string): Generator<{ readonly line: number; readonly content: string }> {
  const physical = text.split(LINE_ENDS);
  let joined: string[] = [];
  let from = 1;
  for (const [index, read] of physical.entries()) {
    if (joined.length === 0) from = index + 1;
    const isComment = /^\s*#/.test(read);
    if (read.endsWith("\\") && !isComment && index + 1 < physical.length) {
      joined.push(withoutBackslashes(read));
      continue;
    }
    // pip puts a blank before a comment that follows a backslash.
    joined.push(isComment ? ` ${read}` : read);
    const content = withoutComment(joined.join(""));
    joined = [];
    if (content !== "") yield { line: from, content };
  }
}

/** At both ends, as pip strips them. */
function withoutBackslashes(line: string): string {
  let [start, end] = [0, line.length];
  while (line[start] === "\\") start += 1;
  while (end > start && line[end - 1] === "\\") end -= 1;
  return line.slice(start, end);
}

/** pip wants white space before a comment; no requirement with a version has the mark anywhere. */
function withoutComment(line: string): string {
  const content = (/^\s*#/.test(line) ? "" : (line.split(/\s#/, 1)[0] ?? "")).trim();
  return content.includes("://") || content.startsWith("-") ? content : (content.split("#", 1)[0] ?? "").trim();
}
