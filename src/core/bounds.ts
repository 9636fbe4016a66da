/**
 * Every bound on what a reader accepts, in one place. Over a bound the answer is *unknown* and says so.
 * The values are part of each cache key (see collect/cache), so that a changed bound re-reads.
 * Bytes unless the name says otherwise.
 */
export const bounds = {
  /** A JSON document of a registry or layout: index, manifest, config, token answer. */
  manifestBytes: 4 * 1024 * 1024,
  /** Indexes within indexes. */
  indexDepth: 4,
  /** Manifests in one index. */
  indexEntries: 1_000,
  /** Layers in one image. */
  layers: 1_000,
  /** One layer, decompressed: what a gzip bomb runs into. */
  layerBytes: 20 * 1024 * 1024 * 1024,
  /** Entries of one layer, and of one merged tree. */
  entries: 1_000_000,
  /** Characters of all paths and link targets of one layer, and of all layers of one image: they are held in memory. */
  namesLength: 256 * 1024 * 1024,
  /** Bytes of one path, as PATH_MAX. */
  pathBytes: 4_096,
  /** Components of one path: deeper ones are refused. */
  pathDepth: 512,
  /** Bytes of all extended headers (pax, GNU long names) of one entry. */
  extendedHeaderBytes: 1024 * 1024,
  /** Symlinks followed while one path is resolved, as Linux's MAXSYMLINKS. */
  symlinks: 40,
  /** Components looked up and nodes held against whiteouts while one tree is merged. */
  treeSteps: 50_000_000,
  /** A package database or another file that is read whole. */
  wantedFileBytes: 256 * 1024 * 1024,
  /** One small text file: os-release, package.json. */
  smallFileBytes: 4 * 1024 * 1024,
  /** A lockfile or another list of what a project asks for; the largest real ones stay under 20 MiB. */
  lockfileBytes: 64 * 1024 * 1024,
  /** Files that one lockfile includes. */
  includedFiles: 100,
  /** Edges of the dependency graph that one file states; the largest real ones have some 50,000. */
  dependencyEdges: 2_000_000,
  /** Places tried while the dependencies of one lockfile are followed through its nested folders of modules. */
  dependencySteps: 5_000_000,
  /** Values of one Erlang or Elixir term; a large lockfile has some 20,000. */
  manifestValues: 2_000_000,
  /** Characters of one line of a lockfile whose lines are taken apart into words. */
  manifestLineLength: 16_384,
  /** Values within values in one file that declares packages: XML elements, Erlang and Elixir terms, YAML, TOML. */
  manifestDepth: 200,
  /** Wanted files of one layer together. */
  wantedLayerBytes: 1024 * 1024 * 1024,
  /** Packages of one image, and of one layer. */
  packages: 500_000,
  /** Packages in all versions of all files that the layers of one image hold. */
  packageRecords: 1_000_000,
  /** The list of crates that a Rust program embeds, inflated. */
  crateListBytes: 2 * 1024 * 1024,
  /** Files of one distribution package that may declare others; what is over it counts as nobody's. */
  ownedFiles: 100_000,
  /** Entries of one zip archive in memory: a jar. */
  zipEntries: 200_000,
  /** Bytes of one entry of a zip archive in memory, inflated. */
  zipEntryBytes: 256 * 1024 * 1024,
  /** Jars within jars. */
  jarDepth: 8,
  /** Of one jar and all within it: archives, entries, and bytes read. */
  jarArchives: 10_000,
  jarEntries: 1_000_000,
  jarBytes: 1024 * 1024 * 1024,
  /** A declared licence, supplier or the like: what is longer is a text and not a name, and is left out. */
  declaredTextLength: 4_096,
  /** Sentences that say what of one file could not be read; the rest is counted. */
  unreadSentences: 20,
  /** Reasons for what could not be read in one asset; the rest is counted. */
  contentsGaps: 100,
  /** One bill of materials. */
  sbomBytes: 256 * 1024 * 1024,
  /** Values of one bill of materials in JSON: as objects they take some 50 bytes each. */
  sbomValues: 10_000_000,
  /** The name of an element or attribute of XML. */
  xmlNameLength: 1_024,
  /** Elements of one in XML, or tags of one in tag-value form, which take more. */
  sbomElements: 3_000_000,
  /** Values within values in a bill of materials; one within sbomDepth components needs two for each. */
  sbomJsonDepth: 512,
  /** Components within components in a bill of materials. */
  sbomDepth: 64,
  /** One VEX document; the largest real ones have some 20 MiB. */
  vexBytes: 64 * 1024 * 1024,
  /** Members of all lists of one VEX document, groups of products counted wherever they are named. */
  vexSteps: 2_000_000,
  /** Branches or components within others in a VEX document. */
  vexBranchDepth: 64,
  /** One text of a VEX document: an id, a reason. */
  vexTextLength: 65_536,
  /** Entries of an image archive: the tar around the blobs. */
  archiveEntries: 100_000,
  /** Bytes inflated to tell whether a compressed file is an image archive. */
  probeBytes: 1024 * 1024 * 1024,
  /** The spool: what must be seekable and is not on disk yet (a gzipped archive). */
  spoolBytes: 40 * 1024 * 1024 * 1024,
  /** Frames of one zstd stream; an image in the format zstd:chunked has one for each chunk of its files. */
  zstdFrames: 1_000_000,
  /** One advisory record. */
  advisoryBytes: 8 * 1024 * 1024,
  /** One advisory source, decompressed. */
  advisorySourceBytes: 8 * 1024 * 1024 * 1024,
  /** Ranges, events and versions of one advisory record together. */
  advisoryItems: 200_000,
  /** Records of one advisory source, and entries of one zip archive or folder of them. */
  advisoryRecords: 5_000_000,
  /** Aliases, upstream and related ids of one record, each list. */
  advisoryNames: 10_000,
  /** Ecosystems and releases that one advisory source names. */
  advisoryScopes: 10_000,
  /** One advisory id, or one alias. */
  advisoryIdLength: 256,
  /** One package name, in an image or in an advisory; real ones stay under 215 (npm's own limit). */
  packageNameLength: 1_024,
  /** Folders within a folder of advisories. */
  advisoryFolderDepth: 16,
  /** One list of the records of a feed: some 40 bytes each. */
  feedListBytes: 128 * 1024 * 1024,
  /** Records of one feed that are fetched one by one; where more changed, its archive is. */
  feedSingles: 2_000,
  /** Bytes of all records that are fetched one by one: they wait in memory until the database is written. */
  feedSinglesBytes: 128 * 1024 * 1024,
  /** One archive of a feed, packed; the largest real ones have some 200 MiB. */
  feedArchiveBytes: 4 * 1024 * 1024 * 1024,
  /** Milliseconds that it may take in all, over all its tries. */
  feedArchiveMilliseconds: 60 * 60 * 1000,
  /** A catalogue of exploited flaws (KEV, EPSS), inflated; real ones have 1 and 10 MiB. */
  catalogueBytes: 128 * 1024 * 1024,
  /** Rows of one; EPSS scores every CVE there is. */
  catalogueRows: 2_000_000,
  /** The database within an offline bundle, inflated. */
  bundleBytes: 32 * 1024 * 1024 * 1024,
  /** The central directory of one zip archive. */
  zipDirectoryBytes: 1024 * 1024 * 1024,
  /** One version text; longer ones compare as invalid. */
  versionLength: 1_024,
  /** A Dockerfile. */
  dockerfileBytes: 1024 * 1024,
  /** Stages of one Dockerfile. */
  dockerfileStages: 500,
  /** What is wrong in one Dockerfile, place by place; the rest is counted. */
  dockerfileProblems: 100,
  /** Comments of one Dockerfile that are named because they do not count. */
  dockerfileNotes: 20,
  /** Times that one Dockerfile is linted and mended again, and images whose digests are looked up in one run. */
  dockerfileFixRounds: 50,
  digestLookUps: 500,
  /** Characters read again in one Dockerfile to prove its fixes one by one. */
  dockerfileProofLength: 4 * 1024 * 1024,
  /** One value of a Dockerfile's variables: what holds itself several times grows with each ENV. */
  dockerfileValueLength: 16_384,
  /** Comparisons of characters that one pattern of a variable's value may take. */
  dockerfilePatternSteps: 4_000_000,
  /** Instructions that ONBUILD of a stage triggers in those of the same file that begin from it, all together. */
  dockerfileTriggers: 2_000,
  /** Patterns of a .dockerignore that are matched with paths, all paths together, and folders of one path. */
  dockerignoreMatches: 100_000,
  dockerignoreDepth: 32,
  /** Files with secrets of one stage that are followed. */
  dockerfileSecretFiles: 1_000,
  /** Entries and depth of a build context that are looked through for files with secrets. */
  contextEntries: 20_000,
  contextDepth: 2,
  /** Variables of one word of a Dockerfile that are named. */
  dockerfileWordVariables: 1_000,
  /** Variables within the defaults of variables. */
  dockerfileExpansionDepth: 32,
  /** Compound commands and substitutions of a shell within one another. */
  shellDepth: 48,
  /** Commands of one instruction of a Dockerfile. */
  shellCommands: 20_000,
  /** Characters looked through for the end of one `$((`. */
  shellArithmeticLength: 4_096,
  /** The list of known base images, and its entries: some 400 bytes each. */
  knownBasesBytes: 16 * 1024 * 1024,
  knownBases: 10_000,
  /** A pipeline of continuous integration. */
  pipelineBytes: 1024 * 1024,
  /** Pipelines of one tree. */
  pipelines: 1_000,
  /** A policy file. */
  policyBytes: 1024 * 1024,
  /** A baseline of known findings: some 250 bytes each. */
  baselineBytes: 128 * 1024 * 1024,
  /** A report as JSON that is read back: under the longest string there is. */
  reportBytes: 256 * 1024 * 1024,
  /** Values within values in a policy file. */
  policyDepth: 16,
  /** Values of a policy file, with its aliases followed. */
  policyValues: 100_000,
  /** Exceptions of one policy: each is held against each finding. One exception may name many ids. */
  policyExceptions: 1_000,
  /** Policy files that extend one another. */
  policyChain: 8,
  /** Entries of one list of a policy: licences, registries, files of rules. */
  policyListEntries: 1_000,
  /** Characters of one entry of such a list: those of an untrusted policy are held against a trusted one's. */
  policyEntryLength: 256,
  /** Characters of all asset patterns of a policy, each from its first wildcard on, times those of all assets' names: over it no exception is called unused. */
  exceptionSteps: 2_000_000_000,
  /** Characters of one path or asset pattern: held against a text it costs as many steps as their lengths multiplied. */
  policyPatternLength: 256,
  /** Characters of one text of a policy: an id, a reason. */
  policyTextLength: 1_024,
  /** Problems of one policy file that are reported. */
  policyProblems: 100,
  // A Git repository (engines/git): its files are read without running git.
  /** Repositories of submodules within one. */
  gitModules: 10_000,
  /** One small file of a repository: HEAD, a loose ref, config, gitdir, alternates, shallow. */
  gitFileBytes: 16 * 1024 * 1024,
  /** packed-refs; some 70 bytes a ref. */
  gitPackedRefsBytes: 256 * 1024 * 1024,
  /** Refs of one repository, and files and folders looked at for them. */
  gitRefs: 1_000_000,
  /** Refs that name a ref that names a ref, as git's SYMREF_MAXDEPTH. */
  gitSymbolicRefs: 5,
  /** Object stores borrowed from, and how far one may borrow from another, as git's own limit. */
  gitAlternates: 32,
  gitAlternateDepth: 5,
  /** Packs of one repository, and the index of one of them. */
  gitPacks: 10_000,
  gitIndexBytes: 1024 * 1024 * 1024,
  /** Objects of one repository, copies in several packs counted; the Linux kernel has some 11 million. */
  gitObjects: 20_000_000,
  /** One object, inflated. */
  gitObjectBytes: 128 * 1024 * 1024,
  /** Deltas upon deltas, as git's own limit. */
  gitDeltaDepth: 4_096,
  /** All objects that one reading of a history inflates: what packs of deltas upon deltas run into. */
  gitHistoryBytes: 512 * 1024 * 1024 * 1024,
  /** Gaps of one code that are told; the rest is counted. */
  gitGaps: 20,
  /** Ids of absent objects that are remembered, to count each once. */
  gitAbsentObjects: 100_000,
  /** Characters kept of a commit's author, and of the first line of its message. */
  gitSubjectLength: 256,
  /** Milliseconds without a byte from a registry before it counts as stalled. */
  stallMilliseconds: 30_000,
  /** Milliseconds that one document (manifest, config, token) may take in all. */
  documentMilliseconds: 120_000,
  /** Milliseconds that a credential helper may take; some ask their user. */
  helperMilliseconds: 60_000,
  /** Redirects followed for one request. */
  redirects: 5,
  /** Tries of one request that was answered with 429 or 5xx. */
  tries: 4,
  /** Seconds between two tries, at most, whatever a Retry-After header asks for. */
  retryAfterSeconds: 30,
  /** Milliseconds between the first two tries where there is no Retry-After header; they double from there. */
  backoffMilliseconds: 500,
  /** All headers of one HTTP answer. Signed URLs in a Location need a few KiB. */
  headerBytes: 32 * 1024,
  /** The body of an HTTP answer that is no success: read for its message alone. */
  errorBytes: 16 * 1024,
  // Pending updates: what the distribution's own suites say.
  /** Packets of one OpenPGP key ring or signature, and signatures over one message that are tried. */
  openpgpPackets: 50_000,
  openpgpSignatures: 32,
  /** Signatures of one key over itself or over one of its subkeys that are verified. */
  openpgpStatements: 64,
  /** Certificates of one key ring, subkeys of one certificate, and certificates that are tried for one message. */
  openpgpCertificates: 1_000,
  openpgpSubkeys: 64,
  openpgpTries: 64,
  /** Characters of one line of a signed message: GnuPG cuts those off that have 20,000. */
  openpgpLineLength: 19_000,
  /** One file of public keys. */
  keyringBytes: 4 * 1024 * 1024,
  /** Files of keys, and of sources, that one image or machine may have. */
  keyringFiles: 200,
  keyringTotalBytes: 16 * 1024 * 1024,
  /** One InRelease file; real ones have 150 KiB. */
  suiteReleaseBytes: 16 * 1024 * 1024,
  /** One index of packages, packed and unpacked; Debian's largest has 60 MiB. */
  suiteIndexBytes: 128 * 1024 * 1024,
  suiteIndexUnpackedBytes: 256 * 1024 * 1024,
  /** Suites, and indexes of all of them, that one image or machine is held against. */
  suites: 32,
  suiteIndexes: 96,
  /** Versions of one package in all of them. */
  suiteOffers: 1_000,
  /** Milliseconds after which no further suite or index is asked for. */
  suitesMilliseconds: 10 * 60 * 1000,
  // Steps of a history beside a Dockerfile's instructions.
  /** Instructions of a last stage, and characters of one step, that are held against one another. */
  stageInstructions: 1_000,
  stepLength: 65_536,
  // Secrets.
  /** Hits in one file, and secrets of one layer or folder; what is over it is counted. */
  secretsOfFile: 2_000,
  secretsOfAsset: 20_000,
  /** A file of rules, and rules in it. */
  secretRulesBytes: 4 * 1024 * 1024,
  secretRules: 5_000,
  // Configuration of images.
  /** Setuid programs and programs with capabilities of one layer, and as many that layers removed. */
  raisedFiles: 10_000,
  /** Files and folders of one layer that everybody may write. */
  writablePaths: 20_000,
  /** Accounts of one passwd or shadow file. */
  accounts: 10_000,
  /** Characters of a history that are written as a Dockerfile. */
  historyLength: 512 * 1024,
  // Kubernetes manifests and Compose files.
  /** One file of manifests; an object of a cluster has at most 1.5 MiB, a release's file some 10 MiB. */
  kubernetesFileBytes: 32 * 1024 * 1024,
  /** Files of manifests of one tree, and all of them together. */
  kubernetesFiles: 20_000,
  kubernetesTotalBytes: 256 * 1024 * 1024,
  /** Documents of one file. */
  kubernetesDocuments: 20_000,
  /** Objects of one reading, items of lists counted. */
  kubernetesObjects: 200_000,
  /** Values within values, in one document. */
  yamlDepth: 200,
  /** Values of one document, with its aliases followed. */
  yamlValues: 500_000,
  /** Values that are written in one document of manifests or a lockfile: 64 MiB of a lockfile hold two million. */
  yamlWrittenValues: 3_000_000,
  /** Characters of one document that uses more of YAML than the fast reader knows, and of all of them together. */
  yamlSlowLength: 2 * 1024 * 1024,
  kubernetesSlowTotalLength: 32 * 1024 * 1024,
  /** Lists within lists. */
  kubernetesListDepth: 4,
  /** Gaps of one object, of one document and of one reading that are named; the rest is counted. */
  kubernetesObjectGaps: 50,
  kubernetesDocumentGaps: 100,
  kubernetesGaps: 10_000,
  /** Characters of one document that are read while it is patched, however often. */
  kubernetesPatchLength: 128 * 1024 * 1024,
  /** Rounds of fixes that are made one on another, and fixes that are tried one by one where they do not do together. */
  kubernetesFixRounds: 10,
  kubernetesFixTries: 200,
  /** Characters of what a workload or namespace is called; real names have at most 253, and there are three. */
  assetNameLength: 1_000,
  /** Characters of a seccomp profile, and files that may be the profiles that workloads name. */
  seccompProfileLength: 1024 * 1024,
  seccompProfiles: 1_000,
  // The `.env` beside a Compose file.
  composeEnvironmentBytes: 1024 * 1024,

  // Folders that kustomize and Helm render.
  /** A kustomization.yaml or a Chart.yaml, and what one may name that is looked for. */
  kustomizationBytes: 1024 * 1024,
  kustomizationPaths: 10_000,
  /** Folders of one run, and milliseconds for each; what is printed is bounded as a file of manifests is. */
  renderFolders: 200,
  renderMilliseconds: 30_000,
  // A cluster, read over its API.
  /** A kubeconfig, and what it names: certificates, tokens, the answer of a credential plugin. */
  kubeconfigBytes: 4 * 1024 * 1024,
  /** Milliseconds that a credential plugin may take; some open a browser. */
  execPluginMilliseconds: 120_000,
  /** One page of a list: of a larger one fewer objects are asked for, down to one. */
  clusterPageBytes: 64 * 1024 * 1024,
  /** All pages of one reading together. */
  clusterBytes: 1024 * 1024 * 1024,
  /** Times that one list is begun anew because it expired while it was read. */
  clusterRestarts: 2,
  /** Pages of one list that are less than half full and not the last: an API server fills them, but for what it filters. */
  clusterShortPages: 32,
  /** Milliseconds for one reading of a cluster: what is not read by then is a gap. */
  clusterMilliseconds: 10 * 60 * 1000,
  /** Images that run in a cluster, and those of them that are scanned on request. */
  clusterImages: 20_000,
  clusterScannedImages: 1_000,
  // Role-based access control.
  /** Rules of all bindings together, each counted as often as it is bound; a large cluster has some 100,000. */
  rbacGrantedRules: 500_000,
  /** Roles and rules that are gone through to put aggregated roles together. */
  rbacAggregationSteps: 2_000_000,
  /** Milliseconds in which all there is to judge below a folder must be found. */
  discoverMilliseconds: 10 * 60 * 1000,
  /** Milliseconds for one whole asset (an image): over it, what is missing is unknown. */
  assetMilliseconds: 30 * 60 * 1000,
} as const;
