/**
 * Figures of README.md and of the comparison come from one place each: what is counted from docs/reference/figures.md, which is
 * generated; what is measured from the page with the measurement. A figure without a source is refused.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { documents, passages, prose } from "./documents.ts";

/** What a page says, in the one capture of a pattern, and where it has it from: a row of the figures, or a page with one capture. */
interface Figure {
  readonly page: string;
  readonly says: RegExp;
  readonly from: string | readonly [page: string, pattern: RegExp];
}

const README = "README.md";
const COMPARISON = "docs/comparison.md";
const BENCHMARKS = "docs/benchmarks.md";
const INSTALL = "docs/install.md";
const IMAGE = /linux\/amd64 sha256:[0-9a-f]{64} ([\d.]+) MB/;

const FIGURES: readonly Figure[] = [
  { page: README, says: /baseline of (\w+) security controls/g, from: "controls" },
  { page: README, says: /\b(?:the|all|shows all) (\w+) (?:controls|fail\b)/gi, from: "controls" },
  { page: README, says: /takes Node (\d+) from the lockfile/g, from: "major version of Node.js" },
  { page: README, says: /of (\w+) language ecosystems/g, from: "ecosystems of languages" },
  { page: README, says: /: (over [\w ]+?) rules, many with a checksum/g, from: "rules for secrets" },
  { page: README, says: /\[(over [\w ]+?) rules\]/gi, from: "runtime rules" },
  { page: README, says: /an npm package (without) dependencies/g, from: "dependencies of the npm package" },
  { page: README, says: /an image of (\d+) MB/g, from: [INSTALL, IMAGE] },
  { page: INSTALL, says: /\| (\d+) MB compressed/g, from: [INSTALL, IMAGE] },
  { page: "docs/build-audit-gitlab.md", says: /run the (\d+) checks/g, from: "checks of GitLab's pipelines" },
  {
    page: COMPARISON,
    says: /one image of ([\d.]+) GB/g,
    from: [BENCHMARKS, /^## contents$[\s\S]*?^- image: ([\d.]+) GB/m],
  },
  {
    page: COMPARISON,
    says: /took ([\d.]+) of the time of a Trivy/g,
    from: [BENCHMARKS, /^\| bulkhead \/ trivy +\| +([\d.]+)×/m],
  },
  { page: COMPARISON, says: /beside gitleaks ([\d.]+),/g, from: [BENCHMARKS, /tree \/ gitleaks ([\d.]+) +\|/] },
  { page: COMPARISON, says: /tree of (\d+) MB/g, from: [BENCHMARKS, /^\| (\d+) MB tree \/ gitleaks/m] },
  {
    page: COMPARISON,
    says: /tree of \d+ MB took ([\d.]+)/g,
    from: [BENCHMARKS, /tree \/ gitleaks [\d.]+ +\| +([\d.]+)×/],
  },
  { page: COMPARISON, says: /history of ([\d,]+) commits/g, from: [BENCHMARKS, /^- history: (\d+) commits/m] },
  { page: COMPARISON, says: /commits ([\d.]+) \(/g, from: [BENCHMARKS, /^\| one core \/ gitleaks +\| +([\d.]+)×/m] },
];

/** Numbers that are names: versions of others and of this, codes, the controls by their numbers, the room on a terminal. */
const NAMES = [
  /Status: 0\.1,/g,
  /Node\.js 20 or later/g,
  /SARIF 2\.1\.0|SLSA v0\.2, v1|Apache-2\.0/g,
  /0 clean, 1 findings at or above the threshold, 2 usage or input error, 3 incomplete/g,
  /\b(?:10|[1-9]) (?=\(|where\b)/g,
  /at most two screens/g,
];

const WORDS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " ",
  );
const TENS = "thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen".split(" ");
/** "One" counts nothing, as a rule: one report, one policy. */
const NUMBER = new RegExp(`\\b(?:v?\\d[\\d.,]*\\d|v?\\d|(?:${[...WORDS.slice(2), ...TENS].join("|")})s?)\\b`, "gi");

/** Of `1,000`, `sixteen`, `five hundred`, `without`. */
function numberOf(text: string): number {
  if (text === "without") return 0;
  const [first = "", hundred] = text.toLowerCase().split(" ");
  const value = WORDS.includes(first) ? WORDS.indexOf(first) : Number(first.replaceAll(",", ""));
  return hundred === "hundred" ? value * 100 : value;
}

/** Of `over 160` a value up to 170 is true, of `over five hundred` one up to 600: else a greater figure can be told. */
function isTrue(said: string, value: number): boolean {
  const [, round] = /^over (.*)$/i.exec(said) ?? [];
  if (round === undefined) return numberOf(said) === (Number.isInteger(numberOf(said)) ? Math.round(value) : value);
  const least = numberOf(round);
  return value > least && value <= least + (least % 100 === 0 ? 100 : 10);
}

function sourceOf(from: Figure["from"]): number {
  const [page, pattern] =
    typeof from === "string"
      ? (["docs/reference/figures.md", new RegExp(`^\\| ${from} \\| (\\d+) \\|$`, "m")] as const)
      : from;
  const [, value] = pattern.exec(documents.get(page) ?? "") ?? [];
  assert.ok(value !== undefined, `${page} has no ${pattern}`);
  return Number(value);
}

/** Without code and the targets of links, in one line each. */
function sentences(text: string): string[] {
  const lines = passages(prose(text).replaceAll(/\]\([^()\s]+\)/g, "]"));
  return lines.map((line) => line.replaceAll(/\s*> /g, " "));
}

/** Figures that are not what their source says, or that are said no more. */
function stale(page: string, text: string): string[] {
  return FIGURES.filter((figure) => figure.page === page).flatMap(({ says, from }) => {
    const value = sourceOf(from);
    const said = sentences(text).flatMap((line) =>
      [...line.matchAll(says)].map(([, ...captures]) => captures.find(Boolean)),
    );
    if (said.length === 0) return [`${page}: nothing says ${says.source}`];
    return said.flatMap((each = "") => (isTrue(each, value) ? [] : [`${page}: "${each}" is ${value}: ${from}`]));
  });
}

/** Numbers that no pattern has: what is true of them, nobody compares. */
function withoutSource(page: string, lines: readonly string[]): string[] {
  const patterns = [...FIGURES.filter((figure) => figure.page === page).map(({ says }) => says), ...NAMES];
  return lines.flatMap((line) => {
    const known = patterns.flatMap((pattern) => [...line.matchAll(pattern)]);
    return [...line.matchAll(NUMBER)].flatMap(({ 0: number, index }) => {
      if (known.some((match) => match.index <= index && index < match.index + match[0].length)) return [];
      return [`${page}: ${number}: ${line.slice(Math.max(0, index - 30), index + number.length + 30).trim()}`];
    });
  });
}

describe("figures are those of their source", () => {
  for (const page of new Set(FIGURES.map((figure) => figure.page))) {
    it(page, () => assert.deepEqual(stale(page, documents.get(page) ?? ""), []));
  }

  it("and none in README.md is without one, nor in what the comparison says of speed", () => {
    assert.deepEqual(withoutSource(README, sentences(documents.get(README) ?? "")), []);
    const ofSpeed = sentences(documents.get(COMPARISON) ?? "").filter((line) => line.startsWith("- **Speed**"));
    assert.ok(ofSpeed.length > 1);
    assert.deepEqual(withoutSource(COMPARISON, ofSpeed), []);
  });

  it("stale ones are told, those that are said no more too", () => {
    const readme = documents.get(README) ?? "";
    const planted = readme.replace("[Over 160 rules]", "[Over 90 rules]").replace(/image of \d+ MB/, "image of 12 MB");
    assert.deepEqual(
      stale(README, planted).map((line) => line.replace(/is \d.*/, "is …")),
      ['README.md: "Over 90" is …', 'README.md: "12" is …'],
    );
    const gone = stale(README, readme.replace("language ecosystems", "languages"));
    assert.deepEqual(gone, ["README.md: nothing says of (\\w+) language ecosystems"]);
  });

  it("new ones are told, whether as digits or as words", () => {
    const made =
      "It has 21 commands, scans 1,000 images in four seconds, and exits with `5`. See [all](docs/7.md) 10 (x).";
    assert.deepEqual(
      withoutSource(README, sentences(made)).map((line) => line.split(": ")[1]),
      ["21", "1,000", "four"],
    );
  });

  it("a round figure is true until a greater one is", () => {
    assert.deepEqual(
      [161, 170, 171, 160].map((value) => isTrue("Over 160", value)),
      [true, true, false, false],
    );
    assert.deepEqual(
      [561, 600, 601, 500].map((value) => isTrue("over five hundred", value)),
      [true, true, false, false],
    );
    assert.ok(isTrue("49", 49.4) && !isTrue("0.42", 0.424) && isTrue("10,000", 10000) && isTrue("without", 0));
  });
});
