/** A reader of XML 1.0 for documents without a DTD: elements, attributes and text, and nothing that they could expand to. */
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it, joined. */
  readonly text: string;
}

interface OpenElement {
  readonly written: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Most elements have no children, and many no text: made when there are some. */
  children?: XmlElement[];
  texts?: string[];
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const NO_CHILDREN: readonly XmlElement[] = [];

const NAME_START = /[A-Za-z_:\u0080-\uffff]/;
const NAME_END = /[\s/>=]/g;
const BLANKS = /\s*/y;

/**
 * Well-formedness as far as it tells the structure (XML 1.0, productions 1, 39 to 44): tags match, attributes are
 * quoted. A document type is refused, with it every entity but the five that XML has of itself.
 *
 * @throws Problem `sbom.xml` with line and column
 */
export function parseXml(text: string, place: string): XmlElement {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let at = 0;
  const fail = (cause: string, where = at): never => {
    const before = text.slice(0, where);
    const line = before.split("\n").length;
    const column = where - before.lastIndexOf("\n");
    throw new Problem({ kind: "input", code: "sbom.xml", place: `${place}:${line}:${column}`, cause });
  };
  const until = (mark: string, what: string): string => {
    const end = text.indexOf(mark, at);
    if (end < 0) fail(`${what} is not closed`);
    const found = text.slice(at, end);
    at = end + mark.length;
    return found;
  };
  const close = (element: OpenElement) => {
    const { name, attributes, children, texts } = element;
    const closed: XmlElement = { name, attributes, children: children ?? NO_CHILDREN, text: texts?.join("") ?? "" };
    const parent = open.at(-1);
    if (parent !== undefined) {
      parent.children ??= [];
      parent.children.push(closed);
    } else if (root === undefined) root = closed;
    else fail("there is a second root element");
  };

  while (at < text.length) {
    const tag = text.indexOf("<", at);
    const characters = text.slice(at, tag < 0 ? text.length : tag);
    const parent = open.at(-1);
    if (parent !== undefined) addText(parent, decodeEntities(characters, fail));
    else if (characters.trim() !== "") fail("there is text outside of the root element");
    if (tag < 0) break;
    at = tag;
    if (text.startsWith("<!--", at)) {
      at += 4;
      until("-->", "a comment");
    } else if (text.startsWith("<![CDATA[", at)) {
      if (parent === undefined) fail("there is text outside of the root element");
      at += 9;
      if (parent !== undefined) addText(parent, until("]]>", "a CDATA section"));
    } else if (text.startsWith("<?", at)) {
      at += 2;
      until("?>", "a processing instruction");
    } else if (text.startsWith("<!", at)) {
      fail("a document type declaration is not accepted");
    } else if (text.startsWith("</", at)) {
      at += 2;
      const name = until(">", "a tag").trim();
      const element = open.pop();
      if (element === undefined || element.written !== name) fail(`</${name.slice(0, 80)}> closes nothing`, tag);
      else close(element);
    } else {
      at += 1;
      if (!NAME_START.test(text[at] ?? "")) fail("a < starts no tag", tag);
      const written = nameAt();
      if (++elements > bounds.sbomElements) fail(`it has more than ${bounds.sbomElements} elements`);
      const attributes = attributesAt();
      const element: OpenElement = { written, name: localName(written), attributes };
      const empty = text[at] === "/";
      at += empty ? 2 : 1;
      if (empty) close(element);
      else if (open.push(element) > bounds.sbomDepth * 4)
        fail(`its elements are nested deeper than ${bounds.sbomDepth * 4}`);
    }
  }
  if (open.length > 0) fail(`<${open.at(-1)?.written.slice(0, 80)}> is not closed`);
  return root ?? fail("it has no element");

  function nameAt(): string {
    NAME_END.lastIndex = at;
    const end = NAME_END.exec(text)?.index ?? text.length;
    const name = text.slice(at, end);
    at = end;
    return name;
  }

  /** Leaves `at` on the `>` or `/>` that ends the tag. */
  function attributesAt(): ReadonlyMap<string, string> {
    let attributes: Map<string, string> | undefined;
    for (;;) {
      blanks();
      if (text[at] === ">" || text.startsWith("/>", at)) return attributes ?? NO_ATTRIBUTES;
      if (!NAME_START.test(text[at] ?? "")) fail("a tag is not closed");
      const name = nameAt();
      blanks();
      if (text[at] !== "=") fail(`the attribute ${name.slice(0, 80)} has no value`);
      at += 1;
      blanks();
      const quote = text[at];
      if (quote !== '"' && quote !== "'") fail(`the attribute ${name.slice(0, 80)} is not quoted`);
      at += 1;
      const value = decodeEntities(until(quote as string, "an attribute"), fail);
      attributes ??= new Map();
      if (attributes.has(name)) fail(`the attribute ${name.slice(0, 80)} stands twice`);
      attributes.set(name, value);
    }
  }

  function blanks(): void {
    BLANKS.lastIndex = at;
    BLANKS.exec(text);
    at = BLANKS.lastIndex;
  }
}

/** White space between elements is no text of theirs that anyone looks at. */
function addText(element: OpenElement, text: string): void {
  if (text.trim() === "") return;
  element.texts ??= [];
  element.texts.push(text);
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

function decodeEntities(text: string, fail: (cause: string) => never): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&<]{0,12});?/g, (whole: string, name: string) => {
    const known = ENTITIES.get(name);
    if (known !== undefined && whole.endsWith(";")) return known;
    const number = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name);
    const code =
      number === null ? Number.NaN : number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    if (!whole.endsWith(";") || !(code <= 0x10ffff)) return fail(`there is no entity ${whole.slice(0, 20)}`);
    return String.fromCodePoint(code);
  });
}
