import { bounds } from "../bounds.ts";

/**
 * The name and version that a distribution's package database states, or what is wrong with them as the end of a
 * sentence about the entry. None of the formats allows white space or control characters in either.
 */
export function identityOf(
  name: string | undefined,
  version: string | undefined,
): { readonly name: string; readonly version: string } | { readonly fault: string } {
  if (name === undefined || name === "") return { fault: "states no name" };
  if (name.length > bounds.packageNameLength) return { fault: `has a name of ${name.length} characters` };
  if (!isWord(name)) return { fault: "has a name with white space or control characters" };
  if (LEADS_OUT.test(name)) return { fault: "has a name that leads out of its directory" };
  if (version === undefined || version === "") return { fault: `(${name}) states no version` };
  if (version.length > bounds.versionLength) {
    return { fault: `(${name}) has a version of ${version.length} characters` };
  }
  if (!isWord(version)) return { fault: `(${name}) has a version with white space or control characters` };
  return { name, version };
}

const LEADS_OUT = /(?:^|[/\\])\.\.(?:[/\\]|$)/;

function isWord(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
  return !/[\s\u0000-\u001f\u007f-\u009f\ufffd]/.test(text);
}

/** A declared text that is worth keeping: neither empty nor too long to be a name or an expression. */
export function isDeclaredText(text: string | undefined): text is string {
  return text !== undefined && text !== "" && text.length <= bounds.declaredTextLength;
}
