/** From where a command gets what it gets: a part of what a finding about it is about. */
import type { Dockerfile, ShellCommand, SourceRange } from "../../../engines/dockerfile/model.ts";
import { unfolded } from "./stages.ts";

/** Hosts on which everybody may put things: whose it is stands in the path. */
const SHARED = new Set(
  `github.com www.github.com raw.github.com gist.github.com codeload.github.com api.github.com raw.githubusercontent.com
  gist.githubusercontent.com gitlab.com bitbucket.org storage.googleapis.com s3.amazonaws.com pastebin.com`.split(
    /\s+/,
  ),
);

/** They take an address without its scheme. */
const DOWNLOADERS = new Set(["curl", "wget", "aria2c", "fetch", "axel"]);

/** Characters of a URL behind its scheme that are looked at for its host, and values of one variable that are. */
const LONGEST = 2048;
const VALUES = 20;

interface Placed {
  readonly command: ShellCommand;
  readonly all: readonly ShellCommand[];
}

/**
 * Of a Dockerfile: the hosts, sorted, that the command around a range names, itself or by a variable that the file sets, and
 * those that its input comes from.
 */
export function hostsOf(dockerfile: Dockerfile): (range: SourceRange) => readonly string[] {
  let commands: readonly Placed[] | undefined;
  let values: ReadonlyMap<string, readonly string[]> | undefined;
  return ({ start }) => {
    commands ??= commandsOf(dockerfile);
    const hosts = new Set<string>();
    for (const { command, all } of commands) {
      if (start < command.range.start || start >= command.range.end) continue;
      values ??= valuesOf(dockerfile, commands);
      for (const one of [command, ...command.pipedFrom.flatMap((index) => all[index] ?? [])]) {
        for (const text of textsOf(one, values)) addHosts(text, hosts);
      }
    }
    return [...hosts].sort();
  };
}

function commandsOf(dockerfile: Dockerfile): Placed[] {
  return unfolded(dockerfile).flatMap((instruction) =>
    "commands" in instruction ? instruction.commands.map((command) => ({ command, all: instruction.commands })) : [],
  );
}

/** What the file sets a variable to, anywhere: by ARG, by ENV, in a shell. */
function valuesOf(dockerfile: Dockerfile, commands: readonly Placed[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  const add = (name: string, value: string): void => {
    const own = values.get(name);
    if (own === undefined) values.set(name, [value]);
    else if (own.length < VALUES) own.push(value);
  };
  for (const instruction of unfolded(dockerfile)) {
    if (instruction.keyword !== "ARG" && instruction.keyword !== "ENV") continue;
    for (const { name, value } of instruction.pairs) if (value !== undefined) add(name.text, value.value ?? value.text);
  }
  for (const { command } of commands) {
    for (const { name, value } of command.assignments) add(name, value.text);
  }
  return values;
}

function* textsOf(
  { program = "", words, assignments }: ShellCommand,
  values: ReadonlyMap<string, readonly string[]>,
): Generator<string> {
  const asUrl = (text: string): string =>
    DOWNLOADERS.has(program) && !text.includes("://") && /^[\w$][^\s/]{0,252}\.[^\s/]|^\$/.test(text)
      ? `://${text}`
      : text;
  for (const { text } of [...words, ...assignments.map(({ value }) => value)]) {
    yield asUrl(text);
    for (const [, name = ""] of text.matchAll(/\$\{?([A-Za-z_]\w{0,63})/g)) {
      for (const value of values.get(name) ?? []) yield asUrl(value);
    }
  }
}

function addHosts(text: string, hosts: Set<string>): void {
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
    const rest = /^[^\s'"<>|;,?#]*/.exec(text.slice(at + 3, at + 3 + LONGEST))?.[0] ?? "";
    const [authority = "", owner = ""] = rest.split("/", 2);
    const host = authority
      .slice(authority.lastIndexOf("@") + 1)
      .replace(/:\d{1,5}$/, "")
      .toLowerCase();
    if (host !== "") hosts.add(SHARED.has(host) && owner !== "" ? `${host}/${owner}` : host);
  }
}
