/** One proof: an event is made, and its alert is waited for in every output that is named. */
import type { MadeEvent } from "../../collect/runtime/proofs/node-event.ts";
import type { DetectionProof } from "../../engines/detectors/model.ts";
import { newNonce } from "../../engines/detectors/proof-event.ts";
import { within } from "../serving/flights.ts";
import { type AlertSearch, searchAlert } from "./find-alert.ts";
import type { AlertOutput } from "./outputs.ts";

export interface ProveOptions {
  /** Of the node, as the proof names it. */
  readonly about: Pick<DetectionProof, "node" | "nodeUid" | "clusterUid">;
  /** Opened before the event is made. @throws Problem: then nothing is made */
  open(search: AlertSearch): Promise<readonly AlertOutput[]>;
  /** @throws Problem where it cannot be made: nothing is proven then */
  makeEvent(nonce: string): Promise<MadeEvent>;
  /** How long the alert is waited for once the event was made. */
  readonly milliseconds: number;
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly nonce?: string;
}

export type Proved =
  | {
      readonly kind: "recorded";
      readonly proof: DetectionProof /** `tetragon process_exec` */;
      readonly seen: readonly string[];
    }
  /** No alert was found, and not every output could be read to the end of the time. */
  | { readonly kind: "undecided"; readonly reason: string };

export async function prove(options: ProveOptions): Promise<Proved> {
  const { about, signal, milliseconds, nonce = newNonce() } = options;
  const search = searchAlert(nonce);
  const outputs = await options.open(search);
  const faults: string[] = [];
  let made: MadeEvent;
  try {
    made = await options.makeEvent(nonce);
    await within(search.found, signal, milliseconds);
  } finally {
    for (const output of outputs) {
      const fault = output.fault();
      if (fault !== undefined) faults.push(`${output.place}: ${fault}`);
    }
    await Promise.all(outputs.map((output) => output.close()));
  }
  // What came last was read while it was closed.
  const alert = await Promise.race([search.found, Promise.resolve(undefined)]);
  signal?.throwIfAborted();
  const { at, event } = made;
  const proof = {
    nonce,
    ...about,
    at: at.toISOString(),
    event,
    looked: outputs.map(({ place }) => place),
    lost: search.lost(),
  };
  if (alert !== undefined) {
    return { kind: "recorded", proof: { ...proof, outcome: "alerted", alert }, seen: search.seen() };
  }
  if (faults.length > 0) return { kind: "undecided", reason: faults.join("; ") };
  return { kind: "recorded", proof: { ...proof, outcome: "missed" }, seen: search.seen() };
}
