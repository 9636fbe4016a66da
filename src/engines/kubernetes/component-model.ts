/** The programs of a control plane and of its nodes, with the flags that files start them with. */
import type { FieldPath } from "./field-path.ts";
import type { KubernetesObject } from "./object-model.ts";

export type ComponentProgram = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kubelet";

export interface Component {
  readonly program: ComponentProgram;
  readonly object: KubernetesObject;
  /** Where its flags stand. */
  readonly path: FieldPath;
  /**
   * `command`: the whole command line is known. `kubeadm`: these flags are added to those, and put in place of those, that
   * kubeadm sets itself.
   */
  readonly origin: "command" | "kubeadm";
  /** By name without dashes before it; of a flag that is given twice the last. */
  readonly flags: ReadonlyMap<string, ComponentFlag>;
  /** A file in which more is set, so that an absent flag says nothing: `config`. */
  readonly configured: boolean;
}

export interface ComponentFlag {
  readonly value: string;
  readonly path: FieldPath;
}
