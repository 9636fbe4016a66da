/** Files of systems of continuous integration that are known by their names alone: what they run is not read. */

export interface ForeignPipeline {
  /** As it was given. */
  readonly path: string;
  /** By its own name. */
  readonly system: string;
}

/** Where each system looks for its file, by default, from the root of the repository (its own documentation). */
const AT_ROOT: readonly (readonly [system: string, path: RegExp])[] = [
  ["AppVeyor", /^\.?appveyor\.ya?ml$/],
  ["AWS CodeBuild", /^buildspec\.ya?ml$/],
  ["Azure Pipelines", /^(?:\.?azure-pipelines(?:[-.][^/]+)?\.ya?ml|\.?azure-pipelines\/.+\.ya?ml)$/],
  ["Bitbucket Pipelines", /^bitbucket-pipelines\.ya?ml$/],
  ["Buildkite", /^(?:\.?buildkite|\.buildkite\/pipeline[^/]*)\.(?:ya?ml|json)$/],
  ["CircleCI", /^\.circleci\/config\.ya?ml$/],
  ["Cirrus CI", /^\.cirrus\.(?:ya?ml|star)$/],
  ["Codefresh", /^(?:\.codefresh\/)?codefresh\.ya?ml$/],
  ["Drone", /^\.drone\.(?:ya?ml|star|jsonnet)$/],
  ["Forgejo Actions", /^\.forgejo\/workflows\/[^/]+\.ya?ml$/],
  ["Gitea Actions", /^\.gitea\/workflows\/[^/]+\.ya?ml$/],
  ["Prow", /^\.prow(?:\.ya?ml|\/.+\.ya?ml)$/],
  ["Semaphore", /^\.semaphore\/[^/]+\.ya?ml$/],
  ["TeamCity", /^\.teamcity\/(?:settings\.kts|pom\.xml)$/],
  ["Tekton", /^\.tekton\/.+\.ya?ml$/],
  ["Travis CI", /^\.travis\.ya?ml$/],
  ["Woodpecker", /^(?:\.woodpecker\.ya?ml|\.woodpecker\/.+\.ya?ml)$/],
];

/** Those that each project of a repository has its own of; of other people's sources theirs are. */
const ANYWHERE: readonly (readonly [system: string, path: RegExp])[] = [
  ["Google Cloud Build", /(?:^|\/)cloudbuild(?:[-.][^/]+)?\.(?:ya?ml|json)$/],
  [
    "Jenkins",
    /(?:^|\/)(?:Jenkinsfile(?![^/]*\.(?:adoc|bats|go|html|java|js|md|py|rb|rst|sh|ts|txt)$)(?:[-._][^/]+)?|[^/]+\.jenkinsfile)$/i,
  ],
];
const OF_OTHERS = /(?:^|\/)(?:vendor|third[-_]party|testdata)\//;

/** @param path - from the root, with slashes */
export function foreignPipeline(path: string): ForeignPipeline | undefined {
  const known =
    AT_ROOT.find(([, form]) => form.test(path)) ??
    (OF_OTHERS.test(path) ? undefined : ANYWHERE.find(([, form]) => form.test(path)));
  return known && { path, system: known[0] };
}
