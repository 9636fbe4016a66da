/** What the policy's exceptions say in the words of VEX. */

import type { OpenedImageAsset } from "../../core/asset.ts";
import type { CheckDescription } from "../../core/check.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Exception, exceptionScope, isExpired } from "../../core/exception.ts";
import type { Finding } from "../../core/finding.ts";
import { compareText } from "../../core/order.ts";
import {
  type Claim,
  namedImage,
  type StatementToWrite,
  type WrittenImage,
  writtenImage,
} from "../../engines/vulnerability/vex/written.ts";

export interface VexStatements {
  /** In an order that depends on what they say alone. */
  readonly statements: readonly StatementToWrite[];
  /** Of the exceptions that they are from, sorted. */
  readonly owners: readonly string[];
  /** What cannot be said, one sentence each. */
  readonly leftOut: readonly string[];
}

interface Statement extends Omit<StatementToWrite, "products"> {
  readonly image: WrittenImage;
  /** Absent: the image itself. */
  readonly part?: string;
  readonly owners: readonly string[];
}

/**
 * Statements about images that were judged: each finding that an exception took out, by the image's identity and the
 * package-url. With a justification an exception says `not_affected`; without, it accepts a risk, which is `affected`.
 *
 * VEX names a package and no path in the image. Where an exception names one, and the same package elsewhere in the image
 * has the flaw and no exception, nothing is said: readers would take it for both. Where one of the two is accepted and the
 * other justified, both are `affected`.
 */
export function statementsOfImages(
  evaluations: readonly Evaluation[],
  exceptions: readonly Exception[],
  checks: readonly CheckDescription[],
): VexStatements {
  const vulnerability = new Set(checks.filter(({ category }) => category === "vulnerability").map(({ id }) => id));
  const own = new Map<unknown, Exception>(exceptions.map((exception) => [exception, exception]));
  const leftOut = new Set<string>();
  const statements: Statement[] = [];
  const judged = evaluations.filter(({ check }) => vulnerability.has(check));
  for (const [id, ofAsset] of Map.groupBy(judged, ({ asset }) => asset.id)) {
    const asset = ofAsset[0]?.asset;
    if (asset?.kind !== "image") {
      leftOut.add(`${asset?.name ?? id}: not an image: VEX has no identifier for it`);
      continue;
    }
    // Of one that could not be opened nothing was found.
    if (asset.identifiedBy === "reference") continue;
    const image = imageOf(asset);
    const kept = new Set(ofAsset.flatMap(({ findings }) => findings.flatMap(placesOf)));
    const taken = ofAsset.flatMap(({ excepted }) =>
      excepted.flatMap(({ finding, exception }) => {
        const named = own.get(exception);
        return named === undefined ? [] : [{ finding, exception: named }];
      }),
    );
    for (const same of Map.groupBy(taken, ({ finding }) => placesOf(finding)[0]).values()) {
      const [{ finding }] = same as [(typeof same)[number]];
      const { purl, ids } = finding.matches;
      if (purl === undefined || ids[0] === undefined) continue;
      if (placesOf(finding).some((place) => kept.has(place))) {
        leftOut.add(
          `${ids[0]}: ${purl} in ${asset.name} is affected at another path too, which no exception covers, and VEX has no paths`,
        );
        continue;
      }
      const aliases = [...new Set(same.flatMap((one) => one.finding.matches.ids))].filter((alias) => alias !== ids[0]);
      statements.push({
        vulnerability: { name: ids[0], aliases: aliases.sort(), title: finding.title },
        claim: claimOf(same.map(({ exception }) => exception)),
        owners: same.map(({ exception }) => exception.owner),
        image,
        part: purl,
      });
    }
  }
  return { statements: together(statements), owners: ownersOf(statements), leftOut: [...leftOut].sort() };
}

/**
 * Statements about images that nobody looked at: those that an exception names, where it names no more than VEX can.
 *
 * @param exceptions - in force or not
 */
