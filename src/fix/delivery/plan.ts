/** Decides what a delivery pipeline does, of what a directory has. Pure. */
import { compileGlob } from "../../core/glob.ts";
import type { ImageRule } from "../../engines/trust/rules-model.ts";
import { jobImages, planImages } from "./images.ts";
import type { DeliveryPlan, ImagePlan, Provider, RepositoryFacts } from "./model.ts";
import { isPlain, repositoryOf } from "./plan-text.ts";
import { planSigning } from "./signing.ts";
import { updatesOf } from "./updates.ts";

export interface Planned {
  readonly plan: DeliveryPlan;
  /** What is left out or uncertain, one sentence each. */
  readonly told: readonly string[];
}

/** @param version - of Bulkhead, which the jobs install */
export function planDelivery(provider: Provider, facts: RepositoryFacts, version: string): Planned {
  const { images, told: ofImages } = planImages(facts);
  const rules = rulesOf(facts, images);
  const { signing, tags, told: ofSigning } = planSigning(provider, facts, rules);
  const manifests = manifestsOf(facts, images);
  const branch = facts.branch ?? "main";
  const audience = facts.policy?.identities.find((one) => one.provider === provider)?.audience;
  const { policy } = facts;
  const plan: DeliveryPlan = {
    provider,
    branch,
    images,
    signing,
    tags,
    ...(audience === undefined || !isPlain(audience) ? {} : { registryAudience: audience }),
    manifests,
    ...(policy === undefined ? {} : { policy: policy.path }),
    isRuled: rules.length > 0,
    environment:
      policy?.environments.includes("production") === false ? (policy.environments[0] ?? "production") : "production",
    jobImages: jobImages(policy?.registries ?? []),
    updates: updatesOf(facts),
    cooldownDays: facts.cooldownDays,
    version,
  };
  return { plan, told: [...ofImages, ...ofSigning, ...toldOf(facts, plan)] };
}

/** Rules of the policy about one of the images. */
function rulesOf({ policy }: RepositoryFacts, images: readonly ImagePlan[]): ImageRule[] {
  return (policy?.trust.images ?? []).filter(({ match }) => {
    const matches = compileGlob(match);
    return images.some(({ repository }) => repository !== undefined && matches(repository));
  });
}

function manifestsOf({ images: references }: RepositoryFacts, images: readonly ImagePlan[]): string[] {
  const repositories = new Set(images.map(({ repository }) => repository));
  const naming = references.filter(({ reference, path }) => repositories.has(repositoryOf(reference)) && isPlain(path));
  return [...new Set(naming.map(({ path }) => path))].sort();
}

function toldOf({ below, rendered, branch }: RepositoryFacts, { manifests, policy, provider }: DeliveryPlan): string[] {
  const told: string[] = [];
  const reader = provider === "github" ? "GitHub" : "GitLab";
  if (below !== "")
    told.push(
      `${below} is below the root of its repository: ${reader} reads pipelines at the root alone; run init there`,
    );
  if (branch === undefined) told.push("the default branch is not known: main is assumed");
  if (policy === undefined) {
    told.push(
      "no policy file: the built-in defaults decide, and nothing says who must have signed (write one with `bulkhead init`)",
    );
  }
  if (manifests.length === 0) {
    const which =
      rendered.length === 0
        ? ""
        : ` (${rendered.slice(0, 3).join(", ")}: put the digests into its values or images yourself)`;
    told.push(`no deployment job: no manifest names one of the images${which}`);
  }
  return told;
}
