import { counted } from "../../core/counted.ts";
import { usageProblem } from "../../core/problem.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { describeObject } from "../../engines/kubernetes/model.ts";
import { serviceTargets } from "../../engines/reachability/exposure/service-targets.ts";
import type { Network, PortSet } from "../../engines/reachability/model.ts";
import { splitPorts } from "../../engines/reachability/queries/assertion-syntax.ts";
import { standInOf } from "../../engines/reachability/queries/connections.ts";
import { Mistake, parsePeer } from "../../engines/reachability/queries/peer-syntax.ts";
import { type Peers, peersOf, type Selection } from "../../engines/reachability/queries/peers.ts";
import { type PortTerm, parsePorts } from "../../engines/reachability/queries/port-syntax.ts";
import { portsAt, portsOfService } from "../../engines/reachability/queries/ports.ts";
import { type PairReasons, reasonsOf } from "../../engines/reachability/queries/reasons.ts";
import { renderExplain, renderExplainJson } from "../../report/network/explain.ts";
import type { ExplainView, PairView } from "../../report/network/explain-view.ts";
import { outputDefaults } from "../../report/options.ts";
import { parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";
import { adviceFor } from "./advice.ts";
import { mtlsStage } from "./mtls-view.ts";
import { openNetwork, type PlacedOptions } from "./open.ts";
import { stageViews } from "./reason-view.ts";
import { shortNameOf } from "./short-name.ts";
import { gapViews, portsViewer } from "./view.ts";

export interface ExplainOptions extends PlacedOptions {
  readonly format: readonly string[];
  readonly in: string;
}

const formats = ["text", "json"] as const;

/** Pairs that are told, and pairs of classes that are looked at. */
const PAIRS = 8;
const ASKED = 1_000;

/** `bulkhead network explain FROM TO [PORT]`. Ends with 0: it explains, whatever it finds. */
export async function networkExplain(
  from: string,
  to: string,
  port: string | undefined,
  options: ExplainOptions,
): Promise<number> {
  const outputs = parseFormatsOf(formats, options.format, process.stdout);
  const written = splitPorts(to);
  if (port !== undefined && written.ports !== undefined) throw usageProblem(`${to} ${port}`, "two ports are given");
  const asked = port ?? written.ports;
  const ports = asked === undefined ? undefined : inWords(asked, () => parsePorts(asked));
  const opened = await openNetwork(options.in, options);
  const { network } = opened;
  const peers = peersOf(network);
  const source = inWords(from, () => peers.select(parsePeer(from)));
  const target = inWords(to, () => peers.select(parsePeer(written.peers)));
  const { pairs, left } = inWords(to, () => pairsOf(network, source, target, ports));
  const gaps = gapViews(network, opened.unread).length;
  const view: ExplainView = {
    subject: opened.subject,
    from,
    to: written.peers,
    ...(ports === undefined ? {} : { port: ports.text }),
    meaning: [...meaningOf(network, peers, source, undefined), ...meaningOf(network, peers, target, ports)],
    pairs,
    left,
    enforced: opened.enforced,
    notes:
      gaps === 0 ? [] : [`${counted(gaps, "gap")} in what was read may change this (bulkhead network map lists them)`],
  };
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const text =
      format === "json"
        ? renderExplainJson(view)
        : renderExplain(view, {
            columns: file === undefined ? columns : 100,
            color: color && file === undefined,
            all: true,
          });
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [opened.root] });
  }
  return 0;
}

/** @throws Problem (usage) for a mistake in what was written */
function inWords<T>(written: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    throw usageProblem(written, error.message, error.remedy);
  }
}

interface Told {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly asked: PortSet;
  readonly reasons: PairReasons;
}