export function statementsOfPolicy(exceptions: readonly Exception[], now: Date): VexStatements {
  const leftOut: string[] = [];
  const statements: Statement[] = [];
  for (const exception of exceptions) {
    const { ids, asset, source } = exception;
    const flaws = ids.filter((id) => ADVISORY.test(id));
    const fault = faultOf(exception, flaws, now);
    if (fault !== undefined || asset === undefined) {
      leftOut.push(`${source.path}:${source.line}: ${exceptionScope(exception)}: ${fault}`);
      continue;
    }
    for (const name of flaws) {
      const vulnerability = { name, aliases: [], title: "" };
      statements.push({
        vulnerability,
        claim: claimOf([exception]),
        owners: [exception.owner],
        image: namedImage(asset),
      });
    }
  }
  return { statements: together(statements), owners: ownersOf(statements), leftOut };
}

/** `CVE-2021-44906`, `GHSA-xvch-5gv4-984h`, `DSA-5500-1`; ids of checks and of their rules are none. */
const ADVISORY = /^[a-z]{2,16}-[a-z0-9:.-]*\d/i;

/** A repository with or without a host, with or without a tag. */
const REPOSITORY = /^[a-z0-9][a-z0-9.:-]*(?:\/[a-z0-9][a-z0-9._-]*)+(?::[A-Za-z0-9_][A-Za-z0-9._-]*)?$/;

function faultOf(exception: Exception, flaws: readonly string[], now: Date): string | undefined {
  const { package: name, path, asset } = exception;
  if (isExpired(exception, now)) return "expired";
  if (flaws.length === 0) return "no vulnerability id";
  const advice = "pass the images that it applies to: `bulkhead vex IMAGE…`";
  if (name !== undefined) return `the package-url is only known with an image: ${advice}`;
  if (path !== undefined) return `the path is only known with an image: ${advice}`;
  if (asset === undefined || !REPOSITORY.test(asset)) return `matches no single image: ${advice}`;
  return undefined;
}

function imageOf(asset: OpenedImageAsset): WrittenImage {
  const manifest = asset.references.map(({ manifestDigest }) => manifestDigest).find((digest) => digest !== undefined);
  return writtenImage(asset.lineage, asset.name, { manifest, config: asset.id });
}

/** One key for each id, since readers compareText all of them; without qualifiers, which readers may leave out. */
function placesOf({ matches: { ids, purl } }: Finding): string[] {
  const bare = purl?.split("?", 1)[0];
  return ids.map((id) => JSON.stringify([id.toLowerCase(), bare]));
}

function claimOf(exceptions: readonly Exception[]): Claim {
  const ordered = [...new Set(exceptions)];
  const accepted = ordered.filter(({ justification }) => justification === undefined);
  if (accepted.length > 0) {
    const words = accepted.map(({ reason, owner, expires }) => `risk accepted by ${owner} until ${expires}: ${reason}`);
    return { status: "affected", action: words.join("; ") };
  }
  const justification = ordered[0]?.justification;
  if (justification === undefined) throw new Error("a finding was taken out by no exception");
  const words = ordered.map(({ reason, owner, expires }) => `${reason} (${owner}, to be reviewed by ${expires})`);
  return { status: "not_affected", justification, impact: words.join("; ") };
}

function ownersOf(statements: readonly Statement[]): string[] {
  return [...new Set(statements.flatMap(({ owners }) => owners))].sort();
}

/** One statement for all products of which the same is said of the same flaw. */
function together(statements: readonly Statement[]): StatementToWrite[] {
  const same = Map.groupBy(statements, ({ vulnerability: { name, title }, claim }) =>
    JSON.stringify([name, title, claim]),
  );
  return [...same]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, members]) => {
      const [{ vulnerability, claim }] = members as [Statement];
      const aliases = [...new Set(members.flatMap((one) => one.vulnerability.aliases))].sort();
      const byImage = [...Map.groupBy(members, ({ image }) => image.purl)].sort(([a], [b]) => compareText(a, b));
      const products = byImage.map(([, inImage]) => {
        const [{ image }] = inImage as [Statement];
        return { image, parts: [...new Set(inImage.flatMap(({ part }) => part ?? []))].sort() };
      });
      return { vulnerability: { ...vulnerability, aliases }, products, claim };
    });
}
