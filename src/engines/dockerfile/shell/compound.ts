/** Compound commands (POSIX, Shell Command Language 2.9.4 and 2.9.5). */
import { inside, type Place, type Script, sometimes } from "./script.ts";
import { readers } from "./substitution.ts";
import { expectCharacter, reservedAt, skipArithmetic, skipBlanks, skipNewlines, takeReserved } from "./tokens.ts";
import { readWord } from "./word.ts";

export function readIf(script: Script, place: Place): void {
  const within = inside(place, "if");
  takeReserved(script, "if");
  script.shared.grammar.list(script, within, { words: ["then"] });
  takeReserved(script, "then");
  for (;;) {
    script.shared.grammar.list(script, sometimes(within), { words: ["elif", "else", "fi"] });
    const word = reservedAt(script) ?? "";
    if (word !== "elif" && word !== "else") break;
    takeReserved(script, word);
    if (word === "else") {
      script.shared.grammar.list(script, sometimes(within), { words: ["fi"] });
      break;
    }
    script.shared.grammar.list(script, sometimes(within), { words: ["then"] });
    takeReserved(script, "then");
  }
  takeReserved(script, "fi");
}

export function readDo(script: Script, place: Place): void {
  takeReserved(script, "do");
  script.shared.grammar.list(script, place, { words: ["done"] });
  takeReserved(script, "done");
}

export function readFor(script: Script, place: Place): void {
  readWord(script, readers(place));
  skipBlanks(script);
  if (script.source.startsWith("((", script.at)) {
    script.at++;
    script.at++;
    if (!skipArithmetic(script, true)) script.fail("the (( of a for is not closed");
  } else {
    if (readWord(script, readers(place)) === undefined) script.fail("a for names no variable");
    skipNewlines(script);
    if (reservedAt(script) === "in") {
      takeReserved(script, "in");
      for (;;) {
        skipBlanks(script);
        if (readWord(script, readers(place)) === undefined) break;
      }
    }
  }
  skipBlanks(script);
  if (script.source[script.at] === ";") script.at++;
  skipNewlines(script);
  readDo(script, place);
}

export function readCase(script: Script, place: Place): void {
  takeReserved(script, "case");
  skipBlanks(script);
  if (readWord(script, readers(place)) === undefined) script.fail("a case looks at nothing");
  skipNewlines(script);
  takeReserved(script, "in");
  for (;;) {
    skipNewlines(script);
    if (reservedAt(script) === "esac") break;
    if (script.source[script.at] === "(") script.at++;
    for (;;) {
      skipBlanks(script);
      if (readWord(script, readers(place)) === undefined) script.fail("a branch of a case has no pattern");
      skipBlanks(script);
      if (script.source[script.at] !== "|") break;
      script.at++;
    }
    expectCharacter(script, ")");
    script.shared.grammar.list(script, place, { words: ["esac"], semicolons: true });
    if (script.source[script.at] !== ";") {
      skipNewlines(script);
      break;
    }
    script.at += script.source.startsWith(";;&", script.at) ? 3 : 2;
  }
  takeReserved(script, "esac");
}

export function readFunctionBody(script: Script, place: Place): void {
  skipNewlines(script);
  script.enter();
  script.shared.grammar.command(script, sometimes(inside(place, "function")), "");
  script.leave();
}
