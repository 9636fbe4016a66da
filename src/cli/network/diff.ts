import { resolve } from "node:path";
import { openCommitFolder } from "../../collect/tree/commit-folder.ts";
import { counted } from "../../core/counted.ts";
import { formatLocation } from "../../core/location.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { describeObject, locationOf } from "../../engines/kubernetes/model.ts";
import { formatRange } from "../../engines/reachability/addresses.ts";
import { intervalsOf, type Network, type PortSet } from "../../engines/reachability/model.ts";
import {
  type ChangeBlock,
  changeOf,
  endpointOf,
  type JointEndpoint,
  jointRanges,
  type NetworkChange,
} from "../../engines/reachability/queries/diff.ts";
import { decisive, reasonsOf } from "../../engines/reachability/queries/reasons.ts";
import { renderDiff, renderDiffJson, renderDiffMarkdown } from "../../report/network/diff.ts";
import type { ChangeView, DiffView } from "../../report/network/diff-view.ts";
import type { DecisionView } from "../../report/network/explain-view.ts";
import type { EndpointView } from "../../report/network/view.ts";
import { outputDefaults } from "../../report/options.ts";
import { parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";
import { type NetworkOptions, type OpenedNetwork, openPath, policyAt } from "./open.ts";
import { stageViews } from "./reason-view.ts";
import { shortNameOf } from "./short-name.ts";
import { endpointView, portsViewer } from "./view.ts";

export interface DiffOptions extends NetworkOptions {
  readonly format: readonly string[];
  readonly failOnOpened: boolean;
  readonly all: boolean;
}

const formats = ["text", "json", "markdown"] as const;

/** Blocks whose reasons are told. */
const EXPLAINED = 500;

/**
 * `bulkhead network diff OLD NEW`: 0; with --fail-on-opened 1 where a connection is opened, and 3 where one may be, or
 * something was not read.
 */
export async function networkDiff(before: string, after: string, options: DiffOptions): Promise<number> {
  const outputs = parseFormatsOf(formats, options.format, process.stdout);
  await using old = await placeOf(before);
  await using now = await placeOf(after);
  // The facts of the cluster are the same before and after: those of the policy as it will be.
  const policy = await policyAt(now.path, options);
  const was = await openPath(old.path, options, { render: false, policy });
  const is = await openPath(now.path, options, { render: false, policy });
  const change = changeOf(was.network, is.network);
  const view = diffView(change, was, is, { before, after, failOnOpened: options.failOnOpened });
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const shown = { columns: file === undefined ? columns : 100, color: color && file === undefined, all: options.all };
    const text = {
      text: () => renderDiff(view, shown),
      json: () => renderDiffJson(view),
      markdown: () => renderDiffMarkdown(view),
    }[format]();
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [is.root] });
  }
  return view.exitCode;
}

interface DiffPlace extends AsyncDisposable {
  readonly path: string;
}

async function placeOf(written: string): Promise<DiffPlace> {
  if (written.startsWith("git:")) return await openCommitFolder(written, process.cwd());
  return { path: resolve(written), [Symbol.asyncDispose]: async () => {} };
}

function diffView(
  change: NetworkChange,
  was: OpenedNetwork,
  is: OpenedNetwork,
  named: { readonly before: string; readonly after: string; readonly failOnOpened: boolean },
): DiffView {
  const [before, after] = [was.network, is.network];
  const ports = portsViewer(after.portSets);
  const changes = change.blocks.map((block, index): ChangeView => {
    const { kind, from, to } = block;
    const why = index < EXPLAINED ? reasonsFor(change, block, before, after) : { was: [], is: [] };
    return { kind, from, to, pairs: from.length * to.length, ports: ports(block.ports), ...why };
  });
  const unread = was.unread.length + is.unread.length;
  const opened = changes.some(({ kind }) => kind === "opened" || kind === "nowAllowed");
  const mayBe = unread > 0 || changes.some(({ kind }) => kind === "mayBeOpened");
  const name = (index: number) => {
    const { before: old, after: now } = change.endpoints[index] as JointEndpoint;
    return now === undefined ? shortNameOf(before, old as number) : shortNameOf(after, now);
  };
  return {
    before: named.before,
    after: named.after,
    endpoints: change.endpoints.map((joint) => jointView(before, after, joint)),
    changes,
    added: change.added.map(name),
    removed: change.removed.map(name),
    objects: change.objects.map(({ what, object }) => ({
      what,
      name: describeObject(object),
      place: formatLocation(locationOf(object)),
    })),
    enforced: is.enforced,
    notes: [
      ...new Set([...was.notes, ...is.notes]),
      ...(unread === 0
        ? []
        : [`${counted(unread, "gap")} in what was read may hide changes (bulkhead network map lists them)`]),
    ],
    exitCode: !named.failOnOpened ? 0 : opened ? 1 : mayBe ? 3 : 0,
  };
}

function jointView(before: Network, after: Network, joint: JointEndpoint): EndpointView {
  const endpoint = endpointOf(before, after, joint);
  const network = joint.after === undefined ? before : after;
  const view = endpointView(network, endpoint, (joint.after ?? joint.before) as number);
  if (endpoint.kind !== "addresses") return view;
  const ranges = jointRanges(before, after, joint).map(formatRange);
  return { ...view, ranges, name: ranges.length === 1 ? (ranges[0] as string) : view.name };
}

const OUTCOMES = {
  opened: ["denied", "allowed"],
  nowAllowed: ["unknown", "allowed"],
  mayBeOpened: ["denied", "unknown"],
  closed: ["allowed", "denied"],
  nowDenied: ["unknown", "denied"],
  mayBeClosed: ["allowed", "unknown"],
} as const;

/** What decided and what decides, at the stages where the first kept it closed or the second does. */
function reasonsFor(
  { endpoints }: NetworkChange,
  { kind, ports, example: [from, to] }: ChangeBlock,
  before: Network,
  after: Network,
): Pick<ChangeView, "was" | "is"> {
  const [old, now] = OUTCOMES[kind];
  const told = (
    network: Network,
    side: "before" | "after",
    asked: PortSet,
    about: "allowed" | "denied" | "unknown",
  ) => {
    const [source, target] = [endpoints[from]?.[side], endpoints[to]?.[side]];
    if (source === undefined || target === undefined) return undefined;
    const reasons = reasonsOf(network, source, target, asked);
    const names = { from: shortNameOf(network, source), to: shortNameOf(network, target) };
    return decisive(reasons, about).map((stage) => ({
      name: stage.name,
      decisions: stageViews(network, { ...reasons, stages: [stage] }, asked, names).flatMap(
        ({ decisions }) => decisions,
      ),
    }));
  };
  const was = told(before, "before", before.portSets.of(intervalsOf(ports)), old);
  const is = told(after, "after", ports, now);
  if (was === undefined || is === undefined) return { was: [], is: [] };
  // Of two stages that both let it through one was the reason.
  const decisiveStages = new Set((old === "allowed" ? is : was).map(({ name }) => name));
  const of = (stages: typeof was): DecisionView[] => {
    const decisions = stages.filter(({ name }) => decisiveStages.has(name)).flatMap((stage) => stage.decisions);
    return decisions.filter((one, index) => !decisions.slice(0, index).some((other) => isAlike(one, other)));
  };
  return { was: of(was), is: of(is) };
}

/** One policy may say the same of both directions. */
function isAlike(a: DecisionView, b: DecisionView): boolean {
  const bare = ({ text }: DecisionView) => text.replace(/\b(?:in|e)gress\b/g, "");
  return bare(a) === bare(b) && a.place === b.place;
}
