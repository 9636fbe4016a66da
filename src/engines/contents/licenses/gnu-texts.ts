/** The GNU licenses in prose: their versions, and whether a later one may be chosen. */
import type { Recognized } from "./license-texts.ts";

type Family = "GPL" | "LGPL" | "AGPL" | "GFDL";

/** Of a text: from a heading of a license to its end. What stands in it speaks of the license and not of the work. */
interface Quoted {
  readonly family: Family;
  readonly version: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a plain text says of them. A grant with a version counts before one without, that before a text that is quoted or
 * referred to, of each family. No version at all is any (GPL 3, section 14); a version without a word of later ones is
 * that one.
 */
export function gnuLicenses(text: string): Recognized[] {
  const quoted = quotedTexts(text);
  const isQuoted = (at: number) => quoted.some(({ start, end }) => at >= start && at < end);
  const choice = perlChoice(text, isQuoted);
  const granted: Stated[] = [];
  const unversioned: Stated[] = [];
  const asides: Stated[] = [];
  for (const stated of mentions(text)) {
    if (isQuoted(stated.at) || choice.some(({ start, end }) => stated.at >= start && stated.at < end)) continue;
    if (isAside(text, stated)) asides.push(...(stated.version === undefined ? [] : [stated]));
    else if (stated.version !== undefined) granted.push(stated);
    else if (isGrant(text, stated.at)) unversioned.push(stated);
  }
  const found: Recognized[] = choice.map(({ start }) => ({ at: start, license: PERL }));
  for (const stated of granted) found.push({ at: stated.at, license: written(stated) });
  const known = new Set(granted.map(({ family }) => family));
  if (choice.length > 0) known.add("GPL");
  const fallbacks: Stated[] = [
    ...quoted.map(({ family, version, start }) => ({ family, version, later: false, at: start })),
    ...asides,
    ...references(text),
    ...unversioned,
  ];
  const settled = new Set(known);
  for (const stated of fallbacks) {
    if (known.has(stated.family) || (stated.version === undefined && settled.has(stated.family))) continue;
    settled.add(stated.family);
    found.push({ at: stated.at, license: written(stated) });
  }
  return [...found, ...exceptions(text, granted)];
}

interface Stated {
  readonly family: Family;
  /** `2`, `2.1`; absent where none is named. */
  readonly version?: string;
  readonly later: boolean;
  readonly at: number;
  /** GFDL alone: it says that no section is invariant. */
  readonly free?: boolean;
}

/** The first version of each, which whoever may choose any may choose too. */
const FIRST: Readonly<Record<Family, string>> = { GPL: "1.0", LGPL: "2.0", AGPL: "1.0", GFDL: "1.1" };

function written({ family, version, later, free }: Stated): string {
  const number = version === undefined ? FIRST[family] : version.includes(".") ? version : `${version}.0`;
  const sections = free === true ? "-no-invariants" : "";
  return `${family}-${number}${sections}${later || version === undefined ? "-or-later" : "-only"}`;
}

const VERSIONS: Readonly<Record<Family, ReadonlySet<string>>> = {
  GPL: new Set(["1", "2", "3", "1.0", "2.0", "3.0"]),
  LGPL: new Set(["2", "2.1", "3", "2.0", "3.0"]),
  AGPL: new Set(["1", "3", "1.0", "3.0"]),
  GFDL: new Set(["1.1", "1.2", "1.3"]),
};

const NAME =
  /(?:\b(affero|lesser|library|lesser\/library|library\/lesser|lesser \(library\)|library \(lesser\)|library or lesser) )?\b(?:general public licen[sc]e|public licen[sc]e of the gnu)\b|\bgnu free documentation licen[sc]e\b|(?<![\w/.-])(a|l)?gpl(?=[-,]? ?(?:v|version|licen[sc]e)?[. ]{0,2}\d)/g;

/** Characters behind a name in which its version stands, and behind a version those in which a later one is allowed. */
const REACH = 170;

function* mentions(text: string): Generator<Stated> {
  let count = 0;
  for (const match of text.matchAll(NAME)) {
    if (++count > MOST_MENTIONS) return;
    const { index: at, 0: name, 1: kind, 2: letter } = match;
    if (text.slice(at, at + 250).includes(SECONDARY)) continue;
    const family = familyOf(name, kind, letter);
    const version = versionBehind(text, at + name.length, family) ?? versionBefore(text, at, family);
    if (family === "GFDL" && version !== undefined) yield { family, ...version, at, free: hasNoInvariants(text, at) };
    else if (version !== undefined) yield { family, ...version, at };
    else if (letter === undefined && !/\bgpl$/.test(name)) yield { family, later: true, at };
  }
}

/** A file that repeats the notice of each of its parts has some hundreds. */
const MOST_MENTIONS = 5_000;

function familyOf(name: string, kind: string | undefined, letter: string | undefined): Family {
  if (name.startsWith("gnu free")) return "GFDL";
  if (kind === "affero" || letter === "a") return "AGPL";
  return kind !== undefined || letter === "l" ? "LGPL" : "GPL";
}

function hasNoInvariants(text: string, at: number): boolean {
  return /\bno invariant sections\b/.test(text.slice(at, at + 400));
}

type Version = Pick<Stated, "later"> & { readonly version: string };

/** `; either version 2 of the license, or (at your option) any later version`; within the same sentence. */
function versionBehind(text: string, from: number, family: Family): Version | undefined {
  const sentence = sentenceFrom(text, from);
  const next = sentence.search(/\b(?:general public|free documentation) licen[sc]e\b/);
  const within = next < 0 ? sentence : sentence.slice(0, next);
  const match = /(?:^[-, ]? ?\(?|\b(?:version|v|v\.|ver\.)[-, ]? ?)v?(\d(?:\.\d)?)(\+?)(?![\d%])/.exec(within);
  const version = match?.[1];
  if (match === null || version === undefined || !VERSIONS[family].has(version)) return undefined;
  const rest = sentence.slice(match.index + match[0].length, match.index + match[0].length + REACH);
  return { version, later: match[2] === "+" || allowsLater(rest) };
}

/** `version 2 or later of the GNU General Public License`. */
function versionBefore(text: string, at: number, family: Family): Version | undefined {
  const before = text.slice(Math.max(0, at - 110), at);
  const match =
    /\b(?:version|v|v\.) ?(\d(?:\.\d)?)(\+?)((?:,? \(?(?:or|and)\b[^.;]{0,50})?),? (?:of|to) (?:the )?(?:gnu )?$/.exec(
      before,
    );
  const version = match?.[1];
  if (match === null || version === undefined || !VERSIONS[family].has(version)) return undefined;
  return { version, later: match[2] === "+" || allowsLater(match[3] ?? "") };
}

/** Up to its end, which is a full stop that no digit precedes: `version 2. This`, but not `v. 2` and `2.1`. */
function sentenceFrom(text: string, from: number): string {
  const within = text.slice(from, from + REACH * 2);
  const end = within.search(/(?<!\bv|\bver|\binc)[.] |[.]\)? (?:this|you|see|it|on) /);
  return end < 0 ? within : within.slice(0, end);
}

function allowsLater(rest: string): boolean {
  const match = /\b(?:or|and)\b.{0,60}?\b(?:later|newer|higher|greater|above|subsequent)\b/.exec(rest);
  return match !== null && !/\b(?:not|no|only)\b/.test(rest.slice(0, match.index + match[0].length));
}

/**
 * What repeats a name (`(GPLv3)`), says where its text is, or speaks of a section of it: a grant stands elsewhere, or is
 * only meant.
 */
function isAside(text: string, { at }: Stated): boolean {
  const before = text.slice(Math.max(0, at - 40), at);
  if (/[("]$|\b(?:text|copy|section \d{1,2}) of (?:version \d(?:\.\d)? of )?(?:the )?(?:gnu )?$/.test(before))
    return true;
  return /^[^ ]+(?: [^ ]+)? (?:may|can) be found\b/.test(text.slice(at, at + 60));
}

/** MPL 2.0, 1.12: what a work under it may be combined with. */
const SECONDARY = "or any later versions of those licenses";

/** Words before a name that make it a grant; a license is also named to say what is compatible with it. */
const GRANTING = /\b(?:under|terms|conditions|covered by|subject to|according to|licen[sc]e[ds]?|released|published)\b/;

function isGrant(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 90), at);
  return GRANTING.test(before) && !/\b(?:compatible with|see) the (?:gnu )?$/.test(before);
}

function* references(text: string): Generator<Stated> {
  const paths = /common-licenses\/(gpl|lgpl|agpl|gfdl)(?:-(\d(?:\.\d)?))?(?![\d-])/g;
  for (const { index: at, 1: name = "", 2: version } of text.matchAll(paths)) {
    const family = name.toUpperCase() as Family;
    if (version === undefined) yield { family, later: true, at };
    else if (VERSIONS[family].has(version)) yield { family, version, later: false, at };
  }
}

/** Titles as the Free Software Foundation prints them: `version 2, june 1991`, `version 3, 29 june 2007`. */
const TITLE =
  /gnu (affero |lesser |library )?(general public|free documentation) license,? version (\d(?:\.\d)?), (?:\d{1,2} )?(?:january|february|march|june|november) \d{4}/g;

/** The longest of them, AGPL 3, has 34,000 characters. */
const LONGEST = 45_000;

function quotedTexts(text: string): Quoted[] {
  const found: Quoted[] = [];
  for (const { index: start, 0: title, 1: kind = "", 2: what, 3: version = "" } of text.matchAll(TITLE)) {
    const family =
      what === "free documentation" ? "GFDL" : familyOf(title, kind === "" ? undefined : kind.trim(), undefined);
    if (start < (found.at(-1)?.end ?? 0)) continue;
    const within = text.slice(start, start + LONGEST);
    const terms = ENDS.map((end) => within.indexOf(end)).find((at) => at >= 0);
    found.push({ family, version, start, end: start + (terms === undefined ? title.length : endOf(within, terms)) });
  }
  return found;
}

const ENDS = ["end of terms and conditions", "permanent authorization for you to choose that version for the library"];
const APPENDIX = "how to apply these terms to your new ";

/** With the appendix, which shows how a grant is written. */
function endOf(within: string, terms: number): number {
  const appendix = within.indexOf(APPENDIX, terms);
  return appendix < 0 || appendix > terms + 200 ? terms : appendix + 3_000;
}

const PERL = "Artistic-1.0-Perl OR GPL-1.0-or-later";

/** `either: a) the GNU General Public License …, or b) the "Artistic License"`, as Perl's own notice has it. */
function perlChoice(
  text: string,
  isQuoted: (at: number) => boolean,
): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const { index } of text.matchAll(/\(?a\) the gnu general public license/g)) {
    const other = text.slice(index, index + 400).search(/\(?b\) the "artistic license"/);
    if (other >= 0 && !isQuoted(index)) found.push({ start: index, end: index + other + 30 });
  }
  return found;
}

/** Exceptions that have a text of their own, and to which license they belong. */
const EXCEPTIONS: readonly (readonly [sentence: string, exception: string])[] = [
  ["gcc runtime library exception, version 3.1", "GPL-3.0-or-later WITH GCC-exception-3.1"],
  ["gcc runtime library exception version 3.1", "GPL-3.0-or-later WITH GCC-exception-3.1"],
];

/** Beside the license without it: not all of a work has an exception. */
function exceptions(text: string, granted: readonly Stated[]): Recognized[] {
  if (!granted.some(({ family, version }) => family === "GPL" && version?.startsWith("3") === true)) return [];
  return EXCEPTIONS.flatMap(([sentence, license]) => {
    const at = text.indexOf(sentence);
    return at < 0 ? [] : [{ at, license }];
  });
}
