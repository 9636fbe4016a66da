/** `bulkhead init --pipeline`: the files of a delivery pipeline, for what a directory has. Pure. */
import { RENOVATE_FILES } from "../../engines/pipelines/lifecycle/renovate.ts";
import { dependabot } from "./github/dependabot.ts";
import { imageWorkflow, secretsOf } from "./github/image-workflow.ts";
import { pipelineWorkflow } from "./github/pipeline-workflow.ts";
import { gitlabPipeline } from "./gitlab/pipeline.ts";
import { renovate } from "./gitlab/renovate.ts";
import { TOOLS } from "./images.ts";
import type { Delivery, DeliveryFile, DeliveryPlan, JobImage, Provider, RepositoryFacts } from "./model.ts";
import { planDelivery } from "./plan.ts";
import { keySecrets } from "./scripts.ts";

/** Where Dependabot and Renovate look for their options; what is written is the first of each. */
const DEPENDABOT = ".github/dependabot.yml";
const RENOVATE = "renovate.json";
const UPDATERS = [DEPENDABOT, ".github/dependabot.yaml", ...RENOVATE_FILES];

/**
 * @param version - of Bulkhead, which the jobs install
 * @returns no file where there is no Dockerfile
 */
export function planFiles(provider: Provider, facts: RepositoryFacts, version: string): Delivery {
  const { plan, told } = planDelivery(provider, facts, version);
  if (plan.images.length === 0) return { files: [], fill: [], told };
  const made = provider === "github" ? github(plan) : gitlab(plan, facts);
  const updater = UPDATERS.find((path) => facts.isTaken(path));
  const own = provider === "github" ? DEPENDABOT : RENOVATE;
  const isLeft = updater !== undefined;
  return {
    files: isLeft ? made.files.filter(({ path }) => path !== own) : made.files,
    fill: made.fill,
    told: [
      ...told,
      ...made.told,
      ...(isLeft
        ? [
            `${own}: ${updater} is there: have it wait ${plan.cooldownDays} days for a release, by its cooldown or minimumReleaseAge`,
          ]
        : []),
    ],
  };
}

const FILL_HASH = (version: string, where: string) =>
  `${where}: BULKHEAD_SHA256, the SHA-256 of bulkhead-${version}.tgz from the release's SHA256SUMS; until then every job fails`;

function github(plan: DeliveryPlan): Delivery {
  const { signing, version, environment } = plan;
  const called = `.github/workflows/${signing.workflow}`;
  const caller = ".github/workflows/bulkhead-delivery.yml";
  const files: DeliveryFile[] = [
    { path: caller, text: pipelineWorkflow(plan) },
    { path: called, text: imageWorkflow(plan) },
    { path: DEPENDABOT, text: dependabot(plan) },
  ];
  const signers = [signing.publisher, ...signing.countersigners];
  const secrets = secretsOf(plan).map(({ name }) => name);
  return {
    files,
    fill: [
      FILL_HASH(version, `${caller} and ${called}`),
      `Settings > Environments: ${[...signers.map(({ name }) => name), ...(plan.manifests.length === 0 ? [] : [environment])].join(", ")}, each with reviewers and the branches that may deploy`,
      ...(secrets.length === 0 ? [] : [`Secrets: ${secrets.join(", ")}`]),
      ...(plan.manifests.length === 0
        ? []
        : [
            'Settings > Actions > General: "Allow GitHub Actions to create and approve pull requests"',
            "what applies the manifests to the cluster, and admission that asks for the signatures",
          ]),
    ],
    told: [],
  };
}

/** Where the policy allows the tools' own registries not, they are copied into one that it allows. */
function copiesOf({ jobImages }: DeliveryPlan): string[] {
  const tools = (Object.keys(TOOLS) as JobImage[]).filter((tool) => jobImages[tool] !== TOOLS[tool]);
  const copies = tools.map((tool) => `skopeo copy docker://${TOOLS[tool]} docker://${jobImages[tool]}`);
  return copies.length === 0
    ? []
    : [`the policy's registries hold the jobs' images: ${copies.join("; ")} (and DOCKER_AUTH_CONFIG for the runner)`];
}

function gitlab(plan: DeliveryPlan, facts: RepositoryFacts): Delivery {
  const root = ".gitlab-ci.yml";
  const isIncluded = facts.isTaken(root);
  const path = isIncluded ? ".gitlab/bulkhead.gitlab-ci.yml" : root;
  const keys = [plan.signing.publisher, ...plan.signing.countersigners].filter(({ method }) => method === "key");
  const secrets = [
    ...plan.images.flatMap(({ secrets: own }) => own.map(({ variable }) => variable)),
    ...(plan.registryAudience === undefined && plan.images.some(({ repository }) => repository !== undefined)
      ? ["REGISTRY_USERNAME", "REGISTRY_PASSWORD"]
      : []),
    ...keys.flatMap((signing) => Object.values(keySecrets(signing))),
  ];
  const environments = [
    plan.signing.publisher.name,
    ...plan.signing.countersigners.map(({ name }) => name),
    ...(plan.manifests.length === 0 ? [] : [plan.environment]),
  ];
  return {
    files: [
      { path, text: gitlabPipeline(plan, isIncluded) },
      { path: RENOVATE, text: renovate(plan, isIncluded ? path : undefined) },
    ],
    fill: [
      FILL_HASH(plan.version, path),
      `${path}: the digests of the images of node, buildah and skopeo; until then no job starts`,
      ...copiesOf(plan),
      "Build > Pipeline schedules: 17 3 * * 1 on the default branch, for the weekly rebuild",
      `Operate > Environments: ${environments.join(", ")}, protected, each with approvals`,
      ...(secrets.length === 0
        ? []
        : [
            `Settings > CI/CD > Variables, protected, masked, and of the environment that needs them: ${[...new Set(secrets)].join(", ")}`,
          ]),
      ...(plan.manifests.length === 0
        ? []
        : [
            "Settings > CI/CD > Job token permissions: allow Git push requests to the repository",
            "what applies the manifests to the cluster, and admission that asks for the signatures",
          ]),
    ],
    told: isIncluded
      ? [
          `${root} is there and is left as it is: include it with include: [{ local: ${path} }], and name the stages test, build and deploy`,
        ]
      : [],
  };
}
