/** Texts on which an expression is slow, if it is: what each of its repetitions takes, over and over, and no match behind. */
import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** A text of any length: `before`, `pump` as often as fits, `after`. */
export interface Attack {
  readonly before: string;
  readonly pump: string;
  readonly after: string;
}

/** What follows the pump: something that most expressions do not take, a line end, nothing. */
const ENDS = ["\0", "\n!", ""];
/** Pieces of one expression that are pumped. */
const MOST_PUMPS = 32;

export function attacksOn(source: string, flags: string): Attack[] {
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  const { unicode, unicodeSets } = parser.parseFlags(flags);
  const pattern = parser.parsePattern(source, undefined, undefined, { unicode, unicodeSets });
  const pumps = new Map<string, { before: string; pump: string }>();
  const add = (before: string, pump: string): void => {
    if (pump !== "" && pumps.size < MOST_PUMPS) pumps.set(JSON.stringify([before, pump]), { before, pump });
  };
  for (const [index, alternative] of pattern.alternatives.entries()) walk(alternative, "", index, add);
  return [...pumps.values()].flatMap(({ before, pump }) => ENDS.map((after) => ({ before, pump, after })));
}

/** A text of about `length` characters. */
export function textOf({ before, pump, after }: Attack, length: number): string {
  return before + pump.repeat(Math.max(1, Math.floor((length - before.length - after.length) / pump.length))) + after;
}

type Add = (before: string, pump: string) => void;

function walk(alternative: AST.Alternative, before: string, turn: number, add: Add): void {
  let prefix = before;
  for (const element of alternative.elements) {
    if (element.type === "Quantifier" && element.max > 8) {
      for (let variant = 0; variant < 3; variant++) {
        const body = sample(element.element, variant);
        add(prefix, body);
        // What begins at many places, and ends at none; also where its beginning stands in what it repeats.
        add("", prefix + body);
        const filled = sample(element.element, variant, prefix);
        if (filled !== body) add(prefix, filled);
        add(prefix, `${body}${sample(next(alternative, element), variant)}`);
      }
    }
    const inner = element.type === "Quantifier" ? element.element : element;
    if (inner.type === "Group" || inner.type === "CapturingGroup" || inner.type === "Assertion") {
      const within = "alternatives" in inner ? inner.alternatives : [];
      for (const one of within) walk(one, prefix, turn, add);
    }
    prefix += sample(element, turn);
  }
  add("", prefix);
}

function next(alternative: AST.Alternative, element: AST.Element): AST.Element | undefined {
  return alternative.elements[alternative.elements.indexOf(element) + 1];
}

/**
 * A text that the element takes; another one with another `variant`, as far as there is one. What it repeats within is
 * `filler`, where it takes that.
 */
function sample(node: AST.Element | undefined, variant: number, filler = ""): string {
  switch (node?.type) {
    case "Character":
      return String.fromCodePoint(node.value);
    case "CharacterSet":
      return characterOf(node, variant);
    case "CharacterClass":
      return characterIn(node, variant);
    case "Group":
    case "CapturingGroup": {
      const chosen = node.alternatives[variant % node.alternatives.length];
      return (chosen?.elements ?? []).map((element) => sample(element, variant, filler)).join("");
    }
    case "Quantifier":
      if (filler !== "" && node.max > 8 && takes(node, filler)) return filler;
      return sample(node.element, variant).repeat(
        Math.min(64, Math.max(node.min, node.max > 0 && variant % 2 === 0 ? 1 : 0)),
      );
    default:
      return "";
  }
}

function takes({ raw }: AST.Quantifier, text: string): boolean {
  try {
    return new RegExp(`^(?:${raw})$`, "u").test(text);
  } catch {
    return false;
  }
}

function characterOf(set: AST.CharacterSet | AST.ClassRangesCharacterClassElement, variant: number): string {
  if (set.type === "Character") return String.fromCodePoint(set.value);
  if (set.type === "CharacterClassRange") return String.fromCodePoint(Math.min(set.max.value, set.min.value + variant));
  if (set.kind === "digit") return set.negate ? "a" : "0";
  if (set.kind === "space") return set.negate ? "a" : " ";
  if (set.kind === "word") return set.negate ? " " : "a";
  return "a";
}

function characterIn(node: AST.CharacterClass, variant: number): string {
  const matches = new RegExp(`^${node.raw}$`, node.unicodeSets ? "v" : "u");
  const own = node.elements.map((element) =>
    "kind" in element || element.type === "Character" || element.type === "CharacterClassRange"
      ? characterOf(element as AST.ClassRangesCharacterClassElement, variant)
      : "a",
  );
  const choices = [...own, "a", "A", "0", "-", " ", "/", ".", "#", "\t", "=", ":", "\n"].filter((character) => {
    try {
      return matches.test(character);
    } catch {
      return true;
    }
  });
  return choices[variant % Math.max(1, choices.length)] ?? "";
}
