/** Licenses of texts in prose, by the sentences that only they have. What is not recognized is not guessed. */
import { createHash } from "node:crypto";
import { gnuLicenses } from "./gnu-texts.ts";
import { COMMON_LICENSES, GRANTS, type Grant, type Recognized, SENTENCES } from "./license-texts.ts";

/**
 * SPDX expressions of all licenses that a text says, in its order, each once. All of them count, as a file lists what its
 * parts are under; a choice is one only where the text says so (`alternatively, …`, `the same terms as Perl itself`).
 *
 * @param bytes - in UTF-8 or any other superset of ASCII
 */
export function recognizedLicenses(bytes: Buffer): readonly string[] {
  const key = createHash("sha256").update(bytes).digest("base64");
  const before = known.get(key);
  if (before !== undefined) return before;
  const licenses = searched(bytes);
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, licenses);
  return licenses;
}

/** Packages of one source repeat their file, and modules the text of Apache's license. */
const known = new Map<string, readonly string[]>();
const REMEMBERED = 256;

function searched(bytes: Buffer): readonly string[] {
  const text = withoutPackaging(plainText(bytes));
  const found: Recognized[] = [...sentencesIn(text), ...grantsIn(text), ...publicDomainIn(text)];
  found.push(...withoutOwnSentence(referencesIn(text), found), ...gnuLicenses(text));
  found.sort((a, b) => a.at - b.at);
  return [...new Set(withChoices(text, found))].slice(0, MOST);
}

/** Licenses of one text; the most that real ones name is some thirty. */
const MOST = 200;

/** Lower case, single blanks for white space and the marks of comments and quotations, straight quotes. */
export function plainText(bytes: Buffer): string {
  return bytes
    .toString("latin1")
    .replace(/\xe2\x80[\x98-\x9f]|``|''/g, '"')
    .replace(/\s+(?:(?:[*#>|;.]|\/\/|\/\*|dnl)\s+)*/g, " ")
    .toLowerCase();
}

const PACKAGING = "the debian packaging is";

/** Without what Debian's template says of the packaging, which is no part of the package: up to the license's text. */
function withoutPackaging(text: string): string {
  const start = text.lastIndexOf(PACKAGING);
  const end = start < 0 ? -1 : text.indexOf("common-licenses/", start);
  return end < 0 || end > start + 500 ? text : text.slice(0, start) + text.slice(end + "common-licenses/gpl-3".length);
}

/** Places of one sentence in one text that are looked at: a file repeats one for each of its parts. */
const MOST_PLACES = 500;

export function* placesOf(text: string, sentence: string): Generator<number> {
  let at = text.indexOf(sentence);
  for (let count = 0; at >= 0 && count < MOST_PLACES; count++) {
    yield at;
    at = text.indexOf(sentence, at + sentence.length);
  }
}

function* sentencesIn(text: string): Generator<Recognized> {
  for (const [sentence, license] of SENTENCES) {
    const at = text.indexOf(sentence);
    if (at >= 0) yield { at, license };
  }
}

function* grantsIn(text: string): Generator<Recognized> {
  for (const grant of GRANTS) {
    for (const at of placesOf(text, grant.sentence)) {
      const license = licenseOf(grant, reachOf(text, at, grant));
      if (license !== undefined) yield { at, license };
    }
  }
}

/** What belongs to one permission: up to the next of its kind, which is another license. */
function reachOf(text: string, at: number, { sentence, reach }: Grant): string {
  const from = at + sentence.length;
  const within = text.slice(from, from + reach);
  const next = within.indexOf(sentence);
  return next < 0 ? within : within.slice(0, next);
}

function licenseOf({ tellings, otherwise }: Grant, within: string): string | undefined {
  return tellings.find(([sentence]) => within.includes(sentence))?.[1] ?? otherwise;
}

/** What Debian's files refer to instead of quoting it. */
function* referencesIn(text: string): Generator<Recognized> {
  for (const { index, 1: name = "" } of text.matchAll(/common-licenses\/([a-z0-9.+-]{1,20})/g)) {
    const license = COMMON_LICENSES.get(name.replace(/[.]$/, ""));
    if (license !== undefined) yield { at: index, license };
  }
}

/** A reference says nothing more where the text itself has named the license: of which BSD it is, and which Artistic. */
function withoutOwnSentence(references: Iterable<Recognized>, found: readonly Recognized[]): Recognized[] {
  const families = new Set(found.flatMap(({ license }) => license.split(" OR ")).map(familyOf));
  return [...references].filter(({ license }) => !families.has(familyOf(license)));
}

function familyOf(license: string): string {
  return license.split("-", 1)[0] as string;
}

/** Words before which nothing is in the public domain, and those of licenses that only speak of it. */
const NOT_PUBLIC = /\bnot (?:yet )?(?:been )?(?:(?:released|placed|put|dedicated) )?(?:be )?$/;
const PUBLIC = /\b(?:(?:in|into|to) the|is|are|as|was|were) public domain\b/g;

function* publicDomainIn(text: string): Generator<Recognized> {
  for (const { index } of text.matchAll(PUBLIC)) {
    const before = text.slice(Math.max(0, index - 45), index);
    if (NOT_PUBLIC.test(before) || before.endsWith("unencumbered software released ")) continue;
    yield { at: index, license: "LicenseRef-public-domain" };
    return;
  }
}

/** Characters between two licenses of which one may be chosen, and the words that say so. */
const NEAR = 400;
const CHOICE = /\balternatively,? (?:this|the|you|it|these|provided)\b/g;

/** `alternatively, this product may be distributed under the terms of the …`: the license before it or the one behind it. */
function withChoices(text: string, found: readonly Recognized[]): string[] {
  const licenses = found.map(({ license }) => license);
  for (const { index } of text.matchAll(CHOICE)) {
    const next = found.findIndex(({ at }) => at >= index);
    const [one, other] = [found[next - 1], found[next]];
    if (one === undefined || other === undefined || other.at > index + NEAR) continue;
    if (one.license === other.license || licenses[next] !== other.license) continue;
    licenses[next - 1] = licenses[next] = `${one.license} OR ${other.license}`;
  }
  return licenses;
}
