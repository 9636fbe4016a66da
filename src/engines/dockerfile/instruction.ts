/** One instruction: its keyword, its flags, and the arguments in the form that the keyword asks for. */

import { readCommandForm, readMounts, readScripts } from "./command.ts";
import type { Value } from "./expand.ts";
import { heredocStart, isSpace } from "./lines.ts";
import type { Flag, FromInstruction, Instruction, Pair, SourceRange, Word } from "./model.ts";
import type { Reading } from "./reading.ts";
import { declareArgument, globalLookup, setEnvironment, stageLookup } from "./scope.ts";
import { shellKindOf } from "./stages.ts";
import { jsonWords, quotedSpans, type Span, spacedSpans, wordAt } from "./words.ts";

/** Flags of each instruction (Dockerfile reference; `exclude` and `parents` of its labs channel). */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  FROM: ["platform"],
  RUN: ["mount", "network", "security", "device"],
  COPY: ["from", "chown", "chmod", "link", "parents", "exclude"],
  ADD: ["keep-git-dir", "checksum", "chown", "chmod", "link", "exclude", "unpack"],
  HEALTHCHECK: ["interval", "timeout", "start-period", "start-interval", "retries"],
};

/** May not be triggered (Dockerfile reference, ONBUILD). */
const notInOnbuild = new Set(["ONBUILD", "FROM", "MAINTAINER"]);

