import { join } from "node:path";
import { defaultPolicy } from "../collect/policy/default.ts";
import { policyJsonSchema } from "../collect/policy/json-schema.ts";
import { printable } from "../core/printable.ts";
import { Problem } from "../core/problem.ts";
import { isThere, writeNew } from "../engines/files/write.ts";
import { namedDirectory } from "./named-place.ts";

const policyFile = "bulkhead.yaml";
/** Beside the policy, so that editors need no network, and know the keys of the version that wrote it. */
const schemaFile = "bulkhead.schema.json";

/** `bulkhead init [DIR]`: a policy file that states the defaults, and its schema for editors. Overwrites nothing. */
export function init(dir: string): number {
  const root = namedDirectory(dir);
  const taken = [policyFile, "bulkhead.yml", schemaFile].find((name) => isThere(join(dir, name)));
  if (taken !== undefined) {
    throw new Problem({
      kind: "usage",
      code: "cli.exists",
      place: join(dir, taken),
      cause: "it is there already and is not overwritten",
      remedy: "bulkhead policy validate checks a policy file",
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
  return 0;
}

/** The policy file with every default in it, which says the same as no file at all. */
export function policyTemplate(): string {
  const { thresholds, unknownSeverity, advisories, licenses, bases, rebuild, exceptionLimits } = defaultPolicy;
  return `# yaml-language-server: $schema=${schemaFile}
# The policy of \`bulkhead check\` and \`bulkhead image scan\`. What stands here are the defaults: delete what you keep.
# Whoever changes this file decides what passes. In continuous integration take it from a place that a change under
# review cannot reach: --policy git:origin/main:${policyFile}; then this one may only be stricter.
apiVersion: bulkhead/v1

# Another policy file of this tree, whose values hold where this one states none. Of what it has locked, this one can
# loosen nothing.
# extends: org/${policyFile}

# Keys that no file that extends this one may loosen: thresholds, licenses.deny, exceptions.
locked: []

# From which severity on findings fail: critical, high, medium, low or negligible.
thresholds:
  vulnerabilities:
    severity: ${thresholds.vulnerability.severity}
    # Only vulnerabilities that have a fixed version fail.
    fixableOnly: ${thresholds.vulnerability.fixableOnly}
    # What is known to be exploited (CISA's KEV) fails whatever its severity.
    exploited: ${thresholds.vulnerability.exploited}
  configuration:
    severity: ${thresholds.configuration.severity}

  # secrets, licenses, trust, network and detections, each as { severity: medium }: their own. Nothing: as configuration.

# What the exit code of a command counts: deny, warn (shown, not counted) or audit (recorded, told in one line). Verdicts
# stay what they are. Or by category and check: { default: deny, categories: { secrets: deny }, checks: { "image/*": warn } }
enforcement:
  ci: deny

# Paths that are not scanned: vendor/**, **/testdata. A directory's name takes in all below it. Reports name them.
exclude: []

# What a finding of unknown severity counts as: a severity, or unknown, which makes the verdict unknown.
unknownSeverity: ${unknownSeverity}

advisories:
  # Days after an advisory source's own date on which it still counts as current.
  maxAgeDays: ${advisories.maxAgeDays}

# Licences of packages: SPDX ids, or patterns such as GPL-*. With nothing in allow, all that deny does not name.
licenses:
  allow: []
  deny: []
  # Packages whose licence nobody states: allow, report or deny.
  unknown: ${licenses.unknown}

# Where images may come from: registry.example.com, ghcr.io/acme/*. An empty list is anywhere.
registries: []

bases:
  # Kinds of base images that are accepted; full is the one left out.
  accept: [${bases.accept.join(", ")}]

rebuild:
  # Days after which an image must have been built anew.
  maxAgeDays: ${rebuild.maxAgeDays}

secrets:
  # Further rules: files in gitleaks' form (TOML), relative to this file.
  rules: []

rotation:
  # { maxAgeDays: 90 }: the data of a cluster's Secret must have changed in so many days. Nothing: its age is not judged.
  secrets: {}

# What holds in an environment that --environment names, before what stands outside of it: any key but exceptions.
environments: {}
#  development: { enforcement: { ci: warn } }

# Unknowns that the exit code does not count, by the code of the gap (\`--format json\` has it): each with a reason, an
# owner and a last day, and where it helps a check and an asset. Verdicts stay unknown.
unknown: []
#  - { code: advisories.no-coverage, asset: shop/*, reason: no feed has it, owner: storefront-team, expires: 2030-12-31 }

# From where on an exception is too broad, and so a finding itself.
exceptionLimits:
  # Days from today, and different flaws that one exception accepts.
  maxDays: ${exceptionLimits.maxDays}
  maxFlaws: ${exceptionLimits.maxFlaws}
  # allow turns it off.
  broad: ${exceptionLimits.broad}

# Findings that are accepted, each with a reason, an owner and a last day. From the day after, the exception is a
# finding itself. An exception matches findings by everything it states: id or ids, package, path, asset. With a
# justification in VEX's words, \`bulkhead vex\` writes it as not_affected.
exceptions: []
#  - id: CVE-2021-44906
#    package: minimist
#    path: app/node_modules/mkdirp/**
#    reason: only the build's own arguments are parsed with it
#    owner: storefront-team
#    expires: 2030-12-31
`;
}
