/**
 * Takes a shell script apart into the simple commands that it runs: POSIX, Shell Command Language 2.9 and 2.10, with
 * what bash and busybox add. Nothing is run or expanded.
 */
import type { MappedText } from "../mapped-text.ts";
import type { ShellCommand, SourceRange } from "../model.ts";
import { readCase, readDo, readFor, readFunctionBody, readIf } from "./compound.ts";
import { readRedirections } from "./redirection.ts";
import {
  createScript,
  type Draft,
  inside,
  type Place,
  type Script,
  type Shared,
  ShellTrouble,
  type Stop,
  sometimes,
} from "./script.ts";
import { readSimple } from "./simple.ts";
import { readers } from "./substitution.ts";
import {
  expectCharacter,
  reservedAt,
  skipArithmetic,
  skipBlanks,
  skipNewlines,
  skipParentheses,
  takeReserved,
} from "./tokens.ts";
import { readWord } from "./word.ts";

export interface ShellReading {
  readonly commands: readonly ShellCommand[];
  /** Why it is not all of them. */
  readonly trouble?: { readonly reason: string; readonly range: SourceRange };
}

export function readShell(mapped: MappedText): ShellReading {
  const shared: Shared = { commands: [], grammar: { list: readList, command: readCommand }, depth: 0 };
  try {
    const script = createScript(mapped, shared);
    readList(script, { runs: "always", within: [] }, { words: [] });
    if (script.at < script.end) script.fail(`does not go on with ${JSON.stringify(script.source[script.at])}`);
    return { commands: shared.commands };
  } catch (error) {
    if (!(error instanceof ShellTrouble)) throw error;
    return { commands: shared.commands, trouble: { reason: error.message, range: error.range } };
  }
}

function readList(script: Script, place: Place, stop: Stop): void {
  script.enter();
  let after: ShellCommand["after"] = "";
  let unsure: Draft[] = [];
  for (;;) {
    skipNewlines(script);
    if (stops(script, stop)) break;
    // What stands behind && and is not the last of the list may have been passed over.
    for (const command of unsure) command.runs = "sometimes";
    unsure = readAndOr(script, place, after);
    skipBlanks(script);
    const separator = script.source[script.at];
    if (separator === ";" && !";&".includes(script.source[script.at + 1] ?? " ")) {
      script.at++;
      after = ";";
    } else if (separator === "&") {
      script.at++;
      after = "&";
    } else if (separator === "\n") after = ";";
    else break;
  }
  script.leave();
}

function stops(script: Script, stop: Stop): boolean {
  if (script.at >= script.end) return true;
  const character = script.source[script.at];
  if (stop.character === ")" && character === ")") return true;
  if (stop.semicolons === true && character === ";" && "&;".includes(script.source[script.at + 1] ?? " ")) return true;
  const word = reservedAt(script);
  return word !== undefined && stop.words.includes(word);
}

/** Gives the commands behind `&&`. */
function readAndOr(script: Script, place: Place, before: ShellCommand["after"]): Draft[] {
  const { commands } = script.shared;
  let after = before;
  let alternatives = false;
  let behindAnd = commands.length;
  for (let count = 0; ; count++) {
    const start = commands.length;
    readPipeline(script, after === "||" ? { ...place, runs: "sometimes" } : place, after);
    if (count === 0) behindAnd = commands.length;
    else if (after === "||") {
      for (const command of commands.slice(behindAnd, start)) command.runs = "sometimes";
      behindAnd = commands.length;
    }
    skipBlanks(script);
    const two = script.source.slice(script.at, script.at + 2);
    if (two !== "&&" && two !== "||") break;
    script.at += 2;
    after = two;
    alternatives ||= two === "||";
    skipNewlines(script);
  }
  return alternatives || behindAnd < commands.length ? commands.slice(behindAnd) : [];
}

function readPipeline(script: Script, place: Place, before: ShellCommand["after"]): void {
  const { commands } = script.shared;
  const starts: number[] = [];
  let after = before;
  while (reservedAt(script) === "!") {
    script.at++;
    skipBlanks(script);
  }
  for (;;) {
    starts.push(commands.length);
    readCommand(script, place, after);
    skipBlanks(script);
    if (script.source[script.at] !== "|" || script.source[script.at + 1] === "|") break;
    script.at += script.source[script.at + 1] === "&" ? 2 : 1;
    after = "|";
    skipNewlines(script);
  }
  if (starts.length > 1) connect(commands, starts, place.within.length);
}

/** Notes who reads whose output. What a substitution runs within one of them is not part of the pipe. */
function connect(commands: readonly Draft[], starts: readonly number[], depth: number): void {
  const members = starts.map((start, index) =>
    commands
      .slice(start, starts[index + 1] ?? commands.length)
      .filter(({ within }) => within.indexOf("substitution", depth) === -1),
  );
  for (const [index, writers] of members.entries()) {
    const readers = members[index + 1];
    if (readers === undefined) break;
    const into = readers.map((reader) => reader.index);
    const from = writers.map((writer) => writer.index);
    for (const writer of writers) if (writer.pipedInto.length === 0) writer.pipedInto = into;
    for (const reader of readers) if (reader.pipedFrom.length === 0) reader.pipedFrom = from;
  }
}

function readCommand(script: Script, place: Place, after: ShellCommand["after"]): void {
  skipBlanks(script);
  if (script.source[script.at] === "(") {
    script.at++;
    if (!skipArithmetic(script)) {
      readList(script, inside(place, "subshell"), { words: [], character: ")" });
      expectCharacter(script, ")");
    }
    readRedirections(script, place);
    return;
  }
  switch (reservedAt(script)) {
    case "{":
      takeReserved(script, "{");
      readList(script, inside(place, "group"), { words: ["}"] });
      takeReserved(script, "}");
      break;
    case "if":
      readIf(script, place);
      break;
    case "while":
    case "until":
      script.at += "while".length;
      readList(script, inside(place, "while"), { words: ["do"] });
      readDo(script, sometimes(inside(place, "while")));
      break;
    case "for":
    case "select":
      readFor(script, inside(place, "for"));
      break;
    case "case":
      readCase(script, sometimes(inside(place, "case")));
      break;
    case "function":
      takeReserved(script, "function");
      skipBlanks(script);
      readWord(script, readers(place));
      skipBlanks(script);
      if (script.source[script.at] === "(") skipParentheses(script);
      readFunctionBody(script, place);
      break;
    default:
      readSimple(script, place, after);
      return;
  }
  readRedirections(script, place);
}
