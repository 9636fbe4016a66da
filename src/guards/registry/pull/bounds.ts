/** Bounds of what is judged at a pull, and of what is remembered of it. */
export const bounds = {
  /** Milliseconds after which a verdict is reached anew while the last one is still told. */
  freshMilliseconds: 10_000,
  /** Milliseconds after which a verdict is no longer told, also where what it rests on does not answer. */
  keptMilliseconds: 60_000,
  /** The same of one that something does not pass in: its signature may be there a moment later. */
  refusedMilliseconds: 5_000,
  /** The same of one that rests on something that did not answer. */
  poorMilliseconds: 1_000,
  /** Milliseconds of one judgement, whoever still waits for it. */
  flightMilliseconds: 20_000,
  /** Bytes of verdicts that are remembered. */
  verdictBytes: 32 * 1024 * 1024,
  /** Bytes of what was read of manifests. */
  contentBytes: 32 * 1024 * 1024,
  /** Images of which it is known when something of them changed. */
  changed: 10_000,
  /** Blobs and children of which it is remembered in which manifests they are. */
  references: 100_000,
  /** Parents that are tried for one child, subjects for one statement, and what this process remembers of either. */
  candidates: 20,
  /** Manifests that are tried for one blob: images on one base share its layers. */
  holders: 200,
  /** The same at a time. */
  holdersParallel: 8,
  /** Entries of an index that are opened, where none of them says that it is an image. */
  opened: 50,
  /** Manifests that are read for the verdict over one. */
  manifests: 300,
  /** Statements about statements, indexes in indexes. */
  depth: 4,
  /** Manifests of one judgement that are read side by side. */
  parallel: 4,
  /** Bytes of one layer of a statement. */
  statementBytes: 16 * 1024 * 1024,
  /** Layers of a statement. */
  statementLayers: 64,
  /** Milliseconds for which a signature that was found counts without another look. */
  goodMilliseconds: 300_000,
  /** The same where nothing that the policy asks for was found: it may be there a moment later. */
  unsignedMilliseconds: 5_000,
  /** Milliseconds for which it counts while the engine does not say what is there now. */
  outageMilliseconds: 3_600_000,
  /** Milliseconds that are waited for another look where the last one is remembered. */
  graceMilliseconds: 300,
  /** Bytes of verified results that are remembered. */
  resultBytes: 24 * 1024 * 1024,
  /** Milliseconds after which a scan of the same image is asked for again. */
  askedMilliseconds: 30_000,
  /** Images of which that is remembered. */
  asked: 10_000,
  /** Milliseconds for which it is remembered whether a digest runs. */
  runsMilliseconds: 10_000,
  /** Outcomes of one evaluation, and of one refusal. */
  outcomes: 20,
} as const;

/** How patient one request to the engine is. */
export const engineLimits = {
  tries: 2,
  backoffMilliseconds: 100,
  retryAfterSeconds: 1,
  stallMilliseconds: 5_000,
  documentMilliseconds: 10_000,
} as const;

/** Images whose signatures are looked up at a time, of one repository and of all; and that wait for it. */
export const lanes = { hostLanes: 8, lanes: 32, waiting: 1_000 } as const;

/** What is remembered of what lies beside images. */
export const lookUps = {
  entries: 1,
  lookUpBytes: 24 * 1024 * 1024,
  failureBytes: 4 * 1024 * 1024,
  poorMilliseconds: 2_000,
} as const;
