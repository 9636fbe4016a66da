import { type XmlRules, xmlEvents } from "./events.ts";

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly in it, joined. */
  readonly text: string;
}

interface OpenElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  text: string;
}

/** Most elements have no children: one list for all of those. */
const NO_CHILDREN: readonly XmlElement[] = [];

/** The root of a document that is looked at as a whole; what is thrown is what {@link xmlEvents} throws. */
export function parseXml(text: string, rules: XmlRules): XmlElement {
  const document: OpenElement = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [document];
  for (const event of xmlEvents(text, rules)) {
    const parent = open.at(-1) ?? document;
    if (event.kind === "text") {
      // White space between elements is no text of theirs that anyone looks at.
      if (event.text.trim() !== "") parent.text += event.text;
    } else if (event.kind === "end") {
      open.pop();
    } else {
      const { name, attributes } = event;
      const element: OpenElement = { name, attributes, children: NO_CHILDREN, text: "" };
      if (parent.children === NO_CHILDREN) parent.children = [];
      (parent.children as XmlElement[]).push(element);
      open.push(element);
    }
  }
  return document.children[0] as XmlElement;
}

/** The first of that name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((each) => each.name === name);
}

/** What stands in it, trimmed; undefined where nothing does. */
export function textIn(element: XmlElement, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === "" ? undefined : text;
}
