/** Bounds of one run. */
export const bounds = {
  /** Images of a cluster that are scanned on request. */
  clusterScannedImages: 1_000,
  /** Images that Dockerfiles and manifests name and that are pulled on request; of more it is unknown. */
  pulledNames: 1_000,
  /** Images that manifests name whose signatures are looked up; of more it is unknown. */
  verifiedImages: 1_000,
  /** Namespaces in which admission is tried; of more it is unknown. */
  probedNamespaces: 1_000,
  /** Milliseconds for all of them: each answer takes as long as the webhooks of a cluster may. */
  probeMilliseconds: 10 * 60 * 1000,
  /** Bills of materials of one image by which it is judged, the youngest. */
  attestedSboms: 4,
  /** Of a proof that a detector alerts: bytes of a line and of a webhook's message, documents in one, kinds that are named. */
  provenLineBytes: 1024 * 1024,
  provenBodyBytes: 8 * 1024 * 1024,
  provenDocuments: 10_000,
  provenKinds: 20,
  /** Milliseconds between two looks at a file of alerts. */
  provenLookMilliseconds: 200,
  /** Nodes that are proven at a time, their pods and containers whose logs are read; seconds for a pod to run to its end. */
  provenAtOnce: 4,
  provenLogs: 16,
  provenPodMilliseconds: 120_000,
  /** Milliseconds between two looks at a log or a pod; bytes of one look at a log; seconds that it reaches back at first. */
  provenLogMilliseconds: 2_000,
  provenLogBytes: 16 * 1024 * 1024,
  provenLogSeconds: 30,
  /** Bytes and objects of the lists of nodes and pods. */
  provenListBytes: 512 * 1024 * 1024,
  provenListObjects: 200_000,
} as const;
