/** Lines of code: neither empty nor comments. */
import type { Language } from "./code/token.ts";

const [TAB, NEWLINE, RETURN, SPACE, HASH, STAR, SLASH, QUOTE, APOSTROPHE] = [
  0x09, 0x0a, 0x0d, 0x20, 0x23, 0x2a, 0x2f, 0x22, 0x27,
];

/** Texts in triple quotes that begin a line are documentation. One pass over the bytes. */
export function countLines(bytes: Buffer, language: Language): number {
  let count = 0;
  let at = 0;
  const { length } = bytes;
  let inside: "none" | "comment" | "double" | "single" = "none";
  while (at < length) {
    while (at < length && (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN)) at += 1;
    let end = bytes.indexOf(NEWLINE, at);
    if (end < 0) end = length;
    if (inside === "comment") {
      const close = findPair(bytes, at, end, STAR, SLASH);
      if (close >= 0) inside = "none";
    } else if (inside !== "none") {
      const quote = inside === "double" ? QUOTE : APOSTROPHE;
      if (findTriple(bytes, at, end, quote) >= 0) inside = "none";
    } else if (at < end) {
      const first = bytes[at];
      if (language === "javascript" && first === SLASH && bytes[at + 1] === SLASH) {
        // A comment.
      } else if (language === "javascript" && first === SLASH && bytes[at + 1] === STAR) {
        if (findPair(bytes, at + 2, end, STAR, SLASH) < 0) inside = "comment";
      } else if (language === "python" && first === HASH) {
        // A comment.
      } else if (
        language === "python" &&
        (first === QUOTE || first === APOSTROPHE) &&
        bytes[at + 1] === first &&
        bytes[at + 2] === first
      ) {
        if (findTriple(bytes, at + 3, end, first) < 0) inside = first === QUOTE ? "double" : "single";
      } else count += 1;
    }
    at = end + 1;
  }
  return count;
}

function findPair(bytes: Buffer, start: number, end: number, first: number, second: number): number {
  for (let at = start; at + 1 < end; at++) if (bytes[at] === first && bytes[at + 1] === second) return at;
  return -1;
}

function findTriple(bytes: Buffer, start: number, end: number, quote: number): number {
  for (let at = start; at + 2 < end; at++) {
    if (bytes[at] === quote && bytes[at + 1] === quote && bytes[at + 2] === quote) return at;
  }
  return -1;
}

const TESTS =
  /(?:^|\/)(?:tests?|__tests__|testing|spec|specs|__mocks__|fixtures?|examples?|demos?|docs?|benchmarks?|bench|samples?|e2e)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|\.(?:test|spec|stories|bench)\.[cm]?[jt]sx?$/i;

/** By its path a file for those who develop the package: tests, examples, documentation. */
export function isForDevelopers(path: string): boolean {
  return TESTS.test(path);
}
