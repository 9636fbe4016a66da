/** The policy's own assertions about the network, held against it. */
import type { AssertedFacts, OpeningRule } from "../../../checks/subjects/network.ts";
import type { Gap } from "../../../core/evidence.ts";
import { formatPorts, type Network } from "../../../engines/reachability/model.ts";
import {
  type AssertionResult,
  assertNetwork,
  type Counterexample,
} from "../../../engines/reachability/queries/assert.ts";
import { parseAssertions } from "../../../engines/reachability/queries/assertion-syntax.ts";
import { createUnknowns } from "./unknowns.ts";

/** A file of assertions, as the policy names it. */
export interface IntendedFile {
  readonly name: string;
  readonly text: string;
}

export interface HeldAssertions {
  readonly facts: AssertedFacts;
  readonly gaps: readonly Gap[];
}

/** @param enforced - whether what policies deny is kept out, as far as somebody says so whose word counts */
export function heldAssertions(
  network: Network,
  file: IntendedFile | undefined,
  enforced: Network["enforced"],
): HeldAssertions {
  if (file === undefined) return { facts: { file: "", total: 0, violated: [] }, gaps: [] };
  const { assertions, mistakes } = parseAssertions(file.text);
  const held = assertNetwork(network, assertions, enforced);
  const unknowns = createUnknowns();
  const mistaken = (line: number, cause: string, remedy: string | undefined) =>
    unknowns.add({
      code: "network.assertion",
      reason: `${file.name}:${line}: ${cause}`,
      ...(remedy === undefined ? {} : { remedy }),
    });
  for (const { line, cause, remedy } of mistakes) mistaken(line, cause, remedy);
  for (const { assertion, cause, remedy } of held.mistakes) mistaken(assertion.line, cause, remedy);
  for (const { assertion, verdict, because } of held.results) {
    if (verdict !== "unknown") continue;
    const why =
      because === "enforcement-unknown"
        ? "no CNI is known to enforce network policies"
        : "what decides was not read, or is the CNI's own";
    unknowns.add({ code: "network.assertion", reason: `${file.name}:${assertion.line}: ${assertion.text}: ${why}` });
  }
  return {
    facts: {
      file: file.name,
      total: assertions.length + mistakes.length,
      violated: held.results.flatMap((result) => violation(network, result)),
    },
    gaps: unknowns.gaps(),
  };
}

function violation(
  network: Network,
  { assertion, verdict, counterexamples, failing }: AssertionResult,
): AssertedFacts["violated"] {
  const { text, line } = assertion;
  const place = verdict === "fail" ? placeOf(network, counterexamples[0]) : undefined;
  if (place === undefined) return [];
  const [first] = counterexamples;
  const more = failing > 1 ? ` and ${failing - 1} more` : "";
  const example =
    first === undefined
      ? "the CNI enforces no policies"
      : `${nameAt(network, first.from)} → ${nameAt(network, first.to)} ${first.found} (${formatPorts(first.ports)})${more}`;
  return [{ text, line, place, example }];
}

/** The rule that decides, else one of the ends. */
function placeOf(network: Network, example: Counterexample | undefined): OpeningRule | undefined {
  if (example !== undefined) {
    const wanted = example.found === "allowed" ? "accept" : "deny";
    const steps = network.explain(example.from, example.to).stages.flatMap((stage) => stage.steps);
    const step = steps.find(({ rule, sure }) => sure && rule.action === wanted);
    if (step !== undefined) return { object: step.rule.object, field: step.rule.field };
  }
  const ends =
    example === undefined ? network.endpoints : [network.endpoints[example.from], network.endpoints[example.to]];
  const pods = ends.find((end) => end?.kind === "pods");
  return pods?.kind === "pods" ? { object: pods.workload.object, field: [] } : undefined;
}

function nameAt({ endpoints }: Network, index: number): string {
  const endpoint = endpoints[index];
  return endpoint?.kind === "node" ? `node ${endpoint.name || "(any)"}` : (endpoint?.name ?? "");
}
