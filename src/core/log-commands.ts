/**
 * What the log of a continuous integration acts on instead of showing it, wherever on the line or at its beginning:
 * GitHub Actions (`::name::` behind any white space, `##[name]` anywhere: actions/runner, ActionCommand), Azure Pipelines
 * (`##vso[`), TeamCity (`##teamcity[`), GitLab (`section_start:`). A name in a tree or an image may hold any of them, and
 * `::stop-commands::` would silence the workflow's own.
 */

/** A later line may begin where white space stands now. */
const COLONS = /(^|\s)::(?=[a-z])/giu;
const HASHES = /##(?=[a-z]*\[)/giu;
const SECTION = /section_(start|end):/giu;
const SECTION_BEGUN = /section_/i;

/**
 * The same to a reader, with one sign of each written as an escape (`:\u003astop-commands::`). In JSON it is the same
 * value: none of it can stand outside of texts, and in them the escape is JSON's own.
 */
export function withoutLogCommands(text: string): string {
  // Cheaper than three replacements in every text that has nothing of it, and than one expression of all three.
  if (!text.includes("::") && !text.includes("##") && !SECTION_BEGUN.test(text)) return text;
  return text.replace(COLONS, "$1:\\u003a").replace(HASHES, "#\\u0023").replace(SECTION, "section_$1\\u003a");
}
