import { bounds } from "../../../core/bounds.ts";
import { brokenLockfile, lineAt } from "./lockfile.ts";

/** What an XML document consists of, in its order. Names are without their namespace prefix. */
export type XmlEvent =
  | { readonly kind: "start"; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: "end"; readonly name: string }
  | { readonly kind: "text"; readonly text: string };

/**
 * Reads XML 1.0 in one pass. A document type definition with declarations of its own is refused, so there is nothing to
 * fetch and no entity to expand but the five predefined ones and character references; processing instructions and
 * comments are passed over.
 *
 * @throws Problem where the text is something else
 */
export function* xmlEvents(source: string): Generator<XmlEvent> {
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  while (at < source.length) {
    const mark = source.indexOf("<", at);
    const end = mark < 0 ? source.length : mark;
    if (end > at) {
      const text = source.slice(at, end);
      if (open.length > 0) yield { kind: "text", text: withoutReferences(text) };
      else if (text.trim() !== "") throw broken(source, at, "text stands outside of the root element");
    }
    if (mark < 0) break;
    if (source.startsWith("<!--", mark)) {
      at = endOf(source, "-->", mark + 4);
    } else if (source.startsWith("<![CDATA[", mark)) {
      at = endOf(source, "]]>", mark + 9);
      if (open.length === 0) throw broken(source, mark, "text stands outside of the root element");
      yield { kind: "text", text: source.slice(mark + 9, at - 3) };
    } else if (source.startsWith("<?", mark)) {
      at = endOf(source, "?>", mark + 2);
    } else if (source.startsWith("<!", mark)) {
      at = endOf(source, ">", mark + 2);
      if (source.slice(mark, at).includes("["))
        throw broken(source, mark, "it has a document type definition of its own");
    } else if (source.startsWith("</", mark)) {
      at = endOf(source, ">", mark + 2);
      const name = localName(source, mark + 2, at - 1);
      if (open.pop() !== name) throw broken(source, mark, `the element ${shown(name)} is closed and not open`);
      yield { kind: "end", name };
    } else {
      if (open.length === 0 && ++roots > 1) throw broken(source, mark, "there is a second root element");
      if (open.length >= bounds.manifestDepth)
        throw broken(source, mark, `elements are nested more than ${bounds.manifestDepth} deep`);
      const tag = startTag(source, mark + 1);
      at = tag.end;
      yield { kind: "start", name: tag.name, attributes: tag.attributes };
      if (tag.empty) yield { kind: "end", name: tag.name };
      else open.push(tag.name);
    }
  }
  if (open.length > 0) throw broken(source, at, `it ends within the element ${shown(open.at(-1) ?? "")}`);
  if (roots === 0) throw broken(source, at, "there is no element");
}

function broken(source: string, offset: number, cause: string): Error {
  return brokenLockfile(`line ${lineAt(source, offset)}`, cause);
}

/** The place after the mark that ends a construct. */
function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  if (at < 0) throw broken(source, from, `there is no ${mark}`);
  return at + mark.length;
}

const NAME_END = /[\s/>=]/g;
const NOT_SPACE = /\S/g;

/** A start tag from its name on. Quotes may hold a `>`, so the tag is walked attribute by attribute. */
function startTag(source: string, from: number) {
  const nameEnd = find(source, NAME_END, from);
  const name = localName(source, from, nameEnd);
  const attributes = new Map<string, string>();
  let at = nameEnd;
  for (;;) {
    at = find(source, NOT_SPACE, at);
    if (source[at] === ">") return { name, attributes, empty: false, end: at + 1 };
    if (source[at] === "/") {
      if (source[at + 1] !== ">") throw broken(source, at, `the tag ${shown(name)} is broken`);
      return { name, attributes, empty: true, end: at + 2 };
    }
    const keyEnd = find(source, NAME_END, at);
    const equals = find(source, NOT_SPACE, keyEnd);
    const quoteAt = find(source, NOT_SPACE, equals + 1);
    const quote = source[quoteAt];
    if (keyEnd === at || source[equals] !== "=" || (quote !== '"' && quote !== "'")) {
      throw broken(source, at, `the tag ${shown(name)} is broken`);
    }
    const end = endOf(source, quote, quoteAt + 1);
    attributes.set(localName(source, at, keyEnd), withoutReferences(source.slice(quoteAt + 1, end - 1)));
    at = end;
  }
}

function find(source: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  const match = pattern.exec(source);
  if (match === null) throw broken(source, from, "it ends within a tag");
  return match.index;
}

function localName(source: string, from: number, end: number): string {
  const name = source.slice(from, end).trim();
  const local = name.slice(name.indexOf(":") + 1);
  if (local === "" || local.length > bounds.packageNameLength)
    throw broken(source, from, "a name is missing or too long");
  return local;
}

function shown(name: string): string {
  return name.slice(0, 40);
}

const REFERENCE = /&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{1,4});/g;
const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["apos", "'"],
  ["quot", '"'],
]);

/** Unknown references, and those of a text too long for a name or version, are left as they stand. */
function withoutReferences(text: string): string {
  if (!text.includes("&") || text.length > bounds.declaredTextLength) return text;
  return text.replace(REFERENCE, (whole, name: string) => {
    if (!name.startsWith("#")) return PREDEFINED.get(name) ?? whole;
    const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
