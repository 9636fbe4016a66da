import { lstatSync } from "node:fs";
import { join } from "node:path";
import { defaultPolicy } from "../collect/policy/default.ts";
import { policyJsonSchema } from "../collect/policy/json-schema.ts";
import { loadPolicy } from "../collect/policy/load.ts";
import { readBoundedText } from "../collect/tree/text-file.ts";
import { printable } from "../core/printable.ts";
import { Problem, usageProblem } from "../core/problem.ts";
import { isThere, writeNew } from "../engines/files/write.ts";
import type { DependencyPolicy } from "../engines/packages/policy.ts";
import { managerSettings } from "../fix/packages/manager-settings.ts";
import { namedDirectory } from "./named-place.ts";
import { replaceFile } from "./replace-file.ts";

const policyFile = "bulkhead.yaml";
/** Beside the policy, so that editors need no network, and know the keys of the version that wrote it. */
const schemaFile = "bulkhead.schema.json";

export interface InitOptions {
  /** The policy is there already: its settings alone are written to the package managers' files. */
  readonly packageManagers?: boolean;
  /** `--pipeline`, and its own options. */
  readonly pipeline?: string;
  readonly diff?: boolean;
  readonly force?: boolean;
}

/**
 * `bulkhead init [DIR]`: a policy file that states the defaults, its schema for editors, and what the policy says of dependencies
 * as settings of the package managers that the directory uses. Overwrites nothing, and changes nothing that is stated.
 */
