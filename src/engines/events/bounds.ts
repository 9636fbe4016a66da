/** Bounds of what reads events and rules. What is over one is said, with its place, and never silent. */
export const bounds = {
  /** Rule files: bytes of one, of all; items; items of one list after substitution; macros in macros; a condition's depth. */
  ruleFileBytes: 8 * 1024 * 1024,
  ruleFiles: 500,
  ruleItems: 50_000,
  ruleFileNodes: 2_000_000,
  listItems: 100_000,
  conditionLength: 4 * 1024 * 1024,
  /** Characters of all conditions once lists are in their places, and parts of all once macros are. */
  expandedLength: 64 * 1024 * 1024,
  expandedNodes: 10_000_000,
  conditionDepth: 100,
  /** The same once macros are in their places. */
  expandedDepth: 500,
  conditionNodes: 1_000_000,
  /** Captures: bytes of one block of processes, descriptors…, of one event, of all after gunzip. */
  captureBlockBytes: 128 * 1024 * 1024,
  captureEventBytes: 16 * 1024 * 1024,
  captureBytes: 256 * 1024 * 1024 * 1024,
  /** Frames: bytes of one record; bytes that are looked through for the next whole one after a broken one. */
  frameBytes: 4 * 1024 * 1024,
  resyncBytes: 64 * 1024 * 1024,
  /** Threads whose call has started and not ended, in captures that have both, and their bytes; the oldest goes first. */
  startedCalls: 65_536,
  startedBytes: 64 * 1024 * 1024,
  /** State: threads, descriptors of one process and of all, containers; the oldest goes first, counted. */
  threads: 131_072,
  descriptorsOfOne: 4_096,
  descriptors: 1_000_000,
  containers: 10_000,
  /** Bytes of the texts of threads and descriptors with what each of them takes for itself; of one text of a path. */
  stateBytes: 128 * 1024 * 1024,
  pathBytes: 8_192,
  /** Bytes of cgroups' texts, and of what is known of containers and of users and groups; of one container. */
  cgroupBytes: 32 * 1024 * 1024,
  containersBytes: 48 * 1024 * 1024,
  containerBytes: 1024 * 1024,
  usersBytes: 32 * 1024 * 1024,
  /** Addresses of one host. */
  addresses: 4_096,
  /** Texts of which what rules found is remembered (scope `path`). */
  rememberedPaths: 131_072,
  rememberedPathBytes: 16 * 1024 * 1024,
  /**
   * JSON documents (audit events, other detectors' alerts): bytes of one, levels, values. An object in the cluster's store has
   * at most 1.5 MiB, and an audit event holds it as it was asked for and as it was stored; batches hold several.
   */
  documentBytes: 32 * 1024 * 1024,
  documentDepth: 200,
  documentValues: 2_000_000,
  /** Bytes of a batch of the API server's webhook, which sends 10 MiB at most by default. */
  auditBatchBytes: 16 * 1024 * 1024,
  /** Stages of requests that are remembered, so that a batch that comes again counts once. */
  recentAuditEvents: 50_000,
  /** Requests that open sessions in containers, and UIDs of pods, that are remembered; the oldest goes first. */
  sessionRequests: 10_000,
  sessionRequestBytes: 32 * 1024 * 1024,
  podsOfAudit: 50_000,
  /** Bytes of a name of Kubernetes: it has none over 253. */
  kubernetesName: 512,
  /** Other detectors' alerts: characters of a text; fields, processes and containers of one. */
  alertText: 4 * 1024,
  alertMembers: 200,
} as const;
