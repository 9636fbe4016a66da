/**
 * Patterns over identities of certificates, refs, workflows and builders. What is written is exact but for `*`, which stands
 * for any run of characters within a part between slashes, and `**`, for any run. Whole texts are held against whole patterns,
 * upper and lower case as they are.
 */
import { compileGlob } from "../../core/glob.ts";

/** Nothing that a terminal, a person or another reader may take for something else: a wildcard stands for no such thing. */
const PLAIN = /^[\x21-\x7e]+$/;

const WILDCARD = /\*/;

/**
 * An identity, `https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*`. No wildcard before the first `@`
 * stands for an `@`: a ref may hold one, and `…@refs/heads/x@refs/tags/1` is of a branch.
 */
export function compileIdentity(pattern: string): (identity: string) => boolean {
  if (!WILDCARD.test(pattern)) return (identity) => identity === pattern;
  const [head, tail] = parted(pattern);
  const matchesHead = compileGlob(head);
  const matchesTail = tail === undefined ? undefined : compileGlob(tail);
  return (identity) => {
    if (!PLAIN.test(identity)) return false;
    const [first, rest] = parted(identity);
    if ((rest === undefined) !== (matchesTail === undefined)) return false;
    return matchesHead(first) && (rest === undefined || matchesTail?.(rest) === true);
  };
}

/** A ref, a workflow's path: `refs/tags/*`. */
export function compileName(pattern: string): (name: string) => boolean {
  if (!WILDCARD.test(pattern)) return (name) => name === pattern;
  const matches = compileGlob(pattern);
  return (name) => PLAIN.test(name) && matches(name);
}

/** Whether a text may be written as such a pattern: `?` would be a wildcard of paths, and stands in no such name. */
export function isNamePattern(text: string): boolean {
  return PLAIN.test(text) && !text.includes("?") && !/\*{3}/.test(text);
}

/** Those are written by hand, and may be of any language where they are exact. */
export function isIdentityPattern(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  return WILDCARD.test(text) ? isNamePattern(text) : !/[\s\u0000-\u001f\u007f]/.test(text);
}

function parted(text: string): [string, string?] {
  const at = text.indexOf("@");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
