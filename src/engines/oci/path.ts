import { bounds } from "./bounds.ts";

/**
 * Cleans an entry's name as if the archive's root were `/`: no leading slash, no `.`, no empty component, and `..`
 * ends at the root, as a runtime scopes it. Returns "" for the root itself, undefined for what is over a bound or
 * cannot be a path.
 */
export function cleanPath(name: string): string | undefined {
  if (name.length > bounds.pathBytes || name.includes("\0")) return undefined;
  if (isClean(name)) return depthOf(name) > bounds.pathDepth ? undefined : name;
  const components: string[] = [];
  for (const component of name.split("/")) {
    if (component === "" || component === ".") continue;
    if (component === "..") components.pop();
    else components.push(component);
  }
  return components.length > bounds.pathDepth ? undefined : components.join("/");
}

/** The common case decided without splitting; may say no to a clean path, never yes to another. */
function isClean(name: string): boolean {
  return (
    name.length > 0 &&
    name.charCodeAt(0) !== 0x2f &&
    name.charCodeAt(0) !== 0x2e &&
    name.charCodeAt(name.length - 1) !== 0x2f &&
    !name.includes("/.") &&
    !name.includes("//")
  );
}

function depthOf(path: string): number {
  let depth = 1;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) depth += 1;
  return depth;
}
