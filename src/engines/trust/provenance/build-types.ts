/** What the parameters of the build types mean that are known; each by its own specification, which its URI names. */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { objectIn, textIn } from "../predicates/fields.ts";
import type { BuildSource, Dependency } from "./model.ts";
import { parseSourceUri } from "./source-uri.ts";

/** The parts of v1's `buildDefinition`, or of v0.2's `invocation` in the same places. */
export interface BuildDefinition {
  readonly external: Untyped;
  readonly internal: Untyped;
  readonly dependencies: readonly Dependency[];
}

export interface BuildType {
  /** Names in the external parameters that are known; absent: any, by the build type's own word. */
  readonly parameters?: readonly string[];
  /** What is said of the source; each wherever it is said, so that contradictions show. */
  source(definition: BuildDefinition): BuildSource;
  readonly trigger?: (definition: BuildDefinition) => string | undefined;
  readonly runner?: (definition: BuildDefinition) => string | undefined;
}

/** Undefined for one that is not known. */
export function buildTypeOf(uri: string): BuildType | undefined {
  return buildTypes.find(([is]) => (typeof is === "string" ? is === uri : is.test(uri)))?.[1];
}

/** GitHub's own: actions/attest-build-provenance, npm. */
const workflow: BuildType = {
  parameters: ["workflow", "inputs", "vars"],
  source({ external, internal, dependencies }) {
    const own = objectIn(external, "workflow");
    const uri = textIn(own, "repository");
    const ref = textIn(own, "ref");
    const repository = repositoryIn(uri);
    return stated({
      repository,
      repositoryId: textIn(objectIn(internal, "github"), "repository_id"),
      ref,
      commit: commitOf(dependencies, repository, ref),
      workflow: textIn(own, "path"),
    });
  },
  trigger: ({ internal }) => textIn(objectIn(internal, "github"), "event_name"),
  runner: ({ internal }) => textIn(objectIn(internal, "github"), "runner_environment"),
};

const githubTrigger = ({ internal }: BuildDefinition): string | undefined =>
  textIn(internal, "GITHUB_EVENT_NAME") ?? textIn(internal, "github_event_name");

/** What slsa-github-generator's builders write beside the parameters. */
function githubEnvironment(internal: Untyped): BuildSource {
  const [, path] = /^[^/]+\/[^/]+\/(.+)@refs\//.exec(textIn(internal, "GITHUB_WORKFLOW_REF") ?? "") ?? [];
  const repository = textIn(internal, "GITHUB_REPOSITORY");
  return stated({
    repository: repository === undefined ? undefined : repositoryIn(`https://github.com/${repository}`),
    repositoryId: textIn(internal, "GITHUB_REPOSITORY_ID") ?? textIn(internal, "github_repository_id"),
    ref: textIn(internal, "GITHUB_REF") ?? textIn(internal, "github_ref"),
    commit: textIn(internal, "GITHUB_SHA") ?? textIn(internal, "github_sha1"),
    workflow: path,
  });
}

/** slsa-github-generator's delegated builders: the source is the first dependency. */
const delegated: BuildType = {
  parameters: ["inputs", "vars"],
  source({ internal, dependencies }) {
    const [first] = dependencies;
    const said = parseSourceUri(first?.uri ?? "");
    return stated({
      ...githubEnvironment(internal),
      ...(said === undefined ? {} : said),
      ...(first === undefined ? {} : stated({ commit: commitIn(first.digest) })),
    });
  },
  trigger: githubTrigger,
};

const containerBased: BuildType = {
  parameters: ["source", "builderImage", "configPath", "buildConfig"],
  source({ external, internal }) {
    const source = objectIn(external, "source");
    const said = parseSourceUri(textIn(source, "uri") ?? "");
    return stated({
      ...githubEnvironment(internal),
      ...(said === undefined ? {} : said),
      ...stated({ commit: commitIn(objectIn(source, "digest")) }),
    });
  },
  trigger: githubTrigger,
};

/** v0.2: `configSource` is handed over as an external parameter. */
const configured: BuildType = {
  parameters: ["configSource", "parameters"],
  source({ external, internal }) {
    const source = objectIn(external, "configSource");
    const said = parseSourceUri(textIn(source, "uri") ?? "");
    return stated({
      ...githubEnvironment(internal),
      ...(said === undefined ? {} : said),
      ...stated({ commit: commitIn(objectIn(source, "digest")), workflow: textIn(source, "entryPoint") }),
    });
  },
  trigger: githubTrigger,
};

/** GitLab's runner: its specification asks readers to ignore parameters that they do not know. */
const gitlab: BuildType = {
  source({ external, dependencies }) {
    const configSource = objectIn(external, "configSource");
    const repository = repositoryIn(textIn(external, "source") ?? textIn(configSource, "uri"));
    const digest = objectIn(configSource, "digest");
    return stated({
      repository,
      commit: commitIn(digest) ?? commitOf(dependencies, repository, undefined),
    });
  },
};

