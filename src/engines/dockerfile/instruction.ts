/** One instruction: its keyword, its flags, and the arguments in the form that the keyword asks for. */

import { bounds } from "./bounds.ts";
import { readCommandForm, readMounts, readScripts } from "./command.ts";
import { expand } from "./expand.ts";
import { readFlags } from "./flags.ts";
import { heredocStart } from "./lines.ts";
import type { DockerfileProblem, Flag, FromInstruction, Instruction, SourceRange, Word } from "./model.ts";
import { readPairs } from "./pairs.ts";
import { lookupIn, type Reading, wordIn } from "./reading.ts";
import { globalLookup } from "./scope.ts";
import { shellKindOf } from "./stages.ts";
import { endOfText, isBlank, keywordOf, lowerCase, skipSpace, trimSpace } from "./white-space.ts";
import { jsonArrayAt, jsonWords, type Span, spacedSpans, wordAt } from "./words.ts";

/** Flags of each instruction (Dockerfile reference; `exclude` and `parents` of its labs channel). */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  FROM: ["platform"],
  RUN: ["mount", "network", "security", "device"],
  COPY: ["from", "chown", "chmod", "link", "parents", "exclude"],
  ADD: ["keep-git-dir", "checksum", "chown", "chmod", "link", "exclude", "unpack"],
  HEALTHCHECK: ["interval", "timeout", "start-period", "start-interval", "retries"],
};

