/** What `network generate` says beside the policies: on what they rest, what they do not allow and what is not known. */
import { append } from "../../core/append.ts";
import { describeObject, locationOf, type ManifestGap } from "../../engines/kubernetes/model.ts";
import { placeOf, shortName } from "../../fix/network/drafts.ts";
import type { GeneratedNetwork } from "../../scan/network/generate.ts";

export interface Around {
  readonly notes: readonly string[];
  readonly unread: readonly ManifestGap[];
  /** Paths. */
  readonly written: readonly string[];
}

export interface Summary {
  readonly lines: readonly string[];
  /** Everything that is needed is allowed, and all was read. */
  readonly isWhole: boolean;
}

const SHOWN = 20;

export function generateSummary(made: GeneratedNetwork, { notes, unread, written }: Around): Summary {
  const { proof, drafts, namespaces, unmet, cut, observed, replaced } = made;
  const isProven = proof.failures.length === 0;
  const { needs, pairs, allows } = proof.checked;
  const others = proof.uncertain.length === 0 ? "nothing else is" : "nothing else is but what is not certain";
  const lines = isProven
    ? [
        `${namespaces.join(", ")}: ${counted(drafts.length, "policy", "policies")}. Proven by reading them again: ${counted(needs, "needed connection is", "needed connections are")} open, ${others} (${pairs} pairs), and none of ${allows} peers and ports can be left out.`,
      ]
    : section("The policies fail their proof and are not offered:", proof.failures);
  append(
    lines,
    written.map((path) => `written: ${path}`),
  );
  lines.push(
    ...section(
      "Needed and not allowed:",
      unmet.map(({ need, reason, remedy }) => {
        const [first] = need.reasons;
        const what = `${shortName(need.from)} -> ${shortName(need.to)}:${need.port}/${need.protocol}`;
        return `${what}  ${reason}${bracketed(remedy)}: ${first.text}${placeOf(first)}`;
      }),
    ),
    ...section(
      "Observed and cut:",
      cut.map(
        ({ from, to, port, protocol, count }) =>
          `${shortName(from)} -> ${shortName(to)}:${port}/${protocol}  ${counted(count, "time", "times")}`,
      ),
    ),
    ...section("Not certain:", proof.uncertain),
    ...section(
      "Not known:",
      made.unknown.map(({ workload, reason, remedy, place }) => {
        const whose =
          workload === undefined
            ? ""
            : `${workload
                .split("/")
                .filter((_, index) => index !== 1)
                .join("/")}: `;
        return `${whose}${reason}${bracketed(remedy)}${placeOf(place === undefined ? {} : { place })}`;
      }),
    ),
    ...section("To know:", [...made.notes, ...NOBODY_KNOWS]),
    ...section(
      "Delete these, since what they allow stays allowed:",
      replaced.map((object) => {
        const location = locationOf(object);
        return `${describeObject(object)}${location.kind === "file" ? ` (${location.path}:${location.line})` : ""}`;
      }),
    ),
  );
  if (observed !== undefined) {
    const skipped = [...observed.skipped].map(([reason, count]) => `${count} ${reason}`);
    const nobody = [...made.unattributed].map(([reason, count]) => `${count} of ${reason}`);
    const all = `Observed: ${observed.lines} lines, ${observed.connections.length} different connections`;
    lines.push(
      `${all}${skipped.length === 0 ? "" : `; not read: ${skipped.join(", ")}`}`,
      ...section("Observed, and nobody's:", nobody),
    );
  }
  lines.push(
    ...section(
      "Not read:",
      unread.map(
        ({ path, line, reason, remedy }) =>
          `${path}${line === undefined ? "" : `:${line}`}: ${reason}${remedy === undefined ? "" : ` (${remedy})`}`,
      ),
    ),
    ...notes,
  );
  return { lines, isWhole: isProven && unmet.length === 0 && cut.length === 0 && unread.length === 0 };
}

/** What no manifest says, whatever it holds. */
const NOBODY_KNOWS = [
  "what images connect to by themselves is in no manifest: give connections that were seen with --observed",
  "policies are kept by a CNI that enforces them, and by no other",
];

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function bracketed(remedy: string | undefined): string {
  return remedy === undefined ? "" : ` (${remedy})`;
}

function section(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > SHOWN ? [`  … ${items.length - SHOWN} more`] : [];
  return [title, ...items.slice(0, SHOWN).map((item) => `  ${item}`), ...more];
}
