import { splitImageName } from "../../../core/image-name.ts";
import type { RegistryDecision } from "../../../engines/oci/distribution/decision-log.ts";
import { digestsOf, isOneOf } from "../digests.ts";
import type { LinkBreak, LinkFact, LinkParts, TraceSources } from "../model.ts";

/** Who pushed it, when, and what the registry guard made of that and of pulls. */
export function push(sources: TraceSources): LinkParts {
  const { pushes } = sources;
  if ("gap" in pushes) return { facts: [], gaps: [pushes.gap] };
  const digests = digestsOf(sources);
  const { entries, from, name, gaps } = pushes;
  const own = entries.filter(({ digest, reference }) => isOneOf(digest, digests) || isOneOf(reference, digests));
  const pushed = own.filter(({ operation }) => operation === "manifest.push");
  const allowed = pushed.filter((entry) => entry.allowed);
  const breaks = [
    ...past(own, name),
    ...(allowed.length === 0 ? refusedAndThere(pushed, name) : []),
    ...moved(sources, entries, digests, name),
    ...refusedPull(own, name),
  ];
  const facts = [...allowed.map((entry) => pushedFact(entry, name)), ...lastPull(own, name)];
  const silent =
    allowed.length === 0 && breaks.length === 0
      ? [
          {
            code: "trace.push",
            reason: `no push of it is in ${name}${from === undefined ? ", which has no entry" : `, which begins ${from}`}`,
          },
        ]
      : [];
  return { facts, gaps: [...gaps, ...silent], breaks };
}

function pushedFact(entry: RegistryDecision, log: string): LinkFact {
  const { principal, reference, time } = entry;
  const as = reference === undefined || reference.startsWith("sha256:") ? "" : ` as ${reference}`;
  return { text: `pushed by ${principal}${as} at ${time}`, state: "observed", evidence: evidenceOf(entry, log) };
}

function evidenceOf({ basis, reason, checks, time }: RegistryDecision, log: string): Record<string, string> {
  return {
    verdict: basis === "policy" ? reason : `${reason} (${basis})`,
    ...(checks.length === 0 ? {} : { checks: checks.join(", ") }),
    at: time,
    in: log,
  };
}

/** What got into the engine without being asked about. */
function past(own: readonly RegistryDecision[], log: string): LinkBreak[] {
  const found = own.filter(({ operation }) => operation === "bypass" || operation === "reconcile").at(-1);
  if (found === undefined) return [];
  return [
    {
      reason: `pushed past the registry guard${found.principal === "unknown" ? "" : ` by ${found.principal}`}`,
      evidence: evidenceOf(found, log),
      fix: "push it through the guard, and take the engine off the network",
    },
  ];
}

function refusedAndThere(pushed: readonly RegistryDecision[], log: string): LinkBreak[] {
  const refused = pushed.findLast(({ allowed }) => !allowed);
  if (refused === undefined) return [];
  return [
    {
      reason: `its push was refused, and the registry has it: ${refused.reason}`,
      evidence: evidenceOf(refused, log),
      fix: "delete it from the engine, and look how it got there",
    },
  ];
}

/** The tag that was asked for is by now another image than the one that was last pushed under it, or was refused another. */
function moved(
  { image }: TraceSources,
  entries: readonly RegistryDecision[],
  digests: ReadonlySet<string>,
  log: string,
): LinkBreak[] {
  const { tag, repository, digest } = splitImageName(image.reference);
  // A name that is pinned says itself what it means.
  if (digest !== undefined) return [];
  const last = entries.findLast(
    (entry) =>
      entry.operation === "manifest.push" &&
      entry.allowed &&
      entry.repository === repository &&
      entry.reference === (tag ?? "latest"),
  );
  if (last?.digest === undefined || isOneOf(last.digest, digests)) return [];
  return [
    {
      reason: `the tag ${tag ?? "latest"} holds ${image.subject.digest}, and ${last.digest} was last pushed under it`,
      evidence: { by: last.principal, ...evidenceOf(last, log) },
      fix: "pin what is deployed by digest, and name the tag in registry.immutableTags",
      check: { id: "registry/immutable-tag-moved", category: "configuration" },
    },
  ];
}

function lastPull(own: readonly RegistryDecision[], log: string): LinkFact[] {
  const last = judgedPull(own);
  if (last === undefined || !last.allowed) return [];
  return [
    {
      text: `last pulled by ${last.principal} at ${last.time}`,
      state: "observed",
      evidence: evidenceOf(last, log),
    },
  ];
}

/** Of whoever scans and signs nothing is asked: what they may pull says nothing of the image. */
function judgedPull(own: readonly RegistryDecision[]): RegistryDecision | undefined {
  return own.findLast(({ operation, basis }) => operation === "manifest.pull" && basis !== "exempt");
}

/** The guard's last word about a pull: what it refuses is not what the policy lets run. */
function refusedPull(own: readonly RegistryDecision[], log: string): LinkBreak[] {
  const last = judgedPull(own);
  if (last === undefined || last.allowed) return [];
  return [{ reason: `the registry guard refuses its pull: ${last.reason}`, evidence: evidenceOf(last, log) }];
}