/** May not be triggered (Dockerfile reference, ONBUILD). */
/** Go's templates, Jinja's and ERB's: no keyword and no image begins so. */
const TEMPLATE = /\{[{%#]|<%/;
const notInOnbuild = new Set(["ONBUILD", "FROM", "MAINTAINER"]);

/** Folded as BuildKit compares it (Go's `strings.EqualFold`). */
const AS = /^a[sS\u017f]$/i;
/** In lower case. */
const STAGE_NAME = /^[a-z][a-z0-9_.-]*$/;

/** Where its keyword ends, and its arguments begin and end: what BuildKit's `splitCommand` parts. */
export interface Parts {
  readonly keywordStart: number;
  readonly keywordEnd: number;
  /** Of the arguments without white space around them. */
  readonly last: number;
}

export function partsOf(text: string, from = 0): Parts {
  const keywordStart = skipSpace(text, from);
  const last = endOfText(text, keywordStart);
  let keywordEnd = keywordStart;
  while (keywordEnd < last && !isBlank(text.charCodeAt(keywordEnd))) keywordEnd++;
  return { keywordStart, keywordEnd, last };
}

export function readInstruction(reading: Reading): Instruction {
  const { joined, heredocs, comments, range, stages, problems, onbuild, escapeCharacter } = reading;
  const { text } = joined;
  const { keywordStart, keywordEnd, last } = partsOf(text);
  const keyword = keywordOf(text.slice(keywordStart, keywordEnd));
  const { flags, end: flagsEnd, unsure } = readFlags(reading, keyword, keywordEnd, last);
  // Arguments stand between the two.
  const start = Math.min(skipSpace(text, flagsEnd, last), last);
  const current = stages.current();
  const base = {
    range,
    keywordRange: joined.range(keywordStart, keywordEnd),
    text: text.slice(Math.min(skipSpace(text, keywordEnd, last), last), last),
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
  const differs = (reason: string): void => {
    problems.push({ kind: "unsure", code: "dockerfile.unsure", reason, range });
  };
  /** Of what decides who the image runs as, and where it listens; elsewhere it would leave most of such files unknown. */
  const noteDispute = ({ disputed }: Word): void => {
    if (disputed) differs("BuildKit and buildah differ over a variable in it");
  };
  if (unsure) differs("a flag has characters that Docker does not read as text");
  for (const flag of flags) {
    if (!(flagsOf[keyword] ?? []).includes(flag.name)) {
      refuse("unknown-flag", `${keyword} knows no --${flag.name}`, flag.range);
    }
  }
  if (current === undefined && keyword !== "FROM" && keyword !== "ARG") {
    if (instructionNames.has(keyword)) refuse("before-from", `${keyword} stands before the first FROM`);
  }
  const scope = stages.scope();
  const lookup = lookupIn(reading);
  const spans = (): Span[] => spacedSpans(text.slice(0, last), start);
  const expanded = (span: Span): Word => wordIn(reading, span);
  // JSON where the instruction takes it. Undefined: plain words, or a shell's text.
  const array = jsonTakers.has(keyword) ? jsonArrayAt(text.slice(0, last), start) : undefined;
  if (array?.kind === "others") return broken("json", "a JSON array must contain only strings");
  /** Of a shell's text the command alone rests on it, of words everything. */
  const readBehind = (found: { readonly end: number } | undefined, ofShell: boolean): void => {
    if (found === undefined || found.end >= last) return;
    const reason = "Docker versions differ on text after a JSON array";
    if (text.includes("<<", found.end) || !ofShell) differs(reason);
    else problems.push({ kind: "unread", code: "dockerfile.unsure", reason, range });
  };
  readBehind(array, shellTakers.has(keyword));
  const isArray = array !== undefined && array.end === last;
  const rest = (): Word => expanded({ start, end: last });

  switch (keyword) {
    case "FROM": {
      const isFilledIn = TEMPLATE.test(text.slice(start, last));
      if (isFilledIn) refuse("template", "a base of a template");
      const [image, as, alias, ...more] = isFilledIn ? [{ start, end: last }] : spans();
      if (image === undefined || more.length > 0 || (as !== undefined && alias === undefined)) {
        return broken("from", "FROM takes an image, or an image AS a name");
      }
      if (as !== undefined && !AS.test(text.slice(as.start, as.end))) {
        return broken("from", "what follows FROM's image must be AS and a name");
      }
      const inFrom = globalLookup(stages.globals);
      const word = wordIn(reading, image, inFrom);
      if (alias !== undefined && !STAGE_NAME.test(lowerCase(text.slice(alias.start, alias.end)))) {
        refuse("stage-name", "a stage's name begins with a letter, followed by letters, digits, ., _ and -");
      }
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
      readTriggers(reading);
      return from;
    }
    case "ARG":
    case "ENV":
    case "LABEL": {
      const read = readPairs(reading, { start, last, keyword });
      if (read.pairs.length === 0) return broken(keyword.toLowerCase(), `${keyword} takes name=value`);
      if (read.missing !== undefined) refuse(keyword.toLowerCase(), `${keyword} takes name=value`, read.missing);
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
      // Byte by byte in Docker: white space outside ASCII is none here.
      let typeEnd = start;
      while (typeEnd < last && !ASCII_SPACE.has(text[typeEnd] ?? "")) typeEnd++;
      const type = text.slice(start, typeEnd).toUpperCase();
      if (type === "NONE" && typeEnd === last) return { ...base, keyword, commands: [] };
      let behind = typeEnd;
      while (behind < last && ASCII_SPACE.has(text[behind] ?? "")) behind++;
      if (type !== "CMD" || behind >= last)
        return broken("healthcheck", "HEALTHCHECK takes CMD and a command, or NONE");
      const command = jsonArrayAt(text.slice(0, last), behind);
      if (command?.kind === "others") return broken("json", "a JSON array must contain only strings");
      readBehind(command, true);
      const form = readCommandForm(reading, behind, last);
      const shell = scope?.shell ?? "posix";
      return { ...base, keyword, form, commands: readScripts(reading, form, shell, behind, last) };
    }
    case "COPY":
    case "ADD": {
      const words =
        (isArray ? jsonWords(joined, start, lookup, escapeCharacter) : undefined) ??
        // A heredoc is no path, though it may be the only source.
        spans().map(expanded);
      const paths = words.filter((word) => heredocStart(isArray ? word.text : word.raw) === undefined);
      const destination = paths.at(-1);
      if (destination === undefined || words.length < 2) {
        return broken(keyword.toLowerCase(), `${keyword} takes at least one source, and where it goes to`);
      }
      const from = keyword === "COPY" ? flagValue(flags, "from") : undefined;
      const origin = from === undefined ? undefined : stages.origin(from, "copy");
      const sources = paths.slice(0, -1);
      return { ...base, keyword, sources, destination, ...(origin === undefined ? {} : { from: origin }) };
    }
    case "EXPOSE": {
      const named = spans().map(expanded);
      named.forEach(noteDispute);
      const words = named.flatMap((word) => portsOf(word, reading));
      if (start >= last) return broken("expose", "EXPOSE names nothing");
      return { ...base, keyword, words };
    }
    case "VOLUME": {
      const listed = isArray ? jsonWords(joined, start, lookup, escapeCharacter) : undefined;
      const words = listed?.map(trimmed) ?? spans().map((span) => expanded(withoutSpace(text, span)));
      if (words.length === 0) return broken(keyword.toLowerCase(), `${keyword} names nothing`);
      return { ...base, keyword, words };
    }
    case "USER":
    case "WORKDIR":
    case "STOPSIGNAL":
    case "MAINTAINER": {
      if (start >= last) return broken(keyword.toLowerCase(), `${keyword} names nothing`);
      const word = rest();
      if (keyword === "USER") noteDispute(word);
      return { ...base, keyword, words: [word] };
    }
    case "SHELL": {
      const words = isArray ? jsonWords(joined, start) : undefined;
      if (words === undefined || words.length === 0) return broken("shell", "SHELL takes a JSON array of strings");
      if (scope !== undefined && !onbuild) scope.shell = shellKindOf(words);
      return { ...base, keyword, words };
    }
    case "ONBUILD": {
      const inner = partsOf(text.slice(0, last), start);
      const nested = keywordOf(text.slice(inner.keywordStart, inner.keywordEnd));
      if (onbuild || nested === "" || notInOnbuild.has(nested)) {
        return broken("onbuild", nested === "" ? "ONBUILD triggers nothing" : `ONBUILD may not trigger ${nested}`);
      }
      const own = joined.slice(start, last);
      const at = { ...range, ...joined.range(start, last), end: range.end };
      const trigger = { ...reading, joined: own, range: at, onbuild: true };
      stages.addTrigger(trigger);
      return { ...base, keyword, instruction: readInstruction(trigger) };
    }
    default:
      if (TEMPLATE.exec(keyword)?.index === 0) return broken("template", `${keyword.slice(0, 2)} of a template`);
      return broken("unknown-instruction", `unknown instruction ${keyword.slice(0, 40)}`);
  }
}

/** What the ONBUILDs of the stage below do at the beginning of the stage that was just opened. */
function readTriggers(reading: Reading): void {
  const { stages, problems } = reading;
  for (const trigger of stages.triggers()) {
    if (stages.triggered() >= bounds.dockerfileTriggers) {
      const reason = `ONBUILD triggers more than ${bounds.dockerfileTriggers} instructions`;
      problems.push({ kind: "unsure", code: "dockerfile.onbuild", reason, range: reading.range });
      return;
    }
    const found: DockerfileProblem[] = [];
    stages.addTriggered(readInstruction({ ...trigger, stages, problems: found, onbuild: false }));
    // What is wrong with it is told where it is written; what its variables stand for shows here alone.
    for (const problem of found) if (problem.kind === "unsure" && !isTold(problems, problem)) problems.push(problem);
  }
}

function isTold(problems: readonly DockerfileProblem[], { reason, range }: DockerfileProblem): boolean {
  return problems.some((told) => told.reason === reason && told.range.start === range.start);
}

/** More is white space at the ends of a volume than what separates it from others. */
function withoutSpace(text: string, { start, end }: Span): Span {
  const from = skipSpace(text, start, end);
  return { start: from, end: endOfText(text, from, end) };
}

/** BuildKit takes the white space off the strings of VOLUME. */
function trimmed(word: Word): Word {
  const { value, stated, text } = word;
  return {
    ...word,
    text: trimSpace(text),
    ...(value === undefined ? {} : { value: trimSpace(value) }),
    ...(stated === undefined ? {} : { stated: trimSpace(stated) }),
  };
}

/** A value may be several ports, or none (BuildKit, `dispatchExpose`). */
function portsOf(word: Word, reading: Reading): Word[] {
  if (word.variables.length === 0 && word.value === word.text && /^\S+$/.test(word.text)) return [word];
  const words = expand(word.raw, reading.escapeCharacter, lookupIn(reading)).words;
  if (words === undefined || (words.length === 0 && word.value === undefined)) return [word];
  return words.map((one) => {
    const { value, ...rest } = word;
    return { ...rest, stated: one, ...(value === undefined ? {} : { value: one }) };
  });
}

const ASCII_SPACE: ReadonlySet<string> = new Set(["\t", "\n", "\v", "\f", "\r", " "]);

const instructionNames = new Set(
  "ADD CMD COPY ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);

/** Whose arguments may be a JSON array; without one the first three hand them to a shell. */
const shellTakers = new Set(["RUN", "CMD", "ENTRYPOINT"]);
const jsonTakers = new Set([...shellTakers, "SHELL", "COPY", "ADD", "VOLUME"]);

function flagValue(flags: readonly Flag[], name: string): Word | undefined {
  return flags.find((flag) => flag.name === name)?.value;
}