export async function init(dir: string, options: InitOptions = {}): Promise<number> {
  const { packageManagers = false, pipeline, diff = false, force = false } = options;
  if (pipeline !== undefined) {
    if (packageManagers) throw usageProblem("--pipeline", "--package-managers writes other files", "give one of them");
    return await (await import("./init-pipeline.ts")).initPipeline(dir, { pipeline, diff, force });
  }
  if (diff || force) throw usageProblem(diff ? "--diff" : "--force", "requires --pipeline");
  const root = namedDirectory(dir);
  if (packageManagers) {
    const { dependencies } = await loadPolicy({ root });
    writeManagerSettings(dir, root, dependencies);
    return 0;
  }
  const taken = [policyFile, "bulkhead.yml", schemaFile].find((name) => isThere(join(dir, name)));
  if (taken !== undefined) {
    throw new Problem({
      kind: "usage",
      code: "cli.exists",
      place: join(dir, taken),
      cause: "file already exists",
      remedy: "check it with `bulkhead policy validate`",
    });
  }
  const files = [
    [policyFile, policyTemplate()],
    [schemaFile, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`],
  ] as const;
  for (const [name, text] of files) {
    const path = join(dir, name);
    writeNew(path, text, { within: [root] });
    process.stdout.write(`${printable(path)}\n`);
  }
  writeManagerSettings(dir, root, defaultPolicy.dependencies);
  return 0;
}

/** Bytes of a lockfile or a file of settings that is looked at. */
const SETTINGS_BYTES = 64 * 1024 * 1024;

function writeManagerSettings(dir: string, root: string, policy: DependencyPolicy): void {
  // What is no plain file of the directory itself is none of its settings.
  const read = (name: string) => {
    const path = join(root, name);
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true
      ? readBoundedText(path, SETTINGS_BYTES)
      : undefined;
  };
  const { files, told } = managerSettings(policy, read);
  for (const { path, before, after, added } of files) {
    if (before !== undefined) replaceFile("init", root, { path, before, after });
    else if (isThere(join(root, path))) continue;
    else writeNew(join(root, path), after, { within: [root] });
    process.stdout.write(`${printable(join(dir, path))}: ${printable(added.join(", "))}\n`);
  }
  for (const line of told) process.stdout.write(`not written: ${printable(line)}\n`);
}

/** The policy file with every default in it, which says the same as no file at all. */
export function policyTemplate(): string {
  const {
    thresholds,
    unknownSeverity,
    advisories,
    licenses,
    dependencies,
    bases,
    rebuild,
    network,
    admission,
    registry,
    runtime,
    exceptionLimits,
  } = defaultPolicy;
  return `# yaml-language-server: $schema=${schemaFile}
# The policy of \`bulkhead check\` and \`bulkhead image scan\`. These are the defaults: delete what you do not change.
# This file decides what passes. In CI, use a copy that the change under review cannot edit:
# --policy git:origin/main:${policyFile}. This file can then only be stricter.
apiVersion: bulkhead/v1

# Another policy file of this directory, whose values apply where this file sets none. Its locked keys cannot be
# loosened here.
# extends: org/${policyFile}

# Keys that files extending this one cannot loosen: thresholds, licenses.deny, exceptions.
locked: []

# Findings at or above this severity fail: critical, high, medium, low or negligible.
thresholds:
  vulnerabilities:
    severity: ${thresholds.vulnerability.severity}
    # Fail only on vulnerabilities with a fixed version.
    fixableOnly: ${thresholds.vulnerability.fixableOnly}
    # Known exploited vulnerabilities (CISA KEV) fail at any severity.
    exploited: ${thresholds.vulnerability.exploited}
  configuration:
    severity: ${thresholds.configuration.severity}

  # secrets, licenses, trust, network and detections, each as { severity: medium }. Default: as configuration.

# What the exit code counts: deny, warn (shown, not counted) or audit (recorded, one line). Verdicts do not change. Or by
# category and check: { default: deny, categories: { secrets: deny }, checks: { "image/*": warn } }
enforcement:
  ci: deny
  # What a request to the cluster is answered (\`bulkhead admission\`): deny, warn (admitted, kubectl shows it) or audit
  # (admitted, logged). More: { checks: { "workload/*": warn }, namespaces: { "sandbox-*": warn } }
  admission: { default: deny, unknown: deny }

# Paths that are not scanned: vendor/**, **/testdata. A directory includes everything below it. Reports list them.
exclude: []

# Severity of findings whose severity is unknown: a severity, or unknown, which makes the verdict unknown.
unknownSeverity: ${unknownSeverity}

advisories:
  # Days after its own date that an advisory source counts as current.
  maxAgeDays: ${advisories.maxAgeDays}

# Licenses of packages: SPDX ids, or patterns such as GPL-*. An empty allow list allows everything not denied.
licenses:
  allow: []
  deny: []
  # Packages without a license: allow, report or deny.
  unknown: ${licenses.unknown}

# Packages that a change adds or upgrades (\`bulkhead build deps\`). Names may be patterns: @acme/*, pypi:acme-*.
dependencies:
  # Days since its publication below which a version is too young; packages that this is not about.
  cooldownDays: ${dependencies.cooldownDays}
  cooldownExempt: []
  # Hosts and URLs that packages may be fetched from. An empty list allows the public registries.
  sources: []
  # Git repositories that packages may be fetched from: github.com/acme/*.
  gitSources: []
  # Names that belong to a private registry.
  privateNames: []
  #  - { name: "@acme/*", registry: https://npm.acme.example/ }
  # Packages that may run scripts when they are installed.
  installScripts: []
  # Lines of code below which a new direct dependency is reported as tiny.
  tinyPackageLines: ${dependencies.tinyPackageLines}
  # Packages that may be deprecated, yanked or archived.
  allowDeprecated: []

# Allowed registries: registry.example.com, ghcr.io/acme/*. An empty list allows all.
registries: []

bases:
  # Base images to accept; all but full by default.
  accept: [${bases.accept.join(", ")}]

rebuild:
  # Days after which an image must be rebuilt.
  maxAgeDays: ${rebuild.maxAgeDays}

pipelines:
  # Actions and reusable workflows that may be used (an empty list allows all), and that may not: actions/*, owner/action.
  actions: { allow: [], deny: [] }
  # Where GitLab's pipelines may include from (an empty list allows all): group/ci, gitlab.com/components.
  includes: { allow: [] }

secrets:
  # Additional rules: gitleaks TOML files, relative to this file.
  rules: []

rotation:
  # { maxAgeDays: 90 }: Secrets of a cluster must be rotated within this many days; types and namespaces say it of some
  # of them. store: ClusterSecretStore/prod is where workload fix has ExternalSecrets read. Default: not checked, no store.
  secrets: {}

# Who may have signed which image, and what must be attested of it. Every rule that matches an image applies to it. They
# count from a policy that is named by --policy; of this file alone they can be missed and never met.
trust:
  # public-good is Sigstore's, github GitHub's own for private repositories; { ca: FILE }, { trustedRoot: FILE }.
  roots: [public-good]
  signers: {}
  #  release:
  #    identity: https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*
  #    issuer: https://token.actions.githubusercontent.com
  #  security: { key: keys/security.pub }
  # Builders whose provenance counts beside those that Bulkhead knows.
  builders: []
  images: []
  #  - match: registry.example.com/shop/**
  #    signedBy: { of: [release, security], atLeast: 2 }
  #    attestations:
  #      - { type: slsa, level: 3, source: github.com/shop/api, ref: refs/tags/* }
  #      - { type: vuln, maxAgeDays: 7, noneFrom: critical }

# Facts of the cluster that manifests do not tell. cni: cilium, calico, ovn-kubernetes, antrea, kube-network-policies, or
# none where no network policy is enforced. They count from a policy that is named by --policy.
cluster:
  # cni: cilium
  podCIDRs: []
  serviceCIDRs: []
  nodeCIDRs: []

network:
  # What workloads are meant to reach outside the cluster.
  egress: []
  #  - { from: shop/api, to: [api.example.com:443] }
  # Assertions that must hold, as \`network test\` reads them: a file, relative to this one.
  # intended: network.txt
  mesh:
    # strict: workloads must be in a service mesh that accepts only mTLS. optional: what is not is reported only.
    mtls: ${network.mesh.mtls}

admission:
  # Which of the environments below holds in a namespace: { shop: production, "sandbox-*": development }.
  environments: {}
  # Where tags become name:tag@digest: pods, all or off.
  pin: ${admission.pin}
  # Level of the Pod Security Standards that pods must meet, by namespace: { "*": baseline, shop: restricted }.
  podSecurity: {}
  # Seconds within which a request is answered.
  deadlineSeconds: ${admission.deadlineSeconds}
  # Hours that what was found beside an image still counts while its registry does not answer.
  outageHours: ${admission.outageHours}
  # Images by which \`check --cluster --probe\` tries admission: { unsigned: REF, stranger: REF, signed: REF }.
  probe: {}

# Of the guard in front of a registry (\`bulkhead registry serve\`).
registry:
  # Who may do what; what no rule allows is refused. anonymous: everybody, with or without credentials.
  access: []
  #  - { who: ["user:*"], repositories: ["shop/**"], actions: [pull] }
  #  - { who: [robot:ci, "github:shop/*"], repositories: ["shop/**"], actions: [pull, push] }
  # Whose OpenID Connect tokens are taken in place of a password: github, gitlab, kubernetes or other.
  identities: []
  #  - { provider: github, audience: registry.example.com, claims: { repository_owner: shop } }
  # Principals that scan and sign images, and so pull them before they are scanned or signed.
  exempt: []
  # Which of the environments below holds for pulls of a principal: { "kubernetes:prod/*": production }.
  environments: {}
  # Tags that keep the digest which they were pushed with: ["v*", "shop/**:release-*"]; and which of them may move after all.
  immutableTags: []
  mutableTags: []
  push:
    # Repositories, and media types of manifests, configs and layers, that may be pushed. Empty lists allow all.
    repositories: []
    mediaTypes: []
    maxManifestBytes: ${registry.push.maxManifestBytes}
    maxLayerBytes: ${registry.push.maxLayerBytes}
    maxImageBytes: ${registry.push.maxImageBytes}
  # What may be deleted: allow, unused (images not seen running) or deny.
  deletes: ${registry.deletes}
  # Repositories whose images are served to exempt principals alone until their first scan.
  quarantine: []

# What \`bulkhead runtime\` detects.
runtime:
  # Files of rules in Falco's language, relative to this file; bulkhead stands for those that come with the program.
  rules: [${runtime.rules.join(", ")}]
  # Names of optional rules to load.
  optional: []
  # Days for which a proof of \`bulkhead runtime prove\` counts.
  proofDays: ${runtime.proofDays}
  # Days for which what containers were seen to run and load counts when findings are ordered.
  observedDays: ${runtime.observedDays}
  # Where \`bulkhead runtime watch\` sends alerts beside its standard output. Of an untrusted policy nowhere.
  outputs: []
  #  - { to: "file:/var/log/bulkhead/alerts.jsonl" }
  #  - { to: "https://alerts.example.com/hook", severity: high, secretFile: webhook.secret }
  # Whether \`bulkhead runtime watch\` carries out responses: off, dry-run or on. Of an untrusted policy always off.
  respond: ${runtime.respond}
  # What is done about an alert, by its rule, tags or priority. All entries that match count together.
  responses: []
  #  - { rules: ["Reverse shell*"], in: ["shop/**"], do: [label, quarantine, kill] }
  # Workloads that nothing is done to, beside those of the system.
  exempt: []
  #  - { workload: shop/StatefulSet/database, reason: restores take a day }
  # Workloads of the system that responses reach after all, by name.
  notExempt: []
  # Actions within some minutes.
  responseLimits:
    rule: ${runtime.responseLimits.rule}
    workload: ${runtime.responseLimits.workload}
    node: ${runtime.responseLimits.node}
    minutes: ${runtime.responseLimits.minutes}

# Values of an environment (--environment NAME), which override those outside of it: any key but exceptions.
environments: {}
#  development: { enforcement: { ci: warn } }

# Unknowns that the exit code does not count, by gap code (see \`--format json\`): each with a reason, an owner and an
# expiry date, and optionally a check and an asset. Verdicts stay unknown.
unknown: []
#  - { code: advisories.no-coverage, asset: shop/*, reason: no feed has it, owner: storefront-team, expires: 2030-12-31 }

# Limits above which an exception is too broad, which is a finding.
exceptionLimits:
  # Days from today, and different vulnerabilities that one exception accepts.
  maxDays: ${exceptionLimits.maxDays}
  maxFlaws: ${exceptionLimits.maxFlaws}
  # allow disables this limit.
  broad: ${exceptionLimits.broad}

# Findings that are accepted, each with a reason, an owner and an expiry date. After that date the exception is a
# finding. An exception matches findings by all of its fields: id or ids, package, path, asset. With a VEX
# justification, \`bulkhead vex\` writes it as not_affected.
exceptions: []
#  - id: CVE-2021-44906
#    package: minimist
#    path: app/node_modules/mkdirp/**
#    reason: only the build's own arguments are parsed with it
#    owner: storefront-team
#    expires: 2030-12-31
`;
}
