/** Findings that differ in nothing but their package: of hundreds of packages from one registry the cause is one. */

import { clipSubject } from "../../checks/findings/one-line.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Finding, fingerprintOf } from "../../core/finding.ts";
import { compareFindings } from "../../core/runner.ts";

/** So many are told one by one. */
const APART = 5;
const NAMED = 10;
/** Places of one finding: each is a line of the lockfile. */
const PLACES = 20;

/** The evaluation with what more than a few packages have in common as one finding. Exceptions have taken out theirs before. */
export function withAlikeJoined(evaluation: Evaluation): Evaluation {
  const { findings } = evaluation;
  if (findings.length <= APART) return evaluation;
  const groups = Map.groupBy(findings, (finding) => {
    const said = saidOf(finding);
    return said === undefined ? finding : `${finding.severity}\n${finding.overThreshold}\n${said}`;
  });
  const joined = [...groups.values()].flatMap((alike) => (alike.length <= APART ? alike : [join(alike, evaluation)]));
  return joined.length === findings.length ? evaluation : { ...evaluation, findings: joined.sort(compareFindings) };
}

/** What is said of a package, without its name; undefined of what does not begin with it. */
function saidOf({ title, matches }: Finding): string | undefined {
  const who = `${matches.package} ${matches.version} `;
  return matches.package !== undefined && title.startsWith(who) ? title.slice(who.length) : undefined;
}

/** `is fetched from …` → `are fetched from …`. */
function inPlural(said: string): string {
  const space = said.indexOf(" ");
  const verb = said.slice(0, space);
  const many = Object.hasOwn(PLURALS, verb) ? PLURALS[verb] : undefined;
  return many === undefined ? `: ${said}` : ` ${many}${said.slice(space)}`;
}

const PLURALS: Readonly<Record<string, string>> = { is: "are", has: "have", does: "do", was: "were", runs: "run" };

function join(alike: readonly Finding[], { check, asset }: Evaluation): Finding {
  const [first] = alike as readonly [Finding, ...Finding[]];
  const names = [...new Set(alike.map(({ matches }) => matches.package ?? ""))].sort();
  const { version: _, package: __, purl: ___, ...matches } = first.matches;
  const { package: ____, version: _____, dependency: ______, ...evidence } = first.evidence;
  // One more is another finding: whoever adds it is in nobody's baseline.
  const subject = clipSubject(`${saidOf(first)}: ${names.join(", ")}`);
  const [location, ...locations] = alike.flatMap((finding) => finding.locations).slice(0, PLACES);
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  return {
    ...first,
    subject,
    fingerprint: fingerprintOf(check, asset.lineage, subject),
    title: `${counted(alike.length, "package")}${inPlural(saidOf(first) ?? "")}`,
    locations: [location ?? first.locations[0], ...locations],
    matches,
    evidence: { ...evidence, packages: `${names.slice(0, NAMED).join(", ")}${more}` },
  };
}
