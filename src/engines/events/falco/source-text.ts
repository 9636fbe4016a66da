/** A text of a rule file that may be of several parts (appended, generated), each of which knows where it stands. */
import type { Place } from "./model.ts";
import { lineIn, offsetInSource, placeIn, type RuleNode, type RuleScalar } from "./read-yaml.ts";

interface Piece {
  readonly text: string;
  /** The scalar whose value it is, or the value that it was made from. */
  readonly of: RuleNode;
}

export class SourceText {
  readonly text: string;
  readonly #pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
    this.text = pieces.map((piece) => piece.text).join("");
  }

  /** @param text - the scalar's, or what of it is left at its beginning */
  static of(scalar: RuleScalar, text: string = scalar.text): SourceText {
    return new SourceText([{ text, of: scalar }]);
  }

  /** What its beginning was read from. */
  get first(): RuleNode {
    const [first] = this.#pieces;
    if (first === undefined) throw new Error("a text of nothing comes from nowhere");
    return first.of;
  }

  /** This, a blank, and that: how upstream appends. */
  append(other: SourceText): SourceText {
    const [first] = other.#pieces;
    if (first === undefined) return this;
    return new SourceText([...this.#pieces, { text: " ", of: first.of }, ...other.#pieces]);
  }

  /** Between others. */
  wrapped(before: string, after: readonly Piece[]): SourceText {
    const [first] = this.#pieces;
    if (first === undefined) return new SourceText(after);
    return new SourceText([{ text: before, of: first.of }, ...this.#pieces, ...after]);
  }

  /** Where a character of the text stands in its file, with the line that it is in. */
  at(offset: number): { readonly place: Place; readonly source: string } {
    let from = 0;
    let last: Piece | undefined;
    for (const piece of this.#pieces) {
      last = piece;
      if (offset < from + piece.text.length) break;
      from += piece.text.length;
    }
    if (last === undefined) throw new Error("a text of nothing has no place");
    const { of, text } = last;
    const isWhole = of.kind === "scalar" && of.text.startsWith(text);
    const at = isWhole ? offsetInSource(of, Math.min(offset - from, text.length)) : of.at;
    return { place: placeIn(of.file, at), source: lineIn(of.file, at) };
  }
}
