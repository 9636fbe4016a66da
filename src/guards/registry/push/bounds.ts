/** Bounds of what one push or delete may ask for. */
export const bounds = {
  /** Milliseconds in which the store or the engine says what a decision rests on: what is late is unknown. */
  askMilliseconds: 900,
  /** Milliseconds that a push waits for another one of the same immutable tag. */
  busyMilliseconds: 3_000,
  /** Between two looks whether that is over; random within, so that replicas do not meet again. */
  busyPauseMilliseconds: { least: 20, most: 120 },
  /**
   * Milliseconds after which the claim of a push that never ended is another's: longer than an engine may take for a manifest
   * (`storingMilliseconds` of the proxy), so that nothing of it is still under way.
   */
  pendingMilliseconds: 15 * 60_000,
  /** Entries of a list of referrers that are new in it, and read. */
  newReferrers: 64,
  /** Manifests, parents and tags that are asked about before something is deleted. */
  deleteLooks: 500,
  /** Indexes around a manifest. */
  parentDepth: 4,
  /** Questions to the engine at a time. */
  parallel: 8,
  /** Days within which a digest that was seen running counts as running, where something is deleted. */
  runningDays: 14,
  /** Bytes of one notification of the engine, and events in it. */
  eventBytes: 1024 * 1024,
  events: 1_000,
  /** Ids of events that are known to be dealt with. */
  eventIds: 20_000,
  /** Notifications that are dealt with at a time: the engine keeps the rest, and comes again. */
  notifications: 16,
  /** Milliseconds in which a notification is stored, or refused for now. */
  notificationMilliseconds: 3_000,
} as const;
