import type { MappedText, Stretch } from "../mapped-text.ts";
import type { ShellWord } from "../model.ts";
import { createScript, type Draft, inside, type Place, type Script } from "./script.ts";

/** Shells that read POSIX's language, by the name of their program. */
export const posixShells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"]);

/** `sh -c '…'`: its script is read as if it stood there. */
export function readNestedShell(
  script: Script,
  place: Place,
  command: Draft,
  spans: readonly { start: number; end: number }[],
): void {
  if (command.program === undefined || !posixShells.has(command.program)) return;
  const operand = scriptOperand(command.arguments);
  if (operand === undefined) return;
  const word = command.arguments[operand];
  const span = spans[command.words.length - command.arguments.length + operand];
  // The commands of a substitution have been read where they stand.
  if (word === undefined || span === undefined || word.expansions.some(({ commands }) => commands.length > 0)) return;
  const inner = unquoted(script, span);
  if (inner === undefined) return;
  const nested = createScript(inner, script.shared);
  nested.enter();
  script.shared.grammar.list(nested, inside(place, "sh -c"), { words: [] });
  nested.leave();
  if (nested.at < nested.end) nested.fail("what sh -c is given does not end where it should");
}

/** Which argument of a shell is its script: the one behind the options, where `-c` is among them. */
function scriptOperand(words: readonly ShellWord[]): number | undefined {
  let isScript = false;
  let at = 0;
  for (; /^[-+]./.test(words[at]?.text ?? ""); at++) {
    const { text = "" } = words[at] ?? {};
    if (text === "--") return isScript ? at + 1 : undefined;
    if (/^-[A-Za-z]*c/.test(text)) isScript = true;
    // The name of an option follows.
    if (/^[-+][A-Za-z]*[oO]$/.test(text)) at++;
  }
  return isScript ? at : undefined;
}

/** The word's text as the command gets it; undefined where an escape in it is not one character for another. */
function unquoted(script: Script, { start, end }: { start: number; end: number }): MappedText | undefined {
  const { source } = script;
  const stretches: Stretch[] = [];
  let quote = "";
  let plain = start;
  const cut = (from: number, to: number, text?: string): void => {
    stretches.push({ start: plain, end: from }, { start: from, end: to, text: text ?? "" });
    plain = to;
  };
  for (let at = start; at < end; at++) {
    const character = source[at] as string;
    if (quote === "'") {
      if (character !== "'") continue;
      quote = "";
      cut(at, at + 1);
    } else if (character === "\\") {
      const next = source[at + 1] ?? "";
      if (quote === "" || '$`"\\'.includes(next)) cut(at, at + 2, next === "\n" ? "" : next);
      at++;
    } else if (character === '"') {
      quote = quote === "" ? '"' : "";
      cut(at, at + 1);
    } else if (character === "'" && quote === "") {
      if (source[at - 1] === "$") return undefined;
      quote = "'";
      cut(at, at + 1);
    }
  }
  stretches.push({ start: plain, end });
  return script.mapped.pick(stretches);
}