/** Pairs of classes, those that the same rules decide together. */
function pairsOf(
  network: Network,
  source: Selection,
  target: Selection,
  ports: PortTerm | undefined,
): { readonly pairs: PairView[]; readonly left: number } {
  const groups = (members: readonly number[]) => [
    ...Map.groupBy(members, (index) => network.classOf[index] as number).values(),
  ];
  const told: Told[] = [];
  let left = 0;
  let any = false;
  for (const from of groups(source.members)) {
    for (const to of groups(target.members)) {
      const pair = standInOf(network, from, to);
      const asked = portsAt(network, target, to[0] as number, ports);
      if (asked === network.portSets.none) continue;
      any = true;
      if (pair === undefined) continue;
      if (told.length >= ASKED) left++;
      else told.push({ from, to, asked, reasons: reasonsOf(network, ...pair, asked) });
    }
  }
  if (!any) throw new Mistake(`${target.term.text} has no port called ${ports?.text ?? ""}`);
  if (told.length === 0) throw new Mistake("a pod reaches itself, whatever policies say");
  const byTarget = merged(told, ({ from, reasons }) => `${from.join()} ${keyOf(reasons)}`, "to");
  const pairs = merged(byTarget, ({ to, reasons }) => `${to.join()} ${keyOf(reasons)}`, "from");
  const viewer = portsViewer(network.portSets);
  const shown = pairs.slice(0, PAIRS).map((pair) => pairView(network, pair, { source, target }, viewer));
  return { pairs: shown, left: left + pairs.length - shown.length };
}

function merged(told: readonly Told[], keyOfPair: (pair: Told) => string, end: "from" | "to"): Told[] {
  return [...Map.groupBy(told, keyOfPair).values()].map((alike) => ({
    ...(alike[0] as Told),
    [end]: alike.flatMap((pair) => pair[end]).sort((a, b) => a - b),
  }));
}

/** Equal where the same rules decide the same ports. */
function keyOf({ allowed, unknown, denied, stages }: PairReasons): string {
  const decisions = stages.flatMap(({ name, decisions: all }) =>
    all.map(({ outcome, ports, rule, doubts }) => {
      const which = rule === undefined ? "" : `${describeObject(rule.object)} ${rule.field.join(".")}`;
      return [name, outcome, ports.id, which, ...doubts.map(({ code }) => code)].join(" ");
    }),
  );
  return JSON.stringify([allowed.id, unknown.id, denied.id, ...decisions]);
}

function pairView(
  network: Network,
  { from, to, asked, reasons }: Told,
  { source, target }: { readonly source: Selection; readonly target: Selection },
  ports: ReturnType<typeof portsViewer>,
): PairView {
  const { none } = network.portSets;
  const { allowed, denied, unknown } = reasons;
  const kinds = [allowed, denied, unknown].filter((set) => set !== none).length;
  const verdict = kinds > 1 ? "mixed" : denied !== none ? "denied" : unknown !== none ? "unknown" : "allowed";
  const called = (members: readonly number[], { term, members: all }: Selection) =>
    members.length === all.length && members.length > 1
      ? [term.text]
      : members.map((index) => shortNameOf(network, index));
  const names = { from: called(from, source), to: called(to, target) };
  return {
    ...names,
    ports: ports(asked),
    verdict,
    allowed: ports(allowed),
    denied: ports(denied),
    unknown: ports(unknown),
    stages: [
      ...stageViews(network, reasons, asked, { from: endName(names.from), to: endName(names.to) }),
      ...mtlsStage(network, from[0] as number, to[0] as number, network.portSets.union(allowed, unknown)),
    ],
    advice: adviceFor(network, reasons),
  };
}

function endName(names: readonly string[]): string {
  return names.length <= 2 ? names.join(" and ") : `${names[0]} and ${names.length - 1} more`;
}

/** Which of the things that have the name was taken. */
function meaningOf(network: Network, peers: Peers, selection: Selection, ports: PortTerm | undefined): string[] {
  const { term, service, members } = selection;
  if (service !== undefined) {
    const names = members.map((index) => shortNameOf(network, index));
    const leads = portsOfService(service, ports);
    return [`${term.text} is a Service of ${names.join(", ")}${leads === "" ? "" : `: ${leads}`}`];
  }
  const other = ports === undefined ? undefined : peers.serviceNamed(term);
  if (other === undefined) return [];
  const targets = serviceTargets(network, other);
  const leads = targets.headless ? "" : portsOfService(targets, ports);
  if (leads === "" || leads === `port ${ports?.text} leads to port ${ports?.text}`) return [];
  const full = term.text.replace("/", "/Service/");
  return [`${term.text} is taken for the workload; of Service ${term.text} ${leads} (write ${full})`];
}
