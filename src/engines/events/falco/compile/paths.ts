/**
 * `pmatch`: whether a path is one of some, or lies below one. Paths are compared component by component, so `/etc` holds of
 * `/etc/passwd` and not of `/etcetera`; empty components count nowhere; a component of a pattern may have wildcards.
 */
import { compileGlob } from "./glob.ts";

interface Node {
  /** A pattern ends here: whatever follows lies below it. */
  end: boolean;
  readonly named: Map<string, Node>;
  readonly wild: { readonly pattern: string; readonly matches: (component: string) => boolean; readonly node: Node }[];
}

function newNode(): Node {
  return { end: false, named: new Map(), wild: [] };
}

/** @param patterns - byte strings, as are the texts that the answer takes */
export function compilePaths(patterns: readonly string[]): (path: string) => boolean {
  const root = newNode();
  for (const pattern of patterns) {
    let node = root;
    for (const component of pattern.split("/")) if (component !== "") node = below(node, component);
    node.end = true;
  }
  return (path) => matches(root, path, 0);
}

function below(node: Node, component: string): Node {
  if (!/[?*[]/.test(component)) {
    const existing = node.named.get(component);
    if (existing !== undefined) return existing;
    const made = newNode();
    node.named.set(component, made);
    return made;
  }
  const existing = node.wild.find(({ pattern }) => pattern === component);
  if (existing !== undefined) return existing.node;
  const made = newNode();
  node.wild.push({ pattern: component, matches: compileGlob(component, false), node: made });
  return made;
}

/** No deeper than the patterns are. */
function matches(node: Node, path: string, from: number): boolean {
  if (node.end) return true;
  let start = from;
  while (path.charCodeAt(start) === SLASH) start++;
  if (start >= path.length) return false;
  const slash = path.indexOf("/", start);
  const end = slash < 0 ? path.length : slash;
  const component = path.slice(start, end);
  const named = node.named.get(component);
  if (named !== undefined && matches(named, path, end)) return true;
  for (const wild of node.wild) if (wild.matches(component) && matches(wild.node, path, end)) return true;
  return false;
}

const SLASH = 47;
