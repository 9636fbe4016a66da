/**
 * An expression that matches the same in any case of ASCII letters: `key[a-c]` becomes `[kK][eE][yY][a-cA-C]`. V8 has
 * `(?i:…)` for that, and in a process that has compiled many expressions it was seen to match less than it should, without
 * a word: a secret missed.
 *
 * @param source - of an expression without flags; letters behind a backslash stay as they are
 */
export function anyCase(source: string): string {
  let out = "";
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at] as string;
    if (character === "\\") {
      out += character + (source[at + 1] ?? "");
      at += 1;
    } else if (inClass) {
      const range = /^([a-z])-([a-z])|^([A-Z])-([A-Z])/.exec(source.slice(at, at + 3))?.[0];
      if (range !== undefined) {
        out += range.toLowerCase() + range.toUpperCase();
        at += 2;
      } else {
        out += isLetter(character) ? character.toLowerCase() + character.toUpperCase() : character;
        inClass = character !== "]";
      }
    } else if (isLetter(character)) {
      out += `[${character.toLowerCase()}${character.toUpperCase()}]`;
    } else {
      out += character;
      inClass = character === "[";
    }
  }
  return out;
}

function isLetter(character: string): boolean {
  const small = character.charCodeAt(0) | 0x20;
  return small >= 0x61 && small <= 0x7a;
}
