/** What becomes known of a container after an alert about it: the alert says it, as if it had been known. */
import type { ContainerFacts } from "../containers/model.ts";
import { SyscallEvent } from "../event.ts";
import type { FieldFinder } from "../falco/compile/operands.ts";
import { ABSENT, type OutputPart } from "../falco/output.ts";
import type { Field } from "../fields/field.ts";
import { shownValue } from "../fields/shown.ts";
import type { Alert } from "../model.ts";
import type { Thread } from "../state/thread.ts";
import { aboutContainer, cut } from "./about.ts";

/** Fields that say nothing but what is known of a container. */
const OF_CONTAINER = /^(?:container|k8s)\./;

/** @param parts - of the output of the alert's rule */
export function withFacts(
  alert: Alert,
  facts: ContainerFacts,
  parts: readonly OutputPart[],
  fields: FieldFinder<SyscallEvent>,
): Alert {
  const event = new SyscallEvent();
  // Fields of a container read nothing else of a thread.
  event.thread = { container: facts, cgroups: [] } as unknown as Thread;
  const now: Record<string, string | null> = { ...alert.fields };
  for (const name in now) {
    const found = OF_CONTAINER.test(name) ? fields.find(name) : undefined;
    if (found === undefined || "problem" in found) continue;
    const value = found.field.bind(found.argument)(event);
    if (value !== undefined) now[name] = cut(shownValue(found.field as Field<never>, value));
  }
  const about = { ...alert.about, ...aboutContainer(facts) };
  const filled = parts.map((part) => (typeof part === "string" ? part : (now[part.name] ?? ABSENT)));
  return { ...alert, fields: now, output: parts.length === 0 ? alert.output : cut(filled.join("")), about };
}
