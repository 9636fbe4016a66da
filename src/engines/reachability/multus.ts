/** Where Multus reads which networks a pod is attached to beside the pod network, or in place of it. */
export const NETWORKS_ANNOTATION = "k8s.v1.cni.cncf.io/networks";
export const DEFAULT_NETWORK_ANNOTATION = "v1.multus-cni.io/default-network";