export function readInstruction(reading: Reading): Instruction {
  const { joined, heredocs, comments, range, escapeCharacter, stages, problems, onbuild } = reading;
  const { text } = joined;
  let keywordEnd = 0;
  while (keywordEnd < text.length && !isSpace(text.charCodeAt(keywordEnd))) keywordEnd++;
  const keyword = text.slice(0, keywordEnd).toUpperCase();
  const { flags, end: flagsEnd } = readFlags(reading, keywordEnd);
  const last = text.trimEnd().length;
  // Arguments stand between the two.
  const start = Math.min(flagsEnd, last);
  const current = stages.current();
  const base = {
    range,
    keywordRange: joined.range(0, keywordEnd),
    text: text.slice(keywordEnd, last).trim(),
    flags,
    heredocs,
    comments,
    ...(current === undefined ? {} : { stage: current }),
    onbuild,
  };
  const refuse = (code: string, reason: string, at: SourceRange = range): void => {
    problems.push({ kind: "refused", code: `dockerfile.${code}`, reason, range: at });
  };
  const broken = (code: string, reason: string): Instruction => {
    refuse(code, reason);
    return { ...base, keyword: "broken" };
  };
  for (const flag of flags) {
    if (!(flagsOf[keyword] ?? []).includes(flag.name)) {
      refuse("unknown-flag", `${keyword} knows no --${flag.name}`, flag.range);
    }
  }
  if (current === undefined && keyword !== "FROM" && keyword !== "ARG") {
    if (instructionNames.has(keyword)) refuse("before-from", `${keyword} stands before the first FROM`);
  }
  const scope = stages.scope();
  const lookup = scope === undefined ? globalLookup(stages.globals) : stageLookup(scope);
  const spans = (): Span[] => spacedSpans(text.slice(0, last), start);
  const expanded = (span: Span): Word => wordAt(joined, span, escapeCharacter, lookup);
  const rest = (): Word => expanded({ start, end: last });

  switch (keyword) {
    case "FROM": {
      const [image, as, alias, ...more] = spans();
      if (image === undefined || more.length > 0 || (as !== undefined && alias === undefined)) {
        return broken("from", "FROM takes an image, or an image AS a name");
      }
      if (as !== undefined && text.slice(as.start, as.end).toUpperCase() !== "AS") {
        return broken("from", "what follows FROM's image must be AS and a name");
      }
      const inFrom = globalLookup(stages.globals);
      const word = wordAt(joined, image, escapeCharacter, inFrom);
      const platform = flagValue(flags, "platform");
      const from: FromInstruction = {
        ...base,
        keyword,
        stage: (current ?? -1) + 1,
        image: word,
        ...(platform === undefined ? {} : { platform }),
        ...(alias === undefined ? {} : { alias: wordAt(joined, alias, escapeCharacter) }),
        origin: stages.origin(word, "from"),
      };
      stages.open(from, escapeCharacter);
      return from;
    }
    case "ARG":
    case "ENV":
    case "LABEL": {
      const read = readPairs(reading, quotedSpans(text.slice(0, last), escapeCharacter, start), keyword, last);
      if (read.pairs.length === 0) return broken(keyword.toLowerCase(), `${keyword} takes name=value`);
      if (read.missing !== undefined) refuse(keyword.toLowerCase(), `${keyword} takes name=value`, read.missing);
      declare(reading, keyword, read.pairs);
      return { ...base, keyword, ...read };
    }
    case "RUN":
    case "CMD":
    case "ENTRYPOINT": {
      const shell = scope?.shell ?? "posix";
      const form = readCommandForm(reading, start, last);
      const mounts = keyword === "RUN" ? readMounts(reading, flags) : [];
      if (keyword === "RUN" && form.kind === "shell" && form.text === "") return broken("run", "RUN runs nothing");
      return { ...base, keyword, form, shell, mounts, commands: readScripts(reading, form, shell, start, last) };
    }
    case "HEALTHCHECK": {
      const [type] = spans();
      const word = type === undefined ? "" : text.slice(type.start, type.end).toUpperCase();
      if (word === "NONE") return { ...base, keyword, commands: [] };
      if (word !== "CMD" || type === undefined) return broken("healthcheck", "HEALTHCHECK takes CMD or NONE");
      const form = readCommandForm(reading, type.end, last);
      const shell = scope?.shell ?? "posix";
      return { ...base, keyword, form, commands: readScripts(reading, form, shell, type.end, last) };
    }
    case "COPY":
    case "ADD": {
      const words =
        jsonWords(joined, start, lookup, escapeCharacter) ??
        // A heredoc is no path, though it may be the only source.
        spans().map(expanded);
      const paths = words.filter((word) => heredocs.length === 0 || heredocStart(word.raw) === undefined);
      const destination = paths.at(-1);
      if (destination === undefined || words.length < 2) {
        return broken(keyword.toLowerCase(), `${keyword} takes at least one source, and where it goes to`);
      }
      const from = keyword === "COPY" ? flagValue(flags, "from") : undefined;
      const origin = from === undefined ? undefined : stages.origin(from, "copy");
      const sources = paths.slice(0, -1);
      return { ...base, keyword, sources, destination, ...(origin === undefined ? {} : { from: origin }) };
    }
    case "EXPOSE":
    case "VOLUME": {
      const words =
        (keyword === "VOLUME" ? jsonWords(joined, start, lookup, escapeCharacter) : undefined) ?? spans().map(expanded);
      if (words.length === 0) return broken(keyword.toLowerCase(), `${keyword} names nothing`);
      return { ...base, keyword, words };
    }
    case "USER":
    case "WORKDIR":
    case "STOPSIGNAL":
    case "MAINTAINER":
      if (start >= last) return broken(keyword.toLowerCase(), `${keyword} names nothing`);
      return { ...base, keyword, words: [rest()] };
    case "SHELL": {
      const words = jsonWords(joined, start);
      if (words === undefined || words.length === 0) return broken("shell", "SHELL takes a JSON array of strings");
      if (scope !== undefined && !onbuild) scope.shell = shellKindOf(words);
      return { ...base, keyword, words };
    }
    case "ONBUILD": {
      const nested = text.slice(start, last).split(/\s/, 1)[0]?.toUpperCase() ?? "";
      if (onbuild || nested === "" || notInOnbuild.has(nested)) {
        return broken("onbuild", nested === "" ? "ONBUILD triggers nothing" : `ONBUILD may not trigger ${nested}`);
      }
      const own = joined.slice(start, last);
      const at = { ...range, ...joined.range(start, last), end: range.end };
      return { ...base, keyword, instruction: readInstruction({ ...reading, joined: own, range: at, onbuild: true }) };
    }
    default:
      return broken("unknown-instruction", `there is no instruction ${keyword.slice(0, 40)}`);
  }
}

