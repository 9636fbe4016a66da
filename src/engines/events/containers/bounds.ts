/** Bounds of what container runtimes, kubelets and their files say: labels and names are of whoever made the container. */
export const bounds = {
  /** One document of a runtime: an inspected container has some 10 KiB, a runtime specification some 15 KiB. */
  documentBytes: 4 * 1024 * 1024,
  /** Lists of containers, images or pods, and databases of them; a node runs at most some hundred pods. */
  listBytes: 64 * 1024 * 1024,
  /** Containers of one list; pods of one list; containers of one pod. */
  containers: 10_000,
  pods: 10_000,
  podContainers: 500,
  /** Characters of one text (names, images, paths, values of labels), bytes of it in UTF-8. */
  textLength: 4_096,
  labels: 256,
  mounts: 1_000,
  /** One line of a stream of events. */
  eventLineBytes: 1024 * 1024,
  /** Answers by gRPC: one message, and bytes of one field that is a text of JSON. */
  messageBytes: 16 * 1024 * 1024,
  /** Alerts that wait for what is known of their container, over all containers. */
  waiting: 10_000,
  /** Steps from a pod to who made it: ReplicaSet, Deployment. */
  owners: 4,
} as const;
