/** Pods as kubelets tell runtimes of them: by labels of each container (kubernetes, pkg/kubelet/types/labels.go). */
import type { PodFacts } from "./model.ts";
import { textOf } from "./values.ts";

/**
 * Only for runtimes whose containers root alone makes: a label says whatever the container's maker wants.
 *
 * @param labels - byte strings, as {@link PodFacts} has them
 */
export function podOfLabels(labels: Readonly<Record<string, string>>, sandboxId?: string): PodFacts | undefined {
  const name = textOfBytes(labels["io.kubernetes.pod.name"]);
  const namespace = textOfBytes(labels["io.kubernetes.pod.namespace"]);
  const uid = textOfBytes(labels["io.kubernetes.pod.uid"]);
  if (name === undefined || namespace === undefined || uid === undefined) return undefined;
  const sandbox = sandboxId ?? textOfBytes(labels["io.kubernetes.sandbox.id"]);
  return { namespace, name, uid, labels: {}, ...(sandbox === undefined ? {} : { sandboxId: sandbox }) };
}

/** Names of pods have ASCII alone: anything else is none. */
function textOfBytes(text: string | undefined): string | undefined {
  return text !== undefined && /^[\x21-\x7e]+$/.test(text) ? textOf(text) : undefined;
}
