/** Simple commands: assignments, words and redirections (POSIX, Shell Command Language 2.9.1). */
import { bounds } from "../bounds.ts";
import type { Redirection, ShellCommand, ShellWord } from "../model.ts";
import { readFunctionBody } from "./compound.ts";
import { readNestedShell } from "./nested-shell.ts";
import { programOf } from "./program.ts";
import { readRedirection } from "./redirection.ts";
import type { Draft, Place, Script } from "./script.ts";
import { readers } from "./substitution.ts";
import { expectCharacter, reservedAt, skipBlanks, skipNewlines, skipParentheses } from "./tokens.ts";
import { readWord } from "./word.ts";

export function readSimple(script: Script, place: Place, after: ShellCommand["after"]): void {
  const { commands } = script.shared;
  if (commands.length >= bounds.shellCommands) script.fail(`more than ${bounds.shellCommands} commands`);
  const start = script.at;
  const words: ShellWord[] = [];
  const spans: { start: number; end: number }[] = [];
  const assignments: ShellCommand["assignments"][number][] = [];
  const redirections: Redirection[] = [];
  // Its place is taken before those of the substitutions within it.
  const command: Draft = {
    index: commands.length,
    words,
    arguments: [],
    wrappers: [],
    assignments,
    redirections,
    after,
    runs: place.runs,
    within: place.within,
    pipedInto: [],
    pipedFrom: [],
    range: script.mapped.range(start, start),
  };
  commands.push(command);
  let end = start;
  const isTest = reservedAt(script) === "[[";
  for (;;) {
    skipBlanks(script);
    const character = script.source[script.at];
    if (character === undefined) break;
    const redirection = isTest ? undefined : readRedirection(script, place);
    if (redirection !== undefined) redirections.push(redirection);
    else if (words.length === 0 && startsAssignment(script)) assignments.push(readAssignment(script, place));
    else if (character === "(" && words.length === 1 && !isTest) {
      skipParentheses(script);
      if (commands.at(-1) === command) commands.pop();
      readFunctionBody(script, place);
      return;
    } else {
      const from = script.at;
      const first = readWord(script, readers(place));
      // An array that declare or local is given.
      const isArray = first?.text.endsWith("=") === true && words.length > 0 && script.source[script.at] === "(";
      const word = isArray ? joined(script, first, readArray(script, place), from) : first;
      if (word !== undefined) {
        words.push(word);
        spans.push({ start: from, end: script.at });
        if (isTest && word.text === "]]") {
          end = script.at;
          break;
        }
      } else if (isTest) script.at++;
      else break;
    }
    end = script.at;
  }
  if (words.length === 0 && assignments.length === 0 && redirections.length === 0) {
    script.fail(`no command can start with ${JSON.stringify(script.source[script.at] ?? "the end")}`);
  }
  command.range = script.mapped.range(start, end);
  Object.assign(command, programOf(words));
  readNestedShell(script, place, command, spans);
}

function startsAssignment(script: Script): boolean {
  const { source } = script;
  let at = script.at;
  while (/\w/.test(source[at] ?? "")) at++;
  if (at === script.at || /[0-9]/.test(source[script.at] as string)) return false;
  if (source[at] === "[") {
    const close = source.slice(at, at + 256).indexOf("]=");
    return close !== -1 && !/\s/.test(source.slice(at, at + close));
  }
  return source[at] === "=" || (source[at] === "+" && source[at + 1] === "=");
}

function readAssignment(script: Script, place: Place): ShellCommand["assignments"][number] {
  const { source } = script;
  const start = script.at;
  script.at = source.indexOf("=", start) + 1;
  const name = /^\w+/.exec(source.slice(start, script.at))?.[0] ?? "";
  const from = script.at;
  let value: ShellWord | undefined;
  if (source[from] === "(") value = readArray(script, place);
  else value = readWord(script, readers(place));
  const range = script.mapped.range(from, script.at);
  return {
    name,
    value: value ?? { text: "", literal: true, quoted: false, expansions: [], range },
    range: script.mapped.range(start, script.at),
  };
}

/** `(a b)` of an assignment. Its members count for what they run alone. */
function readArray(script: Script, place: Place): ShellWord {
  const from = script.at;
  script.at++;
  const members: ShellWord[] = [];
  for (;;) {
    skipNewlines(script);
    const member = readWord(script, readers(place));
    if (member === undefined) break;
    members.push(member);
  }
  expectCharacter(script, ")");
  return {
    text: script.source.slice(from, script.at),
    literal: members.every(({ literal }) => literal),
    quoted: true,
    expansions: members.flatMap(({ expansions }) => expansions),
    range: script.mapped.range(from, script.at),
  };
}

function joined(script: Script, name: ShellWord, array: ShellWord, from: number): ShellWord {
  return { ...array, text: name.text + array.text, range: script.mapped.range(from, script.at) };
}