/** Google Cloud Build. */
const cloudBuild: BuildType = {
  parameters: ["buildConfigSource", "substitutions"],
  source({ external, dependencies }) {
    const source = objectIn(external, "buildConfigSource");
    const repository = repositoryIn(textIn(source, "repository"));
    const ref = textIn(source, "ref");
    return stated({
      repository,
      ref,
      commit: commitOf(dependencies, repository, ref),
      workflow: textIn(source, "path"),
    });
  },
};

/** Bulkhead's own of a job of GitLab CI (`attest --type slsa`). */
const gitlabJob: BuildType = {
  parameters: ["source", "ref", "config"],
  source({ external, internal, dependencies }) {
    const repository = repositoryIn(textIn(external, "source"));
    const ref = textIn(external, "ref");
    // `https://HOST/PROJECT//FILE@REF`.
    const path = fileIn(textIn(external, "config") ?? "");
    return stated({
      repository,
      repositoryId: textIn(objectIn(internal, "gitlab"), "project_id"),
      ref,
      commit: commitOf(dependencies, repository, ref),
      workflow: path,
    });
  },
  trigger: ({ internal }) => textIn(objectIn(internal, "gitlab"), "pipeline_source"),
  runner: ({ internal }) => textIn(objectIn(internal, "gitlab"), "runner_environment"),
};

const SCHEME = "https://";

/** Of `https://HOST/PROJECT//FILE@REF`. */
function fileIn(config: string): string | undefined {
  const at = config.indexOf("@");
  const before = config.indexOf("//", SCHEME.length + 1);
  const isFile = config.startsWith(SCHEME) && before > 0 && before + 2 < at;
  return isFile ? config.slice(before + 2, at) : undefined;
}

/** Bulkhead's own of any other build. */
const generic: BuildType = {
  parameters: ["source"],
  source({ external, dependencies }) {
    const repository = repositoryIn(textIn(external, "source"));
    return stated({ repository, commit: commitOf(dependencies, repository, undefined) });
  },
};

const buildTypes: readonly (readonly [string | RegExp, BuildType])[] = [
  ["https://actions.github.io/buildtypes/workflow/v1", workflow],
  ["https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1", workflow],
  ["https://github.com/slsa-framework/slsa-github-generator/delegator-generic@v0", delegated],
  ["https://slsa.dev/container-based-build/v0.1?draft", containerBased],
  [/^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\/(?:generic|go|container)@v1$/, configured],
  [/^https:\/\/github\.com\/npm\/cli\/gha(?:@v1|\/v1|\/v2)$/, configured],
  [/^https:\/\/github\.com\/npm\/cli\/gitlab\/v0alpha1$/, gitlab],
  [/^https:\/\/gitlab\.com\/gitlab-org\/gitlab-runner\/-\/blob\/[A-Za-z0-9.]+\/PROVENANCE\.md$/, gitlab],
  [/^https:\/\/docs\.gitlab\.com\/[a-z_/]*pipeline_security\/slsa\/[a-z0-9_/]*provenance_v1(?:\/|\.html)?$/, gitlab],
  ["https://cloud.google.com/build/gcb-buildtypes/google-worker/v1", cloudBuild],
  ["urn:bulkhead:build:gitlab-ci:v1", gitlabJob],
  ["urn:bulkhead:build:generic:v1", generic],
];

/** What of an object is stated. */
function stated(source: { readonly [Name in keyof BuildSource]: BuildSource[Name] | undefined }): BuildSource {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}

function repositoryIn(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : parseSourceUri(uri)?.repository;
}

/** GitLab calls it sha256 although it is none. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

function commitIn(digest: Untyped): string | undefined {
  for (const name of ["gitCommit", "sha1", "sha256"]) {
    const text = textIn(digest, name);
    if (text !== undefined) return COMMIT.test(text) ? text : undefined;
  }
  return undefined;
}

/** Of the dependency that is the source itself. */
function commitOf(
  dependencies: readonly Dependency[],
  repository: string | undefined,
  ref: string | undefined,
): string | undefined {
  for (const { uri, digest } of dependencies) {
    const said = parseSourceUri(uri ?? "");
    if (said === undefined || said.repository !== repository) continue;
    if (said.ref === undefined || ref === undefined || said.ref === ref) return commitIn(digest);
  }
  return undefined;
}

/** Names of external parameters that the build type does not know, and that say something. */
export function unknownParameters({ parameters }: BuildType, external: Untyped): string[] {
  if (parameters === undefined) return [];
  return Object.entries(external)
    .filter(([name, value]) => !parameters.includes(name) && !isEmpty(value))
    .map(([name]) => name);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
