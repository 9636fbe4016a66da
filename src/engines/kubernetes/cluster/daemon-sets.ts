/** How far the DaemonSets of a cluster run, as their controller says. */
import { isObject } from "../../../core/untyped.ts";

type Plain = Readonly<Record<string, unknown>>;

export interface DaemonSetState {
  readonly namespace: string;
  readonly name: string;
  /** Nodes that should have a pod of it, those whose pod is ready, and those whose pod is of its present template. */
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  /** The controller has seen its present specification: before that the numbers are of an older one. */
  readonly observed: boolean;
}

/** Undefined where its status says nothing. */
export function daemonSetState({ metadata, status }: Plain): DaemonSetState | undefined {
  if (!isObject(metadata) || !isObject(status)) return undefined;
  const count = (name: string) => (Number.isInteger(status[name]) ? (status[name] as number) : 0);
  if (!Number.isInteger(status.desiredNumberScheduled)) return undefined;
  return {
    namespace: String(metadata.namespace),
    name: String(metadata.name),
    desired: count("desiredNumberScheduled"),
    ready: count("numberReady"),
    updated: count("updatedNumberScheduled"),
    observed: status.observedGeneration === metadata.generation,
  };
}
