/** What checks of every layer say of licences that the policy denies or does not know. */
import { counted, someOf } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { LicensedPackage, LicensePolicy, Package, PackageType } from "../../engines/contents/model.ts";
import { type LicenseFault, type LicenseVerdict, licenseJudge } from "../knowledge/license-judgement.ts";

/** What of the policy both checks judge by. */
export interface LicenseParameters {
  readonly policy: LicensePolicy;
}

/** What they judge. */
export interface LicenseFacts extends LicenseParameters {
  readonly licenses: readonly LicensedPackage[];
}

/** A licence, and the packages whose use of it is not allowed. */
interface Case {
  readonly state: "denied" | "unknown";
  readonly type: PackageType;
  readonly licenses: string;
  readonly because: string;
  readonly packages: LicensedPackage[];
  /** What they are, where `licenses` sums them up. */
  readonly texts: Set<string>;
}

/**
 * One finding for each package and licence that is denied. Of a distribution's packages one for each licence: a Debian
 * image has hundreds under the GPL, and the decision is one. What is unknown is one for each ecosystem and text. All
 * that goes by types and never by numbers, so that a fingerprint stays.
 */
export function* licenseFindings(
  id: string,
  { licenses, policy }: LicenseFacts,
  locate: (item: Package) => Location,
): Generator<FindingDraft> {
  for (const found of casesOf(licenses, policy)) {
    const severity = found.state === "denied" || policy.unknown === "deny" ? "high" : "medium";
    const names = [...new Set(found.packages.map(({ package: { name } }) => name))];
    const [first] = found.packages;
    if (first === undefined) continue;
    const single = names.length === 1 && !isGrouped(found.state, found.type);
    const who = single ? first.package.name : countText(names, found.type);
    yield {
      subject: single
        ? `${found.licenses} of ${found.type} ${first.package.name}`
        : `${found.licenses} of ${found.type} packages`,
      severity,
      title: titleOf(found, who, names.length),
      locations: locationsOf(found.packages, locate),
      matches: {
        ids: [id, found.licenses],
        ...(single
          ? {
              package: first.package.name,
              version: first.package.version,
              purl: first.package.purl,
              path: first.package.path,
            }
          : {}),
      },
      fix: {
        kind: "instruction",
        text:
          found.state === "denied"
            ? `replace ${names.length === 1 ? first.package.name : "them"}, or allow ${found.licenses} in the policy's licenses`
            : "find out the license, and allow the packages by an exception or in the policy's licenses",
      },
      evidence: {
        license: found.licenses === UNLISTED ? someOf([...found.texts], 30) : found.licenses,
        ...(single
          ? { package: first.package.name, version: first.package.version }
          : { packages: someOf(names, NAMED) }),
        ...(single ? { declared: declaredBy(first) } : {}),
        ...recognizedIn(found.packages),
        policy: found.because,
      },
    };
  }
}

function casesOf(licenses: readonly LicensedPackage[], policy: LicensePolicy): Case[] {
  const judge = licenseJudge(policy);
  const cases = new Map<string, Case>();
  for (const item of licenses) {
    const { package: own, license } = item;
    for (const { state, because, ...fault } of license === undefined ? UNSTATED : faultsOf(judge(license))) {
      if (state === "unknown" && policy.unknown === "allow") continue;
      const isListed = state === "denied" || license === undefined || !DISTRIBUTION.has(own.type);
      const text = !isListed
        ? UNLISTED
        : cut(isGrouped(state, own.type) ? withoutException(fault.licenses) : fault.licenses);
      const who = isGrouped(state, own.type) ? "" : own.name;
      const key = JSON.stringify([state, own.type, text, who]);
      const known = cases.get(key) ?? {
        state,
        type: own.type,
        licenses: text,
        because,
        packages: [],
        texts: new Set(),
      };
      cases.set(key, known);
      if (known.packages.at(-1) !== item) known.packages.push(item);
      known.texts.add(cut(fault.licenses));
    }
  }
  return [...cases.values()];
}

function faultsOf(verdict: LicenseVerdict): readonly LicenseFault[] {
  return verdict.state === "allowed" ? [] : verdict.faults;
}

/** Each of Debian's packages words its exceptions in its own way. */
function withoutException(licenses: string): string {
  return licenses.includes(" OR ") ? licenses : (licenses.split(" WITH ", 1)[0] as string);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const NOT_STATED = "no license";

/** Distributions have a hundred names for texts of a few lines: they are one finding for all. */
const UNLISTED = "licenses that SPDX does not list";

const UNSTATED: readonly LicenseFault[] = [{ state: "unknown", licenses: NOT_STATED, because: "no license is stated" }];

/** Characters of one license in a report. */
const LONGEST = 120;

const DISTRIBUTION: ReadonlySet<PackageType> = new Set(["deb", "apk", "rpm"]);

function isGrouped(state: Case["state"], type: PackageType): boolean {
  return state === "unknown" || DISTRIBUTION.has(type);
}

function titleOf({ state, licenses, because }: Case, who: string, count: number): string {
  if (licenses === NOT_STATED) return `${who} ${count === 1 ? "states" : "state"} no license`;
  const verb = count === 1 ? "is" : "are";
  if (licenses === UNLISTED) return `${who} ${verb} under ${UNLISTED}`;
  return state === "denied"
    ? `${who} ${verb} under ${licenses}, and the policy ${because}`
    : `${who} ${verb} under "${licenses}", which ${because}`;
}

function countText(names: readonly string[], type: PackageType): string {
  return names.length === 1 ? `${type} package ${names[0]}` : `${names.length} ${type} packages`;
}

const NAMED = 10;

function declaredBy({ package: { licenses } }: LicensedPackage): string {
  return licenses.length === 0 ? "nothing" : cut(licenses.join("; "));
}

/** Of how many the license is that of a text, which nobody declared by a name. */
function recognizedIn(packages: readonly LicensedPackage[]): Record<string, string> {
  const recognized = packages.filter((item) => item.package.licensesRecognized === true).length;
  return recognized === 0 ? {} : { "recognized in a text": `${recognized} of ${counted(packages.length, "package")}` };
}

/** Packages of a distribution are all of one file: each place stands once. */
const LOCATIONS = 20;

function locationsOf(
  packages: readonly LicensedPackage[],
  locate: (item: Package) => Location,
): [Location, ...Location[]] {
  const places = new Map<string, Location>();
  for (const { package: item } of packages) {
    if (places.size >= LOCATIONS) break;
    places.set(JSON.stringify([item.path, item.layer]), locate(item));
  }
  const [first, ...more] = places.values();
  return [first as Location, ...more];
}
