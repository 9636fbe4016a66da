/** Who signs in a pipeline: the signers that the policy asks for, as far as a pipeline of this provider can be them. */
import { compileGlob } from "../../core/glob.ts";
import type { ImageRule, SignerRule } from "../../engines/trust/rules-model.ts";
import type { AttestedType, Provider, RepositoryFacts, Signing, SigningPlan } from "./model.ts";
import { isPlain } from "./plan-text.ts";

export interface PlannedSigning {
  readonly signing: SigningPlan;
  /** Patterns of tags whose pipelines a signer's identity asks for. */
  readonly tags: readonly string[];
  readonly told: readonly string[];
}

const ALL: readonly AttestedType[] = ["slsa", "sbom", "vuln"];
const WORKFLOW = "bulkhead-image.yml";
const ISSUERS = { github: "https://token.actions.githubusercontent.com", gitlab: "https://gitlab.com" } as const;

/** @param rules - of the policy, about the images that are built */
export function planSigning(provider: Provider, facts: RepositoryFacts, rules: readonly ImageRule[]): PlannedSigning {
  const told: string[] = [];
  const names = signersOf(rules);
  const able = names.flatMap((name): { name: string; rule: SignerRule }[] => {
    const rule = facts.policy?.trust.signers[name];
    if (rule === undefined) return [];
    const obstacle = obstacleOf(name, rule, provider, facts);
    if (obstacle === undefined) return [{ name, rule }];
    told.push(`signer ${name} of the policy is left out: ${obstacle}`);
    return [];
  });
  const signings = able.map(({ name, rule }): Signing => {
    const attests = ALL.filter((type) => attestersOf(type, rules).includes(name));
    return { name, method: rule.kind === "key" ? "key" : "keyless", attests };
  });
  // Who attests provenance publishes: it is made beside the build.
  const publisher = signings.find(({ attests }) => attests.includes("slsa")) ?? signings[0];
  const others = signings.filter((one) => one !== publisher);
  // What nobody is named for the publisher attests.
  const left = ALL.filter((type) => !others.some(({ attests }) => attests.includes(type)));
  const own =
    publisher === undefined ? ALL : ALL.filter((type) => publisher.attests.includes(type) || left.includes(type));
  const {
    workflow,
    tags,
    told: ofIdentity,
  } = identityOf(
    able.map(({ rule }) => rule),
    facts,
  );
  return {
    signing: {
      publisher: { name: publisher?.name ?? "release", method: publisher?.method ?? "keyless", attests: own },
      countersigners: others.filter(({ method }) => method === "key"),
      workflow: provider === "github" ? workflow : WORKFLOW,
    },
    tags: provider === "github" ? tags : [],
    told: [...told, ...(provider === "github" ? ofIdentity : []), ...builderOf(publisher, provider, workflow, facts)],
  };
}

function signersOf(rules: readonly ImageRule[]): string[] {
  const named = rules.flatMap(({ signedBy, attestations }) => [
    ...(signedBy?.of ?? []),
    ...attestations.flatMap((one) => one.signedBy ?? []),
  ]);
  return [...new Set(named)];
}

function attestersOf(type: AttestedType, rules: readonly ImageRule[]): string[] {
  return rules.flatMap(({ signedBy, attestations }) =>
    attestations.filter((one) => one.type === type).flatMap((one) => one.signedBy ?? signedBy?.of.slice(0, 1) ?? []),
  );
}

/** A key speaks for builders that the policy lists: provenance names the run's workflow, where the platform vouches for it. */
function builderOf(
  publisher: Signing | undefined,
  provider: Provider,
  workflow: string,
  { policy, remote, branch = "main" }: RepositoryFacts,
): string[] {
  if (publisher?.method !== "key" || !publisher.attests.includes("slsa") || provider === "gitlab") return [];
  const ids = policy?.trust.builders.filter(({ signer }) => signer === publisher.name).flatMap((one) => one.ids) ?? [];
  const id = `https://${remote ?? "github.com/OWNER/REPOSITORY"}/.github/workflows/${workflow}@refs/heads/${branch}`;
  if (ids.some((one) => compileGlob(one)(id))) return [];
  return [
    `provenance of ${publisher.name} names ${id} as its builder: list it in trust.builders of the policy, with level 1`,
  ];
}

/** Why a pipeline here cannot sign as that signer; undefined where it can. */
function obstacleOf(
  name: string,
  rule: SignerRule,
  provider: Provider,
  { remote }: RepositoryFacts,
): string | undefined {
  if (!isPlain(name)) return "its name has characters that mean something in a pipeline";
  if (rule.kind === "key") return undefined;
  if (rule.kind === "certificate")
    return "a certificate of an own authority: sign with --key, --certificate and --certificate-chain";
  if (rule.issuer !== ISSUERS[provider]) return `its identities are of ${rule.issuer}`;
  const host = provider === "github" ? "github.com" : "gitlab.com";
  const path = remote?.startsWith(`${host}/`) === true ? remote.slice(host.length + 1) : undefined;
  if (path === undefined || rule.identity.startsWith(`https://${host}/${path}/`)) return undefined;
  const [owner] = path.split("/");
  return /[*]/.test(rule.identity) && rule.identity.startsWith(`https://${host}/${owner}/`)
    ? undefined
    : `${rule.identity} is not of ${remote}`;
}

/** The workflow's file and refs that an identity of GitHub states. */
function identityOf(rules: readonly SignerRule[], facts: RepositoryFacts) {
  const told: string[] = [];
  for (const rule of rules) {
    if (rule.kind !== "identity") continue;
    const [, file, ref] = /\/\.github\/workflows\/([^/@]+\.ya?ml)@(.+)$/.exec(rule.identity) ?? [];
    if (file === undefined || ref === undefined || !isPlain(file) || file.includes("*")) continue;
    const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
    const tags = tag !== undefined && isPlain(tag) ? [tag] : [];
    if (tags.length > 0) {
      told.push(
        `the policy counts signatures of ${ref} alone: what the branch and the weekly rebuild build is signed as their own ref; add that identity, or deploy what tags build`,
      );
    }
    if (!facts.isTaken(`.github/workflows/${file}`)) return { workflow: file, tags, told };
    told.push(
      `the policy's signer is ${file}, which is there and is left as it is: add the identity of ${WORKFLOW} to trust.signers, or call it from there`,
    );
    return { workflow: WORKFLOW, tags, told };
  }
  return { workflow: WORKFLOW, tags: [], told };
}
