import { usageProblem } from "../../core/problem.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { exposuresOf } from "../../engines/reachability/exposure/exposures.ts";
import type { Exposure, Network } from "../../engines/reachability/model.ts";
import type { Scope } from "../../engines/reachability/queries/connections.ts";
import { Mistake, parsePeers } from "../../engines/reachability/queries/peer-syntax.ts";
import { type Peers, peersOf } from "../../engines/reachability/queries/peers.ts";
import { renderNetworkFlat, renderNetworkJson } from "../../report/network/json.ts";
import { renderMermaid } from "../../report/network/mermaid.ts";
import { renderNetworkPage } from "../../report/network/page.ts";
import { renderNetworkText } from "../../report/network/text.ts";
import type { NetworkView, ScopeView } from "../../report/network/view.ts";
import { outputDefaults, type RenderOptions } from "../../report/options.ts";
import { parseFormatsOf } from "../output-options.ts";
import { writeStream } from "../write-stream.ts";
import { openNetwork, type PlacedOptions } from "./open.ts";
import { viewOf } from "./view.ts";

export interface MapOptions extends PlacedOptions {
  readonly format: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly focus?: string;
  readonly exposed: boolean;
  readonly all: boolean;
}

const formats = ["text", "json", "flat", "mermaid", "html"] as const;

/** `bulkhead network map [DIR | --cluster]`. Ends with 0: it shows, and asserts nothing. */
export async function networkMap(place: string, options: MapOptions): Promise<number> {
  const outputs = parseFormatsOf(formats, options.format, process.stdout);
  const opened = await openNetwork(place, options);
  const exposures = exposuresOf(opened.network);
  const { scope, shown } = scopeOf(opened.network, exposures, options);
  const view = viewOf(opened, opened.subject, exposures, scope, shown);
  const { columns, color } = outputDefaults(process.stdout, process.env);
  const { all } = options;
  for (const { format = "text", file } of outputs) {
    if (file === undefined) await writeStream(process.stdout, rendered(view, format, { columns, color, all }));
    else {
      const pieces = () => rendered(view, format, { columns: 100, color: false, all });
      writeWhole(file, pieces, { within: [opened.root] });
    }
  }
  return 0;
}

function rendered(view: NetworkView, format: (typeof formats)[number], options: RenderOptions): Iterable<string> {
  switch (format) {
    case "text":
      return [renderNetworkText(view, options)];
    case "json":
      return renderNetworkJson(view);
    case "flat":
      return renderNetworkFlat(view);
    case "html":
      return [renderNetworkPage(view)];
    case "mermaid":
      return [renderMermaid(view)];
  }
}

function scopeOf(
  network: Network,
  exposures: readonly Exposure[],
  { from, to, focus, exposed }: MapOptions,
): { readonly scope: Scope; readonly shown?: ScopeView } {
  const peers = peersOf(network);
  if (exposed && from !== undefined) throw usageProblem("--exposed --from", "both say where connections come from");
  const given = { from, to, focus };
  const scope: { from?: ReadonlySet<number>; to?: ReadonlySet<number>; focus?: ReadonlySet<number> } = {};
  const shown: { from?: string; to?: string; focus?: string; exposed?: true } = {};
  if (exposed) {
    const targets = exposures.flatMap(({ targets: own }) => own);
    scope.from = new Set(targets.filter(({ verdict }) => verdict !== "denied").map(({ endpoint }) => endpoint));
    shown.exposed = true;
  }
  for (const name of ["from", "to", "focus"] as const) {
    const written = given[name];
    if (written === undefined) continue;
    scope[name] = named(peers, written, `--${name}`);
    shown[name] = written;
  }
  return Object.keys(shown).length === 0 ? { scope } : { scope, shown };
}

/** @throws Problem (usage) where it stands for nothing */
function named(peers: Peers, written: string, option: string): ReadonlySet<number> {
  try {
    return new Set(parsePeers(written).flatMap((term) => [...peers.select(term).members]));
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    throw usageProblem(`${option} ${written}`, error.message, error.remedy);
  }
}
