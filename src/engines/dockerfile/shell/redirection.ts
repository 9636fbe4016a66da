import type { Redirection } from "../model.ts";
import type { PendingHeredoc, Place, Script } from "./script.ts";
import { readers } from "./substitution.ts";
import { skipBlanks } from "./tokens.ts";
import { readWord } from "./word.ts";

export function readRedirections(script: Script, place: Place): void {
  for (;;) {
    skipBlanks(script);
    if (readRedirection(script, place) === undefined) return;
  }
}

const operators = ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];

export function readRedirection(script: Script, place: Place): Redirection | undefined {
  const { source } = script;
  const start = script.at;
  let at = start;
  while (/[0-9]/.test(source[at] ?? "")) at++;
  const operator = operators.find((known) => source.startsWith(known, at));
  if (operator === undefined || (at > start && operator.startsWith("&"))) return undefined;
  // `<(…)` is a word.
  if (operator.length === 1 && source[at + 1] === "(") return undefined;
  script.at = at + operator.length;
  skipBlanks(script);
  const target = readWord(script, readers(place));
  if (target === undefined) script.fail(`${operator} leads nowhere`);
  const redirection: PendingHeredoc = {
    operator,
    ...(at > start ? { descriptor: Number(source.slice(start, at)) } : {}),
    target,
    range: script.mapped.range(start, script.at),
  };
  if (operator === "<<" || operator === "<<-") {
    script.heredocs.push({ redirection, stripsTabs: operator === "<<-", name: target.text });
  }
  return redirection;
}
