import { bounds } from "../bounds.ts";
import type { MappedText } from "../mapped-text.ts";
import type { Redirection, ShellCommand, SourceRange } from "../model.ts";

/** Why a script was not taken apart; caught by {@link readScript}'s callers, never shown as it is. */
export class ShellTrouble extends Error {
  readonly range: SourceRange;

  constructor(reason: string, range: SourceRange) {
    super(reason);
    this.range = range;
  }
}

/** A command while its instruction is still being read. */
export type Draft = { -readonly [Key in keyof ShellCommand]: ShellCommand[Key] };

/** Where a command stands. */
export interface Place {
  readonly runs: ShellCommand["runs"];
  readonly within: readonly string[];
}

/** What ends a list beside the end of the text. */
export interface Stop {
  readonly words: readonly string[];
  readonly character?: ")" | "}";
  /** `;;` of a case. */
  readonly semicolons?: boolean;
}

/** The parts of the grammar that hold each other. */
export interface Grammar {
  /** Commands up to what stops them, which is left unread. */
  list(script: Script, place: Place, stop: Stop): void;
  command(script: Script, place: Place, after: ShellCommand["after"]): void;
}

/** What is shared by a script and the scripts within it. */
export interface Shared {
  readonly commands: Draft[];
  readonly grammar: Grammar;
  depth: number;
}

/** A script being read: a text, a place in it, and what came of it so far. */
export interface Script {
  readonly mapped: MappedText;
  /** The mapped text. */
  readonly source: string;
  readonly end: number;
  readonly shared: Shared;
  /** Redirections whose bodies begin behind the next line end. */
  readonly heredocs: { readonly redirection: PendingHeredoc; readonly stripsTabs: boolean; readonly name: string }[];
  at: number;
  /** Deeper by one, up to a bound. */
  enter(): void;
  leave(): void;
  /** Where `text` next is; fails where it is not. */
  find(text: string, from: number): number;
  fail(reason: string): never;
}

export type PendingHeredoc = { -readonly [Key in keyof Redirection]: Redirection[Key] };

export function createScript(mapped: MappedText, shared: Shared): Script {
  const script: Script = {
    mapped,
    source: mapped.text,
    end: mapped.text.length,
    shared,
    heredocs: [],
    at: 0,
    enter() {
      shared.depth++;
      if (shared.depth > bounds.shellDepth) script.fail(`nested more than ${bounds.shellDepth} deep`);
    },
    leave() {
      shared.depth--;
    },
    find(text, from) {
      const at = script.source.indexOf(text, from);
      if (at === -1 || at >= script.end) script.fail(`no closing ${text}`);
      return at;
    },
    fail(reason) {
      const at = Math.min(script.at, script.end);
      throw new ShellTrouble(reason, mapped.range(at, Math.min(at + 1, script.end)));
    },
  };
  return script;
}

export function inside(place: Place, what: string): Place {
  return { ...place, within: [...place.within, what] };
}

export function sometimes(place: Place): Place {
  return { ...place, runs: "sometimes" };
}
