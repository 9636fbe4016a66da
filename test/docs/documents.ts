/** Documents of the repository, and what tests take out of their text. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** Every *.md of the repository but what git ignores, path from the root → text, sorted. */
export const documents: ReadonlyMap<string, string> = new Map(
  markdownBelow("", ignoredFolders())
    .sort()
    .map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

/** .gitignore names folders as `NAME/`, wherever they are, and as `PATH/NAME/`. */
function ignoredFolders(): readonly string[] {
  const lines = readFileSync(join(root, ".gitignore"), "utf8").split("\n");
  return [".git", ...lines.filter((line) => line.endsWith("/")).map((line) => line.slice(0, -1))];
}

function markdownBelow(folder: string, ignored: readonly string[]): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ignored.some((name) => name === entry.name || name === path) ? [] : markdownBelow(path, ignored);
    }
    return entry.isFile() && path.endsWith(".md") ? [path] : [];
  });
}

const SPAN = /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g;

export function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)(```+)[\s\S]*?^\1\2$/gm, "");
}

/** Without blocks and spans of code, whose brackets are no links and whose `#` is no heading. */
export function prose(text: string): string {
  return withoutBlocks(text).replaceAll(SPAN, (span) => "x".repeat(span.length));
}

/** Paragraphs, items of lists and rows of tables, each in one line and with its spans of code. */
export function passages(text: string): string[] {
  return withoutBlocks(text)
    .split(/\n\s*\n|\n(?=\s*(?:[-*] |\d+\. |\|))/)
    .map((passage) => passage.replaceAll(/\s+/g, " ").trim());
}

/** Spans of code in a passage, without their backticks. */
export function codeSpans(passage: string): string[] {
  return [...passage.matchAll(SPAN)].map(([, , span = ""]) => span.trim());
}
