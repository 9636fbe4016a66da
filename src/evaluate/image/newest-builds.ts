/**
 * Fedora and EPEL list the newest update of each package alone: which older one an installed package lacks is nowhere said. Where
 * their own repositories were asked and have nothing newer than what is installed, there is nothing that it could lack.
 */
import { type Evidence, present } from "../../core/evidence.ts";
import type { PendingUpdates } from "../../engines/updates/model.ts";
import { splitEcosystem } from "../../engines/vulnerability/ecosystems.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

/** Ids of the repositories that hold all updates, as their release packages write them. */
const UPDATES: Readonly<Record<string, RegExp>> = { Fedora: /^updates$/, EPEL: /^epel$/ };

/**
 * @param scope - `Fedora:44`
 * @param pending - absent: nobody asked
 * @returns the evidence without the gap of incomplete advisories, where no package of the distribution has a newer build
 */
export function withNewestBuilds(
  evidence: Evidence<ScopeMatches>,
  scope: string | undefined,
  pending: Evidence<PendingUpdates> | undefined,
): Evidence<ScopeMatches> {
  const repository = UPDATES[splitEcosystem(scope ?? "").ecosystem];
  if (repository === undefined || evidence.state === "absent") return evidence;
  if (pending?.state !== "present" || pending.gaps.length > 0 || pending.facts.updates.length > 0) return evidence;
  const asked = pending.facts.suites.filter(({ name }) => repository.test(name));
  if (asked.length === 0) return evidence;
  const { facts, observedAt, gaps, ...rest } = evidence;
  return present(facts, observedAt, { ...rest, gaps: gaps.filter(({ code }) => code !== "advisories.incomplete") });
}
