/**
 * Lists: names in conditions stand for the items' text. Substitution is of text and comes before any parsing, as upstream
 * does it (`rule_loader_compiler.cpp`, resolve_list): it reaches into quotes, and of the text that came of one list later
 * lists are put in again. Lists in lists are put in whole, however deep; upstream does one level.
 */
import { bounds } from "../bounds.ts";
import { quoteItem } from "./quote-item.ts";

/** A list after all of its definitions. */
export interface KnownList {
  readonly name: string;
  readonly items: readonly string[];
  /** When it was first defined, and when last changed: it holds the items of lists that were there before its last change. */
  readonly index: number;
  readonly visibility: number;
}

export interface Substituted {
  readonly text: string;
  /** The offset in the text as it was of an offset in this one. */
  origin(offset: number): number;
}

/** What lists come to is over a bound. */
export class ListFault extends Error {}

/** Lists in lists that are followed. */
const MOST_DEPTH = 1_000;

export class Lists {
  readonly used = new Set<string>();
  readonly #lists: ReadonlyMap<string, KnownList>;
  readonly #items = new Map<string, readonly string[]>();
  readonly #texts = new Map<string, string>();
  readonly #opened = new Set<string>();
  #budget = bounds.ruleFileNodes;
  #characters = bounds.expandedLength;
  #depth = 0;

  constructor(lists: ReadonlyMap<string, KnownList>) {
    this.#lists = lists;
  }

  /** @throws ListFault */
  substitute(text: string): Substituted {
    if (this.#lists.size === 0) return { text, origin: (offset) => offset };
    const { text: out, breaks } = this.#put(text, -1);
    this.#characters -= out.length;
    if (out.length > bounds.conditionLength || this.#characters < 0)
      throw new ListFault(`condition is over ${bounds.conditionLength} characters once lists are in their places`);
    return { text: out, origin: (offset) => originOf(breaks, offset) };
  }

  /** Marks lists that other lists hold; @returns those that nothing names */
  unused(): string[] {
    const used = new Set(this.used);
    for (const list of this.#lists.values())
      for (const item of list.items) {
        const other = this.#lists.get(item);
        if (other !== undefined && other.index < list.visibility) used.add(item);
      }
    return [...this.#lists.keys()].filter((name) => !used.has(name));
  }

  /** Puts in the lists that were first defined after `after`. */
  #put(text: string, after: number): { readonly text: string; readonly breaks: readonly Break[] } {
    let out = "";
    let from = 0;
    const breaks: Break[] = [];
    for (const { index: start, 0: word } of text.matchAll(WORDS)) {
      const list = this.#lists.get(word);
      if (list === undefined || list.index <= after) continue;
      this.used.add(word);
      const put = this.#textOf(list);
      let [left, right] = [start, start + word.length];
      while (left > from && isBlank(text[left - 1])) left--;
      while (right < text.length && isBlank(text[right])) right++;
      if (put === "") {
        if (left > from && text[left - 1] === ",") left--;
        else if (text[right] === ",") right++;
      }
      breaks.push({ out: out.length, origin: from, fixed: false });
      out += text.slice(from, left);
      breaks.push({ out: out.length, origin: start, fixed: true });
      out += left > 0 ? ` ${put} ` : `${put} `;
      from = right;
    }
    breaks.push({ out: out.length, origin: from, fixed: false });
    return { text: out + text.slice(from), breaks };
  }

  #textOf(list: KnownList): string {
    const known = this.#texts.get(list.name);
    if (known !== undefined) return known;
    return this.#deeper(() => {
      const plain = this.#itemsOf(list)
        .map((item) => quoteItem(item))
        .join(", ");
      const { text } = this.#put(plain, list.index);
      if (text.length > bounds.conditionLength)
        throw new ListFault(`list '${list.name}' is over ${bounds.conditionLength} characters`);
      this.#texts.set(list.name, text);
      return text;
    });
  }

  #itemsOf(list: KnownList): readonly string[] {
    const known = this.#items.get(list.name);
    if (known !== undefined) return known;
    return this.#deeper(() => {
      this.#opened.add(list.name);
      const items: string[] = [];
      for (const item of list.items) {
        const other = this.#lists.get(item);
        const isList = other !== undefined && other.index < list.visibility && !this.#opened.has(item);
        const added = isList ? this.#itemsOf(other) : [item];
        this.#budget -= added.length;
        if (items.length + added.length > bounds.listItems || this.#budget < 0)
          throw new ListFault(
            `list '${list.name}' has more than ${bounds.listItems} items, those of its lists counted`,
          );
        for (const one of added) items.push(one);
      }
      this.#opened.delete(list.name);
      this.#items.set(list.name, items);
      return items;
    });
  }

  #deeper<T>(inside: () => T): T {
    if (++this.#depth > MOST_DEPTH) throw new ListFault(`lists are nested deeper than ${MOST_DEPTH}`);
    try {
      return inside();
    } finally {
      this.#depth--;
    }
  }
}

/** What a list's name can be: it ends where one of these stands. */
const WORDS = /[^ \t\n\r(),=]+/g;

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}

interface Break {
  /** From here on in the new text… */
  readonly out: number;
  /** …stands what stood here in the old one. */
  readonly origin: number;
  /** All of it stands for the name there. */
  readonly fixed: boolean;
}

function originOf(breaks: readonly Break[], offset: number): number {
  let last: Break | undefined;
  for (const one of breaks) {
    if (one.out > offset) break;
    last = one;
  }
  if (last === undefined) return offset;
  return last.fixed ? last.origin : last.origin + offset - last.out;
}
