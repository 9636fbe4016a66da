/** A reader of XML 1.0 in one pass: elements, attributes and text, and nothing that they could expand to. */
import { bounds } from "../bounds.ts";
import { positionAt, type Refuse } from "../position.ts";

/** What a document consists of, in its order. Names of elements are without their prefix, those of attributes with it. */
export type XmlEvent =
  | { readonly kind: "start"; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: "end"; readonly name: string }
  | { readonly kind: "text"; readonly text: string };

/** What readers of different documents part on. */
export interface XmlRules {
  /** Elements within elements at most. */
  readonly depth: number;
  /** Elements at most; absent where the document's bytes bound them well enough. */
  readonly elements?: number;
  /**
   * A document type may be named, as long as it declares nothing in the document itself. It is never fetched, and a
   * reference to an entity that it may declare stays as it stands. Absent, both are refused.
   */
  readonly foreignEntities?: true;
  /** Makes what is thrown where the text is not well-formed, or over a bound. */
  readonly refuse: Refuse;
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

const NAME_START = /[A-Za-z_:\u0080-\uffff]/;
const NAME_END = /[\s/>=]/g;
const BLANKS = /\s*/y;

/**
 * Well-formedness as far as it tells the structure (XML 1.0, productions 1, 39 to 44): tags match as they are written,
 * attributes are quoted and stand once, there is one root. A document type with declarations of its own is always
 * refused, with it every entity but the five that XML has of itself. Comments and processing instructions are passed
 * over.
 */
export function* xmlEvents(text: string, rules: XmlRules): Generator<XmlEvent> {
  /** As written. */
  const open: string[] = [];
  const { depth, elements: most = Number.POSITIVE_INFINITY, foreignEntities } = rules;
  let elements = 0;
  let roots = 0;
  let at = 0;
  const fail = (cause: string, where = at): never => {
    throw rules.refuse(positionAt(text, where), cause);
  };
  const until = (mark: string, what: string): string => {
    const end = text.indexOf(mark, at);
    if (end < 0) fail(`${what} is not closed`);
    const found = text.slice(at, end);
    at = end + mark.length;
    return found;
  };
  const nameAt = (): string => {
    NAME_END.lastIndex = at;
    const end = NAME_END.exec(text)?.index ?? text.length;
    if (end - at > bounds.xmlNameLength) fail("a name is too long");
    const name = text.slice(at, end);
    at = end;
    return name;
  };
  const blanks = (): void => {
    BLANKS.lastIndex = at;
    BLANKS.exec(text);
    at = BLANKS.lastIndex;
  };
  const plain = (characters: string): string => {
    if (!characters.includes("&")) return characters;
    if (foreignEntities !== true) return decoded(characters, fail);
    // Longer than any name or version: nobody looks at it.
    return characters.length > bounds.xmlTextLength ? characters : decoded(characters);
  };
  /** Leaves `at` on the `>` or `/>` that ends the tag. */
  const attributesAt = (): ReadonlyMap<string, string> => {
    let attributes: Map<string, string> | undefined;
    for (;;) {
      blanks();
      if (text[at] === ">" || text.startsWith("/>", at)) return attributes ?? NO_ATTRIBUTES;
      if (!NAME_START.test(text[at] ?? "")) fail("a tag is not closed");
      const name = nameAt();
      blanks();
      if (text[at] !== "=") fail(`the attribute ${shown(name)} has no value`);
      at += 1;
      blanks();
      const quote = text[at];
      if (quote !== '"' && quote !== "'") fail(`the attribute ${shown(name)} is not quoted`);
      at += 1;
      const value = plain(until(quote as string, "an attribute"));
      attributes ??= new Map();
      if (attributes.has(name)) fail(`the attribute ${shown(name)} stands twice`);
      attributes.set(name, value);
    }
  };

  while (at < text.length) {
    const tag = text.indexOf("<", at);
    const end = tag < 0 ? text.length : tag;
    if (end > at) {
      const characters = text.slice(at, end);
      if (open.length > 0) yield { kind: "text", text: plain(characters) };
      else if (characters.trim() !== "") fail("there is text outside of the root element");
    }
    if (tag < 0) break;
    at = tag;
    if (text.startsWith("<!--", at)) {
      at += 4;
      until("-->", "a comment");
    } else if (text.startsWith("<![CDATA[", at)) {
      if (open.length === 0) fail("there is text outside of the root element");
      at += 9;
      yield { kind: "text", text: until("]]>", "a CDATA section") };
    } else if (text.startsWith("<?", at)) {
      at += 2;
      until("?>", "a processing instruction");
    } else if (text.startsWith("<!", at)) {
      if (foreignEntities !== true) fail("a document type declaration is not accepted");
      if (until(">", "a document type").includes("[")) fail("it has a document type definition of its own", tag);
    } else if (text.startsWith("</", at)) {
      at += 2;
      const name = until(">", "a tag").trim();
      if (open.pop() !== name) fail(`</${shown(name)}> closes nothing`, tag);
      yield { kind: "end", name: localName(name) };
    } else {
      at += 1;
      if (!NAME_START.test(text[at] ?? "")) fail("a < starts no tag", tag);
      if (open.length === 0 && ++roots > 1) fail("there is a second root element", tag);
      const written = nameAt();
      const name = localName(written);
      if (name === "") fail("a name is missing", tag);
      if (++elements > most) fail(`it has more than ${most} elements`);
      const attributes = attributesAt();
      const empty = text[at] === "/";
      at += empty ? 2 : 1;
      yield { kind: "start", name, attributes };
      if (empty) yield { kind: "end", name };
      else if (open.push(written) > depth) fail(`its elements are nested deeper than ${depth}`);
    }
  }
  if (open.length > 0) fail(`<${shown(open.at(-1) ?? "")}> is not closed`);
  if (roots === 0) fail("it has no element");
}

function shown(name: string): string {
  return name.slice(0, 80);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** @param fail - for a reference to nothing that is known; absent, it stays as it stands */
function decoded(text: string, fail?: (cause: string) => never): string {
  return text.replace(/&([^;&<]{0,12});?/g, (whole: string, name: string) => {
    const closed = whole.endsWith(";");
    const known = ENTITIES.get(name);
    if (known !== undefined && closed) return known;
    const number = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name);
    const code =
      number === null ? Number.NaN : number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    if (closed && code <= 0x10ffff) return String.fromCodePoint(code);
    return fail === undefined ? whole : fail(`there is no entity ${whole.slice(0, 20)}`);
  });
}
