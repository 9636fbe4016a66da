import type { Relation } from "../../../core/relation.ts";
import { failedChecks } from "../failed.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { workloadsRunning } from "./runs.ts";

/** From where connections get to the workloads that run it: ways into the cluster, and other workloads. */
export function reach(sources: TraceSources): LinkParts {
  const { places } = sources;
  if ("gap" in places) return { facts: [], gaps: [places.gap] };
  const own = workloadsRunning(sources);
  if (own.size === 0) {
    const reason = `no workload of ${places.name} is known to run it`;
    return { facts: [], gaps: [{ code: "trace.reach", reason }, ...places.gaps] };
  }
  const into = places.relations.filter(({ to }) => to.kind === "workload" && own.has(to.id));
  const found = [
    ...into.filter(({ type }) => type === "exposes").map((relation) => exposedFact(relation, places.name)),
    ...into.filter(({ type }) => type === "reaches").map((relation) => reachedFact(relation, places.name)),
  ];
  const gaps = into.flatMap((relation) => relation.gaps);
  const nothing: LinkFact = {
    text: "nothing reaches it",
    state: "observed",
    evidence: { workloads: [...own.values()].join(", "), in: places.name },
  };
  // That nothing is listed says nothing where the policies are not known to hold, or something was not read.
  const isWhole = gaps.length === 0 && places.gaps.length === 0;
  const about = places.network.filter(({ asset }) => asset.kind === "workload" && own.has(asset.id));
  return {
    facts: found.length > 0 ? found : isWhole ? [nothing] : [],
    gaps: distinct([...gaps, ...places.gaps]),
    breaks: failedChecks(about, "network"),
  };
}

function exposedFact({ from, to, evidence, observedAt }: Relation, place: string): LinkFact {
  const reach = evidence.reach === "internet" ? "the internet" : (evidence.reach ?? "outside");
  return {
    text: `${to.name} from ${reach} by ${from.name}`,
    state: "observed",
    evidence: { ports: evidence.ports ?? "unknown", at: observedAt, in: place },
  };
}

function reachedFact({ from, to, evidence, observedAt }: Relation, place: string): LinkFact {
  return {
    text: `${to.name} from ${from.name}`,
    state: "observed",
    evidence: {
      ports: evidence.ports ?? "unknown",
      ...(evidence["unknown ports"] === undefined ? {} : { "unknown ports": evidence["unknown ports"] }),
      at: observedAt,
      in: place,
    },
  };
}

function distinct(gaps: LinkParts["gaps"]): LinkParts["gaps"] {
  return [...new Map(gaps.map((gap) => [`${gap.code} ${gap.reason}`, gap])).values()];
}