const instructionNames = new Set(
  "ADD CMD COPY ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

function flagValue(flags: readonly Flag[], name: string): Word | undefined {
  return flags.find((flag) => flag.name === name)?.value;
}

/** Words that begin with `--`, before anything else (BuildKit, `extractBuilderFlags`). */
function readFlags(reading: Reading, from: number): { readonly flags: Flag[]; readonly end: number } {
  const { joined, escapeCharacter, stages } = reading;
  const { text } = joined;
  const scope = stages.scope();
  const lookup = scope === undefined ? globalLookup(stages.globals) : stageLookup(scope);
  const inFrom = text.slice(0, 5).toUpperCase() === "FROM " ? globalLookup(stages.globals) : lookup;
  const flags: Flag[] = [];
  let at = from;
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (!text.startsWith("--", at)) return { flags, end: at };
    const end = endOfFlag(text, escapeCharacter, at);
    if (end === at + 2) return { flags, end: at };
    const equals = text.slice(at, end).indexOf("=");
    const nameEnd = equals === -1 ? end : at + equals;
    flags.push({
      name: text.slice(at + 2, nameEnd),
      ...(equals === -1 ? {} : { value: wordAt(joined, { start: nameEnd + 1, end }, escapeCharacter, inFrom) }),
      range: joined.range(at, end),
    });
    at = end;
  }
}

function endOfFlag(text: string, escapeCharacter: string, from: number): number {
  let at = from;
  let quote = "";
  while (at < text.length) {
    const character = text[at] as string;
    if (quote === "" && isSpace(text.charCodeAt(at))) break;
    if (character === escapeCharacter) at++;
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
    at++;
  }
  return Math.min(at, text.length);
}

interface Pairs {
  readonly legacy: boolean;
  readonly pairs: readonly Pair[];
  /** A word without a `=` where there must be one. */
  readonly missing?: SourceRange;
}

function readPairs(reading: Reading, spans: readonly Span[], keyword: "ARG" | "ENV" | "LABEL", last: number): Pairs {
  const { joined, escapeCharacter, stages } = reading;
  const { text } = joined;
  const scope = stages.scope();
  const lookup = scope === undefined ? globalLookup(stages.globals) : stageLookup(scope);
  const [first] = spans;
  if (first === undefined) return { legacy: false, pairs: [] };
  if (keyword !== "ARG" && !text.slice(first.start, first.end).includes("=")) {
    const rest = spacedSpans(text.slice(0, last), first.end)[0];
    const name = wordAt(joined, first, escapeCharacter, lookup);
    if (rest === undefined) return { legacy: true, pairs: [], missing: name.range };
    const value = wordAt(joined, { start: rest.start, end: last }, escapeCharacter, lookup);
    return { legacy: true, pairs: [{ name, value, range: joined.range(first.start, last) }] };
  }
  const pairs: Pair[] = [];
  let missing: SourceRange | undefined;
  for (const { start, end } of spans) {
    const equals = text.slice(start, end).indexOf("=");
    const range = joined.range(start, end);
    if (equals === -1) {
      if (keyword !== "ARG") {
        missing ??= range;
        continue;
      }
      pairs.push({ name: wordAt(joined, { start, end }, escapeCharacter, lookup), range });
    } else {
      const name = wordAt(joined, { start, end: start + equals }, escapeCharacter, lookup);
      pairs.push({ name, value: wordAt(joined, { start: start + equals + 1, end }, escapeCharacter, lookup), range });
    }
  }
  return { legacy: false, pairs, ...(missing === undefined ? {} : { missing }) };
}

function declare({ stages, onbuild }: Reading, keyword: "ARG" | "ENV" | "LABEL", pairs: readonly Pair[]): void {
  if (onbuild || keyword === "LABEL") return;
  const scope = stages.scope();
  for (const { name, value: word } of pairs) {
    const value: Value | undefined =
      word === undefined
        ? undefined
        : word.value === undefined
          ? { kind: "unknown" }
          : { kind: "set", value: word.value };
    if (scope === undefined) stages.globals.set(name.text, value ?? { kind: "unknown" });
    else if (keyword === "ENV") setEnvironment(scope, name.text, value ?? { kind: "unknown" });
    else declareArgument(scope, stages.globals, name.text, value);
  }
}
